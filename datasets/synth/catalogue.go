package synth

import (
	"math"
	"math/rand/v2"
)

// lapse is how a catalogue misses the truth of a quantity.
type lapse struct {
	known float64 // share of the spectra for which it has a value
	value func(t *Truth) *float64
	err   func(t *Truth) float64 // standard deviation of its error
}

func sigma(x float64) func(*Truth) float64 { return func(*Truth) float64 { return x } }

// lapses: shares of the 7,007 spectra of the paper's unique subset that have a
// label; those of E(B-V) and log g are taken to be that of the mass, with which
// they come, that of vsini is assumed. Errors are those of large surveys.
var lapses = []lapse{
	{4090. / 7007, func(t *Truth) *float64 { return &t.RV }, sigma(0.3)},
	{4293. / 7007, func(t *Truth) *float64 { return &t.Teff }, sigma(80)},
	{3351. / 7007, func(t *Truth) *float64 { return &t.Mass }, func(t *Truth) float64 { return 0.07 * t.Mass }},
	{1932. / 7007, func(t *Truth) *float64 { return &t.MH }, sigma(0.08)},
	{3351. / 7007, func(t *Truth) *float64 { return &t.LogG }, sigma(0.08)},
	{3351. / 7007, func(t *Truth) *float64 { return &t.EBV }, sigma(0.02)},
	{0.25, func(t *Truth) *float64 { return &t.VSini }, func(t *Truth) float64 { return 0.5 + 0.1*t.VSini }},
}

const (
	typed    = 0.75         // share of stars with a spectral type; assumed
	measured = 6988. / 7007 // share of spectra with a signal to noise
	mistaken = 0.005        // share of values that are another star's
	wellKnow = 0.7          // share of labels a star has or lacks for its fame alone
)

// Catalogue is Truth(i) as a catalogue has it, the table a real survey comes
// with: one value a star for all visits, with errors, a few of them gross, NaN
// (a SpecType below 0) where it has none. Well-known stars have most labels and
// others none, in the shares of the paper's table. What the survey's preset
// takes for known is the truth itself. It panics if i is out of range.
func (s *Survey) Catalogue(i int) Truth {
	t := s.truth[i]
	if !s.settings.sky {
		return t
	}
	rng := stream(s.options.Seed, streamCatalogue, i-t.Visit)
	fame := rng.Float64()
	t.RV = t.Systemic
	for _, l := range lapses {
		x := l.value(&t)
		*x += l.err(&t) * rng.NormFloat64()
		if rng.Float64() < mistaken {
			*x = *l.value(s.stranger(rng))
		}
		if luck(fame, rng) >= l.known {
			*x = math.NaN()
		}
	}
	t.EBV, t.VSini = math.Max(0, t.EBV), math.Max(0, t.VSini)
	if luck(fame, rng) >= typed {
		t.SpecType = -1
	}
	if stream(s.options.Seed, streamHeader, i).Float64() >= measured {
		t.SNR = math.NaN()
	}
	return t
}

// luck is even from 0 to 1: a star's fame, or its own.
func luck(fame float64, rng *rand.Rand) float64 {
	if own := rng.Float64(); rng.Float64() >= wellKnow {
		return own
	}
	return fame
}

// stranger is another star of the survey's kind.
func (s *Survey) stranger(rng *rand.Rand) *Truth {
	t := s.settings.drawFieldStar(rng)
	t.RV = t.Systemic
	return &t
}
