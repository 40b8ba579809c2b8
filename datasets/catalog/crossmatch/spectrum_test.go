package crossmatch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stellarae/lab/datasets/catalog/sky"
	"github.com/stellarae/lab/stellarae/fits"
)

// product writes an archive product with a header.
func product(t *testing.T, path string, cards ...fits.Card) string {
	t.Helper()
	wave, flux := make([]float64, 101), make([]float32, 101)
	for i := range wave {
		wave[i], flux[i] = 5000+0.01*float64(i), float32(i)
	}
	flux[3] = float32(math.NaN())
	err := fits.WriteFile(path, &fits.ImageHDU{Cards: cards}, &fits.TableHDU{Columns: []fits.ColumnData{
		{Name: "WAVE", Unit: "Angstrom", Data: [][]float64{wave}}, {Name: "FLUX", Data: [][]float32{flux}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func card(key string, value any) fits.Card { return fits.Card{Key: key, Value: value} }

func TestReadSpectrum(t *testing.T) {
	dir := t.TempDir()
	target := []fits.Card{
		card("OBJECT", "HD128621"), card("RA", 219.875072), card("DEC", -60.8301), card("MJD-OBS", 56010.35955534), card("SNR", 343.1),
		card("ESO TEL TARG ALPHA", 143935.0803), card("ESO TEL TARG DELTA", -605013.761), card("ESO TEL TARG EQUINOX", 2000.0),
		card("ESO TEL TARG EPOCH", 2000.0), card("ESO TEL TARG PMA", -3.60108), card("ESO TEL TARG PMD", 0.95336), card("ESO OBS TARG NAME", "alfCenB"),
	}
	s, err := ReadSpectrum(product(t, filepath.Join(dir, "ADP.2014-09-16T11-03-31.127.fits"), target...))
	if err != nil {
		t.Fatal(err)
	}
	if s.ID != "ADP.2014-09-16T11:03:31.127" || strings.Join(s.Names, "|") != "HD128621|alfCenB" || s.SNR != 343.1 || s.Median != 50.5 {
		t.Errorf("%+v", s)
	}
	// 14h39m35.0803s -60d50m13.761s in 2000, moved as package sky does, which is
	// checked against astropy
	ra, dec := sky.Position{RA: 15 * (14 + 39./60 + 35.0803/3600), Dec: -(60 + 50./60 + 13.761/3600), PMRA: -3601.08, PMDec: 953.36, Epoch: 2000}.At(s.Place.Epoch)
	if math.Abs(s.Place.Epoch-2012.22686) > 1e-5 || sky.Separation(ra, dec, s.Place.RA, s.Place.Dec) > 1e-6 || s.Place.PMRA != -3601.08 {
		t.Errorf("%+v, want %v %v", s.Place, ra, dec)
	}
	for name, c := range map[string]struct {
		cards []fits.Card
		want  string
	}{
		"without motion":     {append(target[:len(target)-3:len(target)-3], card("ESO TEL TARG PMA", 0.0), card("ESO TEL TARG PMD", 0.0)), "219.8962 -60.8372 NaN 2000.00"},
		"another equinox":    {append([]fits.Card{card("ESO TEL TARG EQUINOX", 1950.0)}, target...), "219.8751 -60.8301 NaN 2012.23"},
		"the pointing":       {target[:5], "219.8751 -60.8301 NaN 2012.23"},
		"the date":           {[]fits.Card{card("RA", 10.0), card("DEC", 5.0), card("DATE-OBS", "2000-01-01T12:00:00.000")}, "10.0000 5.0000 NaN 2000.00"},
		"no date":            {[]fits.Card{card("RA", 10.0), card("DEC", 5.0)}, "NaN NaN NaN 2000.00"},
		"nothing":            {nil, "NaN NaN NaN 2000.00"},
		"no such minute":     {[]fits.Card{card("ESO TEL TARG ALPHA", 147935.0), card("ESO TEL TARG DELTA", -605013.0), card("ESO TEL TARG EQUINOX", 2000.0)}, "NaN NaN NaN 2000.00"},
		"south of the line":  {[]fits.Card{card("ESO TEL TARG ALPHA", 0.5), card("ESO TEL TARG DELTA", -1800.0), card("ESO TEL TARG EQUINOX", 2000.0)}, "0.0021 -0.3000 NaN 2000.00"},
		"a form left empty":  {[]fits.Card{card("RA", 0.0), card("DEC", 0.0), card("MJD-OBS", 56000.0)}, "NaN NaN NaN 2000.00"},
		"beyond all bounds":  {[]fits.Card{card("ESO TEL TARG ALPHA", 1e300), card("ESO TEL TARG DELTA", -1e300), card("ESO TEL TARG EQUINOX", 2000.0)}, "NaN NaN NaN 2000.00"},
		"faster than light?": {append(target[:9:9], card("ESO TEL TARG PMA", -99999.0), card("ESO TEL TARG PMD", 1.0)), "219.8962 -60.8372 NaN 2000.00"},
	} {
		s, err := ReadSpectrum(product(t, filepath.Join(dir, "x.fits"), c.cards...))
		if err != nil {
			t.Fatal(name, err)
		}
		p := s.Place
		if got := fmt.Sprintf("%.4f %.4f %.0f %.2f", p.RA, p.Dec, p.PMRA, p.Epoch); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for file, want := range map[string]string{
		"HD111998_38Vir_HARPS_coadd.fits": "HD111998|38Vir|HD111998_38Vir", "GJ163_HARPS_coadd.fits": "GJ163", "ADP.1.fits": "", "HARPS.2012-03-24T08.fits": "",
	} {
		s, err := ReadSpectrum(product(t, filepath.Join(dir, file)))
		if got := strings.Join(s.Names, "|"); err != nil || got != want {
			t.Errorf("%s: names %q, %v, want %q", file, got, err, want)
		}
	}
	text := filepath.Join(dir, "tauCet_HARPS.txt")
	if err := os.WriteFile(text, []byte("5000 1\n5000.1 2\n5000.2 6\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err := ReadSpectrum(text); err != nil || s.Median != 2 || s.object() != "tauCet" {
		t.Errorf("text: %+v, %v", s, err)
	}
}

func TestReadSpectra(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "again"), 0o755); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.fits")
	if err := os.WriteFile(bad, []byte("<html>log in</html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := []string{
		product(t, filepath.Join(dir, "b.fits"), card("OBJECT", "HD 1")), bad, product(t, filepath.Join(dir, "a.fits"), card("OBJECT", "HD 2")),
		product(t, filepath.Join(dir, "again", "b.fits")), filepath.Join(dir, "none.fits"),
	}
	last := 0
	spectra, failures, err := ReadSpectra(context.Background(), files, Reading{Progress: func(done, total int) {
		if done != last+1 || total != 5 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil || len(spectra) != 2 || spectra[0].ID != "b" || spectra[1].ID != "a" {
		t.Fatalf("%+v, %v", spectra, err)
	}
	var why []string
	for _, f := range failures {
		why = append(why, strings.ReplaceAll(f.Err.Error(), dir, ""))
	}
	if len(why) != 3 || !strings.Contains(why[0], "bad.fits") || why[1] != "/again/b.fits: has the dp_id of /b.fits" || !strings.Contains(why[2], "none.fits") {
		t.Errorf("failures %q", why)
	}

	// A list of them comes back, and files that have not changed are not read again.
	list := filepath.Join(dir, "list.csv")
	if err := WriteList(list, spectra); err != nil {
		t.Fatal(err)
	}
	known, err := ReadList(list)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(spectra, known, cmp.AllowUnexported(Spectrum{}), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
	known[0].Names = []string{"as kept"}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(files[2], later, later); err != nil {
		t.Fatal(err)
	}
	known[1].Names = []string{"as kept"}
	again, _, err := ReadSpectra(context.Background(), []string{files[0], files[2]}, Reading{Known: known})
	if err != nil || again[0].object() != "as kept" || again[1].object() != "HD 2" {
		t.Errorf("%+v, %v", again, err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	kept := -1
	keep := func(all []Spectrum) error { kept = len(all); return nil }
	if some, failures, err := ReadSpectra(stopped, files, Reading{Keep: keep}); !errors.Is(err, context.Canceled) || len(some)+len(failures)+kept > 0 {
		t.Errorf("%d read, %d kept after the end: %v", len(some), kept, err)
	}
	if _, _, err := ReadSpectra(context.Background(), files[:1], Reading{Keep: keep}); err != nil || kept != 1 {
		t.Errorf("%d kept: %v", kept, err)
	}
}

// Any table with a dp_id will do.
func TestReadList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "query.csv")
	if err := os.WriteFile(path, []byte("dp_id,object,ra,dec,mjd_obs,snr\nADP.1.fits,HD 5,10,20,51544.5,50\nb,,,,,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	spectra, err := ReadList(path)
	if err != nil || len(spectra) != 2 {
		t.Fatal(spectra, err)
	}
	if s := spectra[0]; s.ID != "ADP.1" || s.object() != "HD 5" || s.Place.RA != 10 || s.Place.Epoch != 2000 || s.Place.Moves() || s.SNR != 50 {
		t.Errorf("%+v", s)
	}
	if s := spectra[1]; s.object() != "" || s.Place.Known() || !math.IsNaN(s.SNR) {
		t.Errorf("%+v", s)
	}
}
