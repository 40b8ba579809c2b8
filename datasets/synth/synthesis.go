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

// balmer are the hydrogen lines with their strength in the Sun: eta at the
// centre, and the width in Angstrom at which the Stark wings begin.
var balmer = []struct{ wave, strength, width float64 }{
	{6562.80, 15, 0.60}, {4861.33, 12, 0.60}, {4340.47, 9, 0.60}, {4101.74, 7, 0.60}, {3970.07, 5, 0.60}, {3889.05, 4, 0.60}, {3835.38, 3, 0.60},
}

// addHydrogen adds the Balmer lines. Stark broadening grows with the electron
// density as the continuum's opacity does, so the ratio depends on the
// temperature alone, by the population of the second level (Gray 2005,
// chapter 13); wings fall as the 2.2th power.
func (s *synthesis) addHydrogen(eta []float64, a *atmosphere) {
	const reach = 60 // Angstrom
	population := func(theta float64) float64 {
		return -10.2*theta - 2.5*math.Log10(theta) - 0.754*theta
	}
	ratio := math.Pow(10, population(5040/a.star.Teff)-population(5040/solar.Teff))
	for _, l := range balmer {
		first := max(0, int(s.index(l.wave-reach)))
		last := min(s.n-1, int(s.index(l.wave+reach)))
		for i := first; i <= last; i++ {
			x := (math.Exp(s.start+float64(i)*s.step/lightSpeed) - l.wave) / l.width
			eta[i] += ratio * l.strength * math.Pow(1+x*x, -1.1)
		}
	}
}
