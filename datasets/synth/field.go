package synth

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/stellarae/lab/datasets/synth/interstellar"
)

// evolved is an isochrone of 4.5 Gyr and solar metallicity from the turn-off to
// the upper giant branch: Teff, log g, mass in solar masses. Drawn after the
// shape of PARSEC's (Bressan et al. 2012, MNRAS 427, 127), rounded.
var evolved = [][3]float64{
	{6000, 4.15, 1.12}, {5850, 4.02, 1.15}, {5500, 3.88, 1.17}, {5150, 3.75, 1.18}, {4950, 3.45, 1.19},
	{4800, 3.00, 1.20}, {4650, 2.60, 1.20}, {4450, 2.15, 1.20}, {4200, 1.70, 1.21}, {3980, 1.30, 1.21},
}

// along is the point of the isochrone at a position from 0 to its last index.
func along(at float64) (teff, logg, mass float64) {
	k := min(int(at), len(evolved)-2)
	a, b, part := evolved[k], evolved[k+1], at-float64(k)
	return a[0] + part*(b[0]-a[0]), a[1] + part*(b[1]-a[1]), a[2] + part*(b[2]-a[2])
}

// Shares of the field's stars, as planet hunters' and asteroseismologists'
// programmes make up HARPS's archive, roughly.
const (
	subgiants    = 0.08
	hotStars     = 0.03
	binaries     = 0.12
	thickDisc    = 0.12
	fastestStar  = 250.0 // km/s, of a star's own
	fastestOrbit = 50.0  // km/s, the largest amplitude
	metalShift   = -150  // K a dex: giants of few metals are hotter
)

// drawFieldStar draws a star as HARPS's observers choose them: dwarfs on the
// main sequence, and subgiants, giants and clump stars along an isochrone.
func (p *settings) drawFieldStar(rng *rand.Rand) Truth {
	t := p.drawStar(rng)
	switch u := rng.Float64(); {
	case t.Giant && u < 0.4: // the red clump
		t.Teff, t.LogG, t.Mass = 4770+90*rng.NormFloat64(), 2.45+0.08*rng.NormFloat64(), 1.2
	case t.Giant:
		t.Teff, t.LogG, t.Mass = along(4 + 5*rng.Float64())
		t.LogG += 0.05 * rng.NormFloat64()
	case u < subgiants:
		t.Teff, t.LogG, t.Mass = along(3.5 * rng.Float64())
		t.LogG += 0.05 * rng.NormFloat64()
	case u < subgiants+hotStars && p.teff[1] > 6600:
		t.Teff = 6600 + (p.teff[1]-6600)*rng.Float64()
		t.LogG = interpolate(mainSequence, t.Teff) + p.gravity*rng.NormFloat64()
		t.Mass = math.Pow(t.Teff/solar.Teff, 1.8)
	}
	if t.LogG < 3.4 {
		t.Teff = max(3900, t.Teff+metalShift*t.MH)
	}
	t.Giant = t.LogG < 3.6
	t.Mass *= math.Exp(0.03 * rng.NormFloat64())
	t.SpecType = spectralType(t.Teff)
	spin := min(60, p.rotation*math.Exp(math.Max(0, t.Teff-6100)/400))
	t.VSini = between(func() float64 { return spin * math.Exp(0.4*rng.NormFloat64()) }, 0.3, p.rotationTo)

	// The thin disc, and a tail of older stars.
	spread := p.rv
	if rng.Float64() < thickDisc {
		spread *= 3
	}
	t.Systemic = spread * between(rng.NormFloat64, -fastestStar/spread, fastestStar/spread)
	t.Jitter = between(func() float64 { return 0.001 + 0.001*rng.ExpFloat64() }, 0, 0.005)
	if rng.Float64() < binaries {
		t.Amplitude = between(func() float64 { return 4 * math.Exp(1.2*rng.NormFloat64()) }, 0.05, fastestOrbit)
		t.Period = math.Pow(10, 0.5+3*rng.Float64())
		t.Phase = rng.Float64()
	}
	t.VMag = between(func() float64 { return 7.8 + 1.6*rng.NormFloat64() }, 2, 13)
	if t.Teff < 4000 && !t.Giant {
		t.VMag = between(func() float64 { return 10.3 + rng.NormFloat64() }, 6.5, 13)
	}
	t.Gas = interstellar.Along(t.EBV, localWind(t.RA, t.Dec)+5*rng.NormFloat64(),
		[2]float64{math.Exp(0.3 * rng.NormFloat64()), math.Exp(0.7 * rng.NormFloat64())})
	return t
}

