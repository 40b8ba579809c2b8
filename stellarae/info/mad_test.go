package info

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestMedian(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		want   float64 // numpy.median
	}{
		{nil, nan},
		{[]float64{3}, 3},
		{[]float64{4, 1}, 2.5},
		{[]float64{9, -1, 4}, 4},
		{[]float64{2, 1, 2, 8}, 2},
		{[]float64{1, nan, 2}, nan},
		{[]float64{math.Inf(-1), 0, math.Inf(1)}, 0},
	} {
		values := slices.Clone(c.values)
		if got := Median(values); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Median(%v) = %v, want %v", c.values, got, c.want)
		}
		if len(values) > 0 && !math.IsNaN(values[0]) && values[0] != c.values[0] {
			t.Errorf("Median reordered %v", c.values)
		}
	}
}

func TestInformativeIsStrict(t *testing.T) {
	got := Informative([]float64{0.02, math.Nextafter(0.02, 1), math.NaN(), 0, math.Inf(1)}, 0.02)
	if !slices.Equal(got, []int{1, 4}) {
		t.Errorf("got %v, want [1 4]", got)
	}
}

// MAD(a + b z) = |b| MAD(z), exact for powers of two.
func TestMADIsEquivariant(t *testing.T) {
	codes, _ := survey()
	rows, nodes := codes.Dims()
	moved := mat.NewDense(rows, nodes, nil)
	moved.Apply(func(_, _ int, z float64) float64 { return -4 * z }, codes)
	median, mad := MAD(codes)
	m2, mad2 := MAD(moved)
	for i := range mad {
		if mad2[i] != 4*mad[i] || m2[i] != -4*median[i] {
			t.Errorf("node %d: median %v -> %v, MAD %v -> %v", i, median[i], m2[i], mad[i], mad2[i])
		}
	}
	one, zero := MAD(mat.NewDense(1, 2, []float64{3, -1}))
	if !slices.Equal(one, []float64{3, -1}) || !slices.Equal(zero, []float64{0, 0}) {
		t.Errorf("one row: median %v, MAD %v", one, zero)
	}
}

// Any order, with and without repeats: the median is that of the sorted values.
func TestMedianIsThatOfSortedValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := 1; n < 200; n++ {
		for kind := range 5 {
			values := make([]float64, n)
			for i := range values {
				values[i] = []float64{rng.NormFloat64(), float64(rng.IntN(5)), float64(i), float64(-i), math.Abs(float64(i - n/2))}[kind]
			}
			sorted := slices.Sorted(slices.Values(values))
			want := (sorted[(n-1)/2] + sorted[n/2]) / 2
			if got := Median(values); got != want {
				t.Fatalf("%d values of kind %d: median %v, want %v", n, kind, got, want)
			}
		}
	}
	if v := Median([]float64{1, math.NaN(), 2}); !math.IsNaN(v) {
		t.Errorf("the median with a NaN is %v", v)
	}
	if v := Median([]float64{math.Inf(1), 1, 2}); v != 2 {
		t.Errorf("the median with an infinity is %v", v)
	}
}
