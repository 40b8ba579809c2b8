package info

import (
	"cmp"
	"slices"
)

// tower is the histograms of one pair of columns in several numbers of bins:
// pairs are counted in the finest, and a coarser one is its sums wherever its
// edges are among those of the finer one.
type tower struct {
	bins      []int
	downwards []int // places in bins, the finest first
	edges     [][]float64
	h         *histogram
}

func newTower(bins []int) *tower {
	t := &tower{bins: bins, h: newHistogram(slices.Max(bins))}
	for b, n := range bins {
		t.downwards = append(t.downwards, b)
		t.edges = append(t.edges, make([]float64, n+1))
	}
	slices.SortStableFunc(t.downwards, func(a, b int) int { return cmp.Compare(bins[b], bins[a]) })
	return t
}

// fill counts a code beside a label, and tells the mutual information for every
// number of bins.
func (t *tower) fill(code []float64, label binnedLabel, tell func(b int, nats float64)) {
	lo, hi := code[0], code[0]
	for _, v := range code { // finite, so comparisons do
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	var finer axis
	var was int
	for i, b := range t.downwards {
		bins := t.bins[b]
		a := span(lo, hi, bins, t.edges[b])
		if i > 0 && finer.refines(a) && label.axes[was].refines(label.axes[b]) {
			for t.h.bins > bins {
				t.h.halve()
			}
		} else {
			t.h.count(a, code, label.index[b], bins)
		}
		finer, was = a, b
		tell(b, t.h.mutualInformation())
	}
}
