package synth

import "github.com/stellarae/lab/datasets/synth/photosphere"

// Star is what shapes a spectrum before it leaves the star.
type Star struct {
	Teff  float64 // effective temperature, K
	LogG  float64 // log10 surface gravity, cm/s2
	MH    float64 // [M/H], dex
	VSini float64 // projected rotation velocity, km/s
}

// photosphere is the star without its rotation.
func (s Star) photosphere() photosphere.Star {
	return photosphere.Star{Teff: s.Teff, LogG: s.LogG, MH: s.MH}
}

// solar are the Sun's values (IAU 2015 B3; rotation from the disc).
var solar = Star{Teff: 5772, LogG: 4.44, MH: 0, VSini: 1.8}

const lightSpeed = 299792.458 // km/s
