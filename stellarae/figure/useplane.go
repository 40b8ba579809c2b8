package figure

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// UsePlaneData is how much every node is used and how much it seems to know.
type UsePlaneData struct {
	Title         string
	Use           []float64 // per node, such as MAD or KL
	UseLabel      string    // "Median absolute deviation" where empty
	Bits          []float64 // per node, about its best label, above the null; may be negative
	UseThreshold  float64   // above which a node is used; positive
	BitsThreshold float64   // above which a node seems to know its label
	Names         map[int]string
}

// UsePlane draws a point for every node, use on a logarithmic axis against
// information. The thresholds cut the plane into nodes that are used and
// explained, used and unexplained, and unused; unused nodes that yet seem to know
// a label, as by leakage or chance, are hollow. Names are set beside their nodes
// where there is room. Nodes of no use stand on the left edge. Values that are
// not finite are left out and counted. It is an error to have no node, unequal
// lengths, thresholds that are not finite, one of use that is not positive, names
// of nodes that do not exist, or nothing to draw.
func UsePlane(d UsePlaneData) (*Figure, error) {
	const what = "use plane"
	if len(d.Use) == 0 {
		return nil, fmt.Errorf("figure: %s: no nodes", what)
	}
	if err := sameLength(what, len(d.Use), column{"bits", len(d.Bits)}); err != nil {
		return nil, err
	}
	if !(d.UseThreshold > 0) || !finite(d.UseThreshold) || !finite(d.BitsThreshold) {
		return nil, fmt.Errorf("figure: %s: thresholds of %v for use, %v bits", what, d.UseThreshold, d.BitsThreshold)
	}
	for n := range d.Names {
		if n < 0 || n >= len(d.Use) {
			return nil, fmt.Errorf("figure: %s: the name of node %d of %d", what, n, len(d.Use))
		}
	}
	x, y := empty().add(d.UseThreshold), empty().add(0).add(d.BitsThreshold)
	dropped, used := 0, 0
	for n, u := range d.Use {
		if !finite(u) || !finite(d.Bits[n]) {
			dropped++
			continue
		}
		if u > 0 {
			x = x.add(u)
		}
		if u > d.UseThreshold {
			used++
		}
		y = y.add(d.Bits[n])
	}
	if dropped == len(d.Use) {
		return nil, fmt.Errorf("figure: %s: no node with finite use and information", what)
	}
	if d.UseLabel == "" {
		d.UseLabel = "Median absolute deviation"
	}

	p := newPanel(d.UseLabel, "Excess information on the best label (bits)")
	p.X.Scale, p.frame.x = plot.LogScale{}, logTicks{}
	x = x.add(d.UseThreshold / 10).add(d.UseThreshold * 10)
	x = x.add(d.UseThreshold * math.Pow(d.UseThreshold/x.hi, 0.7)) // room for the names of the unused
	p.setRange(span{x.lo / 1.6, x.hi * 4}, span{y.lo - 0.24*(y.hi-y.lo) - 0.01, y.hi + 0.16*(y.hi-y.lo) + 0.01})
	p.note = fmt.Sprintf("%d of %d nodes used", used, len(d.Use)-dropped)
	p.Add(&plane{d})
	pg := page{title: d.Title, panels: []*panel{p}}
	return pg.finish(5.6*vg.Inch, 4.3*vg.Inch, dropped), nil
}

// planeMark is that of a node.
func planeMark(used, knows bool) mark {
	switch {
	case used && knows:
		return mark{radius: 3, fill: blue}
	case used:
		return mark{radius: 3, fill: orange, line: black, width: 0.5}
	case knows:
		return mark{radius: 2.8, line: red, width: 1.2}
	}
	return mark{radius: 2, fill: muted}
}

// plane draws the nodes, the thresholds and the names.
type plane struct{ UsePlaneData }

// Plot implements plot.Plotter.
func (u *plane) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	dashed := draw.LineStyle{Color: muted, Width: 0.8, Dashes: []vg.Length{4, 3}}
	x, y := trX(u.UseThreshold), trY(u.BitsThreshold)
	c.StrokeLine2(dashed, x, c.Min.Y, x, c.Max.Y)
	c.StrokeLine2(dashed, c.Min.X, y, c.Max.X, y)

	names := &placer{Canvas: draw.Crop(c, 5, -5, 5, -5), lines: []vg.Rectangle{
		{Min: vg.Point{X: x, Y: c.Min.Y}, Max: vg.Point{X: x, Y: c.Max.Y}},
		{Min: vg.Point{X: c.Min.X, Y: y}, Max: vg.Point{X: c.Max.X, Y: y}},
	}}
	for _, q := range []struct {
		used, knows bool
		name        string
	}{
		{true, true, "used and explained"}, {true, false, "used and unexplained"},
		{false, true, "unused, yet seems to know"}, {false, false, "unused"},
	} {
		names.taken = append(names.taken, nameQuadrant(names.Canvas, q.used, q.knows, q.name))
	}
	at, marks := make([]vg.Point, len(u.Use)), make([]mark, len(u.Use))
	for n, use := range u.Use {
		if !finite(use) || !finite(u.Bits[n]) {
			continue
		}
		at[n] = vg.Point{X: trX(math.Max(use, p.X.Min)), Y: trY(u.Bits[n])}
		marks[n] = planeMark(use > u.UseThreshold, u.Bits[n] > u.BitsThreshold)
		marks[n].draw(c, at[n])
		names.taken = append(names.taken, boxAround(at[n], 2*marks[n].radius, 2*marks[n].radius))
	}
	sty := style(noteSize)
	for _, n := range slices.Sorted(maps.Keys(u.Names)) {
		if marks[n].radius > 0 {
			names.place(sty, shorten(sty, u.Names[n], nameRoom), at[n], marks[n].radius)
		}
	}
}

// nameQuadrant sets mark and name of a quadrant in its corner, where it returns
// what they cover.
func nameQuadrant(c draw.Canvas, used, knows bool, name string) vg.Rectangle {
	sty := style(noteSize)
	sty.Color, sty.YAlign = muted, draw.YCenter
	at := vg.Point{X: c.Min.X + footDot/2, Y: c.Min.Y + sty.Font.Size/2}
	width := footDot + footGap + sty.Width(name)
	if used {
		at.X += c.Max.X - c.Min.X - width
	}
	if knows {
		at.Y = c.Max.Y - sty.Font.Size/2
	}
	planeMark(used, knows).draw(c, at)
	c.FillText(sty, vg.Point{X: at.X + footDot/2 + footGap, Y: at.Y + sty.FontExtents().Descent}, name)
	return boxAround(vg.Point{X: at.X - footDot/2 + width/2, Y: at.Y}, width, sty.Font.Size+2)
}
