package spectrum

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stellarae/lab/stellarae/fits"
)

// Load reads the spectrum in a file, which its content, not its name, tells
// apart:
//
//   - FITS, also compressed with gzip, with a binary table that has columns for
//     wavelength and flux (WAVE and FLUX, with ERR, in any case; also those of
//     the ESPRESSO pipeline, wavelength_air, flux, error): an archive product
//     with one row of vectors, or rows of scalars.
//   - FITS with an array of one dimension whose header gives CRVAL1 and CDELT1:
//     what the HARPS pipeline calls s1d, and others, also logarithmic ones.
//   - anything else: text of two or three columns, see ReadText.
//
// Wavelengths come in Angstrom whatever the file's unit, increasing whatever the
// file's order. Medium and Frame are what the file states (TUCDn or CTYPE1,
// SPECSYS), air and barycentric where it states nothing, which is what the HARPS
// pipeline writes; the caller who knows better, say of a sum that was shifted to
// the star's rest frame, sets the fields. Errors of which none is positive and finite,
// such as the NaN of HARPS archive products, count as unknown: Err is nil.
//
// Flux may hold NaN. Every other fault is an error that names the file, the HDU,
// the row or line, and the cause.
func Load(path string) (*Spectrum, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err // "open path: cause"
	}
	defer file.Close()
	var head [sniffed]byte
	n, err := io.ReadFull(file, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err // "read path: cause"
	}
	if isFITS(head[:n]) {
		f, err := fits.Open(path)
		if err != nil {
			return nil, err // "path: cause"
		}
		return fromFITS(f, path)
	}
	return ReadText(path, io.MultiReader(bytes.NewReader(head[:n]), file))
}

// Read is Load for the content of a file that is already in memory; name is what
// Info.File and errors call it.
func Read(name string, data []byte) (*Spectrum, error) {
	if isFITS(data) {
		f, err := fits.Read(name, data)
		if err != nil {
			return nil, err
		}
		return fromFITS(f, name)
	}
	return ReadText(name, bytes.NewReader(data))
}

// sniffed is how many bytes tell what a file is.
const sniffed = 9

// isFITS tells a FITS file, plain or compressed, by its first bytes.
func isFITS(head []byte) bool {
	return bytes.HasPrefix(head, []byte("SIMPLE  =")) || bytes.HasPrefix(head, []byte{0x1f, 0x8b})
}

func fromFITS(f *fits.File, path string) (*Spectrum, error) {
	read, hdu := readImage, firstImage(f)
	if i := firstTable(f); i >= 0 {
		read, hdu = readTable, i
	}
	if hdu < 0 {
		return nil, fmt.Errorf("%s: no spectrum in %d hdu(s): neither a table with columns for wavelength and flux nor a one-dimensional image with CRVAL1 and CDELT1", path, len(f.HDUs))
	}
	keys := headers{f.HDUs[hdu].Header, f.HDUs[0].Header}
	s, err := read(f.HDUs[hdu], keys)
	if err != nil {
		return nil, fmt.Errorf("%s: hdu %d: %w", path, hdu, err)
	}
	s.Info = keys.info(s.Info)
	s.Frame = keys.frame()
	return finish(s, path)
}

// finish gives a spectrum its name, puts it in increasing order, drops errors
// that tell nothing and checks it.
func finish(s *Spectrum, path string) (*Spectrum, error) {
	s.Info.name(path)
	if n := len(s.Wave); n > 1 && s.Wave[0] > s.Wave[n-1] {
		slices.Reverse(s.Wave)
		slices.Reverse(s.Flux)
		slices.Reverse(s.Err)
	}
	if !slices.ContainsFunc(s.Err, known) {
		s.Err = nil
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// name fills in what a file is called.
func (i *Info) name(path string) {
	i.File = path
	if i.ID == "" {
		i.ID = stem(path)
	}
}

// stem is a file's name without its folder and the extensions of a spectrum;
// the dots of a time stamp stay.
func stem(path string) string {
	name := filepath.Base(path)
	for _, ext := range []string{".gz", ".fits", ".fit", ".txt", ".dat", ".csv", ".ascii"} {
		if cut := len(name) - len(ext); cut > 0 && strings.EqualFold(name[cut:], ext) {
			name = name[:cut]
		}
	}
	return name
}
