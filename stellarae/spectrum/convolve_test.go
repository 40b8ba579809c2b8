package spectrum

import (
	"math"
	"strings"
	"testing"
)

// The peer takes the whole Gaussian over all samples.
func TestBroadenIsTheDirectSum(t *testing.T) {
	g := peers(t)
	s := &Spectrum{Wave: g.Resample.Wave, Flux: g.Resample.Flux, Err: g.Resample.Err}
	out, err := s.Broaden(g.Broaden.ResolvingPower)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Wave {
		near(t, "flux", float64(out.Flux[i]), g.Broaden.Want[i], 2e-7)
		near(t, "error", float64(out.Err[i]), g.Broaden.WantErr[i], 2e-7)
	}
}

// The peer integrates Gray's profile numerically over every pixel.
func TestRotateIsTheDirectSum(t *testing.T) {
	g := peers(t)
	s := &Spectrum{Wave: g.Resample.Wave, Flux: g.Resample.Flux}
	out, err := s.Rotate(g.Rotate.Vsini, g.Rotate.Epsilon)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Wave {
		near(t, "flux", float64(out.Flux[i]), g.Rotate.Want[i], 2e-7)
	}
}

// moments are the area, the mean and the standard deviation of 1 - flux.
func moments(s *Spectrum) (area, mean, deviation float64) {
	lo, hi := pixels(s.Wave)
	for i, w := range s.Wave {
		d := (1 - float64(s.Flux[i])) * (hi[i] - lo[i])
		area += d
		mean += d * w
	}
	mean /= area
	for i, w := range s.Wave {
		d := (1 - float64(s.Flux[i])) * (hi[i] - lo[i])
		deviation += d * (w - mean) * (w - mean)
	}
	return area, mean, math.Sqrt(deviation / area)
}

// line is a normalised spectrum with one Gaussian line of the given deviation.
func line(start, step float64, n int, at, sigma float64) *Spectrum {
	s := made(start, step, make([]float32, n))
	for i, w := range s.Wave {
		t := (w - at) / sigma
		s.Flux[i] = float32(1 - 0.5*math.Exp(-0.5*t*t))
	}
	return s
}

// The variances of line and Gaussian add up, and the equivalent width stays.
func TestBroadenWidth(t *testing.T) {
	for _, c := range []struct{ at, step, sigma, r float64 }{
		{5300, 0.01, 0.03, 115000}, // HARPS
		{3900, 0.01, 0.03, 42000},
		{6700, 0.02, 0.05, 20000},
	} {
		s := line(c.at-8, c.step, int(16/c.step), c.at, c.sigma)
		out, err := s.Broaden(c.r)
		if err != nil {
			t.Fatal(err)
		}
		before, _, _ := moments(s)
		area, mean, deviation := moments(out)
		lsf := c.at / c.r / 2.3548200450309493
		near(t, "equivalent width", area, before, 1e-5)
		near(t, "centre", mean, c.at, 1e-8)
		near(t, "width", deviation, math.Hypot(c.sigma, lsf), 1e-3)
	}
}

// A line much narrower than the rotation takes the width of the profile, whose
// variance is (1-epsilon)/4 + 2 epsilon/15 over 1-epsilon/3, and keeps its
// equivalent width.
func TestRotateWidth(t *testing.T) {
	for _, c := range []struct{ vsini, epsilon float64 }{
		{2, 0.6}, {10, 0}, {10, 1}, {60, 0.6}, {200, 0.3},
	} {
		const at, sigma = 5500, 0.04
		s := line(at-15, 0.01, 3000, at, sigma)
		out, err := s.Rotate(c.vsini, c.epsilon)
		if err != nil {
			t.Fatal(err)
		}
		before, _, _ := moments(s)
		area, mean, deviation := moments(out)
		limit := at * c.vsini / SpeedOfLight
		variance := limit * limit * ((1-c.epsilon)/4 + 2*c.epsilon/15) / (1 - c.epsilon/3)
		pixel := 0.01 * 0.01 / 12 // a sample is a pixel, not a point
		near(t, "equivalent width", area, before, 3e-5)
		near(t, "centre", mean, at, 1e-6)
		near(t, "width", deviation, math.Sqrt(variance+pixel+sigma*sigma), 2e-3)
	}
}

// The profile's integral is that of Gray's formula, by Simpson's rule.
func TestRotationIntegral(t *testing.T) {
	for _, epsilon := range []float64{0, 0.3, 0.6, 1} {
		profile := func(x float64) float64 {
			return 2*(1-epsilon)*math.Sqrt(1-x*x) + math.Pi*epsilon/2*(1-x*x)
		}
		const n = 2000
		for _, to := range []float64{-0.7, 0.2, 0.9} {
			h, sum := to/n, profile(0)+profile(to)
			for i := 1; i < n; i++ {
				sum += profile(float64(i)*h) * float64(2+2*(i%2))
			}
			near(t, "integral", rotationIntegral(to, epsilon), sum*h/3, 1e-9)
		}
		near(t, "whole", 2*rotationIntegral(1, epsilon), math.Pi*(1-epsilon/3), 1e-15)
	}
}

func TestBroadeningOfWhatIsNotThere(t *testing.T) {
	s := made(5000, 0.01, make([]float32, 2000))
	for i := range s.Flux {
		s.Flux[i] = 7
	}
	for i := 500; i < 700; i++ {
		s.Flux[i] = float32(math.NaN())
	}
	s.Flux[1500] = float32(math.Inf(-1))
	for name, f := range map[string]func() (*Spectrum, error){
		"Gaussian": func() (*Spectrum, error) { return s.Broaden(40000) },
		"rotation": func() (*Spectrum, error) { return s.Rotate(8, 0.6) },
	} {
		out, err := f()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range out.Flux {
			inside := i >= 500 && i < 700
			if !inside && v != 7 || inside && !math.IsNaN(float64(v)) {
				t.Errorf("%s: sample %d is %v", name, i, v)
			}
		}
	}
}

func TestBroadeningRefuses(t *testing.T) {
	s := made(5000, 1, []float32{1, 2, 3})
	nan := math.NaN()
	for _, r := range []float64{0, -1, nan, math.Inf(1)} {
		if _, err := s.Broaden(r); err == nil || !strings.HasPrefix(err.Error(), "made.fits: resolving power") {
			t.Errorf("resolving power %v: %v", r, err)
		}
	}
	for _, c := range [][2]float64{{-1, 0.6}, {nan, 0.6}, {40000, 0.6}, {10, -0.1}, {10, 1.1}, {10, nan}} {
		if _, err := s.Rotate(c[0], c[1]); err == nil {
			t.Errorf("vsini %v, epsilon %v: no error", c[0], c[1])
		}
	}
	if out, err := s.Rotate(0, 0.6); err != nil || hash(out.Flux) != hash(s.Flux) {
		t.Errorf("no rotation: %v", err)
	}
	s.Flux = s.Flux[:2]
	if _, err := s.Broaden(1000); err == nil {
		t.Error("lengths that differ were taken")
	}
	if _, err := s.Rotate(0, 0.6); err == nil {
		t.Error("lengths that differ were taken")
	}
}
