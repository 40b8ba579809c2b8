package figure

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// DopplerResponseData is how the code of every node changes when a Doppler
// velocity is applied to the input.
type DopplerResponseData struct {
	Title      string
	Velocity   []float64   // km/s, increasing
	Change     [][]float64 // [node][velocity], in units of the node's spread
	Responding []int       // nodes to colour and name, seven at most
}

// leastChange is how far the axis reaches at least, lest noise look like an answer.
const leastChange = 0.5

// DopplerResponse draws a line for every node, those that respond in colour and
// named at their end, the others grey. Changes that are not finite leave gaps
// and are counted. It is an error to have fewer than two velocities, or
// velocities out of order, no node, unequal lengths, more than seven responding
// nodes or one that does not exist, or nothing finite to draw.
func DopplerResponse(d DopplerResponseData) (*Figure, error) {
	const what = "doppler response"
	if err := increasing(what, "velocity", d.Velocity); err != nil {
		return nil, err
	}
	if len(d.Velocity) < 2 {
		return nil, fmt.Errorf("figure: %s: a single velocity", what)
	}
	if len(d.Change) == 0 {
		return nil, fmt.Errorf("figure: %s: no nodes", what)
	}
	if len(d.Responding) > len(categorical) {
		return nil, fmt.Errorf("figure: %s: %d responding nodes for %d colours", what, len(d.Responding), len(categorical))
	}
	for _, n := range d.Responding {
		if n < 0 || n >= len(d.Change) {
			return nil, fmt.Errorf("figure: %s: responding node %d of %d", what, n, len(d.Change))
		}
	}
	dropped, y := 0, empty()
	for _, change := range d.Change {
		if err := sameLength(what, len(d.Velocity), column{"changes of a node", len(change)}); err != nil {
			return nil, err
		}
		for _, v := range change {
			if y = y.add(v); !finite(v) {
				dropped++
			}
		}
	}
	if !y.set() {
		return nil, fmt.Errorf("figure: %s: no finite change", what)
	}

	p := newPanel("Velocity applied to the input (km s^{\u22121})", "Change of the code (in its spread)")
	p.setRange(span{d.Velocity[0], d.Velocity[len(d.Velocity)-1]}, y.add(-leastChange).add(leastChange).wider(0.06))
	dashed := draw.LineStyle{Color: muted, Width: thin, Dashes: []vg.Length{4, 3}}
	p.Add(level{0, dashed}, upright{0, dashed})
	line := func(n int, c *curve) {
		c.x, c.y = d.Velocity, func(i int) float64 { return d.Change[n][i] }
		p.Add(c)
	}
	for n := range d.Change {
		if !slices.Contains(d.Responding, n) {
			line(n, &curve{color: noData, width: thin})
		}
	}
	names := &endLabels{}
	for k, n := range d.Responding {
		line(n, &curve{color: categorical[k], width: 1.4})
		if end := d.Change[n][len(d.Velocity)-1]; finite(end) {
			names.add(fmt.Sprintf("node %d", n), end, categorical[k])
		}
	}
	p.Add(names)
	p.note = fmt.Sprintf("%d of %d nodes respond", len(d.Responding), len(d.Change))
	if len(d.Responding) < len(d.Change) {
		p.key = []keyEntry{{"not responding", noData, nil}}
	}
	pg := page{title: d.Title, panels: []*panel{p}}
	if len(names.names) > 0 {
		pg.side = room(names.width())
	}
	return pg.finish(5.6*vg.Inch, 3.6*vg.Inch, dropped), nil
}
