package spectrum

import (
	"fmt"
	"math"
	"sort"
)

// Preset is a way to prepare a spectrum for the network.
type Preset uint8

const (
	// Paper prepares a spectrum as Sedaghat et al. 2021 did, bit for bit: the
	// samples of the grid in float32, padded with zeros, divided by the median
	// over all samples of the padded axis of flux times a mask that is 0 in the
	// masked ranges and 1 elsewhere. The masked zeros take part in that median,
	// which therefore lies below the median of the flux; the published network
	// was trained so.
	//
	// The gap between the two detectors holds what the file has there: zeros in
	// the products of the HARPS pipeline, ones in some others.
	//
	// A spectrum that does not reach from the first to the last sample of the
	// grid, has a sample in it that is not finite or not observed, or a median of
	// zero is an error.
	Paper Preset = iota

	// Clean prepares a spectrum that has bad samples, gaps or errors.
	//
	// Bad is a sample that is not finite or exactly zero; one whose error is not
	// finite, not positive, or more than 5 times the median error of its window
	// of 100 A (where errors are known); one of 50 or more of the same value that
	// is 4 times above or below the median flux, such as a gap filled with ones;
	// and one the spectrum does not cover. Samples are judged as they come from
	// the file and left out when the flux is resampled.
	//
	// The scale is the continuum level of the typical window: the median over
	// windows of 100 A of the 95th percentile of the medians of blocks of 0.5 A
	// (of five samples at least). Blocks are narrow enough to fit between lines,
	// so that the level is that of the continuum in stars with many lines and
	// with few; their medians ignore cosmic rays and average noise. Bad samples
	// and the grid's masked ranges take no part.
	//
	// Bad samples and masked ranges are filled with a straight line between the
	// medians of the nearest good samples on either side, as many as the stretch
	// is long but no more than a block; at an end the line is level. The edges of
	// the gap between the detectors, which move with the Earth and are stairs in
	// a sum of exposures, so leave no trace. The padding is zero.
	//
	// A spectrum of which less than MinGood of the samples outside the masked
	// ranges are good, or whose scale is not positive, is an error.
	Clean
)

func (p Preset) String() string {
	switch p {
	case Paper:
		return "paper"
	case Clean:
		return "clean"
	}
	return fmt.Sprintf("preset(%d)", uint8(p))
}

// ParsePreset is the preset called name, "paper" or "clean".
func ParsePreset(name string) (Preset, error) {
	switch name {
	case "paper":
		return Paper, nil
	case "clean":
		return Clean, nil
	}
	return 0, fmt.Errorf("no preset %q: there are paper and clean", name)
}

// MarshalText writes the preset's name.
func (p Preset) MarshalText() ([]byte, error) {
	if _, err := ParsePreset(p.String()); err != nil {
		return nil, err
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads the preset's name.
func (p *Preset) UnmarshalText(text []byte) error {
	parsed, err := ParsePreset(string(text))
	if err == nil {
		*p = parsed
	}
	return err
}

// Apply is the flux of s on the axis g: g.Len() samples, zero in the padding,
// divided by the preset's scale, all finite. s itself stays as it is.
//
// A spectrum in vacuum wavelengths is first brought to air (Morton 2000); its
// frame is left alone. Samples that sit on the grid are taken as they are;
// otherwise the flux is resampled (see Spectrum.Resample). They sit on it when
// the wavelengths, rounded to float32, that fall within the grid's range widened
// by 1e-5 A are g.Samples in number, each within a twentieth of a step of its
// place; the rounding to float32 alone moves a wavelength by up to a fortieth of
// the paper's step.
//
// What a spectrum must offer is told at Paper and Clean; the error names the
// file and the cause.
func (p Preset) Apply(s *Spectrum, g Grid) ([]float32, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.In(Air, Morton2000)
	switch p {
	case Paper:
		return applyPaper(s, g)
	case Clean:
		return applyClean(s, g)
	}
	return nil, fmt.Errorf("%s: no preset %d", s.name(), uint8(p))
}

// onGrid is the index of the first sample that Apply takes as it is, if the
// spectrum's samples sit on the grid. Comparing float32 wavelengths with float32
// bounds is what numpy does with a float32 array and a Python float.
func onGrid(s *Spectrum, g Grid) (first int, ok bool) {
	const tolerance = 0.05
	lower, upper := bounds(g)
	n := len(s.Wave)
	first = sort.Search(n, func(i int) bool { return float32(s.Wave[i]) >= lower })
	end := sort.Search(n, func(i int) bool { return float32(s.Wave[i]) > upper })
	if end-first != g.Samples {
		return 0, false
	}
	for i := range g.Samples {
		if math.Abs(s.Wave[first+i]-g.Wave(g.PadLeft+i)) > tolerance*g.Step {
			return 0, false
		}
	}
	return first, true
}

// bounds are the ends of the grid's range, widened.
func bounds(g Grid) (lower, upper float32) {
	const widen = 1e-5 // Angstrom
	return float32(g.Start - widen), float32(g.End() + widen)
}

// scaleInto pads flux, divides it by scale and returns it; a scale so small that
// a sample would overflow is an error.
func scaleInto(s *Spectrum, g Grid, flux []float32, scale float32) ([]float32, error) {
	out := make([]float32, g.Len())
	copy(out[g.PadLeft:], flux)
	for i, f := range out {
		q := f / scale
		out[i] = q
		if q-q != 0 {
			return nil, fmt.Errorf("%s: flux %g at %.2f A overflows when divided by the scale %g", s.name(), f, g.Wave(i), scale)
		}
	}
	return out, nil
}
