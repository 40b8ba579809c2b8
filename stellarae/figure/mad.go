package figure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// MADData is the median absolute deviation of every latent node (Sedaghat et
// al. 2021, section 6.1).
type MADData struct {
	Title       string
	MAD         []float64 // per node, not negative
	Threshold   float64   // above it a node is informative; drawn dashed where positive
	Informative []int     // nodes to highlight and number
	Log         bool      // logarithmic deviations
}

// MAD draws a stem for every node, the threshold, and the numbers of the
// informative nodes. Deviations that are not finite, or zero on a logarithmic
// axis, are left out and counted. It is an error to have no deviation to draw,
// a negative one, or an informative node that does not exist.
func MAD(d MADData) (*Figure, error) {
	const what = "mad"
	if len(d.MAD) == 0 {
		return nil, fmt.Errorf("figure: %s: no nodes", what)
	}
	for _, n := range d.Informative {
		if n < 0 || n >= len(d.MAD) {
			return nil, fmt.Errorf("figure: %s: informative node %d of %d", what, n, len(d.MAD))
		}
	}
	dropped, y := 0, empty()
	for i, v := range d.MAD {
		switch {
		case v < 0:
			return nil, fmt.Errorf("figure: %s: the deviation of node %d is negative (%v)", what, i, v)
		case !finite(v) || d.Log && v == 0:
			dropped++
		default:
			y = y.add(v)
		}
	}
	if !y.set() {
		return nil, fmt.Errorf("figure: %s: no deviation can be drawn", what)
	}
	if d.Threshold > 0 {
		y = y.add(d.Threshold)
	}

	p := newPanel("Latent node", "Median absolute deviation")
	x := span{-1, float64(len(d.MAD))}.wider(0.01)
	if d.Log {
		p.logarithmicY()
		p.setRange(x, span{y.lo / 1.6, y.hi * 2.5})
	} else {
		p.setRange(x, span{0, 1.15*y.hi + 1e-12})
	}
	if d.Threshold > 0 {
		p.Add(level{y: d.Threshold, style: draw.LineStyle{Color: muted, Width: 0.8, Dashes: []vg.Length{4, 3}}})
		p.key = append(p.key, keyEntry{"threshold " + number(d.Threshold, 3), muted, []vg.Length{4, 3}})
	}
	p.key = append(p.key, keyEntry{"informative", vermilion, nil}, keyEntry{"other", blue, nil})
	p.note = fmt.Sprintf("%d of %d nodes informative", len(d.Informative), len(d.MAD))
	p.Add(&stems{d.MAD, d.Informative})
	return page{title: d.Title, panels: []*panel{p}}.finish(pageWidth, 3.2*vg.Inch, dropped), nil
}

// stems draws a line and a dot for every node, the chosen ones in colour and
// numbered.
type stems struct {
	heights []float64
	chosen  []int
}

// Plot implements plot.Plotter.
func (s *stems) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	_, logarithmic := p.Y.Scale.(plot.LogScale)
	foot := c.Min.Y
	stem := func(i int, dot draw.GlyphStyle, width vg.Length) (vg.Point, bool) {
		v := s.heights[i]
		if !finite(v) || logarithmic && v <= 0 {
			return vg.Point{}, false
		}
		tip := vg.Point{X: trX(float64(i)), Y: trY(v)}
		c.StrokeLine2(draw.LineStyle{Color: dot.Color, Width: width}, tip.X, foot, tip.X, tip.Y)
		c.DrawGlyph(dot, tip)
		return tip, true
	}
	for i := range s.heights {
		if !slices.Contains(s.chosen, i) {
			stem(i, draw.GlyphStyle{Color: blue, Radius: 1.6, Shape: draw.CircleGlyph{}}, 0.6)
		}
	}

	sty := style(tickSize)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YBottom
	type label struct {
		text     string
		at       vg.Point
		halfWide vg.Length
	}
	var set []label
	chosen := slices.Clone(s.chosen)
	slices.Sort(chosen)
	for _, i := range chosen {
		tip, ok := stem(i, draw.GlyphStyle{Color: vermilion, Radius: 2.6, Shape: draw.CircleGlyph{}}, 1)
		if !ok {
			continue
		}
		l := label{text: fmt.Sprint(i), at: vg.Point{X: tip.X, Y: tip.Y + 4}}
		l.halfWide = sty.Width(l.text)/2 + 1
		// Move up until no number set before is in the way.
		for clear := false; !clear; {
			clear = true
			for _, o := range set {
				h := sty.Font.Size
				if math.Abs(float64(l.at.X-o.at.X)) < float64(l.halfWide+o.halfWide) && math.Abs(float64(l.at.Y-o.at.Y)) < float64(h) {
					l.at.Y = o.at.Y + h + 0.5
					clear = false
				}
			}
		}
		set = append(set, l)
		c.FillText(sty, vg.Point{X: l.at.X, Y: l.at.Y}, l.text)
	}
}
