package knn

import "math"

// Line is a sorted copy of numbers, for counting.
type Line struct {
	sorted []float64
	first  []int32 // of the values in each of many cells of equal width
	scale  float64 // cells per unit
}

// NewLine sorts the values, which must not hold NaN.
func NewLine(values []float64) Line { return newLine(values, ascending(values, nil)) }

func newLine(values []float64, order []int32) Line {
	n := len(values)
	l := Line{sorted: make([]float64, n)}
	for i, row := range order {
		l.sorted[i] = values[row]
	}
	if n == 0 {
		return l
	}
	// A cell a value: where they are spread evenly, a look at the cell replaces
	// most of a search.
	l.scale = float64(n) / (l.sorted[n-1] - l.sorted[0])
	if !(l.scale > 0 && l.scale < math.MaxFloat64) { // constant, or beyond range
		l.scale = 0
	}
	l.first = make([]int32, n+2)
	cell := 0
	for i, v := range l.sorted {
		for at := l.cell(v); cell <= at; cell++ {
			l.first[cell] = int32(i)
		}
	}
	for ; cell < len(l.first); cell++ {
		l.first[cell] = int32(n)
	}
	return l
}

// cell is the cell of v, the first or the last for values outside.
func (l Line) cell(v float64) int {
	c := (v - l.sorted[0]) * l.scale
	switch n := len(l.sorted); {
	case !(c > 0):
		return 0
	case c >= float64(n):
		return n
	default:
		return int(c)
	}
}

// Within counts the values strictly nearer to v than radius, v itself included
// if it is among them. Distances are rounded as |a-b| is, so that a radius that
// is the distance of a value leaves this value out.
func (l Line) Within(v, radius float64) int {
	if len(l.sorted) == 0 {
		return 0
	}
	// The first value of the ball, and the first behind it.
	return max(0, l.behind(v, radius)-l.ball(v, radius))
}

// ball is the place of the first value of the ball about v. The cells guess where
// it is; where rounding makes them guess wrong, all values are searched.
func (l Line) ball(v, radius float64) int {
	at := l.cell(v - radius)
	lo, hi := int(l.first[at]), int(l.first[at+1])
	if lo > 0 && v-l.sorted[lo-1] < radius || hi < len(l.sorted) && v-l.sorted[hi] >= radius {
		lo, hi = 0, len(l.sorted)
	}
	for lo < hi {
		if mid := (lo + hi) / 2; v-l.sorted[mid] >= radius {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// behind is the place of the first value behind the ball.
func (l Line) behind(v, radius float64) int {
	at := l.cell(v + radius)
	lo, hi := int(l.first[at]), int(l.first[at+1])
	if lo > 0 && l.sorted[lo-1]-v >= radius || hi < len(l.sorted) && l.sorted[hi]-v < radius {
		lo, hi = 0, len(l.sorted)
	}
	for lo < hi {
		if mid := (lo + hi) / 2; l.sorted[mid]-v < radius {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Upto counts the values not farther from v than radius.
func (l Line) Upto(v, radius float64) int {
	return l.Within(v, math.Nextafter(radius, math.Inf(1)))
}
