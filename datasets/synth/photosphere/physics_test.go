package photosphere

import (
	"math"
	"testing"

	"github.com/stellarae/lab/datasets/linelist"
)

// width is the equivalent width of a single line at 5200 A, in A.
func width(star Star, l linelist.Line) float64 {
	l.Wave = 5200
	s := New([]linelist.Line{l}, nil, 5150, 5250, 0.5)
	flux := make([]float32, s.Len())
	s.Flux(flux, star)
	sum := 0.0
	for _, f := range flux {
		sum += 1 - float64(f)
	}
	return sum * s.Step() / speedKm * 5200
}

func TestLinesFollowTheStar(t *testing.T) {
	neutral := linelist.Line{Species: iron, Excitation: 2.5, LogGF: -2.5}
	ion := linelist.Line{Species: ironIon, Excitation: 3.2, LogGF: -2.6}
	strong := linelist.Line{Species: magnesium, Excitation: 2.71, LogGF: -0.3, Waals: -7.27}
	var iron1, iron2 []float64
	for teff := 5000.0; teff <= 7000; teff += 500 {
		star := Star{teff, 4.4, 0}
		iron1, iron2 = append(iron1, width(star, neutral)), append(iron2, width(star, ion))
	}
	t.Logf("Fe I %.4f, Fe II %.4f A from 5000 to 7000 K", iron1, iron2)
	for i := 1; i < len(iron1); i++ {
		if iron1[i] > 0.9*iron1[i-1] {
			t.Errorf("Fe I does not weaken with temperature: %.4f", iron1)
		}
		if iron2[i] < 0.9*iron2[i-1] {
			t.Errorf("Fe II does not hold with temperature: %.4f", iron2)
		}
	}
	for _, tt := range []struct {
		name         string
		l            linelist.Line
		weak, strong Star
		factor       float64
	}{
		{"Fe I follows metallicity", neutral, Star{5772, 4.4, -0.5}, Star{5772, 4.4, 0}, 1.2},
		{"Fe II is strong in giants", ion, Star{4800, 4.5, 0}, Star{4800, 2.5, 0}, 1.3},
		{"Mg b wings grow with gravity", strong, Star{4800, 2.5, 0}, Star{4800, 4.5, 0}, 2},
		{"Mg b wings grow with gravity in steps", strong, Star{5200, 4, 0}, Star{5200, 4.5, 0}, 1.15},
	} {
		if a, b := width(tt.weak, tt.l), width(tt.strong, tt.l); !(b > tt.factor*a && a > 0) {
			t.Errorf("%s: equivalent widths %.4f and %.4f A", tt.name, a, b)
		}
	}
}

// The curve of growth: linear, then flat, then the square root of the damping.
func TestCurveOfGrowth(t *testing.T) {
	growth := func(loggf float64) float64 {
		l := linelist.Line{Species: iron, Excitation: 2.2, LogGF: loggf, Waals: -7.6}
		w := width(Star{5772, 4.44, 0}, l)
		l.LogGF += 0.3
		return math.Log10(width(Star{5772, 4.44, 0}, l)/w) / 0.3
	}
	for _, tt := range []struct{ loggf, low, high float64 }{{-5.3, 0.95, 1.02}, {-2.4, 0.2, 0.7}, {1, 0.4, 0.6}} {
		if g := growth(tt.loggf); g < tt.low || g > tt.high {
			t.Errorf("log gf %g: d log W / d log gf = %.3f, want %g to %g", tt.loggf, g, tt.low, tt.high)
		}
	}
}

// Balmer lines are strongest near A0, 9,700 K for dwarfs.
func TestBalmerLinesPeak(t *testing.T) {
	s := New(nil, nil, 4740, 4980, 3)
	flux := make([]float32, s.Len())
	best, where := 0.0, 0.0
	for teff := 6000.0; teff <= 14000; teff += 500 {
		s.Flux(flux, Star{teff, 4.1, 0})
		sum := 0.0
		for _, f := range flux {
			sum += 1 - float64(f)
		}
		sum *= s.Step() / speedKm * 4861
		t.Logf("%5.0f K: H-beta %.1f A", teff, sum)
		if sum > best {
			best, where = sum, teff
		}
	}
	// A0 V stars have 15 to 20 A (Gray & Corbally 2009, Stellar Spectral Classification).
	if where < 8000 || where > 10500 || best < 10 || best > 25 {
		t.Errorf("H-beta peaks at %.0f K with %.1f A", where, best)
	}
}

