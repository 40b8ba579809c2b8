// Package photosphere computes the spectrum of light that leaves the surface
// of a star, from its effective temperature, gravity, metallicity and a list of
// lines: a plane atmosphere in hydrostatic equilibrium and local thermodynamic
// equilibrium, whose temperature follows Eddington's law.
//
// It does not replace models of stellar atmospheres (no convection, no line
// blanketing, no departures from equilibrium), and knows neither rotation nor
// instruments.
//
//	s := photosphere.New(lines, nil, 5000, 5400, 0.4)
//	flux := make([]float32, s.Len())
//	s.Flux(flux, photosphere.Star{Teff: 5772, LogG: 4.44})
package photosphere

import (
	"math"
	"sync"

	"github.com/stellarae/lab/datasets/linelist"
)

// classical is pi e2 / (m c), cm2 Hz.
const classical = 0.0265400

// weakest is the ratio of a line's opacity to that of the continuum at 5000 A
// below which it, or its wing, is left out.
const weakest = 5e-5

// Wings fall off slowly: they are followed to what is fainter than weakest, where
// they end as u^-2, and where they end as u^-4.
const (
	faint = 0.005
	steep = 0.1
)

// Synthesis computes spectra from one list of lines on one axis: equal steps of
// velocity, so that a Doppler shift moves all samples alike. Its methods can be
// called concurrently.
type Synthesis struct {
	lines   []line
	species []linelist.Species
	bands   []Band
	start   float64 // ln of the first wavelength in Angstrom
	step    float64 // km/s
	n       int
	voigt   *voigtTable
	scratch sync.Pool // opacities

	mostExcite float64 // of a line, eV
}

// New prepares the synthesis from first to last, Angstrom in air, at rest, in
// steps of so many km/s. Lines outside are heard up to 60 A away. The list may
// come in any order. It panics if the range or the step is not positive.
func New(list []linelist.Line, bands []Band, first, last, step float64) *Synthesis {
	if !(first > 0 && last > first && step > 0) {
		panic("photosphere: want a range of wavelengths and a step above 0")
	}
	s := &Synthesis{bands: bands, start: math.Log(first), step: step, voigt: voigt()}
	s.n = int((math.Log(last)-s.start)*speedKm/step) + 2
	s.scratch.New = func() any { return newOpacities(s.n) }
	var near []linelist.Line
	for _, l := range list {
		if l.Wave > first-60 && l.Wave < last+60 {
			near = append(near, l)
		}
	}
	s.lines, s.species = compile(near)
	for i := range s.lines {
		l := &s.lines[i]
		l.index, l.strength = s.Index(l.wave), l.wave*l.gf
		s.mostExcite = max(s.mostExcite, l.excite)
	}
	return s
}

const speedKm = lightSpeed / 1e5 // km/s

// Len is the number of samples.
func (s *Synthesis) Len() int { return s.n }

// Step is in km/s.
func (s *Synthesis) Step() float64 { return s.step }

// Index is the fractional place of a wavelength.
func (s *Synthesis) Index(wave float64) float64 {
	return (math.Log(wave) - s.start) * speedKm / s.step
}

// Wave is the wavelength at a fractional place.
func (s *Synthesis) Wave(index float64) float64 {
	return math.Exp(s.start + index*s.step/speedKm)
}

// Flux fills dst, of length Len, with the flux of a star over that of its
// continuum, integrated over the disc, from 0 to 1. It is meant for 3,300 to
// 12,000 K; outside it is what the equations give.
func (s *Synthesis) Flux(dst []float32, star Star) {
	a := newAtmosphere(star)
	o := s.scratch.Get().(*opacities)
	defer s.scratch.Put(o)
	o.clear()
	s.addLines(o, a)
	for d := range depths {
		layer := &o.layers[d]
		layer.finish()
		s.addHydrogen(layer, a, d)
		s.addBands(layer, a, d)
	}
	s.emerge(dst, o, a)
}

// Limb is the coefficient u of linear limb darkening, I(mu)/I(1) = 1 - u + u mu,
// of a star's continuum at a wavelength in Angstrom.
func Limb(star Star, wave float64) float64 { return newAtmosphere(star).limb(wave) }

// Strengths are the opacities of lines at their centres over that of the
// continuum at 5000 A where it has an optical depth of 0.08: a line of 1 is
// about to saturate. It is 0 for a species that the tables lack.
func Strengths(star Star, list []linelist.Line) []float64 {
	a := &atmosphere{star: star, micro: microturbulence(star) * 1e5}
	l := stratify(star, []float64{-1.1})[0]
	a.gas[0], a.alpha[0] = l.gas, l.alpha
	out := make([]float64, len(list))
	for i, l := range list {
		if known(l.Species) {
			peak, _ := a.line(0, l.Species)
			out[i] = peak * l.Wave * math.Pow(10, l.LogGF) * a.lower(0, l.Excitation, l.Wave)
		}
	}
	return out
}

