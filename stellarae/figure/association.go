package figure

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stellarae/lab/stellarae/info"
)

// AssociationMapData is what nodes and labels share, and how sure that is.
type AssociationMapData struct {
	Title   string
	Cells   [][]info.Association // [label][node], as in info.Map
	Nodes   []int                // those to draw, in this order; none for all
	Through [][]bool             // [label][node]: known only through another label or node; nil for no such cell
	Alpha   float64              // of a claim; 0 means 0.05

	LeastBits float64 // claims of less are traces; 0 for no such mark
}

const (
	falseDiscovery = 0.05 // q up to which a cell is marked at all
	leastScale     = 0.1  // bits the colours reach at least, lest noise look bright
)

// AssociationMap draws a row for every label and a column for every node. The
// colour is the mutual information above its null, in bits (info's Effect);
// negative ones have the colour of 0. A full mark is a claim for the whole map
// (Adjusted of Alpha or less), a dot one of less than LeastBits, a half mark one that holds only through another
// label or node, an empty mark a cell worth a look (Q of 0.05 or less) without a
// claim. Cells of which nothing can be said are hatched. It is an error to have
// no cell, a ragged table, nodes outside it, or an Alpha outside (0, 1).
func AssociationMap(d AssociationMapData) (*Figure, error) {
	if d.Alpha == 0 {
		d.Alpha = 0.05
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("figure: association map: %w", err)
	}
	if len(d.Nodes) == 0 {
		for n := range d.Cells[0] {
			d.Nodes = append(d.Nodes, n)
		}
	}
	bar := &colorBar{label: "Excess MI (bits)", hi: leastScale, color: sequential}
	for _, row := range d.Cells {
		for _, n := range d.Nodes {
			if v := row[n].Effect.Bits; finite(v) {
				bar.hi, bar.under = max(bar.hi, v), bar.under || v < 0
			}
		}
	}

	p := newPanel("Latent node", "")
	p.frame.quiet = true
	p.setRange(span{-0.5, float64(len(d.Nodes)) - 0.5}, span{0.5 - float64(len(d.Cells)), 0.5})
	names, nameWidth := d.names()
	p.frame.y = names
	// Cells have room for a mark and a number, while the page has.
	rest := nameWidth + bar.width() + sideGap + 2*margin + 12
	width := min(pageWidth, max(4*vg.Inch, rest+32*vg.Length(len(d.Nodes))))
	p.frame.x = d.columns((width - rest) / vg.Length(len(d.Nodes)))
	p.Add(&association{d, bar.hi})

	height := max(88, 19*vg.Length(len(d.Cells))) + 46
	if d.Title != "" {
		height += titleSize + titleSpace
	}
	pg := page{title: d.Title, panels: []*panel{p}, side: bar, foot: d.foot()}
	return pg.finish(width, height, 0), nil
}

func (d *AssociationMapData) check() error {
	if len(d.Cells) == 0 || len(d.Cells[0]) == 0 {
		return fmt.Errorf("no cells")
	}
	if !(d.Alpha > 0 && d.Alpha < 1) {
		return fmt.Errorf("alpha is %v", d.Alpha)
	}
	if d.Through != nil && len(d.Through) != len(d.Cells) {
		return fmt.Errorf("%d rows of indirect cells for %d labels", len(d.Through), len(d.Cells))
	}
	nodes := len(d.Cells[0])
	for l, row := range d.Cells {
		if len(row) != nodes {
			return fmt.Errorf("label %d has %d nodes, the first one %d", l, len(row), nodes)
		}
		if d.Through != nil && len(d.Through[l]) != nodes {
			return fmt.Errorf("label %d has %d indirect cells for %d nodes", l, len(d.Through[l]), nodes)
		}
	}
	for _, n := range d.Nodes {
		if n < 0 || n >= nodes {
			return fmt.Errorf("node %d of %d", n, nodes)
		}
	}
	return nil
}

// nameRoom is how wide the name of a label may be.
const nameRoom = 2 * vg.Inch

// names are the labels, from the top, and the width of the widest.
func (d *AssociationMapData) names() (ticks plot.ConstantTicks, widest vg.Length) {
	sty := style(tickSize)
	for l, row := range d.Cells {
		name := shorten(sty, QuantityName(row[0].Label), nameRoom)
		ticks = append(ticks, plot.Tick{Value: -float64(l), Label: name})
		widest = max(widest, sty.Width(name))
	}
	return ticks, widest
}

