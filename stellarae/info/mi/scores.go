package mi

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Ranks are the places 1 to n of the values in ascending order, equal values
// sharing the mean of theirs. NaN ranks lowest.
func Ranks(values []float64) []float64 {
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

// NormalScores are the quantiles of the normal law at rank/(n+1): the values
// brought to a common, bell-shaped scale. Mutual information does not change
// under it (equal values stay equal), and estimators by nearest neighbours
// suffer less from long tails and from different units.
func NormalScores(values []float64) []float64 {
	out := Ranks(values)
	for i, r := range out {
		out[i] = distuv.UnitNormal.Quantile(r / float64(len(values)+1))
	}
	return out
}

// Standardise shifts and scales values to mean 0 and standard deviation 1
// (with n in its denominator). Constant values become NaN.
func Standardise(values []float64) []float64 {
	mean, variance := stat.PopMeanVariance(values, nil)
	sd := math.Sqrt(variance)
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = (v - mean) / sd
	}
	return out
}

// Tied is the fraction of values that occur more than once.
func Tied(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	tied := 0
	for i, v := range sorted {
		if i > 0 && v == sorted[i-1] || i+1 < len(sorted) && v == sorted[i+1] {
			tied++
		}
	}
	return float64(tied) / float64(len(values))
}
