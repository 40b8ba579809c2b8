package synth

import "math"

// weakest is the opacity ratio below which a line, or its wing, is left out.
const weakest = 3e-4

// synthesis computes the spectrum a star shows without an instrument: flux
// over continuum on an axis of equal steps in ln(wavelength), so that a
// velocity is a shift.
type synthesis struct {
	lines []line
	start float64 // ln of the first wavelength in Angstrom
	step  float64 // km/s
	n     int
}

func newSynthesis(min, max, step float64) *synthesis {
	s := &synthesis{lines: lineList(min-10, max+10), start: math.Log(min), step: step}
	s.n = int((math.Log(max)-s.start)/(step/lightSpeed)) + 2
	return s
}

// index is the fractional position of a wavelength.
func (s *synthesis) index(wave float64) float64 {
	return (math.Log(wave) - s.start) * lightSpeed / s.step
}

// normalised fills flux (length s.n) with flux over continuum in the rest
// frame: line opacities add, and depth = D (1 - 1/sqrt(1 + 2 eta)). Weak lines
// are linear in eta, strong ones saturate at D and grow by their wings; the
// root stands for temperatures that go on falling outwards, and gives strong
// lines the pointed cores that Milne's and Eddington's eta / (1 + eta) lacks.
// Rotation and macroturbulence broaden the result; they keep equivalent
// widths.
func (s *synthesis) normalised(star Star, flux, scratch []float64) {
	a := newAtmosphere(star)
	eta := scratch
	clear(eta)
	for i := range s.lines {
		s.addLine(eta, a, &s.lines[i])
	}
	s.addHydrogen(eta, a)
	for i, e := range eta {
		scratch[i] = 1 - a.depth*(1-1/math.Sqrt(1+2*e))
	}
	convolve(flux, scratch, broadening(star, s.step))
}

// addLine adds one metal line's opacity ratio to eta.
func (s *synthesis) addLine(eta []float64, a *atmosphere, l *line) {
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
func (s *synthesis) addHydrogen(eta []float64, a *atmosphere) {
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
