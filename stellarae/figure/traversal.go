package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TraversalData is one latent node moved while the others rest, and the
// spectrum decoded at every step.
type TraversalData struct {
	Title   string
	Node    int
	Values  []float64   // of the node, increasing
	Wave    []float64   // Angstrom, in air, increasing
	Spectra [][]float32 // one for every value, in units of the median

	Range    [2]float64 // Angstrom, the part to draw; {0, 0} for all
	Lines    bool       // name the strong lines in range
	Velocity float64    // km/s, by which the lines' names are shifted
}

// Traversal draws the decoded spectra over one another, coloured by the node's
// value, and below their difference to the one in the middle. Samples that are
// not finite are left out and counted. It is an error to have fewer than two
// values, values or wavelengths out of order, unequal lengths, or nothing to
// draw in the range.
func Traversal(d TraversalData) (*Figure, error) {
	const what = "traversal"
	if err := increasing(what, "value", d.Values); err != nil {
		return nil, err
	}
	if len(d.Values) < 2 {
		return nil, fmt.Errorf("figure: %s: a single value of node %d", what, d.Node)
	}
	if err := increasing(what, "wavelength", d.Wave); err != nil {
		return nil, err
	}
	if err := sameLength(what, len(d.Values), column{"spectra", len(d.Spectra)}); err != nil {
		return nil, err
	}
	for _, s := range d.Spectra {
		if err := sameLength(what, len(d.Wave), column{"samples", len(s)}); err != nil {
			return nil, err
		}
	}
	x, err := rangeOr(what, "wavelength", d.Range, span{d.Wave[0], d.Wave[len(d.Wave)-1]})
	if err != nil {
		return nil, err
	}

	lo, hi := d.Values[0], d.Values[len(d.Values)-1]
	center := 0
	for i, v := range d.Values {
		if math.Abs(v-(lo+hi)/2) < math.Abs(d.Values[center]-(lo+hi)/2) {
			center = i
		}
	}
	dropped, y, dy := 0, empty(), 0.0
	for _, s := range d.Spectra {
		for i, w := range d.Wave {
			v := float64(s[i])
			if !finite(v) {
				dropped++
			} else if x.contains(w) {
				y = y.add(v)
				if diff := math.Abs(v - float64(d.Spectra[center][i])); finite(diff) {
					dy = math.Max(dy, diff)
				}
			}
		}
	}
	if !y.set() {
		return nil, fmt.Errorf("figure: %s: no finite flux between %.2f and %.2f A", what, x.lo, x.hi)
	}

	top, low := newPanel("", fluxLabel), newPanel(waveLabel, "Difference")
	top.hideX()
	top.weight, low.weight = 1.8, 1
	low.frame.y = linearTicks{3}
	top.setRange(x, y.wider(0.05))
	if d.Lines {
		top.identify(d.Velocity)
	}
	low.setRange(x, span{-dy, dy}.wider(0.08))
	low.note = "minus the spectrum at " + number(d.Values[center], 3)
	low.Add(level{y: 0, style: draw.LineStyle{Color: muted, Width: thin}})
	for k, s := range d.Spectra {
		col := onWhite((d.Values[k] - lo) / (hi - lo))
		top.Add(&curve{x: d.Wave, y: func(i int) float64 { return float64(s[i]) }, color: col, width: thin})
		if k != center {
			rest := d.Spectra[center]
			low.Add(&curve{x: d.Wave, y: func(i int) float64 { return float64(s[i]) - float64(rest[i]) }, color: col, width: thin})
		}
	}
	pg := page{
		title: d.Title, panels: []*panel{top, low},
		side: &colorBar{label: fmt.Sprintf("Value of node %d", d.Node), lo: lo, hi: hi, color: onWhite},
	}
	return pg.finish(pageWidth, 4.6*vg.Inch, dropped), nil
}
