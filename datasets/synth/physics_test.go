package synth

import (
	"math"
	"testing"
	"time"
)

// single is the spectrum of one line on a fine axis about 5200 A.
func single(t *testing.T, star Star, l line) (s *synthesis, flux []float64) {
	t.Helper()
	s = &synthesis{lines: []line{l}, start: math.Log(5150), step: 0.5}
	s.n = int(math.Log(5300.0/5150)*lightSpeed/s.step) + 1
	flux = make([]float64, s.n)
	s.normalised(star, flux, make([]float64, s.n))
	return s, flux
}

// moments are equivalent width in A, centroid in A and standard deviation in km/s.
func moments(s *synthesis, flux []float64) (width, centre, sigma float64) {
	var m0, m1, m2 float64
	for i, f := range flux {
		v := float64(i) * s.step
		m0 += 1 - f
		m1 += (1 - f) * v
		m2 += (1 - f) * v * v
	}
	m1 /= m0
	wave := math.Exp(s.start + m1/lightSpeed)
	return m0 * s.step / lightSpeed * wave, wave, math.Sqrt(m2/m0 - m1*m1)
}

func equivalentWidth(t *testing.T, star Star, l line) float64 {
	t.Helper()
	w, _, _ := moments(single(t, star, l))
	return w
}

func TestLinesFollowTheStar(t *testing.T) {
	iron := line{feI, 5200, 0.1, -4.9, 0}
	ion := line{feII, 5200, 3.2, -2.8, 0}
	magnesium := line{mgI, 5200, 2.71, -0.3, -7.27}
	tests := []struct {
		name         string
		l            line
		weak, strong Star
	}{
		{"Fe I weakens with temperature, G to F", iron, Star{6500, 4.4, 0, 0}, Star{5500, 4.4, 0, 0}},
		{"Fe I weakens with temperature, K to G", iron, Star{5500, 4.4, 0, 0}, Star{4500, 4.4, 0, 0}},
		{"Fe I follows metallicity", iron, Star{5772, 4.4, -0.5, 0}, Star{5772, 4.4, 0, 0}},
		{"Fe II is strong in giants", ion, Star{4800, 4.5, 0, 0}, Star{4800, 2.5, 0, 0}},
		{"Mg b wings grow with gravity", magnesium, Star{4800, 2.5, 0, 0}, Star{4800, 4.5, 0, 0}},
	}
	for _, tt := range tests {
		weak, strong := equivalentWidth(t, tt.weak, tt.l), equivalentWidth(t, tt.strong, tt.l)
		if !(strong > 1.05*weak && weak > 0) {
			t.Errorf("%s: equivalent widths %.4f and %.4f A", tt.name, weak, strong)
		}
	}
}

// The curve of growth: linear, then flat, then the square root of the damping.
func TestCurveOfGrowth(t *testing.T) {
	growth := func(loggf float64) float64 {
		l := line{feI, 5200, 2.2, loggf, 0}
		return math.Log10(equivalentWidth(t, solar, line{l.species, l.wave, l.excite, loggf + 0.3, 0})/equivalentWidth(t, solar, l)) / 0.3
	}
	for _, tt := range []struct {
		loggf, low, high float64
	}{{-6, 0.95, 1}, {-3, 0.2, 0.7}, {2, 0.4, 0.6}} {
		if g := growth(tt.loggf); g < tt.low || g > tt.high {
			t.Errorf("log gf %g: d log W / d log gf = %.3f, want %g to %g", tt.loggf, g, tt.low, tt.high)
		}
	}
}

// The Sun's equivalent widths in mA, measured as Gaussians on a HARPS spectrum of
// Vesta, within a factor of 1.6: one layer gives no more.
func TestSolarEquivalentWidths(t *testing.T) {
	for _, tt := range []struct {
		l    line
		want float64
	}{
		{line{feI, 5250.21, 0.12, -4.94, 0}, 70},
		{line{feI, 5217.39, 3.21, -1.07, 0}, 112},
		{line{feI, 5225.53, 0.11, -4.79, 0}, 74},
		{line{tiI, 5210.38, 0.05, -0.82, 0}, 92},
		{line{niI, 5155.76, 3.90, -0.09, 0}, 80},
	} {
		got := 1000 * equivalentWidth(t, solar, tt.l)
		if got < tt.want/1.6 || got > tt.want*1.6 {
			t.Errorf("%s %.2f: %.0f mA, the Sun has %.0f", speciesTable[tt.l.species].name, tt.l.wave, got, tt.want)
		}
	}
}

