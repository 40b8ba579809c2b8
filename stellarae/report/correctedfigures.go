package report

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
)

// mostMapped is how many nodes the map shows: beyond the informative ones and
// those with a claim it is filled up to see some that know nothing.
const mostMapped = 16

// drawCorrected draws the figures of the corrected count.
func (r *Report) drawCorrected(add func(drawing, *figure.Figure, error) error) error {
	k := r.Corrected
	if k == nil {
		return nil
	}
	if len(k.Map.Cells) > 0 {
		fig, err := figure.AssociationMap(r.mapData())
		if err := add(drawing{
			Name: "map", Corrected: true, Alt: "What nodes and labels share, with marks of significance",
			Read: "One column is one node, one row one label; the colour is the information they share beyond that of permuted labels. A full mark is a claim that holds for the whole map, a half mark one that comes through another label or node, a dot a mere trace, an empty mark is worth a look only.",
		}, fig, err); err != nil {
			return err
		}
		fig, err = figure.UsePlane(r.planeData())
		if err := add(drawing{
			Name: "use", Corrected: true, Alt: "How much nodes move against what they know",
			Read: "One point is one node: to the right those that move, above those that know a label. Hollow points know a label that the decoder cannot use, since their codes hardly move.",
		}, fig, err); err != nil {
			return err
		}
	}
	if len(k.InformativeNodes()) > 0 && len(k.Map.Cells) > 0 {
		fig, err := figure.Dependency(r.dependencyData())
		if err := add(drawing{
			Name: "dependency", Corrected: true, Alt: "Which informative node carries which label",
			Read: "A line joins a node to a label it carries, the wider the more bits; a dashed line where it knows the label only through another one. Arcs join nodes, and labels, that depend on each other.",
		}, fig, err); err != nil {
			return err
		}
	}
	if pairs := r.intervalPairs(); len(pairs) > 0 {
		fig, err := figure.MIIntervals(figure.MIIntervalsData{Title: "Mutual information, with its interval", Pairs: pairs})
		if err := add(drawing{
			Name: "intervals", Corrected: true, Alt: "Mutual information of nodes and labels, with intervals, beside the published estimate",
			Read: "Estimates by nearest neighbours with the interval over subsamples of the stars; beside them the histogram of 40 bins of the paper, which is biased.",
		}, fig, err); err != nil {
			return err
		}
	}
	fig, err := figure.ThresholdCurve(r.thresholdData())
	if err := add(drawing{
		Name: "thresholds", Corrected: true, Alt: "Number of informative nodes by threshold",
		Read: "Where the line is level around the dashed threshold, the count does not hang on the choice of it. The band is the interval over samples of the stars.",
	}, fig, err); err != nil {
		return err
	}
	if k.Dimension != nil {
		fig, err := figure.DimensionScale(figure.DimensionScaleData{Title: "Dimension of the informative codes", Report: *k.Dimension})
		if err := add(drawing{
			Name: "dimension", Corrected: true, Alt: "Intrinsic dimension by scale",
			Read: "The codes of the informative nodes, one spectrum of each star. On small scales noise counts as dimensions, on large ones the shape of the sample; between them the curve should be level.",
		}, fig, err); err != nil {
			return err
		}
	}
	return nil
}

// mapData takes the informative nodes, those with a claim, and others to see
// the difference.
func (r *Report) mapData() figure.AssociationMapData {
	k := r.Corrected
	d := figure.AssociationMapData{Title: "What the nodes know", Cells: k.Map.Cells, Alpha: k.Alpha, LeastBits: k.LeastBits}
	through := make([][]bool, len(k.Map.Cells))
	d.Through = through
	for l, row := range k.Map.Cells {
		through[l] = make([]bool, len(row))
		for i := range row {
			for _, t := range k.Findings[i].Ties {
				through[l][i] = through[l][i] || t.Label == row[i].Label && t.Through != ""
			}
		}
	}
	for _, n := range k.Findings {
		if n.Informative || len(n.Ties) > 0 {
			d.Nodes = append(d.Nodes, n.Node)
		}
	}
	for _, n := range k.Findings {
		if len(d.Nodes) >= mostMapped {
			break
		}
		if !n.Informative && len(n.Ties) == 0 {
			d.Nodes = append(d.Nodes, n.Node)
		}
	}
	slices.Sort(d.Nodes)
	return d
}

