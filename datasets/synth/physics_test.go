package synth

import (
	"math"
	"testing"
	"time"

	"github.com/stellarae/lab/datasets/linelist"
)

// single is the spectrum of one line on a fine axis about 5200 A.
func single(t *testing.T, star Star, l linelist.Line) (s *synthesis, flux []float64) {
	t.Helper()
	s = newSynthesis([]linelist.Line{l}, 5150, 5300, 0.5, 1, false)
	flux = make([]float64, s.n)
	s.normalised(star, flux, make([]float64, s.n), make([]float32, s.n))
	return s, flux
}

func iron(excite, loggf float64) linelist.Line {
	return linelist.Line{Species: feI, Wave: 5200, Excitation: excite, LogGF: loggf}
}

// moments are equivalent width in A, centroid in A and standard deviation in km/s.
func moments(s *synthesis, flux []float64) (width, centre, sigma float64) {
	var m0, m1, m2 float64
	for i, f := range flux {
		if w := math.Exp(s.start + float64(i)*s.step/lightSpeed); math.Abs(w-5200) > 3 {
			continue // rounding errors, far from the line
		}
		v := float64(i) * s.step
		m0 += 1 - f
		m1 += (1 - f) * v
		m2 += (1 - f) * v * v
	}
	m1 /= m0
	wave := math.Exp(s.start + m1/lightSpeed)
	return m0 * s.step / lightSpeed * wave, wave, math.Sqrt(m2/m0 - m1*m1)
}

func TestRotationKeepsEquivalentWidth(t *testing.T) {
	l := iron(2.2, -2.5)
	slow, fast := solar, solar
	slow.VSini, fast.VSini = 0, 20
	s, flux := single(t, slow, l)
	e := interpolate(s.limb, slow.Teff)
	w0, c0, s0 := moments(s, flux)
	w1, c1, s1 := moments(single(t, fast, l))
	if math.Abs(w1/w0-1) > 1e-5 || math.Abs(c1-c0) > 1e-6 {
		t.Errorf("width %.6f became %.6f A, centre %.5f became %.5f A", w0, w1, c0, c1)
	}
	// Variance of the rotation profile over vsini^2 with linear limb darkening
	// e: the mean of x^2 over the disc, weighted by 1 - e + e sqrt(1 - r^2).
	variance := ((1-e)/4 + e*2/15) / (1 - e/3)
	want := math.Sqrt(s0*s0 + 400*variance)
	if math.Abs(s1/want-1) > 2e-3 {
		t.Errorf("standard deviation %.3f km/s, want %.3f", s1, want)
	}
}

// The star's lines sit at lambda (1 + v/c), and an unresolved line has the
// resolution's width.
func TestInstrumentShiftsAndBlurs(t *testing.T) {
	const resolution = 6000
	s, flux := single(t, Star{5772, 4.44, 0, 0}, iron(2.2, -4.5))
	in := newInstrument(5170, 0.05, 1200, resolution, s)
	width, _, own := moments(s, flux)
	for _, rv := range []float64{-60, 0, 12.345, 100} {
		out := make([]float64, len(in.wave))
		in.observe(out, s, flux, rv)
		var m0, m1, m2 float64
		for i, f := range out {
			x := in.wave[i] - 5200
			if math.Abs(x-rv/lightSpeed*5200) > 3 {
				continue
			}
			m0 += 1 - f
			m1 += (1 - f) * x
			m2 += (1 - f) * x * x
		}
		centre, sigma := 5200+m1/m0, math.Sqrt(m2/m0-m1/m0*m1/m0)/5200*lightSpeed
		if v := (centre/5200 - 1) * lightSpeed; math.Abs(v-rv) > 0.01 {
			t.Errorf("radial velocity %g km/s: line at %.5f A, %.4f km/s", rv, centre, v)
		}
		// Resampling conserves flux: what the line takes away stays the same.
		if got := m0 * 0.05 / (1 + rv/lightSpeed); math.Abs(got/width-1) > 2e-3 {
			t.Errorf("radial velocity %g km/s: equivalent width %.5f A, want %.5f", rv, got, width)
		}
		want := math.Hypot(own, lightSpeed/resolution/2.35482)
		if math.Abs(sigma/want-1) > 5e-3 {
			t.Errorf("radial velocity %g km/s: width %.3f km/s, want %.3f", rv, sigma, want)
		}
	}
}

