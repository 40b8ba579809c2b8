package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of the text in points.
const (
	titleSize = 11
	labelSize = 9.5
	tickSize  = 8.5
	noteSize  = 8.5
)

const frameWidth = vg.Length(0.7)

// A panel is one framed plot of a page.
type panel struct {
	*plot.Plot
	weight float64    // share of the page's height
	note   string     // set above the frame, on the left
	key    []keyEntry // set above the frame, on the right
	frame  *frame

	headroom bool // a plotter sets its own text above the frame

	// The axes' own labels would not stand in the middle of a logarithmic
	// axis, so the page sets these.
	xLabel, yLabel string
}

// A keyEntry names a line or a point's colour above the frame, on the right.
type keyEntry struct {
	name   string
	color  color.Color
	dashes []vg.Length
}

// newPanel is an empty panel with its axis labels.
func newPanel(xLabel, yLabel string) *panel {
	p := plot.New()
	p.TextHandler = setText
	p.BackgroundColor = nil
	fr := &frame{x: linearTicks{8}, y: linearTicks{5}, left: true, bottom: true}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		align := a.Tick.Label
		a.Tick.Label = style(tickSize)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = align.XAlign, align.YAlign
		// The axes only set their texts: frame draws lines and ticks.
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length = 0, 0, 0
	}
	p.X.Padding, p.Y.Padding = 4, 2
	return &panel{Plot: p, weight: 1, frame: fr, xLabel: xLabel, yLabel: yLabel}
}

// setRange sets the range of both axes.
func (p *panel) setRange(x, y span) {
	p.X.Min, p.X.Max = x.lo, x.hi
	p.Y.Min, p.Y.Max = y.lo, y.hi
}

// logarithmicY makes the vertical axis logarithmic; its range must be positive.
func (p *panel) logarithmicY() {
	p.Y.Scale = plot.LogScale{}
	p.frame.y = logTicks{}
}

// hideX leaves out the texts below the frame, for a panel that shares its
// horizontal axis with the one below.
func (p *panel) hideX() {
	p.xLabel = ""
	p.frame.bottom = false
}

// ready hands the frame's tickers to the axes and puts the frame on top of
// everything else.
func (p *panel) ready() {
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.Ticker(plot.ConstantTicks(nil)), plot.Ticker(plot.ConstantTicks(nil))
	if p.frame.bottom {
		p.X.Tick.Marker = p.frame.x
	}
	if p.frame.left {
		p.Y.Tick.Marker = p.frame.y
	}
	p.Add(p.frame)
}

// edges are the distances from a panel's canvas to its frame.
type edges struct{ left, right, bottom, top vg.Length }

const (
	xLabelGap = vg.Length(3) // between tick labels and the label below
	yLabelGap = vg.Length(4) // between tick labels and the label on the left
)

// plotEdges are those of the plot alone when it is drawn on c.
func (p *panel) plotEdges(c draw.Canvas) edges {
	d := p.DataCanvas(c)
	return edges{d.Min.X - c.Min.X, c.Max.X - d.Max.X, d.Min.Y - c.Min.Y, c.Max.Y - d.Max.Y}
}

// texts are the edges that the texts around the plot take.
func (p *panel) texts() edges {
	var e edges
	sty := style(labelSize)
	if p.xLabel != "" {
		e.bottom = sty.Height(p.xLabel) + xLabelGap
	}
	if p.yLabel != "" {
		e.left = sty.Height(p.yLabel) + yLabelGap
	}
	if p.headed() {
		head := style(noteSize)
		e.top = head.Height("X") + headSpace
	}
	return e
}

// drawTexts sets the labels along the lower and the left side of c, and the
// head above the frame.
func (p *panel) drawTexts(c, frame draw.Canvas) {
	sty := style(labelSize)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YBottom
	descent := sty.FontExtents().Descent
	c.FillText(sty, vg.Point{X: frame.Center().X, Y: c.Min.Y + descent}, p.xLabel)
	at := vg.Point{X: c.Min.X + sty.Height(p.yLabel) - descent, Y: frame.Center().Y}
	sty.Rotation = math.Pi / 2
	c.FillText(sty, at, p.yLabel)
	if p.headed() {
		line := frame
		line.Min.Y = frame.Max.Y + headSpace
		p.head(line)
	}
}

// headed tells whether the panel has a line of text above its frame.
func (p *panel) headed() bool { return p.headroom || p.note != "" || len(p.key) > 0 }

// head draws note and key into the line that ends at c's lower edge.
func (p *panel) head(c draw.Canvas) {
	sty := style(noteSize)
	sty.YAlign = draw.YBottom
	y := c.Min.Y
	c.FillText(sty, vg.Point{X: c.Min.X, Y: y}, p.note)

	const dash, gap, sep = 16, 4, 12
	x := c.Max.X
	for i := len(p.key) - 1; i >= 0; i-- {
		e := p.key[i]
		x -= sty.Width(e.name)
		c.FillText(sty, vg.Point{X: x, Y: y}, e.name)
		x -= gap
		mid := y + sty.Font.Size*0.45
		c.StrokeLine2(draw.LineStyle{Color: e.color, Width: 1.5, Dashes: e.dashes}, x-dash, mid, x, mid)
		x -= dash + sep
	}
}

// frame is a box with ticks inward on all four sides, as journals print it.
type frame struct {
	x, y         plot.Ticker
	left, bottom bool // whether the ticks on these sides are labelled
	quiet        bool // no ticks: for images, whose cells they would cover
	bare         bool // nothing at all
}

// Plot implements plot.Plotter.
func (f *frame) Plot(c draw.Canvas, p *plot.Plot) {
	if f.bare {
		return
	}
	sty := draw.LineStyle{Color: black, Width: frameWidth}
	trX, trY := p.Transforms(&c)
	const major, minor = 4, 2
	length := func(t plot.Tick) vg.Length {
		if t.IsMinor() {
			return minor
		}
		return major
	}
	if f.quiet {
		sty.Width = 0
	}
	for _, t := range f.x.Ticks(p.X.Min, p.X.Max) {
		if x, l := trX(t.Value), length(t); c.ContainsX(x) {
			c.StrokeLine2(sty, x, c.Min.Y, x, c.Min.Y+l)
			c.StrokeLine2(sty, x, c.Max.Y, x, c.Max.Y-l)
		}
	}
	for _, t := range f.y.Ticks(p.Y.Min, p.Y.Max) {
		if y, l := trY(t.Value), length(t); c.ContainsY(y) {
			c.StrokeLine2(sty, c.Min.X, y, c.Min.X+l, y)
			c.StrokeLine2(sty, c.Max.X, y, c.Max.X-l, y)
		}
	}
	strokeBox(c)
}

// strokeBox draws the outline of c.
func strokeBox(c draw.Canvas) {
	var box vg.Path
	box.Move(c.Min)
	box.Line(vg.Point{X: c.Max.X, Y: c.Min.Y})
	box.Line(c.Max)
	box.Line(vg.Point{X: c.Min.X, Y: c.Max.Y})
	box.Close()
	c.SetLineStyle(draw.LineStyle{Color: black, Width: frameWidth})
	c.Stroke(box)
}
