package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// DependencyData is what hangs together with what.
type DependencyData struct {
	Title      string
	Nodes      []int // numbers of the nodes to draw
	Labels     []string
	Carried    []CarriedLabel
	NodePairs  []DependentPair // indices into Nodes
	LabelPairs []DependentPair // indices into Labels
}

// CarriedLabel is a label that a node knows, both by their index in
// DependencyData.
type CarriedLabel struct {
	Node, Label int
	Bits        float64 // above the null; not negative
	Through     bool    // only through another label or node
}

// DependentPair is two nodes or two labels that depend on each other, by index.
type DependentPair struct{ A, B int }

// Dependency draws the nodes as circles on the left and the labels as boxes on
// the right: a line from a node to every label it carries, wide as the bits, a
// dashed one where it does so only through another; thin arcs join dependent
// nodes, and dependent labels. Both columns are ordered so that few lines cross.
// A node without a line says so. It is an error to have no node, indices out
// of range, a pair of one with itself, and bits that are negative or not finite.
func Dependency(d DependencyData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("figure: dependency: %w", err)
	}
	g := newGraph(d)
	p := newPanel("", "")
	p.frame.bare, p.frame.left, p.frame.bottom = true, false, false
	p.setRange(span{0, 1}, span{0, 1})
	p.Add(g)
	pg := page{title: d.Title, panels: []*panel{p}}
	if g.widest > 0 {
		pg.foot = foot{
			lineEntry("carried ("+number(g.widest, 2)+" bits)", g.edge(CarriedLabel{Bits: g.widest})),
			lineEntry("only through another", g.edge(CarriedLabel{Bits: g.widest / 3, Through: true})),
		}
	}
	if len(d.NodePairs)+len(d.LabelPairs) > 0 {
		pg.foot = append(pg.foot, lineEntry("dependent nodes or labels", pairLine))
	}
	height := 30*vg.Length(max(len(d.Nodes), len(d.Labels))) + 16
	if d.Title != "" {
		height += titleSize + titleSpace
	}
	return pg.finish(5.2*vg.Inch, height, 0), nil
}

func (d *DependencyData) check() error {
	if len(d.Nodes) == 0 {
		return fmt.Errorf("no nodes")
	}
	for i, e := range d.Carried {
		if e.Node < 0 || e.Node >= len(d.Nodes) || e.Label < 0 || e.Label >= len(d.Labels) {
			return fmt.Errorf("line %d joins node %d of %d and label %d of %d", i, e.Node, len(d.Nodes), e.Label, len(d.Labels))
		}
		if !finite(e.Bits) || e.Bits < 0 {
			return fmt.Errorf("node %d and label %s share %v bits", d.Nodes[e.Node], d.Labels[e.Label], e.Bits)
		}
	}
	for _, c := range []struct {
		name  string
		n     int
		pairs []DependentPair
	}{{"nodes", len(d.Nodes), d.NodePairs}, {"labels", len(d.Labels), d.LabelPairs}} {
		for i, p := range c.pairs {
			if p.A == p.B || min(p.A, p.B) < 0 || max(p.A, p.B) >= c.n {
				return fmt.Errorf("pair %d of %s joins %d and %d of %d", i, c.name, p.A, p.B, c.n)
			}
		}
	}
	return nil
}

// graph draws the columns.
type graph struct {
	DependencyData
	nodeRow, labelRow []int // places in the columns, from the top
	widest            float64
}

// newGraph orders the columns by barycentres (Sugiyama, Tagawa and Toda 1981,
// doi:10.1109/TSMC.1981.4308636): in turn, each is sorted by the mean place of
// what its members are joined to; those joined to nothing come last.
func newGraph(d DependencyData) *graph {
	g := &graph{DependencyData: d, nodeRow: make([]int, len(d.Nodes)), labelRow: make([]int, len(d.Labels))}
	for i := range g.labelRow {
		g.labelRow[i] = i
	}
	for range 8 {
		settle(g.nodeRow, d.Carried, func(e CarriedLabel) (mine, other int) { return e.Node, g.labelRow[e.Label] })
		settle(g.labelRow, d.Carried, func(e CarriedLabel) (mine, other int) { return e.Label, g.nodeRow[e.Node] })
	}
	for _, e := range d.Carried {
		g.widest = max(g.widest, e.Bits)
	}
	return g
}

// settle sorts one column; place tells which of its members an edge joins to
// which row of the other column.
func settle(row []int, edges []CarriedLabel, place func(CarriedLabel) (mine, other int)) {
	sum, n := make([]float64, len(row)), make([]float64, len(row))
	for _, e := range edges {
		mine, other := place(e)
		sum[mine] += float64(other)
		n[mine]++
	}
	order := make([]int, len(row))
	for i := range order {
		order[i] = i
		if sum[i] /= n[i]; n[i] == 0 {
			sum[i] = math.Inf(1)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[a], sum[b]) })
	for r, i := range order {
		row[i] = r
	}
}

const (
	circleRadius = vg.Length(11)
	boxHeight    = vg.Length(17)
	arcRoom      = vg.Length(52) // beside a column with arcs
	noLabel      = "no label"
)

var pairLine = draw.LineStyle{Color: muted, Width: 0.7}