// Doubling the rotation keeps the equivalent width.
func TestDoubledRotation(t *testing.T) {
	var before float64
	for _, vsini := range []float64{2.5, 5, 10, 20, 40} {
		star := solar
		star.VSini = vsini
		w, _, _ := moments(single(t, star, iron(2.2, -2.5)))
		if before > 0 && math.Abs(w/before-1) > 2e-5 {
			t.Errorf("vsini %g km/s: width %.6f A, %.6f at half of it", vsini, w, before)
		}
		before = w
	}
}

// The synthesis step is fine enough: against one six times finer every sample
// agrees to 1e-3 of the continuum.
func TestStepIsFineEnough(t *testing.T) {
	stars := []Star{solar, {3700, 4.8, 0.2, 1}, {4500, 4.6, 0.4, 3}, {6700, 4.3, -0.6, 9}}
	for name, p := range presets {
		check := func(what string, step float64, prepare func(first, last, step float64) *synthesis) {
			for _, star := range stars {
				const n = 2000
				var flux [2][]float64
				for k, step := range []float64{step, step / 6} {
					s := prepare(5140, 5230, step)
					normalised := make([]float64, s.n)
					s.normalised(star, normalised, make([]float64, s.n), make([]float32, s.n))
					in := newInstrument(5160, 0.02, n, p.resolution, s)
					flux[k] = make([]float64, n)
					in.observe(flux[k], s, normalised, 33.3)
				}
				worst := 0.0
				for i := range flux[0] {
					worst = max(worst, math.Abs(flux[0][i]-flux[1][i]))
				}
				t.Logf("%s, %s, %+v: %.2g", name, what, star, worst)
				if worst > 1e-3 {
					t.Errorf("%s, %s, %+v: off by %.2g", name, what, star, worst)
				}
			}
		}
		check("photosphere", min(p.step, tableStep), func(first, last, step float64) *synthesis {
			return newSynthesis(deep.builtIn(), first, last, step, p.every(), false)
		})
		if p.oneLayer {
			check("one layer", p.step, newOneLayer)
		}
	}
}

func TestExtinction(t *testing.T) {
	// By definition: A(B) - A(V) = 1 and A(V) = R_V for the effective
	// wavelengths of the bands, within the law's own 3 per cent.
	b, v := extinction(4400), extinction(5500)
	if math.Abs(b-v-1) > 0.03 || math.Abs(v-3.1) > 0.03 {
		t.Errorf("A(B) = %.3f, A(V) = %.3f for E(B-V) = 1", b, v)
	}
}

// Against the barycentric velocities in the headers of HARPS products.
func TestEarthVelocity(t *testing.T) {
	for _, tt := range []struct {
		ra, dec float64
		date    string
		want    float64
	}{
		{219.8997, -60.8356, "2012-03-24T08:37:45", 18.2627},
		{219.8997, -60.8356, "2012-04-04T02:34:43", 15.8913},
		{229.8617, -7.7222, "2010-09-18T23:42:36", -23.5439},
	} {
		at, err := time.Parse("2006-01-02T15:04:05", tt.date)
		if err != nil {
			t.Fatal(err)
		}
		// The rotation (0.4 km/s) and the orbit's eccentricity (0.5 km/s) are left out.
		if got := earthVelocity(tt.ra, tt.dec, at); math.Abs(got-tt.want) > 1 {
			t.Errorf("%s: %.2f km/s, the header has %.2f", tt.date, got, tt.want)
		}
	}
}

// The ends and the gap of HARPS pipeline products with these velocities.
func TestDetectors(t *testing.T) {
	s, err := New(Options{Preset: Full, N: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ berv, first, gapFirst, gapLast, last float64 }{
		{18.2627, 3781.73, 5304.64, 5337.58, 6913.28},
		{15.8913, 3781.70, 5304.60, 5337.54, 6913.24},
		{-23.5439, 3781.19, 5303.90, 5336.84, 6912.32},
	} {
		v := Truth{BERV: tt.berv}
		from, to := s.seen(&v)
		gapFrom, gapTo := s.gap(&v)
		for k, want := range []float64{tt.first, tt.gapFirst, tt.gapLast, tt.last} {
			got := s.instrument.wave[[]int{from, gapFrom, gapTo - 1, to - 1}[k]]
			if math.Abs(got-want) > 0.021 {
				t.Errorf("berv %g: edge %d at %.2f A, want %.2f", tt.berv, k, got, want)
			}
		}
	}
}
