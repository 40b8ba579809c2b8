package spectrum

import (
	"math"
	"strings"
	"testing"
)

// Closed forms: at 0.6 c the factor is exactly 2, at 0.8 c exactly 3.
func TestDopplerFactor(t *testing.T) {
	near(t, "0.6 c", DopplerFactor(0.6*SpeedOfLight), 2, 1e-15)
	near(t, "-0.6 c", DopplerFactor(-0.6*SpeedOfLight), 0.5, 1e-15)
	near(t, "0.8 c", DopplerFactor(0.8*SpeedOfLight), 3, 1e-15)
	// gamma (1 + v/c) is the same written otherwise.
	for v := -300.0; v <= 300; v += 7 {
		b := v / SpeedOfLight
		near(t, "gamma (1+b)", DopplerFactor(v), (1+b)/math.Sqrt(1-b*b), 1e-15)
		near(t, "there and back", DopplerFactor(v)*DopplerFactor(-v), 1, 1e-15)
	}
	for _, v := range []float64{SpeedOfLight, -SpeedOfLight, 1e9, math.NaN(), math.Inf(1)} {
		if f := DopplerFactor(v); !math.IsNaN(f) {
			t.Errorf("factor %v at %v km/s", f, v)
		}
	}
}

func TestShiftAndBack(t *testing.T) {
	s := made(3781, 0.01, make([]float32, 1000))
	for _, v := range []float64{-250, -30, 0, 0.001, 98.7} {
		there, err := s.Shift(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := there.Shift(-v)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Wave {
			near(t, "wavelength", back.Wave[i], s.Wave[i], 5e-16)
		}
	}
	if _, err := s.Shift(3e5); err == nil || !strings.HasPrefix(err.Error(), "made.fits: velocity 300000 km/s") {
		t.Errorf("faster than light: %v", err)
	}
}

func TestInFrame(t *testing.T) {
	s := made(5000, 1, make([]float32, 3))
	s.Info.BERV, s.Info.RV = 18.25, -22.5
	observed, err := s.InFrame(Topocentric)
	if err != nil {
		t.Fatal(err)
	}
	// The Earth moves towards the star: what the observatory sees is bluer.
	near(t, "topocentric", observed.Wave[0], 5000*(1-18.25/SpeedOfLight), 1e-8)
	rest, err := observed.InFrame(StellarRest)
	if err != nil {
		t.Fatal(err)
	}
	// The star comes closer: at rest its lines are redder.
	near(t, "stellar rest", rest.Wave[0], 5000*(1+22.5/SpeedOfLight), 1e-8)
	back, err := rest.InFrame(Barycentric)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "barycentric again", back.Wave[0], 5000, 1e-15)
	if back.Frame != Barycentric || rest.Frame != StellarRest || observed.Frame != Topocentric {
		t.Error("a frame is not what was asked for")
	}
	s.Info.RV = math.NaN()
	if _, err := s.InFrame(StellarRest); err == nil || !strings.Contains(err.Error(), "radial velocity is NaN") {
		t.Errorf("unknown velocity: %v", err)
	}
	if same, err := s.InFrame(Barycentric); err != nil || same.Wave[2] != s.Wave[2] {
		t.Errorf("to its own frame: %v", err)
	}
}
