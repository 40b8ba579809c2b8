package spectrum

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestResampleIsNumpys(t *testing.T) {
	c := peers(t).Resample
	s := &Spectrum{Wave: c.Wave, Flux: c.Flux, Err: c.Err}
	out, err := s.Resample(c.Target)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Target {
		near(t, "flux", float64(out.Flux[i]), c.Want[i], 1e-7)
		near(t, "error", float64(out.Err[i]), c.WantErr[i], 1e-7)
	}
}

// random is a spectrum of n irregular samples.
func random(r *rand.Rand, n int) *Spectrum {
	s := &Spectrum{Wave: make([]float64, n), Flux: make([]float32, n), Err: make([]float32, n)}
	w := 4000.0
	for i := range n {
		w += 0.01 + 0.02*r.Float64()
		s.Wave[i], s.Flux[i], s.Err[i] = w, float32(100+50*r.NormFloat64()), float32(1+r.Float64())
	}
	return s
}

// integral is that of s from a to b, the flux constant over each pixel.
func integral(s *Spectrum, a, b float64) float64 {
	lo, hi := pixels(s.Wave)
	sum := 0.0
	for i := range lo {
		if width := min(hi[i], b) - max(lo[i], a); width > 0 {
			sum += width * float64(s.Flux[i])
		}
	}
	return sum
}

func TestResampleKeepsTheIntegral(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		s := random(r, 600)
		target := random(r, 50+r.IntN(300)).Wave
		for i := range target { // coarser or finer, within s
			target[i] = 4002 + (target[i]-4000)*0.6
		}
		out, err := s.Resample(target)
		if err != nil {
			t.Fatal(err)
		}
		lo, hi := pixels(target)
		a, b := lo[0], hi[len(hi)-1]
		near(t, "integral", integral(out, a, b), integral(s, a, b), 1e-7)
	}
}

func TestResampleToItsOwnWavelengthsIsTheIdentity(t *testing.T) {
	s := random(rand.New(rand.NewPCG(5, 6)), 500)
	out, err := s.Resample(s.Wave)
	if err != nil {
		t.Fatal(err)
	}
	if hash(out.Flux) != hash(s.Flux) || hash(out.Err) != hash(s.Err) {
		t.Error("flux or error changed")
	}
}

// A mean of k samples of the same error has that error over the root of k.
func TestResampleErrorsFall(t *testing.T) {
	s := made(5000, 0.1, make([]float32, 100))
	s.Err = make([]float32, 100)
	for i := range s.Err {
		s.Err[i] = 3
	}
	out, err := s.Resample([]float64{5000.70, 5001.60, 5002.50, 5003.40})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "error of nine", float64(out.Err[1]), 1, 1e-6)
}

func TestResampleWhereNothingIsObserved(t *testing.T) {
	s := made(5000, 1, []float32{1, 1, 1, 1, 1, 1, 1, 1})
	s.Flux[3] = float32(math.NaN())
	for i := 6; i < 8; i++ {
		s.Wave[i] += 40
	}
	// The pixels that are seen: 4999.5 to 5002.5, 5003.5 to 5005.5, 5045.5 to 5047.5.
	for _, c := range []struct {
		at, width float64
		seen      bool
	}{
		{4998, 1, false}, {4999.4, 1, false}, {4999.6, 1, true}, {5002, 1, true}, {5002.4, 1, true},
		{5002.6, 1, false}, {5003, 1, false}, {5003, 2.1, true}, {5003.6, 1, true}, {5005, 1, true},
		{5005.6, 1, false}, {5020, 1, false}, {5025, 60, false}, {5045.4, 1, false}, {5046, 1, true}, {5047, 0.2, true},
	} {
		out, err := s.Resample([]float64{c.at - c.width, c.at, c.at + c.width})
		if err != nil {
			t.Fatal(err)
		}
		if f := out.Flux[1]; c.seen && f != 1 || !c.seen && !math.IsNaN(float64(f)) {
			t.Errorf("%v A around %v A: %v, observed %v", c.width, c.at, f, c.seen)
		}
	}
}

func TestResampleRefuses(t *testing.T) {
	s := made(5000, 1, []float32{1, 2, 3})
	for _, wave := range [][]float64{nil, {5000}, {5001, 5000}, {5000, math.NaN()}, {-1, 1}, {1, math.Inf(1)}} {
		if _, err := s.Resample(wave); err == nil || !strings.HasPrefix(err.Error(), "made.fits: cannot resample") {
			t.Errorf("wavelengths %v: error %v", wave, err)
		}
	}
	s.Wave[1] = 9000
	if _, err := s.Resample([]float64{5000, 5001}); err == nil {
		t.Error("falling wavelengths were taken")
	}
}
