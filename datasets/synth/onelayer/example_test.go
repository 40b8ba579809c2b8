package onelayer_test

import (
	"fmt"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/onelayer"
	"github.com/stellarae/lab/datasets/synth/photosphere"
)

func Example() {
	lines := []linelist.Line{{Species: linelist.Species{B: 26}, Wave: 5250.209, Excitation: 0.121, LogGF: -4.938}}
	s := onelayer.New(lines, 5240, 5260, 0.5)
	flux := make([]float64, s.Len())
	s.Flux(flux, photosphere.Star{Teff: 5772, LogG: 4.44})
	low := 1.0
	for _, f := range flux {
		low = min(low, f)
	}
	fmt.Printf("%.2f of the continuum\n", low)
	// Output:
	// 0.21 of the continuum
}