// localWind is the radial velocity, km/s, of the gas about the Sun in a
// direction: 25.7 km/s towards l = 186, b = -16 (Lallement & Bertin 1992, A&A
// 266, 479), here in right ascension and declination.
func localWind(ra, dec float64) float64 {
	const speed, toRA, toDec, degree = 25.7, 74.5, 16.0, math.Pi / 180
	return speed * (math.Sin(dec*degree)*math.Sin(toDec*degree) +
		math.Cos(dec*degree)*math.Cos(toDec*degree)*math.Cos((ra-toRA)*degree))
}

// exposures are the times that observers choose from, s.
var exposures = []float64{10, 30, 60, 120, 300, 600, 900, 1800, 3600}

// drawNight draws what a visit adds to a field star after drawVisit: the night,
// the exposure and what the detector did. drawVisit's SNR is what the observer
// wanted, airmass 1 and a seeing of 1 arcsecond taken for granted.
func (p *settings) drawNight(t *Truth, rng *rand.Rand) {
	wanted := t.SNR
	t.ReadNoise = readNoise
	t.Exposure = exposures[len(exposures)-1]
	for _, e := range exposures {
		if snr(e, t.VMag, 1, 1) >= wanted {
			t.Exposure = e
			break
		}
	}
	t.SNR = between(func() float64 {
		t.Seeing = between(func() float64 { return 0.9 * math.Exp(0.3*rng.NormFloat64()) }, 0.4, 2.5) * math.Pow(t.Airmass, 0.6)
		return snr(t.Exposure, t.VMag, t.Seeing, t.Airmass)
	}, p.snr[0], math.Inf(1))
	t.Level = 0.57 * t.SNR * t.SNR * math.Exp(0.1*rng.NormFloat64())
	t.Water = between(func() float64 { return 3.5 * math.Exp(0.5*rng.NormFloat64()) }, 0.5, 15)
	t.Ripple = [2]float64{0.004 * rng.NormFloat64(), 0.004 * rng.NormFloat64()}
	t.CosmicRays = poisson(hitRate*t.Exposure*p.grid.Step*float64(p.grid.Samples), rng)
	if t.Flaw = drawFlaw(rng); t.Flaw == Empty {
		t.empty(rng)
	}
	at, err := time.Parse("2006-01-02T15:04:05.000", t.Date)
	if err != nil {
		panic(err) // drawVisit wrote it
	}
	days := at.Sub(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)).Hours() / 24
	t.RV = t.Systemic + t.Jitter*between(rng.NormFloat64, -3, 3)
	if t.Amplitude > 0 {
		t.RV += t.Amplitude * math.Sin(2*math.Pi*(days/t.Period+t.Phase))
	}
}

// snr is the signal to noise that an exposure in s of a star of magnitude V
// gives: 110 in a minute for V = 6 (HARPS user manual) at a seeing of 1
// arcsecond, less what misses the fibre of 1 arcsecond and what the air dims.
func snr(exposure, magnitude, seeing, airmass float64) float64 {
	through := func(seeing float64) float64 { return 1 - math.Exp2(-1/(seeing*seeing)) }
	light := exposure / 60 * math.Pow(10, -0.4*(magnitude-6+0.12*(airmass-1))) * through(seeing) / through(1)
	return math.Min(110*math.Sqrt(light), 450)
}
