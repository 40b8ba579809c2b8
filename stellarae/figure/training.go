package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TrainingData is how a training went. All columns but Step may be nil.
type TrainingData struct {
	Title          string
	Step           []int // increasing
	Loss           []float64
	Reconstruction []float64
	KL             []float64   // nats, of all nodes together
	Beta           []float64   // weight of the KL in the loss
	NodeKL         [][]float64 // nats, [step][node]
}

// busyNode is the KL, in nats, from which a node counts as one in use and is
// named.
const busyNode = 0.05

// Training draws loss and reconstruction, the KL, its weight and the KL of
// every node against the step, a panel each where there are numbers. The busiest
// nodes, seven at most, are coloured and named. Losses are on a logarithmic
// axis where all are positive. Values that are not finite, as of a training
// that diverged, leave gaps and are counted. It is an error to have no step,
// steps out of order, unequal lengths, or nothing finite to draw.
func Training(d TrainingData) (*Figure, error) {
	const what = "training"
	steps := make([]float64, len(d.Step))
	for i, s := range d.Step {
		steps[i] = float64(s)
	}
	if err := increasing(what, "step", steps); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		name   string
		values []float64
	}{{"losses", d.Loss}, {"reconstruction losses", d.Reconstruction}, {"KLs", d.KL}, {"betas", d.Beta}} {
		if c.values != nil {
			if err := sameLength(what, len(steps), column{c.name, len(c.values)}); err != nil {
				return nil, err
			}
		}
	}
	if d.NodeKL != nil {
		if err := sameLength(what, len(steps), column{"rows of node KLs", len(d.NodeKL)}); err != nil {
			return nil, err
		}
		for i, row := range d.NodeKL {
			if len(row) != len(d.NodeKL[0]) {
				return nil, fmt.Errorf("figure: %s: step %d has %d nodes, the first step %d", what, d.Step[i], len(row), len(d.NodeKL[0]))
			}
		}
	}

	xLabel := "Step"
	if steps[len(steps)-1] >= 1e5 {
		xLabel = "Step (thousands)"
		for i := range steps {
			steps[i] /= 1000
		}
	}
	x, err := rangeOr(what, "step", [2]float64{}, span{steps[0], steps[len(steps)-1]})
	if err != nil {
		return nil, err
	}
	t := training{x: x, steps: steps}
	t.panel("Loss", 1.5, true, series{"total", black, d.Loss}, series{"reconstruction", blue, d.Reconstruction})
	t.panel("KL (nats)", 1, false, series{"", blue, d.KL})
	t.panel("\u03b2", 0.6, false, series{"", blue, d.Beta})
	t.nodes(d.NodeKL)
	if len(t.pg.panels) == 0 {
		return nil, fmt.Errorf("figure: %s: nothing finite to draw", what)
	}
	height := 0.75 * vg.Inch
	for i, p := range t.pg.panels {
		height += vg.Length(p.weight) * 1.2 * vg.Inch
		if i < len(t.pg.panels)-1 {
			p.hideX()
		} else {
			p.xLabel = xLabel
		}
	}
	t.pg.title = d.Title
	return t.pg.finish(pageWidth, height, t.dropped), nil
}

// training gathers the panels.
type training struct {
	pg      page
	x       span
	steps   []float64
	dropped int
}

type series struct {
	name   string
	color  color.RGBA
	values []float64
}

// panel adds a panel for the series that have finite values.
func (t *training) panel(label string, weight float64, logarithmic bool, all ...series) {
	y := empty()
	for _, s := range all {
		for _, v := range s.values {
			y = y.add(v)
			if !finite(v) {
				t.dropped++
			}
		}
	}
	if !y.set() {
		return
	}
	p := newPanel("", label)
	p.weight = weight
	p.frame.y = linearTicks{3}
	if logarithmic && y.lo > 0 {
		p.logarithmicY()
		p.setRange(t.x, span{y.lo / 1.15, y.hi * 1.15})
	} else {
		y = y.add(0)
		p.setRange(t.x, span{y.lo, y.hi + 0.06*(y.hi-y.lo) + 1e-12})
	}
	for _, s := range all {
		if s.values != nil {
			p.Add(&curve{x: t.steps, y: func(i int) float64 { return s.values[i] }, color: s.color, width: 1})
			if s.name != "" {
				p.key = append(p.key, keyEntry{s.name, s.color, nil})
			}
		}
	}
	t.pg.panels = append(t.pg.panels, p)
}

// nodes adds the panel of the nodes' KLs.
func (t *training) nodes(kl [][]float64) {
	if len(kl) == 0 || len(kl[0]) == 0 {
		return
	}
	y := span{0, busyNode}
	last := make([]float64, len(kl[0]))
	for _, row := range kl {
		for n, v := range row {
			y = y.add(v)
			if finite(v) {
				last[n] = v
			} else {
				t.dropped++
			}
		}
	}
	order := make([]int, len(last))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(last[b], last[a]) })
	busy := 0
	for busy < len(order) && last[order[busy]] >= busyNode {
		busy++
	}

	p := newPanel("", "KL of a node (nats)")
	p.weight = 1.5
	p.frame.y = linearTicks{4}
	p.setRange(t.x, span{y.lo, y.hi * 1.06})
	names := &endLabels{}
	p.Add(&envelope{x: t.steps, rows: kl, columns: order[busy:]})
	for k := busy - 1; k >= 0; k-- { // the busiest on top
		n := order[k]
		c := &curve{x: t.steps, y: func(i int) float64 { return kl[i][n] }, color: muted, width: 0.8}
		if k < len(categorical) {
			c.color, c.width = categorical[k], 1.1
			names.add(fmt.Sprint(n), last[n], categorical[k])
		}
		p.Add(c)
	}
	p.note = fmt.Sprintf("%d of %d nodes with at least %s nats at the end", busy, len(last), number(busyNode, 2))
	if busy < len(order) {
		p.key = []keyEntry{{"range of the others", noData, nil}}
	}
	p.Add(names)
	t.pg.side = room(14)
	t.pg.panels = append(t.pg.panels, p)
}

// room keeps the right margin free for texts.
type room vg.Length

func (r room) width() vg.Length { return vg.Length(r) }
func (r room) draw(draw.Canvas) {}

// endLabels names curves where they end, to the right of the frame.
type endLabels struct {
	names  []string
	y      []float64
	colors []color.RGBA
}

func (e *endLabels) add(name string, y float64, c color.RGBA) {
	e.names, e.y, e.colors = append(e.names, name), append(e.y, y), append(e.colors, c)
}

// width is what the names need beside the frame.
func (e *endLabels) width() vg.Length {
	sty := style(tickSize)
	var w vg.Length
	for _, name := range e.names {
		w = max(w, sty.Width(name))
	}
	return w
}

// Plot implements plot.Plotter. Labels that would overlap move apart upward.
func (e *endLabels) Plot(c draw.Canvas, p *plot.Plot) {
	_, trY := p.Transforms(&c)
	order := make([]int, len(e.names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(e.y[a], e.y[b]) })
	sty := style(tickSize)
	sty.YAlign = draw.YCenter
	descent := sty.FontExtents().Descent
	free := c.Min.Y - sty.Font.Size
	for _, i := range order {
		y := max(trY(e.y[i]), free)
		free = y + sty.Font.Size
		sty.Color = e.colors[i]
		c.FillText(sty, vg.Point{X: c.Max.X + 4, Y: y + descent}, e.names[i])
	}
}
