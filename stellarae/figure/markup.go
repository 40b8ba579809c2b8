package figure

import (
	"math"
	"strings"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// markup sets one line of text in which _{...} is lowered and ^{...} raised,
// both smaller. Anything else, an unclosed brace too, is taken literally.
// Control characters are left out, since an SVG document cannot hold them.
type markup struct{ text.Plain }

var _ text.Handler = markup{}

// setText is how every text of a figure is set.
var setText = markup{text.Plain{Fonts: font.DefaultCache}}

const scriptSize = 0.7 // of sub- and superscripts, in the size of the text

// A run is a piece of text in one size, raised by rise of the text's size.
type run struct {
	text string
	size float64
	rise float64
}

const hardSpace = "\u00a0"

func runs(txt string) []run {
	var out []run
	add := func(s string, size, rise float64) {
		if s != "" {
			// SVG drops plain spaces at either end of a text.
			inner := strings.Trim(s, " ")
			lead := len(s) - len(strings.TrimLeft(s, " "))
			s = strings.Repeat(hardSpace, lead) + inner + strings.Repeat(hardSpace, max(0, len(s)-len(inner)-lead))
			out = append(out, run{s, size, rise})
		}
	}
	txt = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(txt, "\ufffd"))
	for {
		i := strings.Index(txt, "_{")
		if j := strings.Index(txt, "^{"); i < 0 || j >= 0 && j < i {
			i = j
		}
		if i < 0 {
			break
		}
		end := strings.IndexByte(txt[i:], '}')
		if end < 0 {
			break
		}
		rise := -0.15
		if txt[i] == '^' {
			rise = 0.33
		}
		add(txt[:i], 1, 0)
		add(txt[i+2:i+end], scriptSize, rise)
		txt = txt[i+end+1:]
	}
	add(txt, 1, 0)
	return out
}

func (m markup) face(f font.Font, r run) font.Face {
	return m.Fonts.Lookup(f, f.Size*vg.Length(r.size))
}

// Lines implements text.Handler: a text of a figure is one line.
func (m markup) Lines(txt string) []string { return []string{txt} }

// Box implements text.Handler.
func (m markup) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	for _, r := range runs(txt) {
		face := m.face(f, r)
		width += face.Width(r.text)
	}
	e := m.Extents(f)
	return width, e.Ascent, e.Descent
}

// Draw implements text.Handler.
func (m markup) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
	}
	sin, cos := math.Sincos(sty.Rotation)
	pt.X, pt.Y = pt.Y*vg.Length(sin)+pt.X*vg.Length(cos), pt.Y*vg.Length(cos)-pt.X*vg.Length(sin)

	// The same baseline as text.Plain's.
	w, h, d := m.Box(txt, sty.Font)
	pt.X += vg.Length(sty.XAlign) * w
	pt.Y += vg.Length(sty.YAlign)*(h+d) - m.Extents(sty.Font).Ascent + sty.Font.Size
	for _, r := range runs(txt) {
		face := m.face(sty.Font, r)
		c.FillString(face, vg.Point{X: pt.X, Y: pt.Y + vg.Length(r.rise)*sty.Font.Size}, r.text)
		pt.X += face.Width(r.text)
	}
}

// style is the text style of one size in points.
func style(size float64) text.Style {
	f := font.From(plot.DefaultFont, vg.Points(size))
	f.Variant = "Sans"
	return text.Style{Color: black, Font: f, Handler: setText}
}
