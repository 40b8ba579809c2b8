package info

import (
	"math"
	"testing"
)

func TestSpearman(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{1, 10, 100, 1000}, 1},
		{[]float64{1, 2, 3, 4}, []float64{9, 7, 5, -3}, -1},
		{[]float64{1, nan, 3, 4, 0}, []float64{2, 8, 3, nan, 1}, 1},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, nan},
		{[]float64{1}, []float64{1}, nan},
		{nil, nil, nan},
	} {
		got := Spearman(c.x, c.y)
		if !(math.Abs(got-c.want) < 1e-15) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Spearman(%v, %v) = %v, want %v", c.x, c.y, got, c.want)
		}
	}
}
