package spectrum

import (
	"fmt"
	"math"
	"strings"

	"github.com/stellarae/lab/stellarae/fits"
)

// firstImage is the first HDU that declares an array of one dimension, or of more
// of which all but the first have length one, with a wavelength axis; or -1.
func firstImage(f *fits.File) int {
	for i, hdu := range f.HDUs {
		if hdu.Kind != fits.KindImage {
			continue
		}
		axes, _ := hdu.Header.Int("NAXIS")
		long := axes >= 1
		for axis := int64(2); axis <= min(axes, 999); axis++ {
			n, _ := hdu.Header.Int(fmt.Sprintf("NAXIS%d", axis))
			long = long && n == 1
		}
		start, step := axis(headers{hdu.Header})
		if long && !math.IsNaN(start) && !math.IsNaN(step) {
			return i
		}
	}
	return -1
}

// axis is the coordinate of the reference pixel and the step of the first axis.
func axis(keys headers) (start, step float64) {
	return keys.number("CRVAL1"), keys.number("CD1_1", "CDELT1")
}

// readImage reads an array of one dimension with the wavelengths
//
//	wave_i = CRVAL1 + (i + 1 - CRPIX1) CDELT1
//
// for i from 0, in the unit CUNIT1, with CRPIX1 = 1 where absent, and with CD1_1 in
// CDELT1's place where the header has it. An axis in the decimal logarithm of the
// wavelength is told by DC-FLAG = 1, one that is logarithmic in the sense of
// Greisen et al. (2006, A&A 446, 747, section 3.2) by CTYPE1 = WAVE-LOG or
// AWAV-LOG. The wavelengths are in vacuum if CTYPE1 begins with WAVE, else in
// air: AWAV, and the CTYPE1 = Angstrom of the HARPS pipeline.
func readImage(hdu *fits.HDU, keys headers) (*Spectrum, error) {
	own := headers{hdu.Header}
	start, step := axis(own)
	reference := own.number("CRPIX1")
	if math.IsNaN(reference) {
		reference = 1
	}
	scale, err := angstroms(own.text("CUNIT1"))
	if err != nil {
		return nil, fmt.Errorf("CUNIT1: %w", err)
	}
	if n, _ := hdu.Header.Int("NAXIS1"); n > MaxSamples {
		return nil, fmt.Errorf("%d samples are more than the %d of a spectrum", n, MaxSamples)
	}
	image, err := hdu.Image()
	if err != nil {
		return nil, err
	}
	s := &Spectrum{Flux: image.Float32s(), Info: Info{Format: "image"}}
	if !math.IsNaN(keys.number("ESO DRS BERV")) {
		s.Info.Format = "s1d"
	}
	ctype := strings.ToUpper(own.text("CTYPE1"))
	if strings.HasPrefix(ctype, "WAVE") && ctype != "WAVELENGTH" {
		s.Medium = Vacuum
	}
	dcflag := own.number("DC-FLAG")
	s.Wave = make([]float64, len(s.Flux))
	for i := range s.Wave {
		// The product is rounded before the sum, as elsewhere than on processors
		// that fuse the two.
		offset := float64((float64(i) + 1 - reference) * step)
		switch {
		case strings.HasSuffix(ctype, "-LOG"):
			s.Wave[i] = scale * start * math.Exp(offset/start)
		case dcflag == 1:
			s.Wave[i] = scale * math.Pow(10, start+offset)
		default:
			s.Wave[i] = scale * (start + offset)
		}
	}
	return s, nil
}
