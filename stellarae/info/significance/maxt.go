package significance

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// MaxT is the p-value of every cell of a table, adjusted so that with
// probability 1-alpha no cell without an effect has a value of alpha or less,
// however the cells depend on each other: the step-down procedure of Westfall and
// Young (1993, algorithm 2.8; Ge, Dudoit and Speed 2003,
// doi:10.1007/BF02595811, box 3).
//
// null[b][i] is cell i under permutation b; one permutation b must be used for
// all cells that share data. Every cell is first brought to a common scale by the
// mean and the standard deviation of its permuted values, the observed one among
// them, which keeps the test exact. Cells that are NaN, permuted or observed, or
// never change take no part and get NaN. No permutations and rows of another
// length are errors.
func MaxT(observed []float64, null [][]float64) ([]float64, error) {
	if len(null) == 0 {
		return nil, fmt.Errorf("significance: no permutations")
	}
	for b, row := range null {
		if len(row) != len(observed) {
			return nil, fmt.Errorf("significance: permutation %d has %d cells, observed %d", b, len(row), len(observed))
		}
	}
	t, scale := studentise(observed, null)
	order := ascending(t)
	slices.Reverse(order)
	above := make([]int, len(order)) // permutations whose maximum of this and the lower cells is not below
	for _, row := range null {
		top := math.Inf(-1)
		for i := len(order) - 1; i >= 0; i-- {
			c := order[i]
			top = max(top, scale[c].of(row[c]))
			if top >= t[c] {
				above[i]++
			}
		}
	}
	adjusted := slices.Repeat([]float64{math.NaN()}, len(observed))
	last := 0.0
	for i, c := range order {
		last = max(last, float64(above[i]+1)/float64(len(null)+1))
		adjusted[c] = last
	}
	return adjusted, nil
}

type scaling struct{ mean, sd float64 }

func (s scaling) of(v float64) float64 { return (v - s.mean) / s.sd }

// studentise brings the observed cells to the scale of their null; NaN for cells
// without one.
func studentise(observed []float64, null [][]float64) (t []float64, scale []scaling) {
	t, scale = make([]float64, len(observed)), make([]scaling, len(observed))
	n := float64(len(null) + 1)
	for c, v := range observed {
		sum := v
		for _, row := range null {
			sum += row[c]
		}
		mean := sum / n
		squares := (v - mean) * (v - mean)
		for _, row := range null {
			squares += (row[c] - mean) * (row[c] - mean)
		}
		scale[c] = scaling{mean, math.Sqrt(squares / n)}
		t[c] = scale[c].of(v)
		if scale[c].sd <= 1e-14*math.Abs(mean) || math.IsInf(t[c], 0) {
			t[c] = math.NaN()
		}
	}
	return t, scale
}

// ascending lists the places of the values that are not NaN, smallest first.
func ascending(values []float64) []int {
	var order []int
	for i, v := range values {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}
