package spectrum

import (
	"fmt"
	"sort"
)

// applyPaper is Paper. All arithmetic is float32, as numpy's.
func applyPaper(s *Spectrum, g Grid) ([]float32, error) {
	flux, err := sampled(s, g)
	if err != nil {
		return nil, err
	}
	masked := make([]float32, g.Len())
	copy(masked[g.PadLeft:], flux)
	for _, m := range g.Masked {
		clear(masked[m[0] : m[1]+1])
	}
	scale := median(masked)
	if scale == 0 || scale-scale != 0 {
		return nil, fmt.Errorf("%s: the median flux is %g, which nothing can be scaled by", s.name(), scale)
	}
	return scaleInto(s, g, flux, scale)
}

// sampled is the flux at the grid's unpadded samples, finite throughout.
func sampled(s *Spectrum, g Grid) ([]float32, error) {
	first, ok := onGrid(s, g)
	if ok {
		flux := s.Flux[first : first+g.Samples]
		return flux, allFinite(s, s.Wave[first:], flux)
	}
	const tolerance = 0.05
	from, to := s.Wave[0], s.Wave[len(s.Wave)-1]
	if from > g.Start+tolerance*g.Step || to < g.End()-tolerance*g.Step {
		return nil, fmt.Errorf("%s: covers %.2f to %.2f A, the grid needs %.2f to %.2f A", s.name(), from, to, g.Start, g.End())
	}
	// Resampling leaves out what is not finite, which must not go unseen here.
	first = sort.SearchFloat64s(s.Wave, g.Start-g.Step/2)
	end := sort.SearchFloat64s(s.Wave, g.End()+g.Step/2)
	if err := allFinite(s, s.Wave[first:], s.Flux[first:end]); err != nil {
		return nil, err
	}
	inside := within(s, g)
	inside.Err = nil
	waves := g.Waves()
	flux, _ := rebin(inside, waves, nil)
	return flux, allFinite(s, waves, flux)
}

// within is the part of s that reaches the pixels of the grid, with two samples
// more on either side where there are as many.
func within(s *Spectrum, g Grid) *Spectrum {
	first, end := 0, len(s.Wave)
	for first+2 < end && s.Wave[first+2] < g.Start-g.Step/2 {
		first++
	}
	for end-3 > first && s.Wave[end-3] > g.End()+g.Step/2 {
		end--
	}
	out := *s
	out.Wave, out.Flux = s.Wave[first:end], s.Flux[first:end]
	if s.Err != nil {
		out.Err = s.Err[first:end]
	}
	return &out
}

func allFinite(s *Spectrum, wave []float64, flux []float32) error {
	bad, first := 0, 0
	for i, f := range flux {
		if f-f != 0 {
			if bad == 0 {
				first = i
			}
			bad++
		}
	}
	if bad == 0 {
		return nil
	}
	return fmt.Errorf("%s: %d of %d samples are not finite or not observed, the first one at %.2f A", s.name(), bad, len(flux), wave[first])
}
