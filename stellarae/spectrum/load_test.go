package spectrum

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stellarae/lab/stellarae/fits"
)

// The peer is astropy, which wrote the files; see testdata/make_fixtures.py for
// their headers.
func TestLoadReadsWhatAstropyWrote(t *testing.T) {
	nan := math.NaN()
	for name, want := range map[string]Spectrum{
		"phase3.fits": {Medium: Air, Frame: Barycentric, Info: Info{
			ID: "ADP.2014-09-23T11:01:38.230", Object: "HD 1", Date: "2012-03-24T08:37:45.581",
			Format: "phase3", Airmass: 1.375, SNR: 85.5, BERV: 18.25, RV: -22}},
		"vacuum.fits.gz": {Medium: Vacuum, Frame: Topocentric, Info: Info{
			ID: "vacuum", Format: "phase3", Airmass: 1.75, SNR: nan, BERV: -3.5, RV: 12.5}},
		"rows.fits": {Info: Info{ID: "rows", Format: "table", Airmass: nan, SNR: nan, BERV: nan, RV: nan}},
		"s1d.fits": {Info: Info{ID: "s1d", Object: "Gl581", Format: "s1d",
			Airmass: (1.691 + 1.839) / 2, SNR: 40.9, BERV: -23.5438771778635, RV: nan}},
		"image.fits": {Medium: Vacuum, Info: Info{ID: "image", Format: "image", Airmass: nan, SNR: nan, BERV: nan, RV: nan}},
		"log.fits":   {Info: Info{ID: "log", Format: "image", Airmass: nan, SNR: nan, BERV: nan, RV: nan}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			s, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			want.Info.File = path
			if diff := cmp.Diff(want, *s, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-15), cmpopts.IgnoreFields(Spectrum{}, "Wave", "Flux", "Err")); diff != "" {
				t.Errorf("what the header says (-want +got):\n%s", diff)
			}
			data := peers(t).Files[name]
			if len(s.Wave) != data.N {
				t.Fatalf("%d samples, want %d", len(s.Wave), data.N)
			}
			near(t, "first wavelength", s.Wave[0], data.First, 2e-15)
			near(t, "last wavelength", s.Wave[data.N-1], data.Last, 2e-15)
			if hash(s.Flux) != data.Flux {
				t.Error("flux is not what was written")
			}
			if s.Err == nil && data.Err != "" || s.Err != nil && hash(s.Err) != data.Err {
				t.Error("errors are not what was written")
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(path, raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, again, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("from memory (-file +memory):\n%s", diff)
			}
		})
	}
}

// file is a FITS file of the given HDUs in memory.
func file(t testing.TB, hdus ...fits.Encoder) []byte {
	t.Helper()
	var buffer bytes.Buffer
	if err := fits.Encode(&buffer, hdus...); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// card is a header line without a comment.
func card(key string, value any) fits.Card { return fits.Card{Key: key, Value: value} }

// phase3 is an archive product of the given samples.
func phase3(wave []float64, flux []float32, cards ...fits.Card) []fits.Encoder {
	return []fits.Encoder{&fits.ImageHDU{}, &fits.TableHDU{Cards: cards, Columns: []fits.ColumnData{
		{Name: "WAVE", Unit: "angstrom", Data: [][]float64{wave}},
		{Name: "FLUX", Data: [][]float32{flux}},
	}}}
}

func TestLoadRefusesWithTheCause(t *testing.T) {
	nan := math.NaN()
	wave, flux := []float64{5000, 5001, 5002}, []float32{1, 2, 3}
	image := func(data any, shape []int, cards ...fits.Card) []byte {
		return file(t, &fits.ImageHDU{Data: data, Shape: shape, Cards: cards})
	}
	scalars := func(columns ...fits.ColumnData) []byte {
		return file(t, &fits.ImageHDU{}, &fits.TableHDU{Columns: columns})
	}
	whole := file(t, phase3(wave, flux)...)
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"no spectrum", "x: no spectrum in 1 hdu(s): neither a table", image(nil, nil)},
		{"no axis", "x: no spectrum in 1 hdu(s)", image(flux, nil)},
		{"two dimensions", "x: no spectrum in 1 hdu(s)", image([]float32{1, 2, 3, 4}, []int{2, 2}, card("CRVAL1", 5000.0), card("CDELT1", 1.0))},
		{"no flux", "x: no spectrum in 2 hdu(s)", scalars(fits.ColumnData{Name: "WAVE", Data: wave})},
		{"unit", `x: hdu 1: column WAVE: wavelength unit "furlong"`, scalars(
			fits.ColumnData{Name: "WAVE", Unit: "furlong", Data: wave}, fits.ColumnData{Name: "FLUX", Data: flux})},
		{"unit of an image", `x: hdu 0: CUNIT1: wavelength unit "Hz"`, image(flux, nil, card("CRVAL1", 5000.0), card("CDELT1", 1.0), card("CUNIT1", "Hz"))},
		{"step of zero", "x: sample 1: wavelength 5000 A", image(flux, nil, card("CRVAL1", 5000.0), card("CDELT1", 0.0))},
		{"negative", "x: sample 0: wavelength -7 A", image(flux, nil, card("CRVAL1", -7.0), card("CDELT1", 1.0))},
		{"one sample", "x: 1 samples are not a spectrum", image(flux[:1], nil, card("CRVAL1", 5000.0), card("CDELT1", 1.0))},
		{"lengths", "x: 3 wavelengths, 2 fluxes, 0 errors", file(t, phase3(wave, flux[:2])...)},
		{"order", "x: sample 2: wavelength 5000.5 A", file(t, phase3([]float64{5000, 5001, 5000.5}, flux)...)},
		{"nan wavelength", "x: sample 1: wavelength NaN A", file(t, phase3([]float64{5000, nan, 5001}, flux)...)},
		{"rows of vectors", "x: hdu 1: row 0, column WAVE: 2 values in one of 2 rows", scalars(
			fits.ColumnData{Name: "WAVE", Data: [][]float64{{1, 2}, {3, 4}}}, fits.ColumnData{Name: "FLUX", Data: [][]float64{{1, 2}, {3, 4}}})},
		{"flux of text", "x: hdu 1: ", scalars(
			fits.ColumnData{Name: "WAVE", Data: wave}, fits.ColumnData{Name: "FLUX", Data: []string{"a", "b", "c"}})},
		{"no rows", "x: 0 samples are not a spectrum", scalars(
			fits.ColumnData{Name: "WAVE", Data: wave[:0]}, fits.ColumnData{Name: "FLUX", Data: flux[:0]})},
		{"cut short", "x: hdu 1: ", whole[:len(whole)-2880]},
		{"empty", "x: the file is empty", nil},
		{"binary", "x: line 1: a zero byte: neither FITS nor text", []byte("\x7fELF\x00\x01")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Read("x", c.data)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v and error %v, want one line with %q", s, err, c.want)
			}
		})
	}
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "absent.fits"), dir} {
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v does not name %s", err, path)
		}
	}
}

