package figure

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
)

// Every figure of a count says what is wrong with its data.
func TestInferenceErrors(t *testing.T) {
	association := func(d AssociationMapData) error { _, err := AssociationMap(d); return err }
	intervals := func(pairs ...MIPair) error { _, err := MIIntervals(MIIntervalsData{Pairs: pairs}); return err }
	dim := func(scales ...dimension.Scale) error {
		_, err := DimensionScale(DimensionScaleData{Report: dimension.Report{Scales: scales}})
		return err
	}
	plane := func(d UsePlaneData) error { _, err := UsePlane(d); return err }
	graph := func(d DependencyData) error { _, err := Dependency(d); return err }
	threshold := func(d ThresholdCurveData) error { _, err := ThresholdCurve(d); return err }
	run := func(r ThresholdRun) error {
		_, err := ThresholdCurve(ThresholdCurveData{Runs: []ThresholdRun{r}})
		return err
	}
	doppler := func(d DopplerResponseData) error { _, err := DopplerResponse(d); return err }
	physics := func(d TraversalVsPhysicsData) error { _, err := TraversalVsPhysics(d); return err }
	row := []info.Association{{}, {}}
	within := resample.Interval{Estimate: 0.5, Lo: 0.4, Hi: 0.6}
	references := func(n int) (refs []MIReference) {
		for i := range n {
			refs = append(refs, MIReference{Name: string(rune('a' + i))})
		}
		return refs
	}
	two, wave := []float64{1, 2}, []float64{5000, 5001}

	for _, c := range []struct {
		err  error
		want string
	}{
		{association(AssociationMapData{}), "association map: no cells"},
		{association(AssociationMapData{Cells: [][]info.Association{{}}}), "no cells"},
		{association(AssociationMapData{Cells: [][]info.Association{row, row[:1]}}), "label 1 has 1 nodes, the first one 2"},
		{association(AssociationMapData{Cells: [][]info.Association{row}, Nodes: []int{2}}), "node 2 of 2"},
		{association(AssociationMapData{Cells: [][]info.Association{row}, Alpha: 1}), "alpha is 1"},
		{association(AssociationMapData{Cells: [][]info.Association{row}, Through: [][]bool{}}), "0 rows of indirect cells for 1 labels"},
		{association(AssociationMapData{Cells: [][]info.Association{row}, Through: [][]bool{{true}}}), "label 0 has 1 indirect cells for 2 nodes"},
		{intervals(), "intervals: no pairs"},
		{intervals(MIPair{Label: "Teff", Node: 3, Interval: resample.Interval{Estimate: 1, Lo: 0, Hi: 0.5}}), "Teff, node 3: 1 is not within 0 to 0.5"},
		{intervals(MIPair{Label: "Teff", Node: 3, References: []MIReference{{Name: "a", Spread: -1}}}), "the spread of a is negative"},
		{intervals(MIPair{Label: "Teff", Interval: resample.Interval{Estimate: nan}}), "no finite estimate or reference"},
		{intervals(MIPair{Label: "Teff", Interval: within, References: references(7)}), "7 sources of references for 6 marks"},
		{dim(), "dimension: no order"},
		{dim(dimension.Scale{Order: 0, Dimension: 1}), "order 0"},
		{dim(dimension.Scale{Order: 4, Dimension: 1}, dimension.Scale{Order: 2, Dimension: 1}), "order 1 (2) does not exceed"},
		{dim(dimension.Scale{Order: 2, Dimension: 1, SE: -1}), "the standard error at order 2 is negative"},
		{dim(dimension.Scale{Order: 2, Dimension: nan}), "no finite dimension"},
		{plane(UsePlaneData{}), "use plane: no nodes"},
		{plane(UsePlaneData{Use: two, Bits: two[:1], UseThreshold: 1}), "1 bits for 2 values"},
		{plane(UsePlaneData{Use: two, Bits: two}), "thresholds of 0 for use"},
		{plane(UsePlaneData{Use: two, Bits: two, UseThreshold: 1, Names: map[int]string{2: "x"}}), "the name of node 2 of 2"},
		{plane(UsePlaneData{Use: []float64{nan, 1}, Bits: []float64{1, inf}, UseThreshold: 1}), "no node with finite use and information"},
		{graph(DependencyData{Labels: []string{"Teff"}}), "dependency: no nodes"},
		{graph(DependencyData{Nodes: []int{7}, Carried: []CarriedLabel{{}}}), "line 0 joins node 0 of 1 and label 0 of 0"},
		{graph(DependencyData{Nodes: []int{7}, Labels: []string{"Teff"}, Carried: []CarriedLabel{{Bits: nan}}}), "node 7 and label Teff share NaN bits"},
		{graph(DependencyData{Nodes: []int{7, 8}, NodePairs: []DependentPair{{1, 1}}}), "pair 0 of nodes joins 1 and 1 of 2"},
		{graph(DependencyData{Nodes: []int{7}, LabelPairs: []DependentPair{{0, 1}}}), "pair 0 of labels joins 0 and 1 of 0"},
		{threshold(ThresholdCurveData{}), "threshold curve: 0 runs, want 1 to 7"},
		{threshold(ThresholdCurveData{Runs: make([]ThresholdRun, 8)}), "8 runs"},
		{threshold(ThresholdCurveData{Runs: make([]ThresholdRun, 1), Threshold: nan}), "the chosen threshold is NaN"},
		{run(ThresholdRun{}), `run 0, "": no threshold`},
		{run(ThresholdRun{Thresholds: []float64{0}, Count: []int{1}}), "threshold 0"},
		{run(ThresholdRun{Thresholds: two, Count: []int{1}}), "1 counts for 2 values"},
		{run(ThresholdRun{Thresholds: two, Count: []int{2, 1}, Lo: []int{2, 1}}), "0 upper counts for 2 values"},
		{run(ThresholdRun{Thresholds: two, Count: []int{2, 1}, Lo: []int{0, 0}, Hi: []int{1, 1}}), "threshold 1: 2 nodes of 0 to 1"},
		{run(ThresholdRun{Thresholds: two, Count: []int{2, -1}}), "threshold 2: -1 nodes"},
		{doppler(DopplerResponseData{}), "doppler response: no velocity"},
		{doppler(DopplerResponseData{Velocity: two[:1]}), "a single velocity"},
		{doppler(DopplerResponseData{Velocity: two}), "no nodes"},
		{doppler(DopplerResponseData{Velocity: two, Change: [][]float64{two[:1]}}), "1 changes of a node for 2 values"},
		{doppler(DopplerResponseData{Velocity: two, Change: [][]float64{two}, Responding: []int{1}}), "responding node 1 of 1"},
		{doppler(DopplerResponseData{Velocity: two, Change: [][]float64{two}, Responding: make([]int, 8)}), "8 responding nodes for 7 colours"},
		{doppler(DopplerResponseData{Velocity: two, Change: [][]float64{{nan, inf}}}), "no finite change"},
		{physics(TraversalVsPhysicsData{}), "traversal against physics: no wavelength"},
		{physics(TraversalVsPhysicsData{Wave: wave, Change: two[:1], Derivative: two}), "1 changes for 2 values"},
		{physics(TraversalVsPhysicsData{Wave: wave, Change: two, Derivative: two[:1]}), "1 derivatives for 2 values"},
		{physics(TraversalVsPhysicsData{Wave: wave, Change: two, Derivative: two, Correlation: nan}), "the correlation is NaN"},
		{physics(TraversalVsPhysicsData{Wave: wave, Change: two, Derivative: two, Range: [2]float64{6000, 6001}}), "no finite change between 6000.00"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), "figure: ") || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", c.err, c.want)
		}
	}
}

