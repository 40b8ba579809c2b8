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
	// Two searches for the first value of the ball and the first behind it. They
	// halve a length and add to a start, which needs no branch that a processor
	// would guess wrong.
	lo, hi := 0, 0
	for n := len(l.sorted); n > 0; {
		half := (n + 1) / 2
		if v-l.sorted[lo+half-1] >= radius {
			lo += half
		}
		if l.sorted[hi+half-1]-v < radius {
			hi += half
		}
		n -= half
	}
	return max(0, hi-lo)
}

// Upto counts the values not farther from v than radius.
func (l Line) Upto(v, radius float64) int {
	return l.Within(v, math.Nextafter(radius, math.Inf(1)))
}
