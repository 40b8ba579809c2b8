package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/figure"
)

// drawCorrected draws the figures of the corrected count.
func (r *Report) drawCorrected(add func(drawing, *figure.Figure, error) error) error {
	k := r.Corrected
	if k == nil {
		return nil
	}
	if len(k.Map.Cells) > 0 {
		fig, err := figure.AssociationMap(figure.AssociationMapOf(k))
		if err := add(drawing{
			Name: "map", Corrected: true, Alt: "What nodes and labels share, with marks of significance",
			Read: "One column is one node, one row one label; the colour is the information they share beyond that of permuted labels. A full mark is a claim that holds for the whole map, a half mark one that comes through another label or node, a dot a mere trace, an empty mark is worth a look only.",
		}, fig, err); err != nil {
			return err
		}
		fig, err = figure.UsePlane(figure.UsePlaneOf(k))
		if err := add(drawing{
			Name: "use", Corrected: true, Alt: "How much nodes move against what they know",
			Read: "One point is one node: to the right those that move, above those that know a label. Hollow points know a label that the decoder cannot use, since their codes hardly move.",
		}, fig, err); err != nil {
			return err
		}
	}
	if len(k.InformativeNodes()) > 0 && len(k.Map.Cells) > 0 {
		fig, err := figure.Dependency(figure.DependencyOf(k))
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
	fig, err := figure.ThresholdCurve(figure.ThresholdCurveOf(k))
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
