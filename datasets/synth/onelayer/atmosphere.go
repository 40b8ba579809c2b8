package onelayer

import (
	"math"

	"github.com/stellarae/lab/datasets/synth/photosphere"
)

// solar are the Sun's values (IAU 2015 B3).
var solar = photosphere.Star{Teff: 5772, LogG: 4.44, MH: 0}

const (
	lightSpeed = 299792.458 // km/s
	microTurb  = 1.1        // km/s, added to the thermal motion
)

// atmosphere is one layer in which all lines form: its temperature and
// pressures follow from the star by scaling the Sun's (Gray 2005, "The
// Observation and Analysis of Stellar Photospheres", chapters 8, 9, 13).
type atmosphere struct {
	star  photosphere.Star
	temp  float64 // K
	theta float64 // 5040 K / temp
	pe    float64 // log10 electron pressure, dyn/cm2
	pg    float64 // log10 gas pressure, dyn/cm2
	depth float64 // of a line of infinite opacity

	continuum float64 // opacity a hydrogen atom, cm2
	collision float64 // van der Waals damping of a line of log10 constant 0, rad/s
	lines     [len(speciesTable)]speciesLayer
}

// speciesLayer is what all lines of a species share in a layer.
type speciesLayer struct {
	doppler float64 // e-folding half width, km/s
	scale   float64 // eta = scale * wave * gf * 10^(-theta excite)
}

func newAtmosphere(s photosphere.Star) *atmosphere {
	a := &atmosphere{star: s, temp: 0.87 * s.Teff}
	a.theta = 5040 / a.temp
	dt, dg := s.Teff-solar.Teff, s.LogG-solar.LogG
	// Electrons come from the metals in a cool star, from hydrogen in a hot one.
	a.pe = 0.9 + 0.33*dg + 0.30*s.MH + 0.0005*dt
	a.pg = 4.1 + 0.67*dg - 0.20*s.MH - 0.00012*dt
	a.depth = 0.93 - 0.00003*dt
	// The negative hydrogen ion near 5000 A (Gray 2005, equation 8.12); its
	// slow run with wavelength is left to the continuum's shape.
	a.continuum = 4.158e-10 * 3.1e-17 * math.Pow(10, a.pe) * math.Pow(a.theta, 2.5) * math.Pow(10, 0.754*a.theta)
	density := math.Pow(10, a.pg) / (1.380649e-16 * a.temp)
	a.collision = density * math.Pow(a.temp/1e4, 0.3)
	for i := range speciesTable {
		sp := &speciesTable[i]
		l := &a.lines[i]
		l.doppler = math.Sqrt(2*8.314e-3*a.temp/sp.mass + microTurb*microTurb)
		u := sp.u0
		if sp.ionised {
			u = sp.u1
		}
		// pi e2 / (m c) = 0.02654 cm2 Hz, over sqrt(pi) Doppler widths in Hz.
		cross := 0.02654 / math.Sqrt(math.Pi) * 1e-8 / (l.doppler * 1e5)
		l.scale = cross * math.Pow(10, sp.abundance+s.MH-u) * a.share(sp) / a.continuum
	}
	return a
}

// eta is the ratio of line to continuum opacity at the centre of a line
// (Boltzmann's equation).
func (a *atmosphere) eta(l *line) float64 {
	return a.lines[l.species].scale * l.wave * math.Exp(math.Ln10*(l.loggf-a.theta*l.excite))
}

// natural is a typical radiative damping constant, rad/s.
const natural = 1e8

// damping is Voigt's parameter a of a line: collisions with hydrogen
// (Unsoeld), so that wings grow with gravity, and the natural width.
func (a *atmosphere) damping(l *line) float64 {
	gamma := natural + l.hydrogen()*a.collision
	return gamma * l.wave * 1e-8 / (4 * math.Pi * a.lines[l.species].doppler * 1e5)
}
