// Package orderstat finds the median, or the value of any rank, without sorting.
//
// It reorders what it is given; package spectrum has a median that does not, and
// that matches numpy's in float32.
//
//	middle := orderstat.Median(x)
package orderstat

import (
	"math"
	"slices"
)

// Median is the middle value, or the mean of the two middle ones, and NaN for no
// values. It reorders x, which may hold infinities but no NaN.
func Median[T float32 | float64](x []T) float64 {
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	upper := float64(Select(x, n/2))
	if n%2 == 1 {
		return upper
	}
	return (float64(slices.Max(x[:n/2])) + upper) / 2
}

// Select brings the value of rank k, from 0, to place k of x, with nothing larger
// before it and nothing smaller behind, and returns it (Hoare 1961,
// doi:10.1145/366622.366647). x may hold infinities but no NaN. A rank outside x
// panics.
func Select[T float32 | float64](x []T, k int) T {
	for low, high := 0, len(x)-1; low < high; {
		// The median of three keeps sorted values from being the worst case.
		a, b, c := x[low], x[low+(high-low)/2], x[high]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := low, high
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for pivot < x[j] {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return x[k]
		}
	}
	return x[k]
}
