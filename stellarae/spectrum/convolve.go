package spectrum

import (
	"fmt"
	"math"
)

// sigmaPerFWHM is the standard deviation of a Gaussian of full width 1 at half
// maximum, 1 / (2 sqrt(2 ln 2)).
const sigmaPerFWHM = 0.42466090014400953

// gaussReach is where the Gaussian is cut, in standard deviations: 2e-9 of its
// area lies beyond.
const gaussReach = 6

// kernel is a broadening that is constant in velocity. Its weigh fills w with
// the unnormalised weights of the pixels of which wave are the centres and lo
// and hi the borders, for a sample at centre.
type kernel struct {
	reach float64 // half the kernel's extent over the wavelength
	weigh func(w []float64, centre float64, wave, lo, hi []float64)
}

// Broaden is the spectrum as an instrument of the given resolving power
// R = lambda / FWHM sees one of much higher resolution: the mean over a Gaussian
// of FWHM lambda / R around every sample, on the spectrum's own, also irregular
// wavelengths. A spectrum that already has a resolving power R0 reaches R when
// broadened to 1 / sqrt(1/R^2 - 1/R0^2). The Gaussian is evaluated at the
// samples: below about one sample of FWHM it does nothing.
//
// At both ends the mean is over what is there. Samples that are not finite are
// left out; a sample that loses more than half of its weight to them is NaN. Err
// is propagated without the correlation between neighbours. It is an error when
// R is not positive.
func (s *Spectrum) Broaden(resolvingPower float64) (*Spectrum, error) {
	if !(resolvingPower > 0) || math.IsInf(resolvingPower, 0) {
		return nil, fmt.Errorf("%s: resolving power %g is not a positive number", s.name(), resolvingPower)
	}
	sigma := sigmaPerFWHM / resolvingPower
	return s.convolve(kernel{reach: gaussReach * sigma, weigh: func(w []float64, centre float64, wave, lo, hi []float64) {
		scale := 1 / (centre * sigma)
		for j := range w {
			t := (wave[j] - centre) * scale
			w[j] = (hi[j] - lo[j]) * math.Exp(-0.5*t*t)
		}
	}})
}

// Rotate is the spectrum of a star whose equator moves at vsini km/s along the
// line of sight, from that of one at rest: the mean over the profile of a rigid
// sphere whose disc darkens as 1 - epsilon (1 - cos theta) (Gray, The Observation
// and Analysis of Stellar Photospheres, equation 18.14 of the third edition),
//
//	G(x) = (2 (1-epsilon) sqrt(1-x^2) + pi epsilon/2 (1-x^2)) / (pi (1-epsilon/3)),  x = c dlambda / (lambda vsini),
//
// integrated over each pixel in closed form, so that slow rotators are right too.
// Ends, samples that are not finite and Err are as in Broaden. vsini = 0 gives
// the spectrum itself. It is an error when vsini is negative or above a tenth of
// the speed of light, or epsilon outside 0 to 1.
func (s *Spectrum) Rotate(vsini, epsilon float64) (*Spectrum, error) {
	if !(vsini >= 0 && vsini <= SpeedOfLight/10) {
		return nil, fmt.Errorf("%s: vsini %g km/s is not between 0 and a tenth of the speed of light", s.name(), vsini)
	}
	if !(epsilon >= 0 && epsilon <= 1) {
		return nil, fmt.Errorf("%s: limb darkening %g is not between 0 and 1", s.name(), epsilon)
	}
	if vsini == 0 {
		out := *s
		return &out, s.Validate()
	}
	reach := vsini / SpeedOfLight
	return s.convolve(kernel{reach: reach, weigh: func(w []float64, centre float64, _, lo, hi []float64) {
		scale := 1 / (centre * reach)
		border, below := math.NaN(), 0.0
		for j := range w {
			if lo[j] != border {
				below = rotationIntegral((lo[j]-centre)*scale, epsilon)
			}
			border = hi[j]
			above := rotationIntegral((border-centre)*scale, epsilon)
			w[j] = above - below
			below = above
		}
	}})
}

// rotationIntegral is the integral of G above from its centre to x, up to a
// constant factor.
func rotationIntegral(x, epsilon float64) float64 {
	x = max(-1, min(1, x))
	return (1-epsilon)*(x*math.Sqrt(1-x*x)+math.Asin(x)) + math.Pi*epsilon/2*(x-x*x*x/3)
}

// convolve takes the mean over the kernel around every sample.
func (s *Spectrum) convolve(k kernel) (*Spectrum, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	const leastObserved = 0.5
	lo, hi := pixels(s.Wave)
	n := len(s.Wave)
	out := *s
	out.Flux = make([]float32, n)
	if s.Err != nil {
		out.Err = make([]float32, n)
	}
	flux := observed(s.Flux)
	var w []float64
	first, last := 0, 0
	for i, centre := range s.Wave {
		for hi[first] <= centre*(1-k.reach) {
			first++
		}
		for last < n && lo[last] < centre*(1+k.reach) {
			last++
		}
		w = append(w[:0], s.Wave[first:last]...)
		k.weigh(w, centre, s.Wave[first:last], lo[first:last], hi[first:last])
		var sum, seen, all float64
		for j, f := range flux[first:last] {
			all += w[j]
			if math.IsNaN(f) {
				w[j] = 0
				continue
			}
			sum += w[j] * f
			seen += w[j]
		}
		if seen < leastObserved*all {
			sum = math.NaN()
		}
		out.Flux[i] = float32(sum / seen)
		if s.Err != nil {
			out.Err[i] = float32(math.Sqrt(variance(w, s.Err[first:last])) / seen)
		}
	}
	return &out, nil
}

// variance is the sum of the squared, weighted errors of the samples that have a
// weight.
func variance(w []float64, errs []float32) float64 {
	sum := 0.0
	for j, e := range errs {
		if w[j] != 0 {
			t := w[j] * float64(e)
			sum += t * t
		}
	}
	return sum
}

// observed is flux with NaN for every value that is not finite.
func observed(flux []float32) []float64 {
	values := make([]float64, len(flux))
	for i, f := range flux {
		values[i] = float64(f)
		if f-f != 0 {
			values[i] = math.NaN()
		}
	}
	return values
}