// What cannot be drawn is left out and counted, and the extremes make a figure
// in both formats.
func TestInferenceExtremes(t *testing.T) {
	many := make([]int, 16)
	for i := range many {
		many[i] = 8 * i
	}
	for name, c := range map[string]struct {
		make    func() (*Figure, error)
		dropped int
	}{
		"one cell":     {func() (*Figure, error) { return AssociationMap(madeMap([]int{3}, madeLabels[:1], true)) }, 0},
		"many cells":   {func() (*Figure, error) { return AssociationMap(madeMap(many, longLabels(12), true)) }, 0},
		"no claims":    {func() (*Figure, error) { return AssociationMap(madeMap(sixNodes, madeLabels, false)) }, 0},
		"one interval": {func() (*Figure, error) { return MIIntervals(madeIntervals(madeLabels[:1], []int{1}, 0)) }, 0},
		"no estimate": {func() (*Figure, error) {
			return MIIntervals(MIIntervalsData{Pairs: []MIPair{{
				Interval: resample.Interval{Estimate: nan}, References: []MIReference{{Value: 0, Spread: nan}, {Value: nan}},
			}}})
		}, 2},
		"one scale": {func() (*Figure, error) { return DimensionScale(madeDimension(1, 1)) }, 0},
		"a lattice": {func() (*Figure, error) {
			d := madeDimension(3, 1)
			d.Report.TwoNN.Mean, d.Report.Scales[1].SE = inf, nan
			return DimensionScale(d)
		}, 2},
		"one node": {func() (*Figure, error) { return UsePlane(madePlane(1, nil, 0)) }, 0},
		"no use": {func() (*Figure, error) {
			return UsePlane(UsePlaneData{Use: []float64{0, nan}, Bits: []float64{0, 1}, UseThreshold: 1})
		}, 1},
		"node alone": {func() (*Figure, error) { return Dependency(madeGraph([]int{5}, nil, false)) }, 0},
		"many lines": {func() (*Figure, error) { return Dependency(madeGraph(many, longLabels(12), true)) }, 0},
		"zero bits": {func() (*Figure, error) {
			return Dependency(DependencyData{Nodes: []int{1}, Labels: []string{""}, Carried: []CarriedLabel{{}}})
		}, 0},
		"seven runs": {func() (*Figure, error) { return ThresholdCurve(madeThresholds(7, true)) }, 0},
		"one count": {func() (*Figure, error) {
			return ThresholdCurve(ThresholdCurveData{Runs: []ThresholdRun{{Thresholds: []float64{1}, Count: []int{0}}}})
		}, 0},
		"no response": {func() (*Figure, error) { return DopplerResponse(madeResponse(1, nil)) }, 0},
		"diverged": {func() (*Figure, error) {
			return DopplerResponse(DopplerResponseData{Velocity: []float64{0, 1}, Change: [][]float64{{0, nan}, {0, 0}}, Responding: []int{0}})
		}, 1},
		"flat": {func() (*Figure, error) {
			return TraversalVsPhysics(TraversalVsPhysicsData{Wave: []float64{1, 2, 3}, Change: []float64{0, 0, nan}, Derivative: []float64{0, 0, 0}})
		}, 1},
	} {
		f, err := c.make()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Dropped != c.dropped {
			t.Errorf("%s: %d dropped, want %d", name, f.Dropped, c.dropped)
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if svg, err := f.SVG(); err != nil || bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("+Inf")) {
			t.Errorf("%s: the SVG document holds NaN or Inf, or %v", name, err)
		}
	}
}

