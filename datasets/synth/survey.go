// Package synth is a simulated survey of HARPS-like stellar spectra whose every
// generating factor is known: velocities, temperatures, gravities,
// metallicities, rotation, dust, and what differs from visit to visit. A
// method that counts the factors hidden in spectra can be held against it.
//
// The files follow the light: species, atlas and forest (the lines),
// atmosphere and voigt (the star), synthesis and kernel (its spectrum),
// instrument (what is recorded), population (who is observed), product (files).
//
// It does not replace a model atmosphere: one layer in local thermodynamic
// equilibrium gives every line, and half of the weak lines are statistical.
//
//	s, err := synth.New(synth.Options{Preset: synth.Mini, N: 5500, Seed: 1})
//	flux := s.Spectrum(0).Flux
//	teff := s.Truth(0).Teff
package synth

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Options say which survey to make.
type Options struct {
	Preset   Preset
	N        int    // spectra, at least 1
	Seed     uint64 // the same seed gives the same survey
	Workers  int    // of Write; 0: one a processor
	Progress func(done, total int)
}

// Survey is a simulated survey. Its methods can be called concurrently.
type Survey struct {
	options    Options
	settings   settings
	truth      []Truth
	synthesis  *synthesis
	instrument *instrument
	scratch    sync.Pool
}

// New draws the population of a survey. The survey is a function of preset
// and seed: spectrum i is the same whatever N and Workers are.
func New(o Options) (*Survey, error) {
	p, ok := presets[o.Preset]
	if !ok {
		_, err := ParsePreset(string(o.Preset))
		return nil, err
	}
	if o.N < 1 {
		return nil, fmt.Errorf("synth: %d spectra: want at least 1", o.N)
	}
	s := &Survey{options: o, settings: p}
	s.truth = population(p, o.Seed, o.N)
	// Room for the fastest star and the widest kernel.
	g := p.grid
	margin := (5*p.rv + 5*lightSpeed/p.resolution + 50) / lightSpeed
	first, last := g.Wave(g.PadLeft), g.Wave(g.PadLeft+g.Samples-1)
	s.synthesis = newSynthesis(first*(1-margin), last*(1+margin), p.step)
	s.instrument = newInstrument(p, s.synthesis)
	s.scratch.New = func() any {
		return &buffers{make([]float64, s.synthesis.n), make([]float64, s.synthesis.n), make([]float64, g.Samples)}
	}
	return s, nil
}

// buffers are what one synthesis needs.
type buffers struct{ normalised, scratch, flux []float64 }

// Len is the number of spectra.
func (s *Survey) Len() int { return len(s.truth) }

// Truth is what is known of spectrum i. It panics if i is out of range.
func (s *Survey) Truth(i int) Truth { return s.truth[i] }

// Grid is the wavelength axis of the survey. Spectrum gives the unpadded samples.
func (s *Survey) Grid() spectrum.Grid { return s.settings.grid }

// clean fills b.flux with the noiseless flux of a truth, relative to the
// continuum in the window's middle.
func (s *Survey) clean(t *Truth, b *buffers) {
	s.synthesis.normalised(t.star(), b.normalised, b.scratch)
	s.instrument.observe(b.flux, s.synthesis, b.normalised, t.RV)
	s.instrument.shape(b.flux, t.Teff, t.EBV)
}

// Spectrum is spectrum i as observed: air wavelengths in Angstrom, the star's
// lines at its radial velocity, flux in the relative units of the archive's
// product with a random exposure level, photon noise and its standard
// deviation. It depends on preset, seed and i alone. It panics if i is out of
// range.
func (s *Survey) Spectrum(i int) *spectrum.Spectrum {
	t := &s.truth[i]
	b := s.scratch.Get().(*buffers)
	defer s.scratch.Put(b)
	s.clean(t, b)
	scale := t.Level / median(b.flux)
	rng := stream(s.options.Seed, streamNoise, i)
	out := &spectrum.Spectrum{
		Wave: slices.Clone(s.instrument.wave),
		Flux: make([]float32, len(b.flux)),
		Err:  make([]float32, len(b.flux)),
		Info: spectrum.Info{ID: t.ID, Object: t.Star, Date: t.Date, Format: "phase3", Airmass: t.Airmass, SNR: t.SNR, BERV: t.BERV, RV: t.RV},
	}
	for k, f := range b.flux {
		f *= scale
		err := t.Level / t.SNR * math.Sqrt(f/t.Level)
		out.Flux[k] = float32(f + err*rng.NormFloat64())
		out.Err[k] = float32(err)
	}
	clear(out.Flux[s.instrument.gap[0]:s.instrument.gap[1]])
	clear(out.Err[s.instrument.gap[0]:s.instrument.gap[1]])
	return out
}

func median(x []float64) float64 {
	y := slices.Clone(x)
	slices.Sort(y)
	return (y[(len(y)-1)/2] + y[len(y)/2]) / 2
}
