// Package onelayer computes the lines of a star in one layer of gas in local
// thermodynamic equilibrium: a thousand stars a second, near enough to the Sun
// and its like about Mg b for a survey at low resolution.
//
// It does not replace package photosphere, which integrates over depth, knows
// all elements and is right in other stars, too.
//
//	s := onelayer.New(lines, 4960, 5370, 1.5)
//	flux := make([]float64, s.Len())
//	s.Flux(flux, photosphere.Star{Teff: 5772, LogG: 4.44})
package onelayer

import (
	"math"
	"slices"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/photosphere"
)

// weakest is the opacity ratio below which a line, or its wing, is left out.
const weakest = 3e-4

// line is one transition.
type line struct {
	species int
	wave    float64 // Angstrom, air, rest
	excite  float64 // excitation energy of the lower level, eV
	loggf   float64
	waals   float64 // log10 van der Waals broadening per hydrogen atom at 10,000 K, rad/s cm3; 0: -7.6
}

// hydrogen is the van der Waals broadening a hydrogen atom, rad/s cm3.
func (l *line) hydrogen() float64 {
	if l.waals == 0 {
		return typicalWaals
	}
	return math.Pow(10, l.waals)
}

var typicalWaals = math.Pow(10, -7.6)

// Synthesis computes flux over continuum on an axis of equal steps in
// ln(wavelength). Its methods can be called concurrently.
type Synthesis struct {
	lines []line
	start float64 // ln of the first wavelength in Angstrom
	step  float64 // km/s
	n     int
}

// New prepares the synthesis from first to last, Angstrom in air, at rest, in
// steps of so many km/s, with the lines up to 10 A outside. Lines of species
// that the layer does not know are left out.
func New(list []linelist.Line, first, last, step float64) *Synthesis {
	s := &Synthesis{start: math.Log(first), step: step}
	s.n = int((math.Log(last)-s.start)/(step/lightSpeed)) + 2
	for i := range list {
		if w := list[i].Wave; w < first-10 || w > last+10 {
			continue
		}
		if l, ok := convert(&list[i]); ok {
			s.lines = append(s.lines, l)
		}
	}
	slices.SortStableFunc(s.lines, func(a, b line) int {
		switch {
		case a.wave < b.wave:
			return -1
		case a.wave > b.wave:
			return 1
		}
		return 0
	})
	return s
}

func convert(l *linelist.Line) (line, bool) {
	at := place(l.Species)
	return line{at, l.Wave, l.Excitation, l.LogGF, min(l.Waals, 0)}, at >= 0
}

// Strengths are the opacities of lines at their centres over that of the
// continuum; 0 for a species that the layer does not know.
func Strengths(star photosphere.Star, list []linelist.Line) []float64 {
	a := newAtmosphere(star)
	out := make([]float64, len(list))
	for i := range list {
		if l, ok := convert(&list[i]); ok {
			out[i] = a.eta(&l)
		}
	}
	return out
}

// Len is the number of samples.
func (s *Synthesis) Len() int { return s.n }

// index is the fractional position of a wavelength.
func (s *Synthesis) index(wave float64) float64 {
	return (math.Log(wave) - s.start) * lightSpeed / s.step
}

// Flux fills dst, of length Len, with flux over continuum: line opacities add,
// and depth = D (1 - 1/sqrt(1 + 2 eta)). Weak lines are linear in eta, strong
// ones saturate at D and grow by their wings; the root stands for temperatures
// that go on falling outwards, and gives strong lines the pointed cores that
// Milne's and Eddington's eta / (1 + eta) lacks.
func (s *Synthesis) Flux(dst []float64, star photosphere.Star) {
	a := newAtmosphere(star)
	clear(dst)
	for i := range s.lines {
		s.addLine(dst, a, &s.lines[i])
	}
	s.addHydrogen(dst, a)
	for i, e := range dst {
		dst[i] = 1 - a.depth*(1-1/math.Sqrt(1+2*e))
	}
}

// addLine adds one metal line's opacity ratio to eta.
func (s *Synthesis) addLine(eta []float64, a *atmosphere, l *line) {
	peak := a.eta(l)
	if peak < 10*weakest {
		return
	}
	damp := a.damping(l)
	reach := math.Max(math.Sqrt(math.Max(math.Log(peak/weakest), 1)), math.Sqrt(peak*damp/(math.Sqrt(math.Pi)*weakest)))
	width := s.step / a.lines[l.species].doppler
	centre := s.index(l.wave)
	first := max(0, int(math.Ceil(centre-reach/width)))
	last := min(s.n-1, int(math.Floor(centre+reach/width)))
	for i := first; i <= last; i++ {
		eta[i] += peak * voigt(damp, math.Abs(float64(i)-centre)*width)
	}
}

// balmer are the hydrogen lines: opacity ratios in the Sun of core and wings,
// by eye against the Sun's own.
var balmer = []struct{ wave, core, wing float64 }{
	{6562.80, 15, 0.7}, {4861.33, 12, 0.8}, {4340.47, 10, 0.9}, {4101.74, 8, 0.9}, {3970.07, 6, 0.9}, {3889.05, 5, 0.9}, {3835.38, 4, 0.9},
}

// addHydrogen adds the Balmer lines: a core of 0.4 A and Stark wings from 1.5 A
// on at H-alpha, in proportion at the others. Stark broadening grows with the
// electron density as the continuum's opacity does, so the ratio depends on the
// temperature alone, by the population of the second level (Gray 2005, chapter
// 13). The core forms high up and follows it by the fifth root.
func (s *Synthesis) addHydrogen(eta []float64, a *atmosphere) {
	const reach = 60 // Angstrom
	population := func(theta float64) float64 {
		return -10.2*theta - 2.5*math.Log10(theta) - 0.754*theta
	}
	ratio := math.Pow(10, population(5040/a.star.Teff)-population(5040/solar.Teff))
	for _, l := range balmer {
		first := max(0, int(s.index(l.wave-reach)))
		last := min(s.n-1, int(s.index(l.wave+reach)))
		core, wing := l.core*math.Pow(ratio, 0.2), l.wing*ratio
		for i := first; i <= last; i++ {
			x := (math.Exp(s.start+float64(i)*s.step/lightSpeed)/l.wave - 1) * balmer[0].wave
			eta[i] += core*math.Exp(-x*x/(0.4*0.4)) + wing*math.Pow(1+x*x/(1.5*1.5), -0.9)
		}
	}
}
