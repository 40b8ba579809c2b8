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
			if diff := cmp.Diff(want, *s, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(Spectrum{}, "Wave", "Flux", "Err")); diff != "" {
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

// written is a FITS file of the given HDUs.
func written(t testing.TB, image *fits.ImageHDU, tables ...fits.TableHDU) []byte {
	t.Helper()
	var buffer bytes.Buffer
	if err := fits.Write(&buffer, image, tables...); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}
