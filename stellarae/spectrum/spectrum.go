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
	Format  string  // "phase3", "s1d" or "text"
	Airmass float64 // mean of start and end
	SNR     float64 // per sample
	BERV    float64 // barycentric Earth radial velocity, km/s
	RV      float64 // radial velocity of the target, km/s
}
