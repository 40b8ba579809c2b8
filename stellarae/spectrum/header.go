package spectrum

import (
	"fmt"
	"math"
	"strings"

	"github.com/stellarae/lab/stellarae/fits"
)

// headers are looked through in order: the spectrum's own HDU, then the primary
// one.
type headers []*fits.Header

// text is the first of keys that any header gives, "" if none does.
func (h headers) text(keys ...string) string {
	for _, key := range keys {
		for _, header := range h {
			if v, ok := header.String(key); ok && strings.TrimSpace(v) != "" {
				return strings.TrimSpace(v)
			}
		}
	}
	return ""
}

// number is the first of keys that any header gives as a finite number, NaN if
// none does.
func (h headers) number(keys ...string) float64 {
	for _, key := range keys {
		for _, header := range h {
			if v, ok := header.Float(key); ok && !math.IsInf(v, 0) && !math.IsNaN(v) {
				return v
			}
		}
	}
	return math.NaN()
}

// info reads what the headers say of the observation; Format stays.
func (h headers) info(info Info) Info {
	if name := h.text("ARCFILE"); name != "" {
		info.ID = stem(name)
	}
	info.Object = h.text("OBJECT", "ESO OBS TARG NAME")
	info.Date = h.text("DATE-OBS")
	info.SNR = h.number("SNR", "ESO DRS SPE EXT SN50", "ESO QC ORDER50 SNR")
	info.BERV = h.number("ESO DRS BERV", "ESO QC BERV")
	info.RV = h.radialVelocity()
	info.Airmass = h.airmass()
	return info
}

func (h headers) airmass() float64 {
	start, end := h.number("ESO TEL AIRM START"), h.number("ESO TEL AIRM END")
	switch {
	case !math.IsNaN(start) && !math.IsNaN(end):
		return (start + end) / 2
	case !math.IsNaN(start):
		return start
	}
	return h.number("AIRMASS")
}

// radialVelocity is the pipeline's measurement (drift-corrected where there is
// one), else what the observer stated for the target, unless that is the zero or
// the huge number of a form left empty.
func (h headers) radialVelocity() float64 {
	const unbelievable = 1500 // km/s, beyond any star bound to the Galaxy or leaving it
	if v := h.number("ESO DRS CCF RVC", "ESO DRS CCF RV", "ESO QC CCF RV"); math.Abs(v) < unbelievable {
		return v
	}
	if v := h.number("ESO TEL TARG RADVEL"); v != 0 && math.Abs(v) < unbelievable {
		return v
	}
	return math.NaN()
}

// frame is the frame that SPECSYS states, barycentric if it does not.
func (h headers) frame() Frame {
	switch strings.ToUpper(h.text("SPECSYS", "SPECSYS1")) {
	case "TOPOCENT":
		return Topocentric
	case "SOURCE":
		return StellarRest
	}
	return Barycentric // also HELIOCEN, from which it differs by 0.01 km/s
}

// angstroms is the length of a wavelength unit in Angstrom; none is Angstrom.
func angstroms(unit string) (float64, error) {
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "", "angstrom", "angstroms", "angst", "ang", "a", "aa", "0.1 nm":
		return 1, nil
	case "nm", "nanometer", "nanometers", "nanometre", "nanometres":
		return 10, nil
	case "um", "micron", "microns", "micrometer", "micrometre":
		return 1e4, nil
	case "m", "meter", "metre":
		return 1e10, nil
	}
	return 0, fmt.Errorf("wavelength unit %q is not known", unit)
}
