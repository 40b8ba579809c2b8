package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ThresholdCurveData is how many nodes count as informative, by the threshold.
type ThresholdCurveData struct {
	Title     string
	XLabel    string         // "Threshold of the median absolute deviation" where empty
	Runs      []ThresholdRun // seven at most
	Threshold float64        // the chosen one; 0 for none
}

// ThresholdRun is the count of one trained model.
type ThresholdRun struct {
	Name       string
	Thresholds []float64 // positive, increasing
	Count      []int     // of the nodes above each; holds up to the next threshold
	Lo, Hi     []int     // interval of Count, as by bootstrap; nil for none
}

// ThresholdCurve draws a step line for every run and the chosen threshold, with
// the counts there; a single run has a band where it has an interval. Several
// lines are moved apart by a tenth of a node, so that equal counts do not hide
// each other. Where a threshold is chosen, the axis ends at three times the largest count there. It is an error
// to have no run or more than seven, unequal lengths, thresholds that are not
// positive or out of order, and a negative count or one outside its interval.
func ThresholdCurve(d ThresholdCurveData) (*Figure, error) {
	const what = "threshold curve"
	if len(d.Runs) == 0 || len(d.Runs) > len(categorical) {
		return nil, fmt.Errorf("figure: %s: %d runs, want 1 to %d", what, len(d.Runs), len(categorical))
	}
	if d.Threshold < 0 || !finite(d.Threshold) {
		return nil, fmt.Errorf("figure: %s: the chosen threshold is %v", what, d.Threshold)
	}
	x, most, chosen := empty(), 0, 0
	for k := range d.Runs {
		r := &d.Runs[k]
		if err := r.check(fmt.Sprintf("%s: run %d, %q", what, k, r.Name)); err != nil {
			return nil, err
		}
		x = x.add(r.Thresholds[0]).add(r.Thresholds[len(r.Thresholds)-1])
		for i := range r.Count {
			most = max(most, r.Hi[i])
		}
		if i := r.at(d.Threshold); i >= 0 {
			chosen = max(chosen, r.Hi[i])
		}
	}
	if d.Threshold > 0 {
		x = x.add(d.Threshold)
		most = min(most, max(3*chosen, 10))
	}
	if d.XLabel == "" {
		d.XLabel = "Threshold of the median absolute deviation"
	}

	p := newPanel(d.XLabel, "Informative nodes")
	p.X.Scale, p.frame.x = plot.LogScale{}, logTicks{}
	p.setRange(span{x.lo / 1.1, x.hi * 1.1}, span{0, 1.05*float64(most) + 0.5})
	pg := page{title: d.Title, panels: []*panel{p}}
	for k, r := range d.Runs {
		p.Add(&steps{r, categorical[k], len(d.Runs) == 1, 0.1 * (float64(k) - float64(len(d.Runs)-1)/2)})
		name := cmp.Or(r.Name, "nodes")
		if i := r.at(d.Threshold); i >= 0 {
			name += fmt.Sprintf(": %d", r.Count[i])
			if r.Lo[i] < r.Hi[i] {
				name += fmt.Sprintf(" (%d to %d)", r.Lo[i], r.Hi[i])
			}
		}
		pg.foot = append(pg.foot, lineEntry(name, draw.LineStyle{Color: categorical[k], Width: 1.2}))
	}
	if d.Threshold > 0 {
		dashed := draw.LineStyle{Color: black, Width: 0.8, Dashes: []vg.Length{4, 3}}
		p.Add(upright{d.Threshold, dashed})
		p.key = []keyEntry{{"threshold " + number(d.Threshold, 3), black, dashed.Dashes}}
	}
	return pg.finish(5.2*vg.Inch, 3.3*vg.Inch, 0), nil
}

// check also gives a run without an interval one of no width.
func (r *ThresholdRun) check(what string) error {
	if err := increasing(what, "threshold", r.Thresholds); err != nil {
		return err
	}
	if r.Thresholds[0] <= 0 {
		return fmt.Errorf("figure: %s: threshold %v", what, r.Thresholds[0])
	}
	if r.Lo == nil && r.Hi == nil {
		r.Lo, r.Hi = r.Count, r.Count
	}
	if err := sameLength(what, len(r.Thresholds), column{"counts", len(r.Count)}, column{"lower counts", len(r.Lo)}, column{"upper counts", len(r.Hi)}); err != nil {
		return err
	}
	for i, n := range r.Count {
		if n < 0 || n < r.Lo[i] || n > r.Hi[i] {
			return fmt.Errorf("figure: %s: threshold %v: %d nodes of %d to %d", what, r.Thresholds[i], n, r.Lo[i], r.Hi[i])
		}
	}
	return nil
}

// at is the index of the count that holds at a threshold, or -1.
func (r *ThresholdRun) at(threshold float64) int {
	return sort.Search(len(r.Thresholds), func(i int) bool { return r.Thresholds[i] > threshold }) - 1
}

// steps draws the count of a run.
type steps struct {
	ThresholdRun
	color color.RGBA
	band  bool    // draw the interval too
	up    float64 // nodes, by which the line is moved
}

// Plot implements plot.Plotter.
func (s *steps) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	line := func(count []int) (points []vg.Point) {
		for i, n := range count {
			y := trY(float64(n) + s.up)
			if i > 0 {
				points = append(points, vg.Point{X: trX(s.Thresholds[i]), Y: points[len(points)-1].Y})
			}
			points = append(points, vg.Point{X: trX(s.Thresholds[i]), Y: y})
		}
		return points
	}
	if s.band {
		fillBetween(c, line(s.Hi), line(s.Lo), s.color)
	}
	c.StrokeLines(draw.LineStyle{Color: s.color, Width: 1.2}, c.ClipLinesXY(line(s.Count))...)
}

// upright is a vertical line over the whole height.
type upright struct {
	x     float64
	style draw.LineStyle
}

// Plot implements plot.Plotter.
func (u upright) Plot(c draw.Canvas, p *plot.Plot) {
	trX, _ := p.Transforms(&c)
	if x := trX(u.x); c.ContainsX(x) {
		c.StrokeLine2(u.style, x, c.Min.Y, x, c.Max.Y)
	}
}