// The Sun where the continuum forms (Vernazza, Avrett & Loeser 1981, ApJS 45,
// 635: log p = 5.07, log pe = 1.75 at 6,420 K), and limb darkening of the
// continuum (Neckel & Labs 1994, Sol. Phys. 153, 91: the best straight line at
// 5000 A has 0.65 to 0.7).
func TestSolarAtmosphere(t *testing.T) {
	a := newAtmosphere(Star{5772, 4.44, 0})
	d := 11
	if p := math.Log10(a.gas[d].pressure); math.Abs(p-5.07) > 0.1 {
		t.Errorf("log p = %.2f at tau %.2f", p, a.tau[d])
	}
	g := newGas(6420, math.Pow(10, 5.07), 0)
	if pe := math.Log10(g.electrons * boltzmann * g.temp); math.Abs(pe-1.75) > 0.05 {
		t.Errorf("log pe = %.2f", pe)
	}
	if u := a.limb(5000); math.Abs(u-0.67) > 0.07 {
		t.Errorf("limb darkening %.3f", u)
	}
	if !(a.limb(4000) > a.limb(5000) && a.limb(5000) > a.limb(6500)) {
		t.Error("limb darkening does not fall with wavelength")
	}
}

// Charges balance, pressures add up, and elements are conserved.
func TestGasAddsUp(t *testing.T) {
	for _, tt := range []struct{ temp, pressure, metals float64 }{
		{2700, 1e5, 0}, {3500, 1e6, 0.3}, {4600, 1e4, -0.5}, {6400, 1e5, 0}, {9000, 1e3, 0}, {15000, 1e4, 0},
	} {
		g := newGas(tt.temp, tt.pressure, tt.metals)
		charge, particles := g.protons, g.hydrogen+g.protons+g.hydrogen2+g.electrons
		for i := 1; i < len(elements); i++ {
			ions := g.neutral[i] * g.first[i]
			charge += ions * (1 + 2*g.second[i])
			if elements[i].number == zHe {
				particles += g.neutral[i] + ions*(1+g.second[i])
			}
		}
		if math.Abs(charge/g.electrons-1) > 0.03 {
			t.Errorf("%+v: %.4g charges for %.4g electrons", tt, charge, g.electrons)
		}
		if p := particles * boltzmann * tt.temp; math.Abs(p/tt.pressure-1) > 0.01 {
			t.Errorf("%+v: particles press with %.4g", tt, p)
		}
		carbon := g.neutral[byNumber[zC]]*(1+g.first[byNumber[zC]]) + g.bound[1]*g.neutral[byNumber[zC]]*g.neutral[byNumber[zO]]
		want := solar[byNumber[zC]] * math.Pow(10, tt.metals) * g.nuclei
		if carbon > want || carbon < 0.9*want {
			t.Errorf("%+v: %.4g of %.4g carbon nuclei in atoms, ions and CO", tt, carbon, want)
		}
	}
}

