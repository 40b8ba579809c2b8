package synth

import "math"

// Star is what shapes a spectrum before it leaves the star.
type Star struct {
	Teff  float64 // effective temperature, K
	LogG  float64 // log10 surface gravity, cm/s2
	MH    float64 // [M/H], dex
	VSini float64 // projected rotation velocity, km/s
}

// solar are the Sun's values (IAU 2015 B3; rotation from the disc).
var solar = Star{Teff: 5772, LogG: 4.44, MH: 0, VSini: 1.8}

const (
	lightSpeed = 299792.458 // km/s
	microTurb  = 1.1        // km/s, added to the thermal motion
)

// atmosphere is one layer in which all lines form, after Milne and Eddington:
// temperature, electron pressure and gas pressure follow from the star by
// scaling the Sun's (Gray 2005, "The Observation and Analysis of Stellar
// Photospheres", chapters 8, 9, 13).
type atmosphere struct {
	star    Star
	temp    float64 // K
	theta   float64 // 5040 K / temp
	pe      float64 // log10 electron pressure, dyn/cm2
	density float64 // hydrogen atoms a cm3
	depth   float64 // of a line of infinite opacity
	share   [len(speciesTable)]float64
	doppler [len(speciesTable)]float64 // e-folding half width, km/s
}

func newAtmosphere(s Star) *atmosphere {
	a := &atmosphere{star: s, temp: 0.86 * s.Teff}
	a.theta = 5040 / a.temp
	dg := s.LogG - solar.LogG
	// Electrons come from the metals in a cool star, from hydrogen in a hot one.
	a.pe = 0.9 + 0.33*dg + 0.30*s.MH + 0.0005*(s.Teff-solar.Teff)
	pg := 4.6 + 0.67*dg - 0.2*s.MH - 0.00012*(s.Teff-solar.Teff)
	a.density = math.Pow(10, pg) / (1.380649e-16 * a.temp)
	a.depth = 0.93 - 0.00003*(s.Teff-solar.Teff)
	for i := range speciesTable {
		sp := &speciesTable[i]
		a.share[i] = sp.fraction(a.temp, a.pe)
		a.doppler[i] = math.Sqrt(2*8.314e-3*a.temp/sp.mass + microTurb*microTurb)
	}
	return a
}

// continuum is the opacity of the negative hydrogen ion a hydrogen atom, cm2,
// near 5000 A; its slow run with wavelength is left to the continuum's shape
// (Gray 2005, equation 8.12).
func (a *atmosphere) continuum() float64 {
	return 4.158e-10 * 3.1e-17 * math.Pow(10, a.pe) * math.Pow(a.theta, 2.5) * math.Pow(10, 0.754*a.theta)
}

// eta is the ratio of line to continuum opacity at the centre of a line.
func (a *atmosphere) eta(l *line) float64 {
	sp := &speciesTable[l.species]
	u := sp.u0
	if sp.ionised {
		u = sp.u1
	}
	n := math.Pow(10, l.loggf+sp.abundance+a.star.MH-a.theta*l.excite-u) * a.share[l.species]
	// pi e2 / (m c) in cm2 Hz over sqrt(pi) Doppler widths in Hz
	cross := 0.02654 / math.Sqrt(math.Pi) * l.wave * 1e-8 / (a.doppler[l.species] * 1e5)
	return n * cross / a.continuum()
}

// damping is Voigt's parameter a of a line: collisions with hydrogen
// (Unsoeld), so wings grow with gravity, and the natural width.
func (a *atmosphere) damping(l *line) float64 {
	waals := l.waals
	if waals == 0 {
		waals = -7.6
	}
	gamma := 1e8 + math.Pow(10, waals)*a.density*math.Pow(a.temp/1e4, 0.3)
	return gamma * l.wave * 1e-8 / (4 * math.Pi * a.doppler[l.species] * 1e5)
}
