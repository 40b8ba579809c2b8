package synth

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// realFolder holds spectra and lists of lines that are not part of the project.
func realFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	return folder
}

// The simulated stars resemble real ones without any list: in the mini window,
// both at its resolution and divided by their mean slopes, they correlate. The
// statistical lines are not where the real ones are, so it cannot be near 1.
func TestResemblesRealStars(t *testing.T) {
	folder := realFolder(t)
	shallow := newSurvey(t, Mini, 1, 1)
	deep, err := New(Options{Preset: Mini, N: 1, Seed: 1, Lines: deep.builtIn()})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		file  string
		rv    float64 // km/s, as measured on the file
		star  Star
		least [2]float64 // measured, less 0.02: one layer, many
	}{
		{"Sun_Vesta_HARPS_coadd.fits", 0, solar, [2]float64{0.86, 0.89}},
		{"HD128621_HARPS.2012-04-04T02-34-43.941_s1d_A.fits", -22.88, Star{5207, 4.53, 0.24, 1}, [2]float64{0.84, 0.86}},
		{"Gl581_HARPS.2010-09-18T23-42-36.178_s1d_A.fits", -9.43, Star{3367, 4.95, -0.25, 1}, [2]float64{0.7, 0.6}},
	} {
		x, err := spectrum.Load(filepath.Join(folder, "spectra", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		for k, s := range []*Survey{shallow, deep} {
			b := s.scratch.Get().(*buffers)
			real := blurred(x, s.instrument.wave, presets[Mini].resolution)
			s.clean(&Truth{RV: tt.rv, Teff: tt.star.Teff, LogG: tt.star.LogG, MH: tt.star.MH, VSini: tt.star.VSini}, b)
			level(real)
			level(b.flux)
			r := stat.Correlation(real, b.flux, nil)
			t.Logf("%s: correlation %.3f, contrast %.3f real, %.3f simulated", tt.file, r, stat.StdDev(real, nil), stat.StdDev(b.flux, nil))
			if r < tt.least[k] {
				t.Errorf("%s: correlation %.3f, want %.2f", tt.file, r, tt.least[k])
			}
		}
	}
}

// blurred is a spectrum at a resolution, at wavelengths.
func blurred(x *spectrum.Spectrum, wave []float64, resolution float64) []float64 {
	out := make([]float64, len(wave))
	first := 0
	for i, w := range wave {
		sigma := w / resolution / 2.35482
		for x.Wave[first] < w-4*sigma {
			first++
		}
		var sum, weight float64
		for k := first; x.Wave[k] < w+4*sigma; k++ {
			d := (x.Wave[k] - w) / sigma
			g := math.Exp(-d * d / 2)
			sum += g * float64(x.Flux[k])
			weight += g
		}
		out[i] = sum / weight
	}
	return out
}

// level divides by the straight line that fits best.
func level(flux []float64) {
	at := make([]float64, len(flux))
	for i := range at {
		at[i] = float64(i)
	}
	a, slope := stat.LinearRegression(at, flux, nil, false)
	for i := range flux {
		flux[i] /= a + slope*at[i]
	}
}
