package spectrum

import (
	"fmt"
	"math"
)

// SpeedOfLight in km/s, exact.
const SpeedOfLight = 299792.458

// DopplerFactor is the ratio of observed to emitted wavelength of a source that
// recedes at v km/s along the line of sight, sqrt((1+b)/(1-b)) with b = v/c. It
// is NaN where |v| is not below the speed of light.
func DopplerFactor(v float64) float64 {
	b := v / SpeedOfLight
	if !(math.Abs(b) < 1) {
		return math.NaN()
	}
	return math.Sqrt((1 + b) / (1 - b))
}

// Shift is the spectrum as if its source receded v km/s faster: all
// wavelengths times DopplerFactor(v). Frame stays; Flux and Err are shared with
// s, not copied. It is an error when |v| is not below the speed of light.
func (s *Spectrum) Shift(v float64) (*Spectrum, error) {
	factor := DopplerFactor(v)
	if math.IsNaN(factor) {
		return nil, fmt.Errorf("%s: velocity %g km/s is not below the speed of light", s.name(), v)
	}
	out := *s
	out.Wave = make([]float64, len(s.Wave))
	for i, w := range s.Wave {
		out.Wave[i] = w * factor
	}
	return &out, nil
}

// InFrame is the spectrum with its wavelengths in frame f, moved by what Info
// says: between the observatory and the barycentre by BERV (the barycentric
// wavelength is the longer one where BERV is positive), between the barycentre
// and the star by RV. It is an error when the velocity that is needed is NaN.
// Flux and Err are shared with s.
func (s *Spectrum) InFrame(f Frame) (*Spectrum, error) {
	factor, err := s.toBarycentre(s.Frame)
	if err != nil {
		return nil, err
	}
	back, err := s.toBarycentre(f)
	if err != nil {
		return nil, err
	}
	out := *s
	if f == s.Frame {
		return &out, nil
	}
	out.Frame = f
	out.Wave = make([]float64, len(s.Wave))
	for i, w := range s.Wave {
		out.Wave[i] = w * factor / back
	}
	return &out, nil
}

// toBarycentre is the factor that brings wavelengths of frame f to the barycentre.
func (s *Spectrum) toBarycentre(f Frame) (float64, error) {
	v, key := 0.0, ""
	switch f {
	case Topocentric:
		v, key = s.Info.BERV, "barycentric correction"
	case StellarRest:
		v, key = s.Info.RV, "radial velocity"
	}
	if factor := DopplerFactor(v); !math.IsNaN(factor) {
		return factor, nil
	}
	return 0, fmt.Errorf("%s: cannot change from the %s to another frame or back: its %s is %g km/s", s.name(), f, key, v)
}
