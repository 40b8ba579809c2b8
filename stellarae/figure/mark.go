package figure

import (
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A mark is a circle: full, half full on the left, or empty.
type mark struct {
	radius     vg.Length
	line       color.Color
	width      vg.Length   // of the line
	fill       color.Color // nil for none
	background color.Color // of the part that is not filled; nil for what is there
	half       bool
}

func (m mark) draw(c draw.Canvas, at vg.Point) {
	circle := func(from, by float64) vg.Path {
		var p vg.Path
		sin, cos := math.Sincos(from)
		p.Move(vg.Point{X: at.X + m.radius*vg.Length(cos), Y: at.Y + m.radius*vg.Length(sin)})
		p.Arc(at, m.radius, from, by)
		p.Close()
		return p
	}
	if m.background != nil {
		c.SetColor(m.background)
		c.Fill(circle(0, 2*math.Pi))
	}
	if m.fill != nil {
		c.SetColor(m.fill)
		if m.half {
			c.Fill(circle(math.Pi/2, math.Pi))
		} else {
			c.Fill(circle(0, 2*math.Pi))
		}
	}
	if m.width > 0 {
		c.SetLineStyle(draw.LineStyle{Color: m.line, Width: m.width})
		c.Stroke(circle(0, 2*math.Pi))
	}
}

// diamond is a filled square on its tip.
type diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamond) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	c.FillPolygon(sty.Color, []vg.Point{
		{X: at.X - sty.Radius, Y: at.Y}, {X: at.X, Y: at.Y + sty.Radius}, {X: at.X + sty.Radius, Y: at.Y}, {X: at.X, Y: at.Y - sty.Radius},
	})
}

// boxAround is the rectangle of that size with at in its middle.
func boxAround(at vg.Point, width, height vg.Length) vg.Rectangle {
	return vg.Rectangle{
		Min: vg.Point{X: at.X - width/2, Y: at.Y - height/2},
		Max: vg.Point{X: at.X + width/2, Y: at.Y + height/2},
	}
}

// plain fills a rectangle with one colour.
func plain(col color.Color) func(c draw.Canvas, r vg.Rectangle) {
	return func(c draw.Canvas, r vg.Rectangle) {
		c.SetColor(col)
		c.Fill(r.Path())
	}
}

// hatched fills a rectangle with the grey of what has no value, under diagonal
// lines.
func hatched(c draw.Canvas, r vg.Rectangle) {
	plain(faint)(c, r)
	const step = vg.Length(4.5)
	high := r.Max.Y - r.Min.Y
	box := draw.Canvas{Canvas: c.Canvas, Rectangle: r}
	for x := r.Min.X - high + step/2; x < r.Max.X; x += step {
		line := box.ClipLinesXY([]vg.Point{{X: x, Y: r.Min.Y}, {X: x + high, Y: r.Max.Y}})
		box.StrokeLines(draw.LineStyle{Color: muted, Width: thin}, line...)
	}
}

// shorten cuts the middle out of a text that is wider than width. A text with
// scripts loses them then.
func shorten(sty text.Style, txt string, width vg.Length) string {
	if sty.Width(txt) <= width {
		return txt
	}
	r := []rune(markupSigns.Replace(txt))
	for kept := len(r) - 1; ; kept-- {
		head := max(0, kept-kept/3)
		short := strings.TrimRight(string(r[:head]), " ") + ellipsis + strings.TrimLeft(string(r[len(r)-max(0, kept/3):]), " ")
		if kept <= 0 || sty.Width(short) <= width {
			return short
		}
	}
}

const ellipsis = "\u2026"

var markupSigns = strings.NewReplacer("_{", "", "^{", "", "}", "")
