// Package synth is a simulated survey of HARPS-like stellar spectra whose every
// generating factor is known: velocities, temperatures, gravities,
// metallicities, rotation, dust, and what differs from visit to visit. A
// method that counts the factors hidden in spectra can be held against it.
//
// The files follow the light: atlas, forest and molecules (the lines), package
// photosphere (what leaves the star's surface; onelayer in its place for Mini),
// synthesis and kernel (its spectrum), packages interstellar and telluric (what
// it passes through), instrument, detector and flaw (what is recorded),
// population and field (who is observed), product and catalogue (files and
// labels).
//
// It does not replace a grid of model atmospheres, and most weak lines are
// statistical unless Options.Lines brings real ones.
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

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/photosphere"
	"github.com/stellarae/lab/datasets/synth/telluric"
	"github.com/stellarae/lab/stellarae/orderstat"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Options say which survey to make.
type Options struct {
	Preset  Preset
	N       int    // spectra, at least 1
	Seed    uint64 // the same seed gives the same survey
	Workers int    // of Write; 0: one a processor
	// Lines replace the built-in list, which nil stands for; the bands of
	// molecules that they lack stay.
	Lines []linelist.Line
	// Water are the lines of water in the air, as telluric.Load reads them;
	// nil is a built-in list of the strongest.
	Water    []telluric.Line
	Progress func(done, total int)
}

// Survey is a simulated survey. Its methods can be called concurrently.
type Survey struct {
	options    Options
	settings   settings
	truth      []Truth
	synthesis  *synthesis
	instrument *instrument
	air        *telluric.Sky // nil without a sky
	detector   *detector     // nil without a sky
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
	return p.survey(o), nil
}

// survey is the one that o asks for, with these settings.
func (p settings) survey(o Options) *Survey {
	s := &Survey{options: o, settings: p}
	s.truth = population(p, o.Seed, o.N)
	g := p.grid
	first, n := g.Wave(g.PadLeft), g.Samples
	if p.detectors {
		lead := int((first - harpsFirst*(1-fastestEarth/lightSpeed)) / g.Step)
		trail := int((harpsLast*(1+fastestEarth/lightSpeed) - g.Wave(g.PadLeft+n-1)) / g.Step)
		first, n = g.Wave(g.PadLeft-lead), n+lead+trail
	}
	// Room for the fastest star and the widest kernel.
	margin := (p.fastest() + 5*lightSpeed/p.resolution + 50) / lightSpeed
	s.synthesis = p.prepareSynthesis(o.Preset, o.Lines, first*(1-margin), (first+g.Step*float64(n))*(1+margin))
	s.instrument = newInstrument(first, g.Step, n, p.resolution, s.synthesis)
	if p.sky {
		s.instrument.stride = 32
		last := s.instrument.wave[n-1]
		s.air = telluric.New(first*(1-margin), last*(1+margin), telluric.Oxygen(), telluric.Water(o.Water))
		s.detector = newDetector(s.instrument.wave, g.Step)
	}
	s.scratch.New = func() any {
		m := s.synthesis.n
		return &buffers{normalised: make([]float64, m), scratch: make([]float64, m), light: make([]float32, m), flux: make([]float64, n)}
	}
	return s
}

// Prepare computes the tables that the survey's stars want, on all processors;
// else they are filled by and by. It takes a few seconds for Mini with lines of
// one's own, and nothing without. Progress, if not nil, is called from one goroutine at a time.
func (s *Survey) Prepare(progress func(done, total int)) {
	if s.synthesis.table == nil {
		return
	}
	var stars []photosphere.Star
	for i := range s.truth {
		if t := &s.truth[i]; t.Visit == 0 {
			stars = append(stars, t.star().photosphere())
		}
	}
	s.synthesis.table.Prepare(stars, progress)
}

// buffers are what one synthesis needs. They remember the star last
// synthesised: its visits follow each other.
type buffers struct {
	star                      Star
	normalised, scratch, flux []float64
	light                     []float32
}

// Len is the number of spectra.
func (s *Survey) Len() int { return len(s.truth) }

