package figure

import (
	"fmt"
	"math"
	"slices"
)

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// sameLength fails where a column has another length than the first one.
func sameLength(what string, want int, columns ...column) error {
	for _, c := range columns {
		if c.n != want {
			return fmt.Errorf("figure: %s: %d %s for %d values", what, c.n, c.name, want)
		}
	}
	return nil
}

type column struct {
	name string
	n    int
}

// increasing fails unless x is not empty, finite and strictly increasing.
func increasing(what, name string, x []float64) error {
	if len(x) == 0 {
		return fmt.Errorf("figure: %s: no %s", what, name)
	}
	for i, v := range x {
		if !finite(v) {
			return fmt.Errorf("figure: %s: %s %d is %v", what, name, i, v)
		}
		if i > 0 && v <= x[i-1] {
			return fmt.Errorf("figure: %s: %s %d (%v) does not exceed the one before (%v)", what, name, i, v, x[i-1])
		}
	}
	return nil
}

// A span is a closed range of numbers.
type span struct{ lo, hi float64 }

func empty() span { return span{math.Inf(1), math.Inf(-1)} }

func (s span) set() bool { return s.lo <= s.hi }

func (s span) add(v float64) span {
	if finite(v) {
		s.lo, s.hi = math.Min(s.lo, v), math.Max(s.hi, v)
	}
	return s
}

func (s span) contains(v float64) bool { return v >= s.lo && v <= s.hi }

// wider adds a share of the width on both sides; a single number gets a width.
func (s span) wider(share float64) span {
	d := share * (s.hi - s.lo)
	if d <= 0 || !finite(d) {
		d = math.Max(1e-3*math.Abs(s.lo), 1e-3)
	}
	return span{s.lo - d, s.hi + d}
}

// rangeOr is the range asked for, or the data's where it is {0, 0}.
func rangeOr(what, name string, asked [2]float64, data span) (span, error) {
	if asked == [2]float64{} {
		if data.lo == data.hi {
			data = data.wider(0)
		}
		return data, nil
	}
	if !finite(asked[0]) || !finite(asked[1]) || asked[0] >= asked[1] {
		return span{}, fmt.Errorf("figure: %s: %v to %v is no %s range", what, asked[0], asked[1], name)
	}
	return span{asked[0], asked[1]}, nil
}

// middle is the range without the given share of the finite values at either
// end; empty where there are none.
func middle(values []float64, share float64) span {
	v := make([]float64, 0, len(values))
	for _, x := range values {
		if finite(x) {
			v = append(v, x)
		}
	}
	if len(v) == 0 {
		return empty()
	}
	slices.Sort(v)
	k := int(share * float64(len(v)))
	return span{v[k], v[len(v)-1-k]}
}
