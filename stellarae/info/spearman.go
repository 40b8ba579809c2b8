package info

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Spearman is Spearman's rank correlation of x and y, ties given their mean
// rank, over the pairs in which neither is NaN. It is NaN for fewer than two
// such pairs or where one side is constant. Slices of unequal length panic.
func Spearman(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("info: slice length mismatch")
	}
	var px, py []float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			px, py = append(px, x[i]), append(py, y[i])
		}
	}
	if len(px) < 2 || isConstant(px) || isConstant(py) {
		return math.NaN()
	}
	return stat.Correlation(ranks(px), ranks(py), nil)
}

// ranks are the places 1 to n of the values in ascending order, equal values
// sharing the mean of theirs.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+1+to) / 2
		}
		from = to
	}
	return out
}

func isConstant(values []float64) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}
