package figure

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stellarae/lab/stellarae/info/dimension"
)

// DimensionScaleData is how many dimensions the codes occupy, by several
// estimators.
type DimensionScaleData struct {
	Title  string
	Report dimension.Report // Scales by increasing Order
}

// DimensionScale draws the dimension by Gride against the scale, that is the
// order of the farther neighbour, with a band of one standard error and the
// mean distances along the lower edge. The other estimators are lines across:
// participation ratio, TwoNN and MLE. Values that are not finite are left out
// and counted. It is an error to have no scale, orders out of order, a negative
// standard error, or no finite dimension.
func DimensionScale(d DimensionScaleData) (*Figure, error) {
	const what = "dimension"
	order := make([]float64, len(d.Report.Scales))
	dropped, y := 0, empty().add(0)
	for i, s := range d.Report.Scales {
		order[i] = float64(s.Order)
		if s.SE < 0 {
			return nil, fmt.Errorf("figure: %s: the standard error at order %d is negative (%v)", what, s.Order, s.SE)
		}
	}
	if err := increasing(what, "order", order); err != nil {
		return nil, err
	}
	if order[0] <= 0 {
		return nil, fmt.Errorf("figure: %s: order %v", what, order[0])
	}
	found := false
	for _, s := range d.Report.Scales {
		if !finite(s.Dimension) || !finite(s.SE) {
			dropped++
			continue
		}
		found = true
		y = y.add(s.Dimension + s.SE)
	}
	if !found {
		return nil, fmt.Errorf("figure: %s: no finite dimension", what)
	}

	p := newPanel("Farther neighbour (grey: mean distance to it)", "Dimension")
	p.X.Scale = plot.LogScale{}
	var ticks plot.ConstantTicks
	for _, o := range order {
		ticks = append(ticks, plot.Tick{Value: o, Label: strconv.Itoa(int(o))})
	}
	p.frame.x = ticks
	p.Add(&scales{d.Report.Scales})
	names := &endLabels{}
	for _, e := range []struct {
		name   string
		value  dimension.Value
		color  color.RGBA
		dashes []vg.Length
	}{
		{"participation ratio", d.Report.Participation, green, []vg.Length{6, 3}},
		{"TwoNN", d.Report.TwoNN, vermilion, []vg.Length{2, 2}},
		{"MLE", d.Report.MLE, black, []vg.Length{6, 2, 2, 2}},
	} {
		if !finite(e.value.Mean) {
			dropped++
			continue
		}
		y = y.add(e.value.Mean)
		p.Add(level{e.value.Mean, draw.LineStyle{Color: e.color, Width: 1, Dashes: e.dashes}})
		text := e.name + " " + decimal(e.value.Mean, 1)
		if e.value.SD > 0 {
			text += " \u00b1 " + decimal(e.value.SD, 1)
		}
		names.add(text, e.value.Mean, e.color)
	}
	p.Add(names)
	p.setRange(span{order[0] / 1.25, order[len(order)-1] * 1.25}, span{0, 1.08 * y.hi})
	p.note = fmt.Sprintf("%d rows of %d columns", d.Report.Rows, d.Report.Columns)
	if d.Report.Draws > 1 {
		p.note += fmt.Sprintf(", mean of %d draws", d.Report.Draws)
	}
	p.key = []keyEntry{{"Gride \u00b1 standard error", blue, nil}}
	pg := page{title: d.Title, panels: []*panel{p}, side: room(names.width())}
	return pg.finish(pageWidth, 3.2*vg.Inch, dropped), nil
}

// scales draws dimension against order, and the distances.
type scales struct{ scales []dimension.Scale }

// Plot implements plot.Plotter.
func (s *scales) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	var line, upper, lower []vg.Point
	sty := style(7.5)
	sty.Color, sty.XAlign, sty.YAlign = muted, draw.XCenter, draw.YBottom
	free := vg.Length(math.Inf(-1))
	for _, v := range s.scales {
		x := trX(float64(v.Order))
		if finite(v.Dimension) && finite(v.SE) {
			line = append(line, vg.Point{X: x, Y: trY(v.Dimension)})
			upper = append(upper, vg.Point{X: x, Y: trY(v.Dimension + v.SE)})
			lower = append(lower, vg.Point{X: x, Y: trY(v.Dimension - v.SE)})
		}
		text := number(v.Radius, 2)
		if half := sty.Width(text) / 2; x-half > free && finite(v.Radius) {
			c.FillText(sty, vg.Point{X: x, Y: c.Min.Y + 7}, text)
			free = x + half + 4
		}
	}
	fillBetween(c, upper, lower, blue)
	c.StrokeLines(draw.LineStyle{Color: blue, Width: 1.2}, line)
	for i, at := range line {
		c.StrokeLine2(draw.LineStyle{Color: blue, Width: thin}, at.X, lower[i].Y, at.X, upper[i].Y)
		c.DrawGlyph(draw.GlyphStyle{Color: blue, Radius: 2.4, Shape: draw.CircleGlyph{}}, at)
	}
}

// fillBetween shades between two lines that run in the same direction, so that
// what lies below still shows.
func fillBetween(c draw.Canvas, upper, lower []vg.Point, col color.RGBA) {
	if len(upper) < 2 {
		return
	}
	outline := append([]vg.Point{}, upper...)
	for i := len(lower) - 1; i >= 0; i-- {
		outline = append(outline, lower[i])
	}
	c.FillPolygon(color.NRGBA{R: col.R, G: col.G, B: col.B, A: 50}, c.ClipPolygonXY(outline))
}
