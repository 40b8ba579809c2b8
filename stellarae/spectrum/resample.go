package spectrum

import (
	"fmt"
	"math"
)

// holeSteps is how many times its neighbours' spacing two samples must be apart
// for what lies between them to count as not observed.
const holeSteps = 10

// pixels are the lower and upper borders of the samples: halfway to the
// neighbour, and as wide on the outer side as on the inner one at both ends and
// at a hole. wave has two samples at least and increases.
func pixels(wave []float64) (lo, hi []float64) {
	n := len(wave)
	lo, hi = make([]float64, n), make([]float64, n)
	for i := range n - 1 {
		gap := wave[i+1] - wave[i]
		left, right := gap, gap
		if i > 0 {
			left = wave[i] - wave[i-1]
		}
		if i < n-2 {
			right = wave[i+2] - wave[i+1]
		}
		if i == 0 {
			left = right
		}
		if i == n-2 {
			right = left
		}
		hi[i] = wave[i] + gap/2
		lo[i+1] = hi[i]
		if gap > holeSteps*max(left, right) {
			hi[i], lo[i+1] = wave[i]+left/2, wave[i+1]-right/2
		}
	}
	lo[0] = wave[0] - (hi[0] - wave[0])
	hi[n-1] = wave[n-1] + (wave[n-1] - lo[n-1])
	return lo, hi
}

// Resample is the spectrum on the wavelengths wave (Angstrom, of the same medium
// and frame, increasing). Every sample is the mean flux density over a pixel that
// reaches halfway to its neighbours, so that the integral over any run of pixels
// stays what it was:
//
//	f = sum_i overlap_i f_i / sum_i overlap_i,  err^2 = sum_i overlap_i^2 err_i^2 / (sum_i overlap_i)^2
//
// Err leaves out the correlation of neighbours that this brings about. Samples
// that are not finite count as not observed, as does what lies between two
// samples ten times farther apart than their neighbours; a pixel that is less
// than half observed is NaN.
func (s *Spectrum) Resample(wave []float64) (*Spectrum, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if at, ok := increasing(wave); !ok || len(wave) < 2 {
		return nil, fmt.Errorf("%s: cannot resample to %d wavelengths: not two at least, finite, positive and increasing (sample %d)", s.name(), len(wave), at)
	}
	out := *s
	out.Wave = wave
	out.Flux, out.Err = rebin(s, wave, nil)
	return &out, nil
}

// rebin is Resample's sum; samples that skip marks count as not observed.
func rebin(s *Spectrum, wave []float64, skip []bool) (flux, errs []float32) {
	const leastObserved = 0.5
	lo, hi := pixels(s.Wave)
	from, to := pixels(wave)
	flux = make([]float32, len(wave))
	if s.Err != nil {
		errs = make([]float32, len(wave))
	}
	first := 0
	for i := range wave {
		a, b := from[i], to[i]
		for first < len(hi) && hi[first] <= a {
			first++
		}
		var sum, variance, width float64
		for j := first; j < len(lo) && lo[j] < b; j++ {
			f := float64(s.Flux[j])
			if math.IsNaN(f-f) || skip != nil && skip[j] {
				continue
			}
			overlap := min(hi[j], b) - max(lo[j], a)
			sum += overlap * f
			width += overlap
			if errs != nil {
				e := overlap * float64(s.Err[j])
				variance += e * e
			}
		}
		if width < leastObserved*(b-a) {
			sum = math.NaN()
		}
		flux[i] = float32(sum / width)
		if errs != nil {
			errs[i] = float32(math.Sqrt(variance) / width)
		}
	}
	return flux, errs
}
