package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TraversalVsPhysicsData is what moving a node does to the decoded spectrum,
// beside what physics does to it.
type TraversalVsPhysicsData struct {
	Title       string
	Node        int
	Quantity    string    // that is derived by, such as "radial velocity"
	Wave        []float64 // Angstrom, in air, increasing
	Change      []float64 // of the decoded spectrum, per step of the node
	Derivative  []float64 // of a spectrum by the quantity, brought to the scale of Change
	Correlation float64   // of the two, -1 to 1; over all wavelengths, whatever Range

	Range    [2]float64 // Angstrom, the part to draw; {0, 0} for all
	Lines    bool       // name the strong lines in range
	Velocity float64    // km/s, by which the lines' names are shifted
}

// TraversalVsPhysics draws the decoded change over the derivative, and their
// difference in a panel below; the correlation is in the title. Samples of which
// one is not finite are left out and counted. It is an error to have no sample,
// unequal lengths, wavelengths out of order, a correlation that is none, or
// nothing to draw in the range.
func TraversalVsPhysics(d TraversalVsPhysicsData) (*Figure, error) {
	const what = "traversal against physics"
	if err := increasing(what, "wavelength", d.Wave); err != nil {
		return nil, err
	}
	if err := sameLength(what, len(d.Wave), column{"changes", len(d.Change)}, column{"derivatives", len(d.Derivative)}); err != nil {
		return nil, err
	}
	if !(math.Abs(d.Correlation) <= 1) {
		return nil, fmt.Errorf("figure: %s: the correlation is %v", what, d.Correlation)
	}
	x, err := rangeOr(what, "wavelength", d.Range, span{d.Wave[0], d.Wave[len(d.Wave)-1]})
	if err != nil {
		return nil, err
	}
	residual := func(i int) float64 { return d.Change[i] - d.Derivative[i] }
	dropped, y, dy := 0, empty(), 0.0
	for i, w := range d.Wave {
		if !finite(residual(i)) {
			dropped++
		} else if x.contains(w) {
			y = y.add(d.Change[i]).add(d.Derivative[i])
			dy = math.Max(dy, math.Abs(residual(i)))
		}
	}
	if !y.set() {
		return nil, fmt.Errorf("figure: %s: no finite change between %.2f and %.2f A", what, x.lo, x.hi)
	}
	if d.Title == "" {
		d.Title = fmt.Sprintf("Node %d and the derivative by %s", d.Node, d.Quantity)
	}
	d.Title += ": correlation " + decimal(d.Correlation, 2)

	zero := level{0, draw.LineStyle{Color: muted, Width: thin, Dashes: []vg.Length{4, 3}}}
	top, low := newPanel("", "Change of the flux"), newPanel(waveLabel, "Difference")
	top.hideX()
	top.weight = 2
	top.setRange(x, y.add(0).wider(0.05))
	if d.Lines {
		top.identify(d.Velocity)
	}
	only := func(values []float64) func(i int) float64 { // where both are finite
		return func(i int) float64 { return values[i] + 0*residual(i) }
	}
	top.Add(zero)
	top.Add(&curve{x: d.Wave, y: only(d.Derivative), color: black, width: 1})
	top.Add(&curve{x: d.Wave, y: only(d.Change), color: vermilion, width: 0.8})
	top.key = []keyEntry{{"derivative by " + d.Quantity, black, nil}, {fmt.Sprintf("node %d moved", d.Node), vermilion, nil}}
	low.frame.y = linearTicks{3}
	low.setRange(x, span{-dy, dy}.wider(0.08))
	low.Add(zero)
	low.Add(&curve{x: d.Wave, y: residual, color: blue, width: thin})
	return page{title: d.Title, panels: []*panel{top, low}}.finish(pageWidth, 4*vg.Inch, dropped), nil
}
