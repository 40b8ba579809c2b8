package info

import (
	"math"
	"slices"
	"testing"
)

func TestSigmaClipOfNothing(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {math.Inf(1), math.NaN()}} {
		clipped, lo, hi := SigmaClip(values, 5, 5)
		if len(clipped) != len(values) || slices.Contains(clipped, false) || !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("%v: %v %v %v", values, clipped, lo, hi)
		}
	}
	if clipped, _, _ := SigmaClip([]float64{2, 2, 2}, 5, 5); slices.Contains(clipped, true) {
		t.Error("equal values were clipped")
	}
}