// line is what the lines of a species share in layer d: the opacity at the
// centre over that of the continuum, for an Angstrom of wavelength, gf = 1 and
// all atoms in the lower level; and the Doppler width in cm/s.
func (a *atmosphere) line(d int, sp linelist.Species) (peak, doppler float64) {
	g := a.gas[d]
	doppler = dopplerWidth(g.temp, mass(sp), a.micro)
	return classical / math.SqrtPi * 1e-8 / doppler * g.perWeight(sp) / a.alpha[d], doppler
}

// dopplerWidth of thermal motion and microturbulence, cm/s: speed at which the
// profile has fallen by e.
func dopplerWidth(temp, mass, micro float64) float64 {
	return math.Sqrt(2*boltzmann*temp/(mass*atomicMass) + micro*micro)
}

// lower is Boltzmann's factor, less stimulated emission.
func (a *atmosphere) lower(d int, excite, wave float64) float64 {
	kt := boltzmannEV * a.gas[d].temp
	return math.Exp(-excite/kt) * -math.Expm1(-photonEnergy/(wave*kt))
}

// photonEnergy is hc, eV Angstrom.
const photonEnergy = 12398.42

// matter is what all lines share in a layer.
type matter struct {
	electrons  float64   // that widen levels, as many as at 10,000 K
	collide    tabulated // neutral atoms that do, by the power of temperature
	boltzmann  tabulated // factor, by energy in eV
	kt         float64   // eV
	stimulated float64   // 1 less the share of stimulated emission
}

// shared is what the lines of a species share in a layer.
type shared struct{ scale, doppler, width, damp float64 }

// addLines adds the opacity of all lines over the continuum's at 5000 A. A line
// looks much the same in all layers, so that they come one after the other.
func (s *Synthesis) addLines(o *opacities, a *atmosphere) {
	of := make([][depths]shared, len(s.species))
	strongest := make([]float64, len(of)) // of a line that is too weak in all layers
	for i, sp := range s.species {
		for d := range depths {
			x := &of[i][d]
			x.scale, x.doppler = a.line(d, sp)
			x.width = s.step * 1e5 / x.doppler
			x.damp = 1e-8 / (4 * math.Pi * x.doppler)
			strongest[i] = max(strongest[i], x.scale/o.layers[d].least)
		}
		strongest[i] = 1 / strongest[i]
	}
	var gas [depths]matter
	for d := range gas {
		g, m := a.gas[d], &gas[d]
		// Helium and molecules collide less often and shove less.
		neutral := g.hydrogen + 0.41*g.helium + 0.85*g.hydrogen2
		warm := math.Log(g.temp / 1e4)
		m.electrons = g.electrons * math.Exp(warm/6)
		m.collide = tabulate(leastPower, mostPower, 1.0/256, func(power float64) float64 { return neutral * math.Exp(power*warm) })
		m.kt = boltzmannEV * g.temp
		m.boltzmann = tabulate(0, s.mostExcite, 1.0/128, func(energy float64) float64 { return math.Exp(-energy / m.kt) })
	}
	var profiles [depths]profile
	near := 0.0
	for i := range s.lines {
		l := &s.lines[i]
		if l.strength < strongest[l.species] {
			continue // even from its ground level
		}
		if l.wave > near+5 {
			// Stimulated emission, nearly the same for all lines within 5 A.
			near = l.wave
			for d := range gas {
				gas[d].stimulated = -math.Expm1(-photonEnergy / (l.wave * gas[d].kt))
			}
		}
		n := 0
		for d := range gas {
			m, sp, layer := &gas[d], &of[l.species][d], &o.layers[d]
			peak := sp.scale * l.strength * (m.stimulated * m.boltzmann.at(l.excite))
			if peak < layer.least {
				continue
			}
			gamma := l.rad + l.stark*m.electrons + l.waals*m.collide.at(l.power)
			profiles[n].set(layer, sp.width, gamma*l.wave*sp.damp, peak)
			n++
		}
		draw(s.voigt, l.index, profiles[:n])
	}
}

// tabulated is a function in equal steps, linear between them.
type tabulated struct {
	first, perStep float64
	values         []float64
}

func tabulate(first, last, step float64, f func(x float64) float64) tabulated {
	t := tabulated{first: first, perStep: 1 / step}
	for i := range int((last-first)/step) + 2 {
		t.values = append(t.values, f(first+float64(i)*step))
	}
	return t
}

func (t *tabulated) at(x float64) float64 {
	x = (x - t.first) * t.perStep
	k := int(x)
	v := t.values[k : k+2]
	return v[0] + (x-float64(k))*(v[1]-v[0])
}
