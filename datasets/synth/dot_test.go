package synth

import (
	"math/rand/v2"
	"testing"
)

// What the processor adds four at a time is, to the last bit, what the loops
// add, and both are the scalar product.
func TestDotIsTheLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 70; n++ {
		a, b := make([]float64, n), make([]float64, n+7)
		for i := range b {
			b[i] = rng.NormFloat64()
		}
		for i := range a {
			a[i] = rng.NormFloat64()
		}
		if got, want := dot(a, b), dotEach(a, b); got != want {
			t.Errorf("dot of %d: %g, want %g", n, got, want)
		}
		var got, want [8]float64
		dots(a, b, &got)
		dotsEach(a, b, &want)
		if got != want {
			t.Errorf("dots of %d: %g, want %g", n, got, want)
		}
	}
	if got := dot([]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}); got != 130 {
		t.Errorf("dot is %g, want 130", got)
	}
}
