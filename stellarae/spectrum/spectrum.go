// Package spectrum is a stellar spectrum that knows what it is: wavelengths in
// Angstrom, air or vacuum, and the frame they are measured in. It reads the
// HARPS products an astronomer has on disk, brings them to a Grid and prepares
// them as the network wants them.
//
// It does not fit, classify or normalise a continuum line by line.
//
//	s, err := spectrum.Load("ADP.2014-09-23T11:01:38.230.fits")
//	flux, err := spectrum.Paper.Apply(s, spectrum.PaperGrid())
package spectrum

import (
	"fmt"
	"math"
)

// Medium tells what the wavelengths are measured in.
type Medium uint8

const (
	Air Medium = iota
	Vacuum
)

func (m Medium) String() string {
	if m == Vacuum {
		return "vacuum"
	}
	return "air"
}

// Frame tells whose rest frame the wavelengths are in.
type Frame uint8

const (
	Barycentric Frame = iota // the Solar System's barycentre: archive products
	Topocentric              // the observatory: as the light arrived
	StellarRest              // the star's own radial velocity taken out
)

func (f Frame) String() string {
	switch f {
	case Topocentric:
		return "topocentric"
	case StellarRest:
		return "stellar rest"
	}
	return "barycentric"
}

// Spectrum is one spectrum. Wave, Flux and, where it is not nil, Err have the
// same length.
type Spectrum struct {
	Wave   []float64 // Angstrom, strictly increasing
	Flux   []float32 // relative or calibrated, as the product has it
	Err    []float32 // standard deviation of Flux; nil where unknown
	Medium Medium
	Frame  Frame
	Info   Info
}

// Info is what the product's header says of the observation. Numbers the
// header does not give are NaN, texts are empty.
type Info struct {
	File    string  // path the spectrum was read from
	ID      string  // archive identifier (dp_id), "ADP.<timestamp>" or the file's stem
	Object  string  // target name
	Date    string  // DATE-OBS, ISO 8601, UTC
	Format  string  // "phase3", "table", "s1d", "image" or "text"
	Airmass float64 // mean of start and end
	SNR     float64 // per sample
	BERV    float64 // barycentric Earth radial velocity, km/s
	RV      float64 // radial velocity of the target, km/s
}

// Validate reports what keeps s from being a spectrum: fewer than two samples,
// slices of different length, wavelengths that are not finite, positive and
// strictly increasing. Flux may hold anything.
func (s *Spectrum) Validate() error {
	n := len(s.Wave)
	if n < 2 {
		return fmt.Errorf("%s: %d samples are not a spectrum", s.name(), n)
	}
	if len(s.Flux) != n || s.Err != nil && len(s.Err) != n {
		return fmt.Errorf("%s: %d wavelengths, %d fluxes, %d errors: want as many of each", s.name(), n, len(s.Flux), len(s.Err))
	}
	if i, ok := increasing(s.Wave); !ok {
		return fmt.Errorf("%s: sample %d: wavelength %g A is not finite, positive and above the one before", s.name(), i, s.Wave[i])
	}
	return nil
}

// increasing tells whether wave is finite, positive and strictly increasing, and
// if not, where it fails.
func increasing(wave []float64) (at int, ok bool) {
	last := 0.0
	for i, w := range wave {
		if !(w > last && w <= math.MaxFloat64) {
			return i, false
		}
		last = w
	}
	return 0, true
}

// name is what error texts call the spectrum.
func (s *Spectrum) name() string {
	switch {
	case s.Info.File != "":
		return s.Info.File
	case s.Info.ID != "":
		return s.Info.ID
	}
	return "spectrum without a file"
}
