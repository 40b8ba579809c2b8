package synth

import "math"

// phases is how finely the sampling kernel knows where a sample falls between
// two points of the synthesis: 1/256 of its step, 1 to 3 m/s on average.
const phases = 256

// instrument turns a normalised spectrum into what a spectrograph of constant
// resolving power records.
type instrument struct {
	wave   []float64 // Angstrom, every sample a product can have
	log    []float64 // ln wave
	redden []float64 // A(wave) for E(B-V) = 1, mag, from the middle's
	middle float64   // Angstrom
	stride int       // samples between two at which the continuum is computed
	taps   int
	kernel [phases][]float64
}

// newInstrument samples n wavelengths from first, Angstrom, in steps of step.
func newInstrument(first, step float64, n int, resolution float64, s *synthesis) *instrument {
	in := &instrument{middle: first + step*float64(n/2), stride: 1}
	for i := range n {
		w := first + float64(i)*step
		in.wave = append(in.wave, w)
		in.log = append(in.log, math.Log(w))
		in.redden = append(in.redden, extinction(w)-extinction(in.middle))
	}
	// The kernel of every phase: a Gaussian of FWHM c/R about the sample.
	sigma := lightSpeed / resolution / (2 * math.Sqrt(2*math.Ln2)) / s.step
	half := int(math.Ceil(4.5*sigma)) + 1
	in.taps = 2 * half
	for k := range in.kernel {
		at := (float64(k)+0.5)/phases + float64(half-1)
		kernel := make([]float64, in.taps)
		for i := range kernel {
			v := (float64(i) - at) / sigma
			kernel[i] = math.Exp(-v * v / 2)
		}
		in.kernel[k] = unit(kernel)
	}
	return in
}

// observe samples the normalised spectrum of a star that moves with rv km/s
// (positive away from us) into flux, one value a wavelength.
func (in *instrument) observe(flux []float64, s *synthesis, normalised []float64, rv float64) {
	shift := s.start + math.Log(1+rv/lightSpeed)
	for i, l := range in.log {
		at := (l - shift) * lightSpeed / s.step
		base := int(at)
		flux[i] = dot(in.kernel[int((at-float64(base))*phases)], normalised[base-in.taps/2+1:])
	}
}

// shape multiplies flux by the continuum: a black body of the star's
// temperature, dimmed by dust, both relative to the middle wavelength. It is
// computed at every stride-th sample, and linear between them.
func (in *instrument) shape(flux []float64, teff, ebv float64) {
	norm := 1 / planck(in.middle, teff)
	continuum := func(i int) float64 {
		return planck(in.wave[i], teff) * norm * math.Exp(-0.4*math.Ln10*ebv*in.redden[i])
	}
	low := continuum(0)
	for first := 0; first < len(flux); first += in.stride {
		last := min(first+in.stride, len(flux)-1)
		high := continuum(last)
		slope := (high - low) / float64(max(1, last-first))
		for i := range flux[first:min(first+in.stride, len(flux))] {
			flux[first+i] *= low + slope*float64(i)
		}
		low = high
	}
}

// planck is the black body's flux a wavelength, in arbitrary units.
func planck(wave, teff float64) float64 {
	const c2 = 1.438776877e8 // Angstrom K
	w := wave / 5000
	return 1 / (w * w * w * w * w * math.Expm1(c2/(wave*teff)))
}

// extinction is A(wave) in mag for E(B-V) = 1 and R_V = 3.1, after Cardelli,
// Clayton & Mathis 1989, ApJ 345, 245, equation 3; 3030 to 9090 A.
func extinction(wave float64) float64 {
	y := 1e4/wave - 1.82
	poly := func(c ...float64) (sum float64) {
		for i := len(c) - 1; i >= 0; i-- {
			sum = sum*y + c[i]
		}
		return sum
	}
	a := poly(1, 0.17699, -0.50447, -0.02427, 0.72085, 0.01979, -0.77530, 0.32999)
	b := poly(0, 1.41338, 2.28305, 1.07233, -5.38434, -0.62251, 5.30260, -2.09002)
	return 3.1*a + b
}