func (r *Report) planeData() figure.UsePlaneData {
	k := r.Corrected
	d := figure.UsePlaneData{Title: "Which nodes move, and which know a label", UseThreshold: k.Threshold, BitsThreshold: k.LeastBits, Names: map[int]string{}}
	for _, n := range k.Findings {
		d.Use, d.Bits = append(d.Use, n.MAD.Estimate), append(d.Bits, n.Best.Effect.Bits)
		if n.Informative {
			d.Names[n.Node] = fmt.Sprint(n.Node)
			if c := n.Carries(); len(c) > 0 {
				d.Names[n.Node] += " " + figure.QuantityName(c[0])
			}
		}
	}
	return d
}

func (r *Report) thresholdData() figure.ThresholdCurveData {
	k := r.Corrected
	run := figure.ThresholdRun{Name: "this run"}
	for _, t := range k.Curve {
		run.Thresholds, run.Count = append(run.Thresholds, t.Threshold), append(run.Count, t.Count.At)
		run.Lo, run.Hi = append(run.Lo, t.Count.Lo), append(run.Hi, t.Count.Hi)
	}
	d := figure.ThresholdCurveData{Title: "How many nodes are informative", Threshold: k.Threshold, Runs: []figure.ThresholdRun{run}}
	for _, other := range k.Runs {
		if len(d.Runs) < 7 {
			d.Runs = append(d.Runs, figure.ThresholdRun{Name: filepath.Base(other.Name), Thresholds: run.Thresholds, Count: counts(other.Curve)})
		}
	}
	return d
}

func counts(curve []info.ThresholdCount) (n []int) {
	for _, t := range curve {
		n = append(n, t.Count.At)
	}
	return n
}

// dependencyData takes the informative nodes and the labels that any of them
// knows, with the dependences found among both.
func (r *Report) dependencyData() figure.DependencyData {
	k := r.Corrected
	d := figure.DependencyData{Title: "Nodes and labels", Nodes: k.InformativeNodes()}
	at := map[string]int{}
	for n, i := range d.Nodes {
		for _, t := range k.Findings[i].Ties {
			if t.Trace {
				continue
			}
			if _, known := at[t.Label]; !known {
				at[t.Label] = len(d.Labels)
				d.Labels = append(d.Labels, t.Label)
			}
			d.Carried = append(d.Carried, figure.CarriedLabel{Node: n, Label: at[t.Label], Bits: t.Bits, Through: t.Through != ""})
		}
	}
	if k.Dependence != nil {
		for b, row := range k.Dependence.Pairs.Cells {
			for a := range b {
				if c := row[a]; c.Adjusted <= k.Alpha && c.Effect.Bits >= k.LeastBits {
					d.NodePairs = append(d.NodePairs, figure.DependentPair{A: a, B: b})
				}
			}
		}
	}
	for _, p := range k.LabelPairs {
		a, known := at[p.A]
		b, both := at[p.B]
		if known && both {
			d.LabelPairs = append(d.LabelPairs, figure.DependentPair{A: a, B: b})
		}
	}
	return d
}

// publishedBins is the number of bins of the histogram shown beside intervals.
const publishedBins = 40

// intervalPairs are the informative nodes and the labels they know by more than
// a trace.
func (r *Report) intervalPairs() (pairs []figure.MIPair) {
	k := r.Corrected
	for l, row := range k.Map.Cells {
		for _, i := range k.InformativeNodes() {
			for _, t := range k.Findings[i].Ties {
				if t.Label != row[i].Label || t.Trace || t.Interval.Clusters == 0 {
					continue
				}
				p := figure.MIPair{Label: t.Label, Node: i, Interval: t.Interval}
				if b := slices.Index(r.Count.Bins, publishedBins); b >= 0 && len(r.Count.Labels[l].MI) > b {
					p.References = []figure.MIReference{{Name: fmt.Sprintf("histogram of %d bins, as published", publishedBins), Value: r.Count.Labels[l].MI[b][i], Spread: math.NaN()}}
				}
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}
