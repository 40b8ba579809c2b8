package orderstat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every rank of values in any order, with and without repeats.
func TestSelectIsThatOfSortedValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := 1; n < 80; n++ {
		for kind := range 6 {
			x := make([]float64, n)
			for i := range x {
				x[i] = []float64{
					rng.NormFloat64(), float64(rng.IntN(5)), float64(i), float64(-i), math.Abs(float64(i - n/2)), math.Inf(i%3 - 1),
				}[kind]
			}
			sorted := slices.Sorted(slices.Values(x))
			for k := range n {
				y := slices.Clone(x)
				got := Select(y, k)
				if got != sorted[k] || y[k] != got {
					t.Fatalf("%d values of kind %d: rank %d is %v, want %v", n, kind, k, got, sorted[k])
				}
				for i, v := range y {
					if i < k && v > got || i > k && v < got {
						t.Fatalf("%d values of kind %d: %v at place %d, rank %d is %v", n, kind, v, i, k, got)
					}
				}
				if slices.Sort(y); !slices.Equal(y, sorted) {
					t.Fatalf("values are lost: %v", y)
				}
			}
		}
	}
}
