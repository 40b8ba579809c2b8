package retrieve

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/info"
)

// Region is a range of wavelengths that is judged on its own.
type Region struct{ From, To float64 } // Angstrom, To exclusive

func (r Region) String() string { return fmt.Sprintf("%.0f to %.0f Å", r.From, r.To) }

// Regions cuts a range into n regions of equal width. n below 1 gives none.
func Regions(from, to float64, n int) (regions []Region) {
	width := (to - from) / float64(n)
	for i := range n {
		regions = append(regions, Region{from + float64(i)*width, from + float64(i+1)*width})
	}
	return regions
}

// Residual is what a reconstruction leaves of a spectrum.
type Residual struct {
	Noise      float64   // standard deviation of a sample
	MeanSquare []float64 // of flux - model, of each region
}

// Compare measures what model leaves of flux in each region; all three slices have
// one element a sample, and padding is better cut off before. Noise comes from the
// residual's differences over two samples,
//
//	1.4826/sqrt(6) median |2 r_i - r_(i-2) - r_(i+2)|,
//
// as in Stoehr et al. 2008 (ASP Conf. 394, 505), which takes no notice of what is
// smooth or rare, such as a slope or a cosmic ray.
//
// Slices of unequal length or of fewer than five samples, values that are not
// finite, a region without samples and a residual that more than half repeats
// itself are errors.
func Compare(wave []float64, flux, model []float32, regions []Region) (Residual, error) {
	if len(wave) != len(flux) || len(wave) != len(model) || len(wave) < 5 {
		return Residual{}, fmt.Errorf("%d wavelengths, %d samples of flux and %d of the model: want as many of each, five or more",
			len(wave), len(flux), len(model))
	}
	r := make([]float64, len(wave))
	for i := range r {
		r[i] = float64(flux[i]) - float64(model[i])
		if math.IsNaN(r[i]) || math.IsInf(r[i], 0) {
			return Residual{}, fmt.Errorf("sample %d at %.2f Å: flux %v, model %v", i, wave[i], flux[i], model[i])
		}
	}
	difference := make([]float64, 0, len(r)-4)
	for i := 2; i < len(r)-2; i++ {
		difference = append(difference, math.Abs(2*r[i]-r[i-2]-r[i+2]))
	}
	out := Residual{Noise: bell / math.Sqrt(6) * info.Median(difference)}
	if out.Noise == 0 {
		return Residual{}, fmt.Errorf("the residual has no noise")
	}
	for _, region := range regions {
		var sum, n float64
		for i, w := range wave {
			if w >= region.From && w < region.To {
				sum, n = sum+r[i]*r[i], n+1
			}
		}
		if n == 0 {
			return Residual{}, fmt.Errorf("no sample from %v", region)
		}
		out.MeanSquare = append(out.MeanSquare, sum/n)
	}
	return out, nil
}