// Truth is what is known of spectrum i. It panics if i is out of range.
func (s *Survey) Truth(i int) Truth { return s.truth[i] }

// Grid is the wavelength axis of the survey. Spectrum gives the unpadded samples.
func (s *Survey) Grid() spectrum.Grid { return s.settings.grid }

// clean fills b.flux with the noiseless flux of a truth, relative to the
// continuum at the middle wavelength.
func (s *Survey) clean(t *Truth, b *buffers) {
	if star := t.star(); star != b.star {
		s.synthesis.normalised(star, b.normalised, b.scratch, b.light)
		b.star = star
	}
	light := b.normalised
	if s.air != nil {
		light = b.scratch
		copy(light, b.normalised)
		start := s.synthesis.start + math.Log(1+t.RV/lightSpeed)
		t.Gas.Absorb(light, start, s.synthesis.step)
		s.air.Absorb(light, start-math.Log(1+t.BERV/lightSpeed), s.synthesis.step, t.Airmass, t.Water)
	}
	s.instrument.observe(b.flux, s.synthesis, light, t.RV)
	s.instrument.shape(b.flux, t.Teff, t.EBV)
	if s.detector != nil {
		s.detector.ripple(b.flux, s.instrument.wave, t.Ripple, t.BERV)
	}
}

// Spectrum is spectrum i as observed: air wavelengths in Angstrom that cover
// at least the survey's grid, the star's lines at its radial velocity, flux in
// the relative units of the archive's product with a random exposure level,
// photon noise and its standard deviation; but for Mini also what Truth says of
// air, gas, detector, cosmic rays and flaws, NaN among them. It depends on preset, seed and i
// alone. It panics if i is out of range.
func (s *Survey) Spectrum(i int) *spectrum.Spectrum {
	t := &s.truth[i]
	b := s.scratch.Get().(*buffers)
	defer s.scratch.Put(b)
	s.clean(t, b)
	scale := t.Level / orderstat.Median(append(b.scratch[:0], b.flux...))
	from, to := s.seen(t)
	rng := stream(s.options.Seed, streamNoise, i)
	out := &spectrum.Spectrum{
		Wave:   slices.Clone(s.instrument.wave[from:to]),
		Flux:   make([]float32, to-from),
		Err:    make([]float32, to-from),
		Medium: spectrum.Air,
		Frame:  spectrum.Barycentric,
		Info:   spectrum.Info{ID: t.ID, Object: t.Star, Date: t.Date, Format: "phase3", Airmass: t.Airmass, SNR: t.SNR, BERV: t.BERV, RV: t.RV},
	}
	dark := t.dark()
	for k, f := range b.flux[from:to] {
		err := t.Level / t.SNR * math.Sqrt((f*scale+dark)/(t.Level+dark))
		out.Flux[k] = float32(f*scale + err*rng.NormFloat64())
		out.Err[k] = float32(err)
	}
	s.strike(out.Flux, from, i)
	s.spoil(out, i)
	if s.settings.detectors {
		first, last := s.gap(t)
		clear(out.Flux[first-from : last-from])
		clear(out.Err[first-from : last-from])
	}
	return out
}

// seen are the wavelengths in a visit's product, from the first to before the last.
func (s *Survey) seen(t *Truth) (from, to int) {
	if !s.settings.detectors {
		return 0, len(s.instrument.wave)
	}
	return s.sample(harpsFirst, t), s.sample(harpsLast, t) + 1
}

// gap are the wavelengths that fall between the detectors.
func (s *Survey) gap(t *Truth) (from, to int) {
	return s.sample(harpsGapFirst, t), s.sample(harpsGapLast, t) + 1
}

// sample is the index nearest to a wavelength at the telescope.
func (s *Survey) sample(topocentric float64, t *Truth) int {
	wave := topocentric * (1 + t.BERV/lightSpeed)
	return int(math.Round((wave - s.instrument.wave[0]) / s.settings.grid.Step))
}

// median is that of at least one number.
func median[T float32 | float64](x []T) float64 {
	return orderstat.Median(slices.Clone(x))
}