// columns numbers the nodes, or every 2nd, 5th, ... where they are narrow.
func (d *AssociationMapData) columns(cell vg.Length) (ticks plot.ConstantTicks) {
	sty := style(tickSize)
	widest := sty.Width(strconv.Itoa(slices.Max(d.Nodes))) + 4
	every := 1
	for i := 0; cell*vg.Length(every) < widest; i++ {
		every = every * []int{2, 5, 10}[i%3] / []int{1, 2, 5}[i%3]
	}
	for i := 0; i < len(d.Nodes); i += every {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: strconv.Itoa(d.Nodes[i])})
	}
	return ticks
}

// foot explains the marks.
func (d *AssociationMapData) foot() foot {
	entry := func(name string, v verdict) footEntry { return markEntry(name, v.mark(3.2, black)) }
	f := foot{entry("claimed (max-T, p \u2264 "+number(d.Alpha, 2)+")", direct)}
	if d.Through != nil {
		f = append(f, entry("claimed, but only through another label or node", indirect))
	}
	if d.LeastBits > 0 {
		f = append(f, entry("claimed, less than "+number(d.LeastBits, 2)+" bits", trace))
	}
	return append(f, entry("q \u2264 "+number(falseDiscovery, 2)+" only, no claim", lookAt), boxEntry("cannot say", hatched))
}

// A verdict is what is said of a cell.
type verdict int

const (
	nothing verdict = iota
	cannotSay
	lookAt
	trace
	indirect
	direct
)

func (d *AssociationMapData) verdict(label, node int) verdict {
	c := d.Cells[label][node]
	switch {
	case c.Reason != "" || !finite(c.Effect.Bits):
		return cannotSay
	case c.Adjusted <= d.Alpha && c.Effect.Bits < d.LeastBits:
		return trace
	case c.Adjusted <= d.Alpha && d.Through != nil && d.Through[label][node]:
		return indirect
	case c.Adjusted <= d.Alpha:
		return direct
	case c.Q <= falseDiscovery:
		return lookAt
	}
	return nothing
}

// mark is that of lookAt, trace, indirect or direct.
func (v verdict) mark(radius vg.Length, ink color.Color) mark {
	if v == trace {
		return mark{radius: 0.4 * radius, fill: ink}
	}
	m := mark{radius: radius, line: ink, width: min(1, radius/3)}
	if v != lookAt {
		m.fill, m.half = ink, v == indirect
	}
	return m
}

// association draws the cells.
type association struct {
	AssociationMapData
	top float64 // bits where the colours end
}

// Plot implements plot.Plotter.
func (m *association) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	cell := func(l, i int) vg.Rectangle {
		return vg.Rectangle{
			Min: vg.Point{X: trX(float64(i) - 0.5), Y: trY(-float64(l) - 0.5)},
			Max: vg.Point{X: trX(float64(i) + 0.5), Y: trY(0.5 - float64(l))},
		}
	}
	shade := func(l, i int) color.RGBA { return sequential(m.Cells[l][m.Nodes[i]].Effect.Bits / m.top) }
	r := newRaster(c)
	for l := range m.Cells {
		for i := range m.Nodes {
			box := cell(l, i)
			r.fill(vg.Point{X: box.Min.X, Y: box.Max.Y}, vg.Point{X: box.Max.X, Y: box.Min.Y}, shade(l, i))
		}
	}
	r.draw(c)
	for l := range m.Cells {
		for i, n := range m.Nodes {
			box := cell(l, i)
			switch v := m.verdict(l, n); v {
			case nothing:
			case cannotSay:
				hatched(c, box)
			default:
				size := box.Size()
				middle := vg.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}
				v.mark(min(4, max(1.8, 0.36*size.X), 0.36*size.Y), inkOn(shade(l, i))).draw(c, middle)
			}
		}
	}
	gap := draw.LineStyle{Color: white, Width: thin}
	for l := 1; l < len(m.Cells); l++ {
		y := trY(0.5 - float64(l))
		c.StrokeLine2(gap, c.Min.X, y, c.Max.X, y)
	}
	for i := 1; i < len(m.Nodes) && len(m.Nodes) <= 40; i++ { // else lines would hide cells
		x := trX(float64(i) - 0.5)
		c.StrokeLine2(gap, x, c.Min.Y, x, c.Max.Y)
	}
}
