package spectrum

import "fmt"

// Refraction is a formula for the refractive index of standard air: dry, 15 C,
// 101,325 Pa.
type Refraction uint8

const (
	// Morton2000 is Morton (2000, ApJS 130, 403), equation 8, after Birch and
	// Downs (1994): the standard of the IAU and of VALD's line lists.
	Morton2000 Refraction = iota
	// Ciddor1996 is Ciddor (1996, Applied Optics 35, 1566), equation 1, at 450
	// ppm of carbon dioxide.
	Ciddor1996
)

func (r Refraction) String() string {
	if r == Ciddor1996 {
		return "Ciddor 1996"
	}
	return "Morton 2000"
}

// vacuumOnly is the vacuum wavelength in Angstrom below which wavelengths are
// given in vacuum by convention; both formulas have their poles farther below.
const vacuumOnly = 2000

// Index is the refractive index at a vacuum wavelength in Angstrom, 1 below
// 2000 A, where wavelengths are by convention always given in vacuum.
func (r Refraction) Index(vacuum float64) float64 {
	if vacuum < vacuumOnly {
		return 1
	}
	s := 1e4 / vacuum // wavenumber, 1/um
	if r == Ciddor1996 {
		return 1 + 5792105e-8/(238.0185-s*s) + 167917e-8/(57.362-s*s)
	}
	return 1 + 8.34254e-5 + 2.406147e-2/(130-s*s) + 1.5998e-4/(38.9-s*s)
}

// Air is the air wavelength of a vacuum wavelength, both in Angstrom.
func (r Refraction) Air(vacuum float64) float64 { return vacuum / r.Index(vacuum) }

// Vacuum is the vacuum wavelength of an air wavelength, both in Angstrom: the
// inverse of Air to the last digits of a float64.
func (r Refraction) Vacuum(air float64) float64 {
	if air < vacuumOnly/r.Index(vacuumOnly) {
		return air
	}
	// A relative change of the wavelength changes the index by less than 1e-4 of
	// it, so every step gains four digits or more.
	vacuum := max(air*1.0003, vacuumOnly)
	for range 4 {
		vacuum = max(air*r.Index(vacuum), vacuumOnly)
	}
	return vacuum
}

// In is the spectrum with its wavelengths in medium m; Flux and Err are shared
// with s, not copied. The flux density per Angstrom is not rescaled: the change
// of the index over the range is below 1e-5.
func (s *Spectrum) In(m Medium, r Refraction) *Spectrum {
	out := *s
	if m == s.Medium {
		return &out
	}
	out.Medium = m
	out.Wave = make([]float64, len(s.Wave))
	convert := r.Air
	switch m {
	case Air:
	case Vacuum:
		convert = r.Vacuum
	default:
		panic(fmt.Sprintf("spectrum: no medium %d", m))
	}
	for i, w := range s.Wave {
		out.Wave[i] = convert(w)
	}
	return &out
}
