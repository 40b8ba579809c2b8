package figure

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stellarae/lab/stellarae/info"
)

// MIData is the mutual information of every latent node with one or more
// labels, from histograms with several numbers of bins (Sedaghat et al. 2021,
// section 6.2).
type MIData struct {
	Title  string
	Bins   []int          // per axis of a histogram; one row of MI each
	Labels []info.LabelMI // of which Name and MI are drawn
}

// MI draws a stripe for every label: numbers of bins downward, nodes to the
// right, every row divided by its maximum. A node that stays bright in all rows
// is related to the label; a haze that rises with the number of bins is the
// bias of the estimate. The node that is brightest in most rows (info's Best)
// is pointed at and named. It is an error to have no label, no bins, a ragged
// table, a label without a value, or a value that is not finite.
func MI(d MIData) (*Figure, error) {
	const what = "mutual information"
	if len(d.Labels) == 0 || len(d.Bins) == 0 {
		return nil, fmt.Errorf("figure: %s: %d labels and %d numbers of bins", what, len(d.Labels), len(d.Bins))
	}
	pg := page{
		title: d.Title,
		side:  &colorBar{label: "MI / row maximum", hi: 1, color: sequential},
	}
	const row = 9.0 // height of one number of bins, in points
	height := 0.5 * vg.Inch
	if len(d.Labels) == 1 {
		height += 0.4 * vg.Inch
	}
	if d.Title != "" {
		height += 0.25 * vg.Inch
	}
	for i, l := range d.Labels {
		if err := checkTable(l.MI, len(d.Bins)); err != nil {
			return nil, fmt.Errorf("figure: %s: %s: %w", what, l.Name, err)
		}
		nodes := len(l.MI[0])
		if first := len(d.Labels[0].MI[0]); nodes != first {
			return nil, fmt.Errorf("figure: %s: %s has %d nodes, %s %d", what, l.Name, nodes, d.Labels[0].Name, first)
		}
		p := newPanel("Latent node", "Bins")
		p.headroom = true
		p.frame.quiet = true
		rows := make([]plot.Tick, len(d.Bins))
		for r, b := range d.Bins {
			rows[r] = plot.Tick{Value: -float64(r), Label: strconv.Itoa(b)}
		}
		p.frame.y = plot.ConstantTicks(rows)
		p.Y.Tick.Label = style(6.5)
		p.Y.Tick.Label.XAlign, p.Y.Tick.Label.YAlign = draw.XRight, draw.YCenter
		p.setRange(span{-0.5, float64(nodes) - 0.5}, span{0.5 - float64(len(d.Bins)), 0.5})
		best, _ := l.Best()
		p.Add(&heat{cells: l.Normalised(), name: l.Name, marked: best})
		if i < len(d.Labels)-1 {
			p.hideX()
		}
		pg.panels = append(pg.panels, p)
		height += vg.Length(len(d.Bins))*row + 24
	}
	return pg.finish(pageWidth, height, 0), nil
}

func checkTable(mi [][]float64, rows int) error {
	if len(mi) != rows {
		return fmt.Errorf("%d rows for %d numbers of bins", len(mi), rows)
	}
	for r, row := range mi {
		if len(row) == 0 || len(row) != len(mi[0]) {
			return fmt.Errorf("row %d has %d nodes, the first row %d", r, len(row), len(mi[0]))
		}
		for n, v := range row {
			if !finite(v) {
				return fmt.Errorf("row %d, node %d is %v", r, n, v)
			}
		}
	}
	return nil
}

// heat draws cells[r][n] in [0, 1] around (n, -r), its name above the frame,
// and a pointer to the marked node, if that is not negative.
type heat struct {
	cells  [][]float64
	name   string
	marked int
}

// Plot implements plot.Plotter.
func (h *heat) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	r := newRaster(c)
	for i, row := range h.cells {
		for n, v := range row {
			r.fill(vg.Point{X: trX(float64(n) - 0.5), Y: trY(0.5 - float64(i))},
				vg.Point{X: trX(float64(n) + 0.5), Y: trY(-0.5 - float64(i))}, sequential(v))
		}
	}
	r.draw(c)

	sty := style(noteSize)
	at, name := vg.Point{X: c.Min.X, Y: c.Max.Y + headSpace}, h.name
	if h.marked >= 0 {
		const half, high, gap = 3, 5, 3
		name += fmt.Sprintf(": node %d", h.marked)
		x, y := trX(float64(h.marked)), c.Max.Y+1
		c.FillPolygon(vermilion, []vg.Point{{X: x, Y: y}, {X: x - half, Y: y + high}, {X: x + half, Y: y + high}})
		if x-half-gap < at.X+sty.Width(name) {
			at.X = x + half + gap
		}
	}
	c.FillText(sty, at, name)
}
