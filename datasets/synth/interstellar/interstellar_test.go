package interstellar

import (
	"fmt"
	"math"
	"testing"
)

// light is a flat spectrum of ones from an air wavelength, and its start.
func light(from, to, step float64) ([]float64, float64) {
	start := math.Log(from)
	x := make([]float64, int(math.Log(to/from)*lightSpeed/step))
	for i := range x {
		x[i] = 1
	}
	return x, start
}

// moments are equivalent width, A, and centroid, A, of what is missing.
func moments(x []float64, start, step, from, to float64) (width, centre float64) {
	for i, f := range x {
		w := math.Exp(start + float64(i)*step/lightSpeed)
		if w > from && w < to {
			width += (1 - f) * w * step / lightSpeed
			centre += (1 - f) * w * w * step / lightSpeed
		}
	}
	return width, centre / width
}

func TestLinesAreAtTheVelocityOfTheGas(t *testing.T) {
	const step = 0.4
	for _, v := range []float64{-40, 0, 7.3} {
		g := Gas{Velocity: v, Width: 4, Sodium: 1e12, CHPlus: 1e13}
		x, start := light(3900, 5950, step)
		g.Absorb(x, start, step)
		for _, l := range append(append([]line{}, sodium...), chPlus...) {
			_, centre := moments(x, start, step, l.wave-2.5, l.wave+2.5)
			if got := (centre/l.wave - 1) * lightSpeed; math.Abs(got-v) > 0.01 {
				t.Errorf("%g A: %.4f km/s, want %g", l.wave, got, v)
			}
		}
	}
}

// Thin gas: W / lambda = pi e2 / (m c2) N f lambda, 8.853e-13 cm N f lambda
// (Draine 2011, equation 9.15). A hundredfold column leaves less than a
// hundredfold line, and D2 less than twice D1.
func TestCurveOfGrowth(t *testing.T) {
	thin := Gas{Width: 5, Sodium: 1e9, CHPlus: 1e11}
	for _, tt := range []struct {
		l line
		n float64
	}{{sodium[0], 1e9}, {sodium[1], 1e9}, {chPlus[0], 1e11}} {
		want := 8.853e-13 * tt.n * tt.l.strength * tt.l.wave * 1e-8 * tt.l.wave
		if got := thin.width(tt.l, tt.n); math.Abs(got/want-1) > 3e-3 {
			t.Errorf("%g A: %.4g A, want %.4g", tt.l.wave, got, want)
		}
	}
	thick := thin.width(sodium[0], 1e13) / thin.width(sodium[0], 1e11)
	ratio := thin.width(sodium[0], 1e13) / thin.width(sodium[1], 1e13)
	if thick > 25 || ratio > 1.3 || ratio < 1 {
		t.Errorf("growth %.2f, D2 over D1 %.3f", thick, ratio)
	}
	// And with damping alone as the root (Draine, equation 9.23).
	if r := thin.width(sodium[0], 4e17) / thin.width(sodium[0], 1e17); math.Abs(r-2) > 0.02 {
		t.Errorf("damped: %.3f, want 2", r)
	}
}

// Values of Poznanski et al. 2012, equation 9, solved for the width; and what
// Absorb takes away is that width.
func TestSodiumFollowsReddening(t *testing.T) {
	for _, tt := range []struct{ reddening, want float64 }{{1, 1.5812}, {0.3, 1.1343}, {0.1, 0.7265}, {0.05, 0.4692}} {
		if got := SodiumWidth(tt.reddening); math.Abs(got-tt.want) > 1e-4 {
			t.Errorf("E(B-V) %g: %.4f A, want %.4f", tt.reddening, got, tt.want)
		}
		g := Along(tt.reddening, 10, [2]float64{1, 1})
		const step = 0.4
		x, start := light(5870, 5915, step)
		g.Absorb(x, start, step)
		if w, _ := moments(x, start, step, 5871, 5914); math.Abs(w/tt.want-1) > 3e-3 {
			t.Errorf("E(B-V) %g: the lines take %.4f A, want %.4f", tt.reddening, w, tt.want)
		}
		// Poznanski et al., equations 7 and 8: log E = 2.16 W(D2) - 1.91, 2.47 W(D1) - 1.76.
		ratio := (math.Log10(tt.reddening) + 1.91) / 2.16 / ((math.Log10(tt.reddening) + 1.76) / 2.47)
		if got := g.width(sodium[0], g.Sodium) / g.width(sodium[1], g.Sodium); math.Abs(got/ratio-1) > 0.06 {
			t.Errorf("E(B-V) %g: D2 over D1 is %.3f, want %.3f", tt.reddening, got, ratio)
		}
	}
	for _, extreme := range []struct{ reddening, scatter float64 }{{1e-6, 1}, {4, 2}, {0.02, 3}} {
		g := Along(extreme.reddening, 0, [2]float64{extreme.scatter, 1})
		want := SodiumWidth(extreme.reddening) * extreme.scatter
		if got := g.width(sodium[0], g.Sodium) + g.width(sodium[1], g.Sodium); math.Abs(got/want-1) > 1e-4 {
			t.Errorf("%+v: %.5g A, want %.5g", extreme, got, want)
		}
	}
	// Thin gas: in proportion, and without a step.
	if r := SodiumWidth(0.02) / SodiumWidth(0.01); math.Abs(r-2) > 1e-12 {
		t.Errorf("twice the dust, %.4f times the line", r)
	}
	if below, above := SodiumWidth(0.03841), SodiumWidth(0.03843); math.Abs(above/below-1) > 1e-3 {
		t.Errorf("a step from %g to %g", below, above)
	}
	if g := Along(0, 0, [2]float64{1, 1}); g.Sodium != 0 || g.CHPlus != 0 {
		t.Errorf("no dust, but %+v", g)
	}
}

func BenchmarkAbsorb(b *testing.B) {
	g := Along(0.05, 10, [2]float64{1, 1})
	x, start := light(3780, 6915, 0.4)
	for b.Loop() {
		g.Absorb(x, start, 0.4)
	}
}

func BenchmarkAlong(b *testing.B) {
	for b.Loop() {
		Along(0.05, 10, [2]float64{1, 1})
	}
}

func ExampleAlong() {
	g := Along(0.1, -12, [2]float64{1, 1})
	fmt.Printf("b %.1f km/s, log N(Na I) %.2f, %.3f A\n", g.Width, math.Log10(g.Sodium), SodiumWidth(0.1))
	// Output:
	// b 8.4 km/s, log N(Na I) 12.72, 0.726 A
}
