package photosphere_test

import (
	"fmt"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/photosphere"
)

func Example() {
	lines := []linelist.Line{{Species: linelist.Species{B: 26}, Wave: 5250.209, Excitation: 0.121, LogGF: -4.938}}
	s := photosphere.New(lines, nil, 5240, 5260, 0.4)
	flux := make([]float32, s.Len())
	s.Flux(flux, photosphere.Star{Teff: 5772, LogG: 4.44})
	centre := int(s.Index(5250.209) + 0.5)
	fmt.Printf("%.2f A: %.2f of the continuum\n", s.Wave(float64(centre)), flux[centre])
	// Output:
	// 5250.21 A: 0.25 of the continuum
}
