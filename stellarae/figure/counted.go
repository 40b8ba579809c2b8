package figure

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
)

// The figures of a count take their data from it by the functions below; what
// they set, titles among it, may be changed before drawing.

// MADOf is the deviation of every node. The axis is logarithmic where any
// deviation is positive, so that both the threshold and what lies far below it
// show.
func MADOf(p *info.Published) MADData {
	return MADData{
		Title: "Which nodes are informative", MAD: p.MAD, Threshold: p.Threshold, Informative: p.Informative,
		Log: slices.ContainsFunc(p.MAD, func(v float64) bool { return v > 0 }),
	}
}

// MIOf is the mutual information of the labels that any node tells of, with
// their names as people write them. There may be none.
func MIOf(p *info.Published) MIData {
	d := MIData{Title: "Which node knows which label", Bins: p.Bins}
	for _, l := range p.Labels {
		if best, _ := l.Best(); best >= 0 {
			l.Name = QuantityName(l.Name)
			d.Labels = append(d.Labels, l)
		}
	}
	return d
}

// mostMapped is how many nodes the map shows: beyond the informative ones and
// those with a claim it is filled up to see some that know nothing.
const mostMapped = 16

// AssociationMapOf takes the informative nodes, those with a claim, and others,
// up to sixteen in all, to see the difference.
func AssociationMapOf(c *info.Counted) AssociationMapData {
	d := AssociationMapData{Title: "What the nodes know", Cells: c.Map.Cells, Alpha: c.Alpha, LeastBits: c.LeastBits}
	d.Through = make([][]bool, len(c.Map.Cells))
	for l, row := range c.Map.Cells {
		d.Through[l] = make([]bool, len(row))
		for i := range row {
			for _, t := range c.Findings[i].Ties {
				d.Through[l][i] = d.Through[l][i] || t.Label == row[i].Label && t.Through != ""
			}
		}
	}
	for _, n := range c.Findings {
		if n.Informative || len(n.Ties) > 0 {
			d.Nodes = append(d.Nodes, n.Node)
		}
	}
	for _, n := range c.Findings {
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

// UsePlaneOf sets how much every node moves against what it knows of its best
// label. Informative nodes are named by number and what they carry most of.
func UsePlaneOf(c *info.Counted) UsePlaneData {
	d := UsePlaneData{Title: "Which nodes move, and which know a label", UseThreshold: c.Threshold, BitsThreshold: c.LeastBits, Names: map[int]string{}}
	for _, n := range c.Findings {
		d.Use, d.Bits = append(d.Use, n.MAD.Estimate), append(d.Bits, n.Best.Effect.Bits)
		if n.Informative {
			d.Names[n.Node] = fmt.Sprint(n.Node)
			if carried := n.Carries(); len(carried) > 0 {
				d.Names[n.Node] += " " + QuantityName(carried[0])
			}
		}
	}
	return d
}

// ThresholdCurveOf is the count by threshold with its interval, and the curves of
// the other runs, six at most.
func ThresholdCurveOf(c *info.Counted) ThresholdCurveData {
	run := ThresholdRun{Name: "this run"}
	for _, t := range c.Curve {
		run.Thresholds, run.Count = append(run.Thresholds, t.Threshold), append(run.Count, t.Count.At)
		run.Lo, run.Hi = append(run.Lo, t.Count.Lo), append(run.Hi, t.Count.Hi)
	}
	d := ThresholdCurveData{Title: "How many nodes are informative", Threshold: c.Threshold, Runs: []ThresholdRun{run}}
	for _, other := range c.Runs {
		if len(d.Runs) == len(categorical) {
			break
		}
		o := ThresholdRun{Name: filepath.Base(other.Name), Thresholds: run.Thresholds}
		for _, t := range other.Curve {
			o.Count = append(o.Count, t.Count.At)
		}
		d.Runs = append(d.Runs, o)
	}
	return d
}

// DependencyOf takes the informative nodes and the labels that any of them
// knows by more than a trace, with the dependences found among both.
func DependencyOf(c *info.Counted) DependencyData {
	d := DependencyData{Title: "Nodes and labels", Nodes: c.InformativeNodes()}
	at := map[string]int{}
	for n, i := range d.Nodes {
		for _, t := range c.Findings[i].Ties {
			if t.Trace {
				continue
			}
			if _, known := at[t.Label]; !known {
				at[t.Label] = len(d.Labels)
				d.Labels = append(d.Labels, t.Label)
			}
			d.Carried = append(d.Carried, CarriedLabel{Node: n, Label: at[t.Label], Bits: t.Bits, Through: t.Through != ""})
		}
	}
	if c.Dependence != nil {
		for b, row := range c.Dependence.Pairs.Cells {
			for a := range b {
				if cell := row[a]; cell.Adjusted <= c.Alpha && cell.Effect.Bits >= c.LeastBits {
					d.NodePairs = append(d.NodePairs, DependentPair{A: a, B: b})
				}
			}
		}
	}
	for _, p := range c.LabelPairs {
		a, known := at[p.A]
		b, both := at[p.B]
		if known && both {
			d.LabelPairs = append(d.LabelPairs, DependentPair{A: a, B: b})
		}
	}
	return d
}