// The marks say what the p-values do.
func TestVerdict(t *testing.T) {
	d := AssociationMapData{Alpha: 0.05, Through: [][]bool{{false, true, true, false, false, false}}}
	d.Cells = [][]info.Association{{
		{Adjusted: 0.05, Q: 0.01}, {Adjusted: 0.01, Q: 0.01}, {Adjusted: 0.2, Q: 0.05}, {Adjusted: 0.2, Q: 0.06},
		{Adjusted: 0.01, Reason: "no values"}, {Adjusted: nan, Q: nan},
	}}
	for n, want := range []verdict{direct, indirect, lookAt, nothing, cannotSay, nothing} {
		if got := d.verdict(0, n); got != want {
			t.Errorf("node %d: %v, want %v", n, got, want)
		}
	}
	d.Cells[0][0].Effect.Bits = nan
	if got := d.verdict(0, 0); got != cannotSay {
		t.Errorf("NaN bits: %v", got)
	}
}

// A count holds from its threshold to the next.
func TestThresholdRunAt(t *testing.T) {
	r := ThresholdRun{Thresholds: []float64{0.01, 0.02, 0.04}}
	for threshold, want := range map[float64]int{0.005: -1, 0.01: 0, 0.019: 0, 0.02: 1, 0.04: 2, 9: 2} {
		if got := r.at(threshold); got != want {
			t.Errorf("at %v: %d, want %d", threshold, got, want)
		}
	}
}

