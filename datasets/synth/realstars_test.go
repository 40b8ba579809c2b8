package synth

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// realStar is an observed star with its labels from the literature.
type realStar struct {
	file  string
	rv    float64 // km/s, measured on the file with a mask of atomic lines
	star  Star
	list  string
	least float64 // correlation, measured, less 0.03
}

var realStars = []realStar{
	{"spectra/Sun_Vesta_HARPS_coadd.fits", 0.21, solar, "VALD-Solar.txt", 0.93},
	{"spectra/Sun_sky_HARPS.2005-10-22.fits", -19.42, solar, "VALD-Solar.txt", 0.93},
	{"spectra/HD128621_HARPS.2012-03-24T08-37-45.581_s1d_A.fits", -22.87, Star{5207, 4.53, 0.24, 1}, "VALD-AlphaCenB.txt", 0.91},
	{"spectra/HD128621_HARPS.2012-04-04T02-34-43.941_s1d_A.fits", -22.88, Star{5207, 4.53, 0.24, 1}, "VALD-AlphaCenB.txt", 0.91},
	{"spectra_partial/Procyon_HARPS_GBOG_4800-6800.fits", 0.22, Star{6582, 3.98, -0.02, 2.8}, "VALD-Solar.txt", 0.93},
	{"spectra/HD111998_38Vir_HARPS_coadd.fits", 0.70, Star{6440, 4.42, 0.16, 20}, "VALD-Solar.txt", 0.91},
	{"spectra_partial/Aldebaran_HARPS_GBOG_4800-6800.fits", 0.32, Star{3921, 1.17, -0.20, 3}, "VALD-AlphaCenB.txt", 0.8},
	{"spectra/Gl581_HARPS.2010-09-18T23-42-36.178_s1d_A.fits", -9.43, Star{3367, 4.95, -0.25, 1}, "VALD-AlphaCenB.txt", 0.36},
	{"spectra/GJ163_HARPS_coadd.fits", -0.24, Star{3431, 4.79, 0.01, 1}, "VALD-AlphaCenB.txt", 0.36},
}

