package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/stellarae/lab/datasets/synth/interstellar"
)

// Truth is everything the simulation knows of one spectrum.
type Truth struct {
	ID   string // archive identifier, "ADP.<timestamp>"
	Star string // target name
	Date string // DATE-OBS, ISO 8601, UTC

	// Of the star.
	RV       float64 // radial velocity, km/s, barycentric, positive away from us
	Teff     float64 // effective temperature, K
	LogG     float64 // log10 surface gravity, cm/s2
	MH       float64 // [M/H], dex
	VSini    float64 // km/s
	EBV      float64 // E(B-V), mag
	Mass     float64 // solar masses
	SpecType int     // 0 to 6: O B A F G K M
	Giant    bool
	RA, Dec  float64 // degrees

	// Of a star of a survey with a sky; zero in Mini.
	VMag      float64 // apparent magnitude V
	Systemic  float64 // radial velocity of the star or its system, km/s
	Jitter    float64 // standard deviation of RV from visit to visit, km/s
	Amplitude float64 // of a binary's circular orbit, km/s; 0: single
	Period    float64 // d
	Phase     float64 // RV is Systemic + Amplitude sin(2 pi (days since J2000 / Period + Phase)), plus jitter
	Gas       interstellar.Gas

	// Of the visit.
	Airmass float64
	SNR     float64 // per sample, at the median flux
	BERV    float64 // barycentric Earth radial velocity, km/s
	Level   float64 // median flux before noise
	Visit   int     // from 0, of this star

	// Of a visit of a survey with a sky; zero in Mini.
	Water      float64    // precipitable, mm
	Seeing     float64    // arcseconds
	Exposure   float64    // s
	ReadNoise  float64    // electrons a sample
	Ripple     [2]float64 // amplitudes of the blaze's rest: cosine and sine over an order
	CosmicRays int        // see Survey.CosmicRays
	Flaw       Flaw
}

func (t *Truth) star() Star { return Star{Teff: t.Teff, LogG: t.LogG, MH: t.MH, VSini: t.VSini} }

// Random streams: one for each star and one for each spectrum, so that none
// depends on how many others are drawn.
const (
	streamStar = iota + 1
	streamVisit
	streamNoise
	streamNight
	streamCosmic
	streamFlaw
	streamCatalogue
	streamHeader
)

func stream(seed uint64, kind, i int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(kind)<<56|uint64(i)))
}

// population draws the first n spectra of the endless survey of a seed: star
// after star, each with all its visits.
func population(p settings, seed uint64, n int) []Truth {
	truth := make([]Truth, 0, n)
	for k := 0; len(truth) < n; k++ {
		rng := stream(seed, streamStar, k)
		star := p.draw(rng)
		star.Star = fmt.Sprintf("SIM %06d", k+1)
		visits := int(math.Pow(1-rng.Float64(), -1/p.tail))
		for v := range min(visits, p.visits) {
			if len(truth) == n {
				break
			}
			t := star
			t.Visit = v
			p.drawVisit(&t, stream(seed, streamVisit, len(truth)), len(truth))
			if p.sky {
				p.drawNight(&t, stream(seed, streamNight, len(truth)))
			}
			truth = append(truth, t)
		}
	}
	return truth
}

func (p *settings) draw(rng *rand.Rand) Truth {
	if p.sky {
		return p.drawFieldStar(rng)
	}
	return p.drawStar(rng)
}

// mainSequence is log g against temperature of dwarfs (Pecaut & Mamajek 2013,
// ApJS 208, 9, and its tables), rounded.
var mainSequence = [][2]float64{{3400, 4.92}, {3600, 4.82}, {3900, 4.72}, {4400, 4.65}, {5000, 4.57}, {5500, 4.49}, {5772, 4.44}, {6200, 4.36}, {6600, 4.32}, {7200, 4.28}, {8500, 4.25}}

