package info

import (
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/orderstat"
	"gonum.org/v1/gonum/mat"
)

// Median is the middle value, or the mean of the two middle ones. It is NaN
// for no values, or where one is NaN.
func Median(values []float64) float64 {
	return medianOf(slices.Clone(values))
}

// medianOf is Median, and reorders its argument.
func medianOf(values []float64) float64 {
	if slices.ContainsFunc(values, math.IsNaN) {
		return math.NaN()
	}
	return orderstat.Median(values)
}

// MAD is the median of every node (column) of codes, and the median absolute
// deviation from it: median(|z - median(z)|), not scaled to a standard
// deviation (section 6.1). A node that holds a NaN has NaN for both.
func MAD(codes *mat.Dense) (median, mad []float64) {
	rows, nodes := codes.Dims()
	median, mad = make([]float64, nodes), make([]float64, nodes)
	z := make([]float64, rows)
	for i := range nodes {
		mat.Col(z, i, codes)
		median[i], mad[i] = madOf(z)
	}
	return median, mad
}

// madOf is the median and the MAD of z, which it overwrites.
func madOf(z []float64) (median, mad float64) {
	median = medianOf(z)
	for k, v := range z {
		z[k] = math.Abs(v - median)
	}
	return median, medianOf(z)
}

// Informative lists the nodes whose MAD is above threshold, in ascending
// order. The comparison is strict, and NaN is not above anything.
func Informative(mad []float64, threshold float64) []int {
	var nodes []int
	for i, m := range mad {
		if m > threshold {
			nodes = append(nodes, i)
		}
	}
	return nodes
}
