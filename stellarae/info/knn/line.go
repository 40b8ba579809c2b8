package knn

import (
	"math"
	"slices"
)

// Line is a sorted copy of numbers, for counting.
type Line struct{ sorted []float64 }

// NewLine sorts the values, which must not hold NaN.
func NewLine(values []float64) Line {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return Line{sorted}
}

// Within counts the values strictly nearer to v than radius, v itself included
// if it is among them. Distances are rounded as |a-b| is, so that a radius that
// is the distance of a value leaves this value out.
func (l Line) Within(v, radius float64) int {
	lo := l.first(func(s float64) bool { return v-s < radius })
	hi := l.first(func(s float64) bool { return s-v >= radius })
	return max(0, hi-lo)
}

// Upto counts the values not farther from v than radius.
func (l Line) Upto(v, radius float64) int {
	return l.Within(v, math.Nextafter(radius, math.Inf(1)))
}

// first is the place of the first value for which the test holds; it must hold
// for all values behind.
func (l Line) first(test func(float64) bool) int {
	lo, hi := 0, len(l.sorted)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if test(l.sorted[mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