// edge is the line of a carried label.
func (g *graph) edge(e CarriedLabel) draw.LineStyle {
	sty := draw.LineStyle{Color: blue, Width: vg.Length(0.8 + 3.7*e.Bits/max(g.widest, 1e-9))}
	if e.Through {
		sty.Color, sty.Width, sty.Dashes = vermilion, min(sty.Width, 1.4), []vg.Length{4, 3}
	}
	return sty
}

// Plot implements plot.Plotter.
func (g *graph) Plot(c draw.Canvas, _ *plot.Plot) {
	sty := style(tickSize)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
	descent := sty.FontExtents().Descent
	names := make([]string, len(g.Labels))
	var boxWidth vg.Length
	for i, l := range g.Labels {
		names[i] = shorten(sty, QuantityName(l), nameRoom)
		boxWidth = max(boxWidth, sty.Width(names[i])+12)
	}
	left, right := c.Min.X+2*circleRadius, c.Max.X-boxWidth // of the lines between the columns
	if len(g.NodePairs) > 0 {
		left += arcRoom
	}
	if len(g.LabelPairs) > 0 {
		right -= arcRoom
	}
	place := func(row []int) func(i int) vg.Length {
		step := (c.Max.Y - c.Min.Y) / vg.Length(max(1, len(row)))
		return func(i int) vg.Length { return c.Max.Y - step*(vg.Length(row[i])+0.5) }
	}
	nodeY, labelY := place(g.nodeRow), place(g.labelRow)

	knows, known := make([]bool, len(g.Nodes)), make([]bool, len(g.Labels))
	for _, e := range g.Carried {
		knows[e.Node], known[e.Label] = true, true
	}
	var stem vg.Length // the lines run straight past the texts beside nodes
	if slices.Contains(knows, false) {
		stem = 10 + sty.Width(noLabel)
	}

	for _, p := range g.NodePairs {
		arc(c, left-2*circleRadius, nodeY(p.A), nodeY(p.B), -1)
	}
	for _, p := range g.LabelPairs {
		arc(c, right+boxWidth, labelY(p.A), labelY(p.B), 1)
	}
	atNode := ports(g.Carried, func(e CarriedLabel) (mine, other int) { return e.Node, g.labelRow[e.Label] })
	atLabel := ports(g.Carried, func(e CarriedLabel) (mine, other int) { return e.Label, g.nodeRow[e.Node] })
	for i, e := range g.Carried {
		from := vg.Point{X: left + stem, Y: nodeY(e.Node) + atNode[i]}
		to := vg.Point{X: right, Y: labelY(e.Label) + atLabel[i]}
		half := (to.X - from.X) / 2
		var line vg.Path
		line.Move(vg.Point{X: left - circleRadius, Y: from.Y}) // under the circle
		line.Line(from)
		line.CubeTo(vg.Point{X: from.X + half, Y: from.Y}, vg.Point{X: to.X - half, Y: to.Y}, to)
		c.SetLineStyle(g.edge(e))
		c.Stroke(line)
	}
	for i, n := range g.Nodes {
		at := vg.Point{X: left - circleRadius, Y: nodeY(i)}
		col := blue
		if !knows[i] {
			col = orange
		}
		mark{radius: circleRadius, background: white, line: col, width: 1.5}.draw(c, at)
		c.FillText(sty, vg.Point{X: at.X, Y: at.Y + descent}, strconv.Itoa(n))
		if !knows[i] {
			note := sty
			note.XAlign = draw.XLeft
			c.FillText(note, vg.Point{X: left + 5, Y: at.Y + descent}, noLabel)
		}
	}
	for i, name := range names {
		at := vg.Point{X: right + boxWidth/2, Y: labelY(i)}
		text := sty
		if !known[i] {
			text.Color = muted
		}
		c.SetLineStyle(draw.LineStyle{Color: text.Color, Width: frameWidth})
		c.Stroke(boxAround(at, boxWidth, boxHeight).Path())
		c.FillText(text, vg.Point{X: at.X, Y: at.Y + descent}, name)
	}
}

// ports are where every edge ends above or below the middle of a member of one
// column, in the order of the other column's rows.
func ports(edges []CarriedLabel, place func(CarriedLabel) (mine, other int)) []vg.Length {
	of := map[int][]int{}
	for i, e := range edges {
		mine, _ := place(e)
		of[mine] = append(of[mine], i)
	}
	at := make([]vg.Length, len(edges))
	for _, mine := range of {
		slices.SortStableFunc(mine, func(a, b int) int {
			_, rowA := place(edges[a])
			_, rowB := place(edges[b])
			return cmp.Compare(rowA, rowB)
		})
		step := min(5, boxHeight/vg.Length(len(mine)))
		for k, i := range mine {
			at[i] = step * (vg.Length(len(mine)-1)/2 - vg.Length(k))
		}
	}
	return at
}

// arc joins two heights at x with a bow to the left (-1) or to the right (1).
func arc(c draw.Canvas, x, from, to vg.Length, side vg.Length) {
	// A curve with both control points at that distance reaches three quarters of it.
	bow := side * min(arcRoom/0.75, 12+0.4*vg.Length(math.Abs(float64(to-from))))
	var p vg.Path
	p.Move(vg.Point{X: x, Y: from})
	p.CubeTo(vg.Point{X: x + bow, Y: from}, vg.Point{X: x + bow, Y: to}, vg.Point{X: x, Y: to})
	c.SetLineStyle(pairLine)
	c.Stroke(p)
}