func TestRotationKeepsEquivalentWidth(t *testing.T) {
	l := line{feI, 5200, 2.2, -2.5, 0}
	slow, fast := solar, solar
	slow.VSini, fast.VSini = 0, 20
	w0, c0, s0 := moments(single(t, slow, l))
	w1, c1, s1 := moments(single(t, fast, l))
	if math.Abs(w1/w0-1) > 1e-6 || math.Abs(c1-c0) > 1e-6 {
		t.Errorf("width %.6f became %.6f A, centre %.5f became %.5f A", w0, w1, c0, c1)
	}
	// Variance of the rotation profile over vsini^2 with linear limb darkening
	// e: the mean of x^2 over the disc, weighted by 1 - e + e sqrt(1 - r^2).
	const e = 0.6
	variance := ((1-e)/4 + e*2/15) / (1 - e/3)
	want := math.Sqrt(s0*s0 + 400*variance)
	if math.Abs(s1/want-1) > 2e-3 {
		t.Errorf("standard deviation %.3f km/s, want %.3f", s1, want)
	}
}

func TestVoigt(t *testing.T) {
	// scipy 1.17.1: wofz(u + 1j a).real
	for _, tt := range []struct{ a, u, want float64 }{
		{0.01, 0, 0.98881546},
		{0.01, 0.5, 0.77234502},
		{0.01, 1, 0.36870242},
		{0.01, 2, 0.020620065},
		{0.01, 3, 0.00090883071},
		{0.01, 5, 0.00024080339},
		{0.01, 11, 4.7217523e-05},
		{0.01, 13, 3.3684763e-05},
		{0.01, 40, 3.5294957e-06},
		{0.1, 0, 0.89645698},
		{0.1, 0.5, 0.71758774},
		{0.1, 1, 0.37317015},
		{0.1, 2, 0.040201398},
		{0.1, 3, 0.007942681},
		{0.1, 5, 0.0024069117},
		{0.1, 11, 0.00047213544},
		{0.1, 13, 0.00033682748},
		{0.1, 40, 3.5294738e-05},
	} {
		// First order in a: the rest is a^2 (1 - 2 u^2) exp(-u^2).
		if got := voigt(tt.a, tt.u); math.Abs(got-tt.want) > 1.2*tt.a*tt.a+1e-4 || tt.u > 4 && math.Abs(got/tt.want-1) > 0.02 {
			t.Errorf("H(%g, %g) = %g, want %g", tt.a, tt.u, got, tt.want)
		}
	}
}

// The star's lines sit at lambda (1 + v/c), and an unresolved line has the
// resolution's width.
func TestInstrumentShiftsAndBlurs(t *testing.T) {
	const resolution = 6000
	s, flux := single(t, Star{5772, 4.44, 0, 0}, line{feI, 5200, 2.2, -4.5, 0})
	in := newInstrument(5170, 0.05, 1200, resolution, s)
	_, _, own := moments(s, flux)
	for _, rv := range []float64{-60, 0, 12.345, 100} {
		out := make([]float64, len(in.wave))
		in.observe(out, s, flux, rv)
		var m0, m1, m2 float64
		for i, f := range out {
			x := in.wave[i] - 5200
			m0 += 1 - f
			m1 += (1 - f) * x
			m2 += (1 - f) * x * x
		}
		centre, sigma := 5200+m1/m0, math.Sqrt(m2/m0-m1/m0*m1/m0)/5200*lightSpeed
		if v := (centre/5200 - 1) * lightSpeed; math.Abs(v-rv) > 0.01 {
			t.Errorf("radial velocity %g km/s: line at %.5f A, %.4f km/s", rv, centre, v)
		}
		want := math.Hypot(own, lightSpeed/resolution/2.35482)
		if math.Abs(sigma/want-1) > 5e-3 {
			t.Errorf("radial velocity %g km/s: width %.3f km/s, want %.3f", rv, sigma, want)
		}
	}
}

// The synthesis step is fine enough: against one six times finer every sample
// agrees to 1e-3 of the continuum.
func TestStepIsFineEnough(t *testing.T) {
	stars := []Star{solar, {3700, 4.8, 0.2, 1}, {4500, 4.6, 0.4, 3}, {6700, 4.3, -0.6, 9}}
	for name, p := range presets {
		for _, star := range stars {
			const n = 2000
			var flux [2][]float64
			for k, step := range []float64{p.step, p.step / 6} {
				s := newSynthesis(5000, 5390, step)
				normalised := make([]float64, s.n)
				s.normalised(star, normalised, make([]float64, s.n))
				in := newInstrument(5050, p.grid.Step, n, p.resolution, s)
				flux[k] = make([]float64, n)
				in.observe(flux[k], s, normalised, 33.3)
			}
			worst := 0.0
			for i := range flux[0] {
				worst = max(worst, math.Abs(flux[0][i]-flux[1][i]))
			}
			t.Logf("%s %+v: %.2g", name, star, worst)
			if worst > 1e-3 {
				t.Errorf("%s %+v: off by %.2g", name, star, worst)
			}
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
