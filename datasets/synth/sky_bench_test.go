package synth

import (
	"testing"

	"github.com/stellarae/lab/datasets/synth/interstellar"
)

// What a visit to a star costs once its light is computed, without and with
// the sky, and what the sky takes to set up.
func BenchmarkVisit(b *testing.B) {
	for _, sky := range []bool{false, true} {
		name := "plain"
		if sky {
			name = "sky"
		}
		b.Run(name, func(b *testing.B) {
			p := presets[Full]
			p.sky = sky
			s := p.survey(Options{Preset: Full + Preset(" "+name), N: 1, Seed: 1})
			s.truth[0] = Truth{Teff: 5772, LogG: 4.44, VSini: 2, SNR: 100, Level: 5000, Airmass: 1.2, Water: 3, CosmicRays: 2, Gas: interstellar.Along(0.05, 10, [2]float64{1, 1})}
			s.Spectrum(0)
			for b.Loop() {
				s.Spectrum(0)
			}
		})
	}
}

func BenchmarkPopulation(b *testing.B) {
	for b.Loop() {
		population(presets[Full], 1, 1000)
	}
}