// Columns whose lines cross as given do not when ordered, and what is joined to
// nothing comes last.
func TestGraphUncrosses(t *testing.T) {
	g := newGraph(DependencyData{
		Nodes: []int{1, 2, 3, 4}, Labels: []string{"a", "b", "c"},
		Carried: []CarriedLabel{{Node: 1, Label: 2}, {Node: 2, Label: 1}, {Node: 3, Label: 0}},
	})
	for _, a := range g.Carried {
		for _, b := range g.Carried {
			if (g.nodeRow[a.Node]-g.nodeRow[b.Node])*(g.labelRow[a.Label]-g.labelRow[b.Label]) < 0 {
				t.Errorf("the lines of nodes %d and %d cross: %v, %v", a.Node, b.Node, g.nodeRow, g.labelRow)
			}
		}
	}
	if g.nodeRow[0] != 3 {
		t.Errorf("the node that carries nothing is in row %d", g.nodeRow[0])
	}
}

// Texts stay on the canvas and off everything that was there before them.
func TestPlacer(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	set := 0
	for range 50 {
		p := &placer{Canvas: draw.New(vgimg.New(300, 200))}
		points := make([]vg.Point, 20)
		for i := range points {
			points[i] = vg.Point{X: vg.Length(300 * rng.Float64()), Y: vg.Length(200 * rng.Float64())}
			p.taken = append(p.taken, boxAround(points[i], 6, 6))
		}
		for _, at := range points {
			before := slices.Clone(p.taken)
			p.place(style(noteSize), "124: no label", at, 3)
			if len(p.taken) == len(before) {
				continue
			}
			set++
			if box := p.taken[len(before)]; !p.holds(box) || meets(before, box) {
				t.Fatalf("a text at %v is outside or over another thing", box)
			}
		}
	}
	if set < 900 { // of 1,000, some of which have no room
		t.Errorf("%d of 1000 texts were set", set)
	}
}

// A text is cut to its width and keeps both ends.
func TestShorten(t *testing.T) {
	sty := style(tickSize)
	long := "Signal-to-noise_{order 60} of the blue arm, number 7"
	got := shorten(sty, long, 100)
	if w := sty.Width(got); w > 100 || w < 80 || !strings.HasPrefix(got, "Signal") || !strings.HasSuffix(got, "7") {
		t.Errorf("%q, %v wide", got, w)
	}
	if got := shorten(sty, long, 1000); got != long {
		t.Errorf("%q", got)
	}
	if got := shorten(sty, long, 0); got != ellipsis {
		t.Errorf("%q", got)
	}
}

// Every entry of a foot is in a row, and no row is too wide.
func TestFootBreaksRows(t *testing.T) {
	var f foot
	for i := range 9 {
		f = append(f, lineEntry(strings.Repeat("x", 5+5*i), pairLine))
	}
	entries := 0
	for _, row := range f.rows(300) {
		width := -footSep
		for _, e := range row {
			entries++
			width += footSep + e.width()
		}
		if width > 300 && len(row) > 1 {
			t.Errorf("a row of %d is %v wide", len(row), width)
		}
	}
	if entries != len(f) {
		t.Errorf("%d of %d entries", entries, len(f))
	}
}