// The medium as the header states it, and where it states nothing.
func TestMediumOfTheHeader(t *testing.T) {
	for _, c := range []struct {
		card fits.Card
		want Medium
	}{
		{card("TUCD1", "em.wl;obs.atmos"), Air},
		{card("TUCD1", "em.wl"), Vacuum},
		{card("TUCD2", "em.wl"), Air}, // of another column
	} {
		s, err := Read("x", file(t, phase3([]float64{5000, 5001}, []float32{1, 2}, c.card)...))
		if err != nil || s.Medium != c.want {
			t.Errorf("table with %v: %v, %v", c.card, s, err)
		}
	}
	for ctype, want := range map[string]Medium{"AWAV": Air, "WAVE": Vacuum, "Angstrom": Air, "LINEAR": Air, "WAVELENGTH": Air, "WAVE-LOG": Vacuum} {
		s, err := Read("x", file(t, &fits.ImageHDU{Data: []float32{1, 2}, Cards: []fits.Card{
			card("CRVAL1", 5000.0), card("CDELT1", 1.0), card("CTYPE1", ctype)}}))
		if err != nil || s.Medium != want {
			t.Errorf("image with CTYPE1 %s: %v, %v", ctype, s, err)
		}
	}
}

// Greisen et al. (2006), section 3.2: wave = CRVAL1 exp(offset / CRVAL1).
func TestLogarithmicAxisOfTheStandard(t *testing.T) {
	s, err := Read("x", file(t, &fits.ImageHDU{Data: make([]float32, 101), Cards: []fits.Card{
		card("CRVAL1", 500.0), card("CDELT1", 0.5), card("CTYPE1", "AWAV-LOG"), card("CUNIT1", "nm"), card("CRPIX1", 1.0)}}))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "first", s.Wave[0], 5000, 1e-15)
	near(t, "last", s.Wave[100], 5000*math.Exp(0.1), 1e-15)
}

func TestStem(t *testing.T) {
	for path, want := range map[string]string{
		"/data/ADP.2014-09-23T11:01:38.230.fits":    "ADP.2014-09-23T11:01:38.230",
		"ADP.2014-09-23T11:01:38.230":               "ADP.2014-09-23T11:01:38.230",
		"a/HARPS.2010-09-18T23-42-36.178_s1d_A.FIT": "HARPS.2010-09-18T23-42-36.178_s1d_A",
		"star.fits.gz": "star", "star.txt": "star", ".fits": ".fits",
	} {
		if got := stem(path); got != want {
			t.Errorf("stem of %s: %s, want %s", path, got, want)
		}
	}
}