// Stars simulated from their labels with VALD's lines, at HARPS's resolution,
// have their lines where the real ones have them, and as deep.
func TestRealStars(t *testing.T) {
	folder := realFolder(t)
	surveys := map[string]*Survey{}
	for _, tt := range realStars {
		s := surveys[tt.list]
		if s == nil {
			lines, err := linelist.Load(filepath.Join(folder, "linelists", tt.list))
			if err != nil {
				t.Fatal(err)
			}
			if s, err = New(Options{Preset: Full, N: 1, Seed: 1, Lines: lines}); err != nil {
				t.Fatal(err)
			}
			surveys[tt.list] = s
		}
		x, err := spectrum.Load(filepath.Join(folder, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		b := s.scratch.Get().(*buffers)
		s.clean(&Truth{Teff: tt.star.Teff, LogG: tt.star.LogG, MH: tt.star.MH, VSini: tt.star.VSini}, b)
		wave, real := between5000and6000(x)
		simulated := func(rv float64) []float64 {
			out := make([]float64, len(wave))
			for i, w := range wave {
				out[i] = sampled(s, b.flux, w/(1+rv/lightSpeed))
			}
			return lineSpectrum(wave, out)
		}
		real = lineSpectrum(wave, real)
		correlation := func(rv float64) float64 { return stat.Correlation(real, simulated(rv), nil) }
		rv := peak(correlation, tt.rv)
		r := correlation(rv)
		t.Logf("%-60s correlation %.3f, cross-correlation peaks %+.2f km/s from the measured velocity; scatter %.3f real, %.3f simulated",
			tt.file, r, rv-tt.rv, stat.StdDev(real, nil), stat.StdDev(simulated(rv), nil))
		if r < tt.least || math.Abs(rv-tt.rv) > 0.5 {
			t.Errorf("%s: correlation %.3f, want %.2f; velocity %.2f km/s, want %.2f", tt.file, r, tt.least, rv, tt.rv)
		}
		if tt.file == realStars[0].file {
			checkWidths(t, x, func(w float64) float64 { return sampled(s, b.flux, w/(1+rv/lightSpeed)) }, rv)
		}
	}
}

// namedLines are unblended lines of the Sun by name.
var namedLines = []struct {
	name string
	wave float64
}{
	{"Fe I", 5242.49}, {"Cr I", 5247.57}, {"Fe I", 5250.21}, {"Fe I", 5379.57}, {"Ca I", 5581.97}, {"Fe I", 5638.26},
	{"Sc II", 5657.90}, {"Fe I", 5701.54}, {"Fe I", 5852.22}, {"Ba II", 5853.67}, {"Ti I", 5866.45}, {"Fe I", 5916.25},
	{"Fe I", 6027.05}, {"Fe I", 6151.62}, {"Na I", 6154.23}, {"Si I", 6155.13}, {"Fe I", 6165.36}, {"Ca I", 6166.44},
	{"Fe I", 6173.34}, {"Ni I", 6176.81}, {"Fe I", 6200.31}, {"Fe II", 5234.62}, {"Fe II", 5425.25}, {"Fe II", 6432.68},
}

// checkWidths compares equivalent widths within 0.22 A of a line's centre,
// below the highest point within 0.8 A, in a real spectrum and a simulated one.
func checkWidths(t *testing.T, x *spectrum.Spectrum, simulated func(wave float64) float64, rv float64) {
	for _, l := range namedLines {
		centre := l.wave * (1 + rv/lightSpeed)
		var width [2]float64
		var top [2]float64
		for pass := range 2 {
			for i, w := range x.Wave {
				if math.Abs(w-centre) > 0.8 {
					continue
				}
				for k, f := range [2]float64{float64(x.Flux[i]), simulated(w)} {
					if pass == 0 {
						top[k] = max(top[k], f)
					} else if math.Abs(w-centre) < 0.22 {
						width[k] += (1 - f/top[k]) * (x.Wave[i] - x.Wave[i-1]) * 1000
					}
				}
			}
		}
		ratio := width[1] / width[0]
		t.Logf("%s %.2f: %.1f mA, simulated %.1f: %.2f", l.name, l.wave, width[0], width[1], ratio)
		if math.Abs(ratio-1) > 0.25 {
			t.Errorf("%s %.2f: off by more than a quarter", l.name, l.wave)
		}
	}
}

// between5000and6000 are the samples there outside the gap between detectors.
func between5000and6000(x *spectrum.Spectrum) (wave, flux []float64) {
	for i, w := range x.Wave {
		if w > 5000 && w < 6000 && (w < 5300 || w > 5345) {
			wave, flux = append(wave, w), append(flux, float64(x.Flux[i]))
		}
	}
	return wave, flux
}

// sampled is a spectrum of the survey at a wavelength, between samples.
func sampled(s *Survey, flux []float64, wave float64) float64 {
	at := (wave - s.instrument.wave[0]) / s.settings.grid.Step
	i := int(at)
	return flux[i] + (at-float64(i))*(flux[i+1]-flux[i])
}

// lineSpectrum divides by the continuum: straight lines between the 95th
// percentiles of pieces of 6 A.
func lineSpectrum(wave, flux []float64) []float64 {
	var at, level []float64
	for i := 0; i < len(wave); {
		j := i
		for j < len(wave) && wave[j] < wave[i]+6 {
			j++
		}
		piece := slices.Sorted(slices.Values(flux[i:j]))
		at, level = append(at, (wave[i]+wave[j-1])/2), append(level, piece[len(piece)*95/100])
		i = j
	}
	out := make([]float64, len(flux))
	k := 0
	for i, w := range wave {
		for k < len(at)-2 && w > at[k+1] {
			k++
		}
		out[i] = flux[i] / (level[k] + (w-at[k])/(at[k+1]-at[k])*(level[k+1]-level[k]))
	}
	return out
}

// peak is where f is largest within 6 of near: the top of the parabola through
// the best of steps of 0.5 and its neighbours.
func peak(f func(float64) float64, near float64) float64 {
	const step = 0.5
	best, value := near, math.Inf(-1)
	for k := -12; k <= 12; k++ {
		x := near + float64(k)*step
		if y := f(x); y > value {
			best, value = x, y
		}
	}
	low, high := f(best-step), f(best+step)
	return best + step*(low-high)/(2*(low-2*value+high))
}
