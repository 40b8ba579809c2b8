package info

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Median is the middle value, or the mean of the two middle ones. It is NaN
// for no values, or where one is NaN.
func Median(values []float64) float64 {
	return medianOf(slices.Clone(values))
}

// medianOf is Median, and reorders its argument.
func medianOf(values []float64) float64 {
	n := len(values)
	if n == 0 || slices.ContainsFunc(values, math.IsNaN) {
		return math.NaN()
	}
	split(values, n/2)
	if n%2 == 1 {
		return values[n/2]
	}
	return (slices.Max(values[:n/2]) + values[n/2]) / 2
}

// split reorders values so that place k holds what it would in ascending order,
// with nothing larger before it and nothing smaller behind (Hoare 1961,
// doi:10.1145/366622.366647). None may be NaN.
func split(values []float64, k int) {
	for lo, hi := 0, len(values)-1; lo < hi; {
		// The median of three keeps sorted values from being the worst case.
		first, middle, last := values[lo], values[lo+(hi-lo)/2], values[hi]
		pivot := max(min(first, middle), min(max(first, middle), last))
		i, j := lo, hi
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
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