func (p *settings) drawStar(rng *rand.Rand) (t Truth) {
	t.Giant = rng.Float64() < p.giants
	if t.Giant {
		// The red giant branch and the clump: log g falls with temperature.
		t.Teff = between(func() float64 { return 4750 + 280*rng.NormFloat64() }, 3900, 5300)
		t.LogG = 2.6 + 0.0016*(t.Teff-4800) + 0.2*rng.NormFloat64()
		t.Mass = 1 + 0.3*rng.ExpFloat64()
	} else {
		// The archive's planet hunters: G and K dwarfs most, M dwarfs a few.
		t.Teff = between(func() float64 {
			if rng.Float64() < 0.2 {
				return 3300 + 1200*rng.Float64()
			}
			return 5450 + 650*rng.NormFloat64()
		}, p.teff[0], p.teff[1])
		t.LogG = interpolate(mainSequence, t.Teff) + p.gravity*rng.NormFloat64()
		t.Mass = math.Pow(t.Teff/solar.Teff, 1.8) * math.Exp(0.03*rng.NormFloat64())
	}
	t.RV = p.rv * between(rng.NormFloat64, -5, 5)
	t.MH = between(func() float64 { return -0.08 + p.metals*rng.NormFloat64() }, p.mh[0], p.mh[1])
	// Hot stars have kept their spin: the median grows past the Kraft break.
	spin := p.rotation * math.Exp(math.Max(0, t.Teff-6100)/400)
	t.VSini = between(func() float64 { return spin * math.Exp(0.4*rng.NormFloat64()) }, 0.3, p.rotationTo)
	t.EBV = p.reddening(rng.Float64())
	t.SpecType = spectralType(t.Teff)
	t.RA = 360 * rng.Float64()
	t.Dec = math.Asin(-1+1.5*rng.Float64()) * 180 / math.Pi // what La Silla sees: -90 to +30
	return t
}

func (p *settings) drawVisit(t *Truth, rng *rand.Rand, i int) {
	// La Silla's nights last from about 23:30 to 9:30 UTC.
	day, hour := math.Modf(rng.Float64() * 15 * 365.25)
	night := time.Date(2003, 10, 24, 23, 30, 0, 0, time.UTC).AddDate(0, 0, int(day)).Add(time.Duration(hour * 10 * float64(time.Hour)))
	t.Date = night.Format("2006-01-02T15:04:05.000")
	archived := time.Date(2014, 9, 16, 11, 3, 0, 0, time.UTC).Add(time.Duration(i) * 1733 * time.Millisecond)
	t.ID = "ADP." + archived.Format("2006-01-02T15:04:05.000")
	t.Airmass = between(func() float64 { return 1 + 0.25*rng.ExpFloat64() }, 1, 2.4)
	t.SNR = p.snr[0] * math.Pow(p.snr[1]/p.snr[0], rng.Float64())
	t.BERV = earthVelocity(t.RA, t.Dec, night)
	// HARPS products have a median flux near 0.57 SNR^2.
	t.Level = 0.57 * t.SNR * t.SNR * math.Exp(0.1*rng.NormFloat64())
}

// earthVelocity is the Earth's velocity towards a star, km/s, on a circular
// orbit; the rotation of the Earth is left out (below 0.5 km/s).
func earthVelocity(ra, dec float64, at time.Time) float64 {
	const tilt, speed = 23.44 * math.Pi / 180, 29.79
	// The Sun's ecliptic longitude; the Earth moves towards longitude sun - 90 deg.
	days := at.Sub(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)).Hours() / 24
	apex := (280.46+0.98564736*days)*math.Pi/180 - math.Pi/2
	ra, dec = ra*math.Pi/180, dec*math.Pi/180
	x, y, z := math.Cos(apex), math.Sin(apex)*math.Cos(tilt), math.Sin(apex)*math.Sin(tilt)
	return speed * (x*math.Cos(dec)*math.Cos(ra) + y*math.Cos(dec)*math.Sin(ra) + z*math.Sin(dec))
}

// spectralType is 0 to 6 for O B A F G K M by temperature (Pecaut & Mamajek 2013).
func spectralType(teff float64) int {
	for i, low := range []float64{31500, 9700, 7300, 5940, 5300, 3890} {
		if teff >= low {
			return i
		}
	}
	return 6
}

// between draws until the value lies in [low, high].
func between(draw func() float64, low, high float64) float64 {
	for {
		if x := draw(); x >= low && x <= high {
			return x
		}
	}
}

// evenReddening is E(B-V) even from 0 to most, in mag.
func evenReddening(most float64) func(u float64) float64 {
	return func(u float64) float64 { return most * u }
}

// nearbyReddening is exponential with a mean of 0.04 mag.
func nearbyReddening(u float64) float64 { return -0.04 * math.Log(1-u) }
