package figure

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stellarae/lab/stellarae/info/resample"
)

// MIIntervalsData is the mutual information of pairs of label and node, each
// beside what others found.
type MIIntervalsData struct {
	Title string
	Pairs []MIPair
}

// MIPair is the mutual information of a label and a node.
type MIPair struct {
	Label      string
	Node       int
	Interval   resample.Interval // nats; NaN where nothing can be said
	References []MIReference
}

// MIReference is a value to compare with, such as a published one.
type MIReference struct {
	Name   string  // the same for all values of one source; six sources at most
	Value  float64 // nats
	Spread float64 // nats, drawn to both sides; 0 or NaN for none
}

// MIIntervals draws a panel for every label, in the order of their first pair,
// and in it a row for every pair: the estimate with its interval, below it the
// references. Estimates and references that are not finite are left out and
// counted. It is an error to have no pair, an interval that does not hold its
// estimate, a negative spread, more than six sources, or nothing to draw.
func MIIntervals(d MIIntervalsData) (*Figure, error) {
	const what = "intervals"
	if len(d.Pairs) == 0 {
		return nil, fmt.Errorf("figure: %s: no pairs", what)
	}
	var labels, sources []string
	of := map[string][]MIPair{}
	known := map[string]int{}
	dropped, x := 0, empty()
	for _, p := range d.Pairs {
		if of[p.Label] == nil {
			labels = append(labels, p.Label)
		}
		of[p.Label] = append(of[p.Label], p)
		if v := p.Interval; !finite(v.Estimate) || !finite(v.Lo) || !finite(v.Hi) {
			dropped++
		} else if v.Lo > v.Estimate || v.Hi < v.Estimate {
			return nil, fmt.Errorf("figure: %s: %s, node %d: %v is not within %v to %v", what, p.Label, p.Node, v.Estimate, v.Lo, v.Hi)
		} else {
			x = x.add(v.Lo).add(v.Hi)
		}
		for _, r := range p.References {
			if r.Spread < 0 {
				return nil, fmt.Errorf("figure: %s: %s, node %d: the spread of %s is negative (%v)", what, p.Label, p.Node, r.Name, r.Spread)
			}
			if _, ok := known[r.Name]; !ok {
				known[r.Name] = len(sources)
				sources = append(sources, r.Name)
			}
			if !finite(r.Value) {
				dropped++
			}
			x = x.add(r.Value).add(r.Value - r.Spread).add(r.Value + r.Spread)
		}
	}
	if len(sources) > len(sourceGlyphs) {
		return nil, fmt.Errorf("figure: %s: %d sources of references for %d marks", what, len(sources), len(sourceGlyphs))
	}
	if !x.set() {
		return nil, fmt.Errorf("figure: %s: no finite estimate or reference", what)
	}
	x = x.add(0).wider(0.04)

	pg := page{title: d.Title}
	height := 0.6 * vg.Inch
	row := 13 + 7*vg.Length(len(sources))
	for i, label := range labels {
		pairs := of[label]
		p := newPanel("Mutual information (nats)", "")
		p.note = QuantityName(label)
		p.weight = float64(len(pairs))
		p.setRange(x, span{0.5 - float64(len(pairs)), 0.5})
		p.frame.y = nodeTicks(pairs)
		p.Add(&intervals{pairs, known})
		if i < len(labels)-1 {
			p.hideX()
		}
		pg.panels = append(pg.panels, p)
		height += vg.Length(len(pairs))*row + 22
	}
	if d.Title != "" {
		height += titleSize + titleSpace
	}
	sample := func(g draw.GlyphStyle) func(c draw.Canvas, at vg.Point) {
		return func(c draw.Canvas, at vg.Point) { errorBar(c, g, at.X-footLine/2, at, at.X+footLine/2) }
	}
	pg.foot = foot{{"estimate and interval", footLine, sample(estimateGlyph)}}
	for k, name := range sources {
		pg.foot = append(pg.foot, footEntry{name, footLine, sample(sourceGlyphs[k])})
	}
	return pg.finish(pageWidth, height, dropped), nil
}

var estimateGlyph = draw.GlyphStyle{Color: blue, Radius: 2.6, Shape: draw.CircleGlyph{}}

// sourceGlyphs are the marks of references.
var sourceGlyphs = []draw.GlyphStyle{
	{Color: vermilion, Radius: 2.4, Shape: draw.BoxGlyph{}},
	{Color: green, Radius: 2.8, Shape: draw.PyramidGlyph{}},
	{Color: black, Radius: 2.8, Shape: diamond{}},
	{Color: orange, Radius: 2.4, Shape: draw.CircleGlyph{}},
	{Color: purple, Radius: 2.4, Shape: draw.BoxGlyph{}},
	{Color: skyBlue, Radius: 2.8, Shape: draw.PyramidGlyph{}},
}

// errorBar draws a mark and a horizontal bar under it.
func errorBar(c draw.Canvas, g draw.GlyphStyle, from vg.Length, at vg.Point, to vg.Length) {
	c.StrokeLine2(draw.LineStyle{Color: g.Color, Width: 1}, from, at.Y, to, at.Y)
	c.DrawGlyphNoClip(g, at)
}

func nodeTicks(pairs []MIPair) (ticks plot.ConstantTicks) {
	for i, p := range pairs {
		ticks = append(ticks, plot.Tick{Value: -float64(i), Label: fmt.Sprintf("node %d", p.Node)})
	}
	return ticks
}

// intervals draws the pairs of one label downward, the references of one source
// on a line of their own below the estimate.
type intervals struct {
	pairs   []MIPair
	sources map[string]int // their lines
}

// Plot implements plot.Plotter.
func (v *intervals) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: muted, Width: frameWidth, Dashes: []vg.Length{4, 3}}, trX(0), c.Min.Y, trX(0), c.Max.Y)
	lines := float64(len(v.sources) + 1)
	for i, pair := range v.pairs {
		if i > 0 {
			y := trY(0.5 - float64(i))
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: frameWidth}, c.Min.X, y, c.Max.X, y)
		}
		line := func(k int) vg.Length { return trY(-float64(i) + 0.7*((lines-1)/2-float64(k))/lines) }
		if e := pair.Interval; finite(e.Estimate) && finite(e.Lo) && finite(e.Hi) {
			errorBar(c, estimateGlyph, trX(e.Lo), vg.Point{X: trX(e.Estimate), Y: line(0)}, trX(e.Hi))
		} else {
			sty := style(tickSize)
			sty.Color, sty.YAlign = muted, draw.YCenter
			c.FillText(sty, vg.Point{X: trX(0) + 4, Y: line(0) + sty.FontExtents().Descent}, "cannot say")
		}
		for _, r := range pair.References {
			if finite(r.Value) {
				spread := r.Spread
				if !finite(spread) {
					spread = 0
				}
				k := v.sources[r.Name]
				errorBar(c, sourceGlyphs[k], trX(r.Value-spread), vg.Point{X: trX(r.Value), Y: line(k + 1)}, trX(r.Value+spread))
			}
		}
	}
}
