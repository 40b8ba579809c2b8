// Package sky is where stars are: positions that move, and an index that finds
// the stars near a place.
//
// It knows one frame, ICRS (J2000), and motion across the sky alone: no
// precession, aberration, parallax or radial velocity.
//
//	p := sky.Position{RA: 219.8961, Dec: -60.8375, PMRA: -3600, PMDec: 952, Epoch: 2000}
//	ra, dec := p.At(sky.JulianYear(56010.36))
//	found := sky.NewIndex(stars, 2010).Near(sky.Position{RA: ra, Dec: dec, Epoch: 2012.2}, 5) // arcsec
package sky

import "math"

// Position is a place on the sky and how it moves.
type Position struct {
	RA, Dec     float64 // deg, ICRS, at Epoch
	PMRA, PMDec float64 // mas/yr, PMRA with the factor cos(Dec); NaN where not known
	Epoch       float64 // Julian year
}

const (
	radian = math.Pi / 180
	mas    = radian / 3.6e6

	mjd2000 = 51544.5 // of J2000.0
	year    = 365.25  // days
)

// JulianYear is the epoch of a modified Julian date: 2000.0 at 51544.5.
func JulianYear(mjd float64) float64 { return 2000 + (mjd-mjd2000)/year }

// Known tells whether there is a place at all: finite, with a declination from
// -90 to 90 deg and a right ascension from -360 to 360 deg.
func (p Position) Known() bool {
	return math.Abs(p.RA) <= 360 && math.Abs(p.Dec) <= 90 && math.Abs(p.Epoch) < 1e5
}

// Moves tells whether the proper motion is known.
func (p Position) Moves() bool { return !math.IsNaN(p.PMRA) && !math.IsNaN(p.PMDec) }

// At is the place in deg at another epoch (Julian year), the right ascension
// from 0 to below 360: uniform motion along a straight line in space, without radial
// velocity (Hipparcos catalogue, ESA SP-1200, volume 1, equation 1.5.23 with no
// radial motion). Where the motion is not known the place stays.
func (p Position) At(epoch float64) (ra, dec float64) { return p.vector(epoch).spherical() }

// Separation is the angle between two places in arcsec.
func Separation(ra1, dec1, ra2, dec2 float64) float64 {
	return unit(ra1, dec1).angle(unit(ra2, dec2)) / mas / 1e3
}

// vector is a direction; not always of length 1.
type vector [3]float64

func unit(ra, dec float64) vector {
	sa, ca := math.Sincos(ra * radian)
	sd, cd := math.Sincos(dec * radian)
	return vector{cd * ca, cd * sa, sd}
}

// vector is the direction at an epoch, of length 1 or a little more.
func (p Position) vector(epoch float64) vector {
	v := unit(p.RA, p.Dec)
	t := epoch - p.Epoch
	if t == 0 || !p.Moves() {
		return v
	}
	sa, ca := math.Sincos(p.RA * radian)
	sd, cd := math.Sincos(p.Dec * radian)
	east, north := p.PMRA*mas*t, p.PMDec*mas*t
	v[0] += -sa*east - sd*ca*north
	v[1] += ca*east - sd*sa*north
	v[2] += cd * north
	return v
}

func (v vector) spherical() (ra, dec float64) {
	ra = math.Atan2(v[1], v[0]) / radian
	if ra < 0 {
		ra += 360
	}
	if ra >= 360 { // of a negative angle too small to tell from 360
		ra = 0
	}
	return ra, math.Atan2(v[2], math.Hypot(v[0], v[1])) / radian
}

// angle between two directions in radian, exact also for small and large ones.
func (v vector) angle(w vector) float64 {
	cross := vector{v[1]*w[2] - v[2]*w[1], v[2]*w[0] - v[0]*w[2], v[0]*w[1] - v[1]*w[0]}
	dot := v[0]*w[0] + v[1]*w[1] + v[2]*w[2]
	return math.Atan2(math.Sqrt(cross[0]*cross[0]+cross[1]*cross[1]+cross[2]*cross[2]), dot)
}
