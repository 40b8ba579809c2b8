package onelayer

import (
	"math"
	"testing"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/photosphere"
)

var (
	feI  = linelist.Species{B: 26}
	feII = linelist.Species{B: 26, Charge: 1}
	mgI  = linelist.Species{B: 12}
	tiI  = linelist.Species{B: 22}
	niI  = linelist.Species{B: 28}
)

// transition is a line by its species, wavelength, energy, log gf and van der
// Waals damping.
func transition(s linelist.Species, wave, excite, loggf, waals float64) linelist.Line {
	return linelist.Line{Species: s, Wave: wave, Excitation: excite, LogGF: loggf, Waals: waals}
}

// equivalentWidth of a single line, in A.
func equivalentWidth(star photosphere.Star, l linelist.Line) float64 {
	s := New([]linelist.Line{l}, 5150, 5300, 0.5)
	flux := make([]float64, s.Len())
	s.Flux(flux, star)
	sum := 0.0
	for _, f := range flux {
		sum += 1 - f
	}
	return sum * s.step / lightSpeed * l.Wave
}

func TestLinesFollowTheStar(t *testing.T) {
	iron := transition(feI, 5200, 0.1, -4.9, 0)
	ion := transition(feII, 5200, 3.2, -2.8, 0)
	magnesium := transition(mgI, 5200, 2.71, -0.3, -7.27)
	tests := []struct {
		name         string
		l            linelist.Line
		weak, strong photosphere.Star
	}{
		{"Fe I weakens with temperature, G to F", iron, photosphere.Star{Teff: 6500, LogG: 4.4, MH: 0}, photosphere.Star{Teff: 5500, LogG: 4.4, MH: 0}},
		{"Fe I weakens with temperature, K to G", iron, photosphere.Star{Teff: 5500, LogG: 4.4, MH: 0}, photosphere.Star{Teff: 4500, LogG: 4.4, MH: 0}},
		{"Fe I follows metallicity", iron, photosphere.Star{Teff: 5772, LogG: 4.4, MH: -0.5}, photosphere.Star{Teff: 5772, LogG: 4.4, MH: 0}},
		{"Fe II is strong in giants", ion, photosphere.Star{Teff: 4800, LogG: 4.5, MH: 0}, photosphere.Star{Teff: 4800, LogG: 2.5, MH: 0}},
		{"Mg b wings grow with gravity", magnesium, photosphere.Star{Teff: 4800, LogG: 2.5, MH: 0}, photosphere.Star{Teff: 4800, LogG: 4.5, MH: 0}},
	}
	for _, tt := range tests {
		weak, strong := equivalentWidth(tt.weak, tt.l), equivalentWidth(tt.strong, tt.l)
		if !(strong > 1.05*weak && weak > 0) {
			t.Errorf("%s: equivalent widths %.4f and %.4f A", tt.name, weak, strong)
		}
	}
}

// The curve of growth: linear, then flat, then the square root of the damping.
func TestCurveOfGrowth(t *testing.T) {
	growth := func(loggf float64) float64 {
		l := transition(feI, 5200, 2.2, loggf, 0)
		return math.Log10(equivalentWidth(solar, transition(feI, 5200, 2.2, loggf+0.3, 0))/equivalentWidth(solar, l)) / 0.3
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
		l    linelist.Line
		want float64
	}{
		{transition(feI, 5250.21, 0.12, -4.94, 0), 70},
		{transition(feI, 5217.39, 3.21, -1.07, 0), 112},
		{transition(feI, 5225.53, 0.11, -4.79, 0), 74},
		{transition(tiI, 5210.38, 0.05, -0.82, 0), 92},
		{transition(niI, 5155.76, 3.90, -0.09, 0), 80},
	} {
		got := 1000 * equivalentWidth(solar, tt.l)
		if got < tt.want/1.6 || got > tt.want*1.6 {
			t.Errorf("%s %.2f: %.0f mA, the Sun has %.0f", tt.l.Species, tt.l.Wave, got, tt.want)
		}
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
