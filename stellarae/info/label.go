package info

import (
	"fmt"
	"math"
	"slices"
)

// Label is one quantity of the samples, in the order of the rows of the codes.
type Label struct {
	Name   string
	Values []float64 // NaN where missing
}

// LabelMI is what every node tells about one label.
type LabelMI struct {
	Name    string
	Used    int         // values that took part
	Missing int         // NaN
	Clipped int         // beyond the clip, infinities included
	Reason  string      // why the label tells nothing; else empty
	MI      [][]float64 // [bin number][node], nats; nil without a value
}

// Normalised divides every row of MI by its maximum, as the paper's images
// show it. A row of zeros stays one.
func (l LabelMI) Normalised() [][]float64 {
	var out [][]float64
	for _, row := range l.MI {
		scaled := slices.Clone(row)
		if top := slices.Max(row); top > 0 {
			for i := range scaled {
				scaled[i] /= top
			}
		}
		out = append(out, scaled)
	}
	return out
}

// Best is the node that has the largest MI for the most numbers of bins, and
// whether it has it for all of them. Equal claims go to the lower node. Where
// no row has a maximum above 0 the node is -1.
func (l LabelMI) Best() (node int, unanimous bool) {
	wins := map[int]int{}
	node = -1
	for _, row := range l.MI {
		best, top := -1, 0.0
		for i, mi := range row {
			if mi > top {
				best, top = i, mi
			}
		}
		if best >= 0 {
			wins[best]++
		}
	}
	for i, n := range wins {
		if node < 0 || n > wins[node] || n == wins[node] && i < node {
			node = i
		}
	}
	return node, node >= 0 && wins[node] == len(l.MI)
}

// clipIterations is the default of astropy.stats.sigma_clip, which the paper
// used.
const clipIterations = 5

// binnedLabel is a label ready to meet the nodes.
type binnedLabel struct {
	rows  []int      // that take part
	axes  []axis     // [bin number]
	index [][]uint16 // [bin number][row that takes part]: its bin
}

// binLabel drops what is missing, clips, and bins the rest.
func binLabel(label Label, nodes int, o Options) (LabelMI, binnedLabel, error) {
	mi := LabelMI{Name: label.Name}
	var b binnedLabel
	var used []float64
	clipped, _, _ := SigmaClip(label.Values, o.Sigma, clipIterations)
	for r, v := range label.Values {
		switch {
		case math.IsNaN(v):
			mi.Missing++
		case clipped[r]:
			mi.Clipped++
		default:
			b.rows, used = append(b.rows, r), append(used, v)
		}
	}
	mi.Used = len(used)
	if mi.Used == 0 {
		mi.Reason = "no values"
		return mi, b, nil
	}
	if isConstant(used) {
		mi.Reason = fmt.Sprintf("all values equal %g", used[0])
	}
	for _, bins := range o.Bins {
		a, err := newAxis(used, bins)
		if err != nil {
			return mi, b, fmt.Errorf("info: label %q: %w", label.Name, err)
		}
		b.axes, b.index = append(b.axes, a), append(b.index, a.indices(used))
		mi.MI = append(mi.MI, make([]float64, nodes))
	}
	return mi, b, nil
}

// checkLabels sees that every label has one value a row.
func checkLabels(labels []Label, rows int) error {
	for _, l := range labels {
		if len(l.Values) != rows {
			return fmt.Errorf("info: label %q has %d values for %d rows of codes", l.Name, len(l.Values), rows)
		}
	}
	return nil
}