// Another fit to the same cross sections: Gray 2005, equations 8.11 to 8.13.
func TestNegativeHydrogen(t *testing.T) {
	for _, wave := range []float64{3800, 5000, 6900} {
		for _, temp := range []float64{4000, 5800, 8000} {
			theta, x, lw := 5040/temp, wave, math.Log10(wave)
			cross := 1.99654 - 1.18267e-5*x + 2.64243e-6*x*x - 4.40524e-10*math.Pow(x, 3) + 3.23992e-14*math.Pow(x, 4) -
				1.39568e-18*math.Pow(x, 5) + 2.78701e-23*math.Pow(x, 6)
			bound := 4.158e-10 * cross * 1e-18 * math.Pow(theta, 2.5) * math.Pow(10, 0.754*theta) * -math.Expm1(-radiation2/(wave*temp))
			if got := negativeBound(wave, temp); math.Abs(got/bound-1) > 0.03 {
				t.Errorf("%g A, %g K: bound-free %.4g, want %.4g", wave, temp, got, bound)
			}
			f0 := -2.2763 - 1.6850*lw + 0.76661*lw*lw - 0.053346*lw*lw*lw
			f1 := 15.2827 - 9.2846*lw + 1.99381*lw*lw - 0.142631*lw*lw*lw
			f2 := -197.789 + 190.266*lw - 67.9775*lw*lw + 10.6913*lw*lw*lw - 0.625151*lw*lw*lw*lw
			lt := math.Log10(theta)
			free := 1e-26 * math.Pow(10, f0+f1*lt+f2*lt*lt)
			if got := negativeFree(wave, temp); math.Abs(got/free-1) > 0.05 {
				t.Errorf("%g A, %g K: free-free %.4g, want %.4g", wave, temp, got, free)
			}
		}
	}
}

// A profile of a hydrogen line holds the whole line.
func TestHydrogenProfileIsWhole(t *testing.T) {
	for _, star := range []Star{{5772, 4.44, 0}, {9500, 4, 0}, {3600, 4.8, 0}} {
		a := newAtmosphere(star)
		for k := range balmer {
			for _, d := range []int{0, 8, 14} {
				p := newHydrogenProfile(k, a.gas[d], a.micro)
				sum := 0.0
				for i := -4000; i <= 4000; i++ {
					e := math.Sinh(float64(i) * 0.003) // A
					sum += p.at(math.Abs(e)) * 0.003 * math.Cosh(float64(i)*0.003)
				}
				if math.Abs(sum-1) > 0.12 {
					t.Errorf("%+v, line %d, layer %d: the profile holds %.3f", star, k, d, sum)
				}
			}
		}
	}
}

func TestUnknownSpeciesAreLeftOut(t *testing.T) {
	list := []linelist.Line{
		{Species: linelist.Species{B: 43}, Wave: 5200, LogGF: 2},            // Tc
		{Species: linelist.Species{B: 99}, Wave: 5200, LogGF: 2},            // Es
		{Species: linelist.Species{A: 26, B: 26}, Wave: 5200, LogGF: 2},     // Fe2
		{Species: linelist.Species{B: 26, Charge: 3}, Wave: 5200, LogGF: 2}, // Fe IV
		{Species: linelist.Species{B: 1}, Wave: 5200, LogGF: 2},             // H
	}
	for i, x := range Strengths(Star{5772, 4.44, 0}, list[:4]) {
		if x != 0 {
			t.Errorf("%s has a strength of %g", list[i].Species, x)
		}
	}
	if s := New(list, nil, 5190, 5210, 1); len(s.lines) != 0 {
		t.Errorf("%d lines, want none", len(s.lines))
	}
}

func TestNewRefuses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a range that ends before it begins was taken")
		}
	}()
	New(nil, nil, 5200, 5100, 1)
}

// A band begins at its head, fades, and shows in cool stars only.
func TestBand(t *testing.T) {
	tiO := linelist.Species{A: 8, B: 22}
	for _, tt := range []struct {
		extent, inside, outside float64
	}{{100, 5190, 5150}, {-100, 5150, 5190}} {
		s := New(nil, []Band{{tiO, 5167, tt.extent, 3}}, 5000, 5400, 2)
		cool, warm := make([]float32, s.Len()), make([]float32, s.Len())
		s.Flux(cool, Star{3500, 4.8, 0})
		s.Flux(warm, Star{5500, 4.5, 0})
		at := func(w float64) float32 { return cool[int(s.Index(w))] }
		far := tt.inside + tt.extent
		if at(tt.outside) < 0.999 || at(tt.inside) > 0.9 || at(far) < at(tt.inside)+0.02 || warm[int(s.Index(tt.inside))] < 0.98 {
			t.Errorf("extent %g: %.3f outside, %.3f inside, %.3f far from the head, %.3f at 5500 K", tt.extent, at(tt.outside), at(tt.inside), at(far), warm[int(s.Index(tt.inside))])
		}
	}
}
