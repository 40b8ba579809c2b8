package synth

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Flaw is what is wrong with a product.
type Flaw string

// The flaws of products.
const (
	Sound      Flaw = ""
	NotNumbers Flaw = "nan"       // a stretch of the flux is NaN
	Saturated  Flaw = "saturated" // the flux is cut off at a level
	WrongOrder Flaw = "order"     // one order holds the light of the next
	Empty      Flaw = "empty"     // hardly any light: a median below 50
)

// flawRate is the share of products with each of the flaws. The archive does
// not publish it: one in a hundred in all is an assumption.
const flawRate = 0.0025

var flaws = []Flaw{NotNumbers, Saturated, WrongOrder, Empty}

// drawFlaw is a product's flaw.
func drawFlaw(rng *rand.Rand) Flaw {
	if k := int(rng.Float64() / flawRate); k < len(flaws) {
		return flaws[k]
	}
	return Sound
}

// empty turns a visit into one that hardly saw the star.
func (t *Truth) empty(rng *rand.Rand) {
	const electron = 0.57 // flux, as in a sound product
	t.Level = 2 * math.Pow(10, 1.3*rng.Float64())
	n := t.Level / electron
	t.SNR = n / math.Sqrt(n+t.ReadNoise*t.ReadNoise)
}

// spoil does to spectrum i what its flaw says. An empty one is so by its Level.
func (s *Survey) spoil(x *spectrum.Spectrum, i int) {
	t, rng := &s.truth[i], stream(s.options.Seed, streamFlaw, i)
	n := len(x.Flux)
	switch t.Flaw {
	case NotNumbers:
		length := min(n/2, int(math.Pow(10, 1+2.5*rng.Float64())))
		first := rng.IntN(n - length)
		for k := range length {
			x.Flux[first+k] = float32(math.NaN())
		}
	case Saturated:
		top := float32(t.Level * (0.5 + 0.7*rng.Float64()))
		for k := range x.Flux {
			x.Flux[k] = min(x.Flux[k], top)
		}
	case WrongOrder:
		// Not one that begins before the product: its next would not be there.
		order := math.Round(echelle / x.Wave[n/4+rng.IntN(n/2)])
		sound := slices.Clone(x.Flux)
		for k, w := range x.Wave {
			if math.Round(echelle/w) == order {
				next := int(math.Round((w*order/(order+1) - x.Wave[0]) / s.settings.grid.Step))
				x.Flux[k] = sound[max(0, next)]
			}
		}
	}
}

// finite are the fluxes that are numbers; flux itself where all are.
func finite(flux []float32) []float32 {
	if !slices.ContainsFunc(flux, func(f float32) bool { return f != f }) {
		return flux
	}
	return slices.DeleteFunc(slices.Clone(flux), func(f float32) bool { return f != f })
}
