package synth

import (
	"math"
	"math/rand/v2"
)

// detector is what the spectrograph leaves in a product beside the photons'
// noise: a rest of the blaze in every order, and cosmic rays.
type detector struct {
	step     float64   // Angstrom
	cos, sin []float32 // of the position in the order, for every sample at rest
}

// echelle is order times central wavelength, Angstrom, of HARPS: orders 161 to
// 89 from 3,800 to 6,890 A (Mayor et al. 2003, The Messenger 114, 20).
const echelle = 6.1265e5

// readNoise is that of an extracted sample, electrons: HARPS's 4.5 a pixel,
// four pixels high.
const readNoise = 9.0

func newDetector(wave []float64, step float64) *detector {
	d := &detector{step: step, cos: make([]float32, len(wave)), sin: make([]float32, len(wave))}
	for i, w := range wave {
		sin, cos := math.Sincos(2 * math.Pi * echelle / w)
		d.cos[i], d.sin[i] = float32(cos), float32(sin)
	}
	return d
}

// ripple multiplies flux by what is left of the blaze: a wave over each order
// with two amplitudes, fixed in the observatory's frame.
func (d *detector) ripple(flux, wave []float64, amplitude [2]float64, berv float64) {
	c, s := float32(amplitude[0]), float32(amplitude[1])
	beta := berv / (lightSpeed + berv) / d.step
	last := len(flux) - 1
	for i := range flux {
		k := min(max(int(float64(i)-wave[i]*beta+0.5), 0), last)
		flux[i] *= float64(1 + c*d.cos[k] + s*d.sin[k])
	}
}

// gain is the flux of one electron.
func (t *Truth) gain() float64 {
	// snr = n / sqrt(n + noise^2), solved for the number of electrons n.
	square := t.SNR * t.SNR
	n := (square + math.Sqrt(square*square+4*square*t.ReadNoise*t.ReadNoise)) / 2
	return t.Level / n
}

// dark is the flux whose photons would be as noisy as reading a sample.
func (t *Truth) dark() float64 { return t.gain() * t.ReadNoise * t.ReadNoise }

// hitRate is the number of cosmic rays, per second of exposure and Angstrom of
// spectrum, that the pipeline has not recognised: two in 15 minutes from 3,785
// to 6,910 A.
const hitRate = 2.0 / 900 / 3125

// CosmicRay is a hit that the product holds.
type CosmicRay struct {
	Wave      float64 // Angstrom, of its middle
	Electrons float64 // at its peak
	Samples   int     // half its width at its foot
}

// CosmicRays are the Truth's cosmic rays of spectrum i, those in the gap
// between the detectors included. It panics if i is out of range.
func (s *Survey) CosmicRays(i int) []CosmicRay {
	t := &s.truth[i]
	rng := stream(s.options.Seed, streamCosmic, i)
	from, to := s.seen(t)
	hits := make([]CosmicRay, t.CosmicRays)
	for k := range hits {
		hits[k] = CosmicRay{
			Wave:      s.instrument.wave[from+rng.IntN(to-from)],
			Electrons: math.Pow(10, 2+2.5*rng.Float64()),
			Samples:   1 + rng.IntN(4),
		}
	}
	return hits
}

// strike adds the cosmic rays of spectrum i to its flux, whose first sample is
// that of the instrument's from.
func (s *Survey) strike(flux []float32, from, i int) {
	gain := s.truth[i].gain()
	for _, hit := range s.CosmicRays(i) {
		at := int(math.Round((hit.Wave-s.instrument.wave[0])/s.settings.grid.Step)) - from
		for k := max(0, at-hit.Samples+1); k < min(len(flux), at+hit.Samples); k++ {
			part := 1 - math.Abs(float64(k-at))/float64(hit.Samples)
			flux[k] += float32(gain * hit.Electrons * part)
		}
	}
}

// poisson draws a number with a small mean (Knuth 1969, section 3.4.1).
func poisson(mean float64, rng *rand.Rand) int {
	n := 0
	for p := rng.Float64(); p > math.Exp(-mean); p *= rng.Float64() {
		n++
	}
	return n
}
