package synth

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// The telluric bands are where they are in two spectra of HD 128621 (alpha Cen
// B), taken at different barycentric velocities of the Earth, and as deep: the
// velocity and the column at which the simulated star agrees best with the
// real one are those in the headers.
func TestTelluricsAgainstRealSpectra(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	for _, tt := range []struct {
		file          string
		berv, airmass float64 // of the header
	}{
		{"HD128621_HARPS.2012-03-24T08-37-45.581_s1d_A.fits", 18.2627, 1.214},
		{"HD128621_HARPS.2012-04-04T02-34-43.941_s1d_A.fits", 15.8913, 1.551},
	} {
		x, err := spectrum.Load(filepath.Join(folder, "spectra", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, band := range []struct {
			name    string
			from    float64
			samples int
			least   float64 // correlation; the statistical lines of the star leave their mark
		}{{"B", 6865, 4000, 0.96}, {"gamma", 6277, 3000, 0.6}} {
			s := stretch(band.from, band.samples, 1)
			first, _ := slices.BinarySearch(x.Wave, band.from-0.005)
			real := make([]float64, band.samples)
			for i := range real {
				real[i] = float64(x.Flux[first+i])
			}
			level(real)
			star := Truth{Teff: 5207, LogG: 4.53, MH: 0.24, VSini: 1, RV: -22.88, BERV: tt.berv, Airmass: tt.airmass, Water: 3}
			b := s.scratch.Get().(*buffers)
			agree := func(berv, airmass float64) float64 {
				y := star
				y.BERV, y.Airmass = berv, airmass
				s.clean(&y, b)
				level(b.flux)
				return stat.Correlation(real, b.flux, nil)
			}
			off, best := 0.0, agree(tt.berv, tt.airmass)
			here := best
			for v := -3.0; v <= 3; v += 0.05 {
				if r := agree(tt.berv+v, tt.airmass); r > best {
					off, best = v, r
				}
			}
			column, fits := 0.0, math.Inf(1)
			for x := 0.5; x < 2.5; x += 0.02 {
				y := star
				y.Airmass = x
				s.clean(&y, b)
				level(b.flux)
				sum := 0.0
				for i := range real {
					sum += math.Abs(real[i] - b.flux[i])
				}
				if sum < fits {
					column, fits = x, sum
				}
			}
			without := agree(tt.berv, 0)
			t.Logf("%s, %s band: correlation %.3f (%.3f without the air), best %+.2f km/s from the header's, airmass %.2f, header %.3f", tt.file[:23], band.name, here, without, off, column, tt.airmass)
			if math.Abs(off) > 0.3 || here < band.least || without > here-0.1 || math.Abs(column/tt.airmass-1) > 0.1 {
				t.Errorf("%s, %s band: correlation %.3f (%.3f without the air), best %+.2f km/s off, airmass %.2f", tt.file, band.name, here, without, off, column)
			}
		}
	}
}
