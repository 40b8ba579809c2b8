package report

import (
	"fmt"
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
			Read: "One column is one node, one row one label; the colour is the information they share beyond that of permuted labels. A full mark is a claim that holds for the whole map, a half mark one that comes through another label or node, an empty mark is worth a look only.",
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
	d := figure.AssociationMapData{Title: "What the nodes know", Alpha: k.Alpha}
	through := make([][]bool, len(k.Map.Cells))
	for l, row := range k.Map.Cells {
		named := slices.Clone(row)
		through[l] = make([]bool, len(row))
		for i := range named {
			for _, t := range k.Findings[i].Ties {
				through[l][i] = through[l][i] || t.Label == row[i].Label && t.Through != ""
			}
			named[i].Label = figure.QuantityName(row[i].Label)
		}
		d.Cells = append(d.Cells, named)
	}
	d.Through = through
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
			d.Runs = append(d.Runs, figure.ThresholdRun{Name: other.Name, Thresholds: run.Thresholds, Count: counts(other.Curve)})
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
