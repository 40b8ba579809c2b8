package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A colorBar explains the colours of numbers from lo at its foot to hi at its
// head.
type colorBar struct {
	label  string
	lo, hi float64
	color  func(t float64) color.RGBA // of t from 0 at lo to 1 at hi

	// Numbers below lo and above hi exist and have the end's colour: the bar
	// ends in a point there.
	under, over bool
}

const (
	barWidth = vg.Length(9)
	barTip   = vg.Length(8) // height of a pointed end
	barText  = vg.Length(3) // between bar and numbers, and numbers and label
)

// ticks are labelled about every 0.7 inches, six at most.
func (b *colorBar) ticks(height vg.Length) []plot.Tick {
	return linearTicks{min(6, max(2, int(height/(0.7*vg.Inch))))}.Ticks(b.lo, b.hi)
}

func (b *colorBar) textWidth() vg.Length {
	sty := style(tickSize)
	var w vg.Length
	for _, t := range b.ticks(4 * vg.Inch) {
		w = max(w, sty.Width(t.Label))
	}
	return w
}

func (b *colorBar) width() vg.Length {
	w := barWidth + barText + b.textWidth()
	if b.label != "" {
		sty := style(labelSize)
		w += barText + sty.Height(b.label)
	}
	return w
}

func (b *colorBar) draw(c draw.Canvas) {
	bar := c
	bar.Max.X = bar.Min.X + barWidth
	if b.under {
		bar.Min.Y += barTip
		b.tip(bar, bar.Min.Y, -barTip, b.color(0))
	}
	if b.over {
		bar.Max.Y -= barTip
		b.tip(bar, bar.Max.Y, barTip, b.color(1))
	}
	r := newRaster(bar)
	steps := r.Bounds().Dy()
	for i := range steps {
		lo, hi := float64(i)/float64(steps), float64(i+1)/float64(steps)
		r.fill(vg.Point{X: bar.Min.X, Y: bar.Y(lo)}, vg.Point{X: bar.Max.X, Y: bar.Y(hi)}, b.color(lo))
	}
	r.draw(bar)
	strokeBox(bar)

	sty := style(tickSize)
	sty.YAlign = draw.YCenter
	descent := sty.FontExtents().Descent
	line := draw.LineStyle{Color: black, Width: frameWidth}
	for _, t := range b.ticks(c.Max.Y - c.Min.Y) {
		y := bar.Y((t.Value - b.lo) / (b.hi - b.lo))
		if !bar.ContainsY(y) || t.IsMinor() {
			continue
		}
		bar.StrokeLine2(line, bar.Max.X-barText, y, bar.Max.X, y)
		c.FillText(sty, vg.Point{X: bar.Max.X + barText, Y: y + descent}, t.Label)
	}
	if b.label != "" {
		sty := style(labelSize)
		sty.Rotation = math.Pi / 2
		sty.XAlign, sty.YAlign = draw.XCenter, draw.YBottom
		c.FillText(sty, vg.Point{X: c.Max.X - sty.FontExtents().Descent, Y: bar.Center().Y}, b.label)
	}
}

// tip draws a pointed end on the bar's edge at y.
func (b *colorBar) tip(bar draw.Canvas, y, height vg.Length, col color.RGBA) {
	var p vg.Path
	p.Move(vg.Point{X: bar.Min.X, Y: y})
	p.Line(vg.Point{X: (bar.Min.X + bar.Max.X) / 2, Y: y + height})
	p.Line(vg.Point{X: bar.Max.X, Y: y})
	p.Close()
	bar.SetColor(col)
	bar.Fill(p)
	bar.SetLineStyle(draw.LineStyle{Color: black, Width: frameWidth})
	bar.Stroke(p)
}

// A legend names the colours of categories.
type legend struct {
	title   string
	entries []legendEntry
}

type legendEntry struct {
	name  string
	color color.RGBA
}

const legendDot = vg.Length(3) // radius

func (l *legend) width() vg.Length {
	sty := style(noteSize)
	w := sty.Width(l.title)
	for _, e := range l.entries {
		w = max(w, 2*legendDot+2*barText+sty.Width(e.name))
	}
	return w
}

func (l *legend) draw(c draw.Canvas) {
	sty := style(noteSize)
	sty.YAlign = draw.YCenter
	descent := sty.FontExtents().Descent
	const step = noteSize * 1.6
	y := c.Max.Y - step/2
	c.FillText(sty, vg.Point{X: c.Min.X, Y: y + descent}, l.title)
	for _, e := range l.entries {
		y -= step
		dot := draw.GlyphStyle{Color: e.color, Radius: legendDot, Shape: draw.CircleGlyph{}}
		c.DrawGlyphNoClip(dot, vg.Point{X: c.Min.X + legendDot, Y: y})
		c.FillText(sty, vg.Point{X: c.Min.X + 2*legendDot + 2*barText, Y: y + descent}, e.name)
	}
}
