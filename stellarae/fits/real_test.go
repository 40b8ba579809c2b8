package fits

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// realFolder is the folder of real data, or skips the test.
func realFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("STELLARAE_REAL")
	if dir == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	return dir
}

// TestRealSpectra reads every real spectrum and compares it with what astropy
// found in it (spectra_index.csv).
func TestRealSpectra(t *testing.T) {
	dir := realFolder(t)
	file, err := os.Open(filepath.Join(dir, "spectra_index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	bervs := 0
	for _, line := range lines[1:] {
		value := func(column string) (float64, bool) {
			v, err := strconv.ParseFloat(line[slices.Index(lines[0], column)], 64)
			return v, err == nil
		}
		f, err := Open(filepath.Join(dir, line[0]))
		if err != nil {
			t.Error(err)
			continue
		}
		h := f.HDUs[0]
		im, err := h.Image()
		if err != nil {
			t.Error(err)
			continue
		}
		n, _ := value("n")
		if len(im.Shape) != 1 || im.Shape[0] != int(n) {
			t.Errorf("%s: shape %v, want [%g]", line[0], im.Shape, n)
		}
		flux := im.Float64s()
		slices.Sort(flux)
		median := (flux[len(flux)/2] + flux[(len(flux)-1)/2]) / 2
		if want, _ := value("median_flux"); math.Abs(median-want) > 1e-3*math.Abs(want) {
			t.Errorf("%s: median %g, want %g", line[0], median, want)
		}
		step, _ := value("step_A")
		if got, ok := h.Header.Float("cdelt1"); !ok || math.Abs(got-step) > 1e-9 {
			t.Errorf("%s: CDELT1 is %g, %v, want %g", line[0], got, ok, step)
		}
		berv, ok := h.Header.Float("ESO DRS BERV")
		if want, has := value("berv_km_s"); ok && has {
			bervs++
			if math.Abs(berv-want) > 1e-4 {
				t.Errorf("%s: ESO DRS BERV is %g, want %g", line[0], berv, want)
			}
			if same, ok := h.Header.Float("hierarch eso drs berv"); !ok || same != berv {
				t.Errorf("%s: HIERARCH ESO DRS BERV is %g, %v", line[0], same, ok)
			}
		}
	}
	// Single exposures and the sky; the others are sums, or lost the key.
	if bervs != 4 {
		t.Errorf("compared ESO DRS BERV in %d files, want 4", bervs)
	}
}

// TestRealTables reads tables of scalar columns; the first row and the number
// of rows are astropy's.
func TestRealTables(t *testing.T) {
	dir := realFolder(t)
	for _, test := range []struct {
		name  string
		rows  int
		first []float64
	}{
		{"HITRAN2020_H2O_optical.fits", 5770, []float64{12500.112007, 3.66e-26, 0.0715, 0.4, 0.61, -0.0118, 816.6942}},
		{"HITRAN2020_O2_optical.fits", 354, []float64{12868.928514, 1.917e-28, 0.0376, 0.04, 0.63, -0.0089, 2479.6468}},
	} {
		f, err := Open(filepath.Join(dir, "linelists", test.name))
		if err != nil {
			t.Fatal(err)
		}
		table, err := f.HDUs[1].Table()
		if err != nil {
			t.Fatal(err)
		}
		if table.Rows() != test.rows || len(table.Columns()) != len(test.first) {
			t.Errorf("%s: %d rows of %d columns", test.name, table.Rows(), len(table.Columns()))
		}
		for i, want := range test.first {
			if got, err := table.Floats(0, i); err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("%s: column %d begins with %v, want %v (%v)", test.name, i, got, want, err)
			}
		}
	}
}
