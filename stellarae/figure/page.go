package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Space in points.
const (
	margin     = 6  // around everything
	titleSpace = 5  // below the title
	headSpace  = 3  // between a panel's head and its frame
	panelGap   = 7  // between panels
	sideGap    = 10 // between the frames and what stands to their right
)

// A page is panels under a title, one below the other with their frames in
// line, beside them what explains their colours, and below what explains marks.
type page struct {
	title  string
	panels []*panel
	side   side
	foot   foot
}

// A side stands to the right of the panels: a colour bar or a legend.
type side interface {
	width() vg.Length
	// draw fills c, which is as tall as the panels' frames together.
	draw(c draw.Canvas)
}

// draw lays the page out on c. plot.Align would give panels of one height
// only, so the frames are laid out here, from the same measured edges.
func (pg *page) draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)
	if pg.title != "" {
		sty := style(titleSize)
		sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
		title := shorten(sty, pg.title, c.Max.X-c.Min.X)
		c.FillText(sty, vg.Point{X: c.Center().X, Y: c.Max.Y + sty.FontExtents().Descent}, title)
		c.Max.Y -= sty.Height(title) + titleSpace
	}
	pg.foot.draw(c)
	c.Min.Y += pg.foot.height(c.Max.X - c.Min.X)

	// A tick label may hang over an edge, more or less so as the frame
	// changes: measure, lay out, measure again.
	n := len(pg.panels)
	plots, frames := make([]draw.Canvas, n), make([]draw.Canvas, n)
	for i := range plots {
		plots[i] = c
	}
	for range 3 {
		pg.layOut(c, plots, frames)
	}
	for i, p := range pg.panels {
		p.Draw(plots[i])
		text := p.texts()
		around := draw.Crop(plots[i], 0, text.right, -text.bottom, text.top)
		around.Min.X = c.Min.X
		p.drawTexts(around, frames[i])
	}
	if pg.side != nil {
		bar := c
		bar.Min = vg.Point{X: c.Max.X - pg.side.width(), Y: frames[n-1].Min.Y}
		bar.Max = vg.Point{X: c.Max.X, Y: frames[0].Max.Y}
		pg.side.draw(bar)
	}
}

// layOut finds the panels' frames on c, and the canvases that make their plots
// fill them, from the edges the plots have on their present canvases.
func (pg *page) layOut(c draw.Canvas, plots, frames []draw.Canvas) {
	all := make([]edges, len(pg.panels))
	var left, right vg.Length
	free := c.Max.Y - c.Min.Y - panelGap*vg.Length(len(pg.panels)-1)
	weights := 0.0
	for i, p := range pg.panels {
		e, text := p.plotEdges(plots[i]), p.texts()
		left, right = max(left, e.left+text.left), max(right, e.right+text.right)
		free -= e.bottom + text.bottom + e.top + text.top
		weights += p.weight
		all[i] = e
	}
	if pg.side != nil {
		right = max(right, sideGap+pg.side.width())
	}
	y := c.Max.Y
	for i, p := range pg.panels {
		e, text := all[i], p.texts()
		y -= e.top + text.top
		height := free * vg.Length(p.weight/weights)
		frames[i] = c
		frames[i].Min = vg.Point{X: c.Min.X + left, Y: y - height}
		frames[i].Max = vg.Point{X: c.Max.X - right, Y: y}
		plots[i] = draw.Crop(frames[i], -e.left, e.right, -e.bottom, e.top)
		y -= height + e.bottom + text.bottom + panelGap
	}
}

// finish makes a figure of a page. The foot comes on top of the height.
func (pg page) finish(width, height vg.Length, dropped int) *Figure {
	for _, p := range pg.panels {
		p.ready()
	}
	height += pg.foot.height(width - 2*margin)
	return &Figure{Width: width, Height: height, Dropped: dropped, page: pg}
}
