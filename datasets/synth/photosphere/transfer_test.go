package photosphere

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/datasets/linelist"
)

// Spectra of all kinds of stars keep between 0 and, to 0.003, 1, also where opacities
// change by orders of magnitude from layer to layer.
func TestFluxKeepsWithinBounds(t *testing.T) {
	for _, at := range []float64{3840, 5170} {
		s := New(crowd(), nil, at-30, at+30, 2)
		flux := make([]float32, s.Len())
		for _, teff := range []float64{3600, 4000, 5000, 7000, 9500, 12000} {
			for _, logg := range []float64{0.5, 2.5, 5.2} {
				for _, mh := range []float64{-2.5, 0.5} {
					s.Flux(flux, Star{teff, logg, mh})
					for i, f := range flux {
						if !(f > 0 && f < 1.003) {
							t.Fatalf("%g K, log g %g, [M/H] %g: %g at %.2f A", teff, logg, mh, f, s.Wave(float64(i)))
						}
					}
				}
			}
		}
	}
}

func TestExpint3(t *testing.T) {
	// scipy 1.17.1: expn(3, x)
	for _, tt := range []struct{ x, want float64 }{
		{0, 0.5}, {0.001, 0.499003915}, {0.1, 0.416291458}, {0.5, 0.221604364}, {1, 0.109691967},
		{2, 0.0301333798}, {5, 0.000877800893}, {11, 1.20966446e-06},
	} {
		if got := expint3(tt.x); math.Abs(got/tt.want-1) > 1e-6 {
			t.Errorf("E3(%g) = %.9g, want %.9g", tt.x, got, tt.want)
		}
	}
}

// crowd is a list of lines of all kinds about Mg b: weak, strong, blended,
// ionised, molecular.
func crowd() []linelist.Line { return crowdAt(5150) }

// crowdAt is crowd in the 50 A from first on.
func crowdAt(first float64) (list []linelist.Line) {
	list = []linelist.Line{
		{Species: magnesium, Wave: first + 17.32, Excitation: 2.71, LogGF: -0.87, Waals: -7.27},
		{Species: magnesium, Wave: first + 22.68, Excitation: 2.71, LogGF: -0.39, Waals: -7.27},
		{Species: magnesium, Wave: first + 33.60, Excitation: 2.72, LogGF: -0.17, Waals: -7.27},
	}
	for i := range 200 {
		x := float64(i)
		wave := first + 0.25*x + 0.1*math.Sin(x*x)
		list = append(list,
			linelist.Line{Species: iron, Wave: wave, Excitation: 2.5 + 2*math.Sin(x), LogGF: -2 + 2*math.Sin(1.7*x), Waals: -7.6},
			linelist.Line{Species: ironIon, Wave: wave + 0.11, Excitation: 3.5 + math.Sin(x), LogGF: -3 + math.Sin(2.3*x)},
			linelist.Line{Species: linelist.Species{A: 1, B: 12}, Wave: wave + 0.17, Excitation: 0.3, LogGF: -2.5},
		)
	}
	return list
}

var (
	iron      = linelist.Species{B: 26}
	ironIon   = linelist.Species{B: 26, Charge: 1}
	magnesium = linelist.Species{B: 12}
)

// slow is the flux over the continuum's at some wavelengths by definition: no
// line or wing is left out, Voigt functions are exact, layers lie close, up to
// where there is no gas, and optical depths are sums of thin slabs.
func slow(star Star, lines []line, species []linelist.Species, waves []float64) []float64 {
	const step, n = 0.06, 116
	var xs []float64
	for i := range n {
		xs = append(xs, highest+step*float64(i))
	}
	micro := microturbulence(star) * 1e5
	type sums struct{ flux, tau, before [2]float64 } // of the lines and the continuum; of the continuum alone
	at := make([]sums, len(waves))
	type shape struct{ peak, doppler, damp float64 }
	shapes := make([]shape, len(lines))
	for d, l := range stratify(star, xs) {
		a := &atmosphere{star: star, micro: micro}
		a.gas[0], a.alpha[0] = l.gas, l.alpha
		neutral := l.gas.hydrogen + 0.41*l.gas.helium + 0.85*l.gas.hydrogen2
		warm := l.gas.temp / 1e4
		for i := range lines {
			x := &lines[i]
			peak, doppler := a.line(0, species[x.species])
			gamma := x.rad + x.stark*l.gas.electrons*math.Pow(warm, 1.0/6) + x.waals*neutral*math.Pow(warm, x.power)
			shapes[i] = shape{peak * x.wave * x.gf * a.lower(0, x.excite, x.wave), doppler, gamma * x.wave * 1e-8 / (4 * math.Pi * doppler)}
		}
		var profiles []hydrogenProfile
		for k := range balmer {
			profiles = append(profiles, newHydrogenProfile(k, l.gas, micro))
		}
		for i, wave := range waves {
			total, s := 0.0, &at[i]
			for k := range lines {
				u := math.Abs(math.Log(wave/lines[k].wave)) * lightSpeed / shapes[k].doppler
				total += shapes[k].peak * real(faddeeva(complex(u, shapes[k].damp)))
			}
			total += slowHydrogen(a, profiles, wave)
			c := l.gas.opacity(wave) / l.alpha
			for k, r := range [2]float64{c + total, c} {
				r *= l.tau * math.Ln10
				if d == 0 {
					s.tau[k] = r / math.Ln10
					s.flux[k] = planck(wave, l.gas.temp)
				} else {
					s.tau[k] += step * (r - s.before[k]) / math.Log(r/s.before[k])
				}
				s.before[k] = r
				s.flux[k] += planckSlope(wave, l.gas.temp) * l.slope * step * 2 * expint3(s.tau[k])
			}
		}
	}
	out := make([]float64, len(waves))
	for i := range at {
		out[i] = at[i].flux[0] / at[i].flux[1]
	}
	return out
}

// slowHydrogen is the opacity of the Balmer lines in a's first layer.
func slowHydrogen(a *atmosphere, profiles []hydrogenProfile, wave float64) (sum float64) {
	g := a.gas[0]
	kt := boltzmannEV * g.temp
	population := 4 * g.hydrogen * math.Exp(-0.75*hydrogenEnergy/kt)
	for k := range balmer {
		if l := &balmer[k]; math.Abs(wave-l.wave) < hydrogenReach {
			sum += classical * l.strength * population * -math.Expm1(-photonEnergy/(l.wave*kt)) *
				l.wave * l.wave * 1e-8 / lightSpeed / a.alpha[0] * profiles[k].at(math.Abs(wave-l.wave))
		}
	}
	return sum
}

// Crowds by Mg b, and in the violet where the wings of Balmer lines overlap.
func TestFluxIsExact(t *testing.T) {
	for _, first := range []float64{5150, 3870} {
		s := New(crowdAt(first), nil, first, first+50, 0.72)
		flux := make([]float32, s.Len())
		var waves []float64
		for i := 7; i < s.Len(); i += 251 {
			waves = append(waves, s.Wave(float64(i)))
		}
		for _, star := range []Star{{5772, 4.44, 0}, {3700, 4.8, 0.2}, {4600, 2.3, -0.4}, {6800, 4.2, -0.2}, {8400, 4.2, 0.3}, {4000, 1.4, 0.2}} {
			s.Flux(flux, star)
			worst, low := 0.0, 1.0
			for k, want := range slow(star, s.lines, s.species, waves) {
				worst, low = max(worst, math.Abs(float64(flux[7+251*k])-want)), min(low, want)
			}
			t.Logf("%g A, %+v: worst %.2g, deepest %.2f", first, star, worst, low)
			if worst > 1e-3 || low > 0.5 {
				t.Errorf("%g A, %+v: off by %.2g, deepest line %.2f", first, star, worst, low)
			}
		}
	}
}

// In a crowd of mostly weak lines, 40 an Angstrom, all that is left out together
// takes away less than 1e-3 of the continuum.
func TestLittleIsLeftOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var list []linelist.Line
	for range 2000 {
		list = append(list, linelist.Line{Species: iron, Wave: 5150 + 50*rng.Float64(), Excitation: 5 * rng.Float64(), LogGF: -8 + 8*rng.Float64(), Waals: -7.6})
	}
	s := New(list, nil, 5150, 5200, 0.72)
	all := New(list, nil, 5150, 5200, 0.72)
	all.scratch.New = func() any {
		o := newOpacities(all.n)
		for d := range o.layers {
			l := &o.layers[d]
			l.least, l.most = l.least/100, l.most*100
		}
		return o
	}
	got, want := make([]float32, s.Len()), make([]float32, s.Len())
	for _, star := range []Star{{5772, 4.44, 0}, {4200, 4.7, 0.2}, {4600, 2.3, -0.4}, {7500, 4.2, 0}} {
		s.Flux(got, star)
		all.Flux(want, star)
		worst, low := 0.0, float32(1)
		for i := range got {
			worst, low = max(worst, math.Abs(float64(got[i]-want[i]))), min(low, want[i])
		}
		t.Logf("%+v: worst %.2g, deepest %.2f", star, worst, low)
		if worst > 1e-3 || worst == 0 || low > 0.5 {
			t.Errorf("%+v: off by %.2g, deepest line %.2f", star, worst, low)
		}
	}
}

// The table agrees with the synthesis where it matters: after an instrument of
// R = 6,000 has smoothed both.
func TestTableIsExact(t *testing.T) {
	s := New(crowd(), nil, 5150, 5200, 1)
	table := NewTable(s)
	stars := []Star{{5772, 4.44, 0.05}, {4633, 4.61, -0.55}, {5110, 4.55, 0.37}, {6200, 4.3, -0.13}}
	calls, total := 0, 0
	table.Prepare(stars, func(done, all int) { calls, total = calls+1, all })
	if calls != total || total != len(table.nodes) || total < stencil {
		t.Errorf("%d calls of progress for %d nodes, %d computed", calls, total, len(table.nodes))
	}
	want, got := make([]float32, s.Len()), make([]float32, s.Len())
	for _, star := range stars {
		s.Flux(want, star)
		table.Flux(got, star)
		worst := 0.0
		const sigma = 21.2 // samples
		for i := 100; i < s.Len()-100; i++ {
			var sum, weight float64
			for k := -90; k <= 90; k++ {
				g := math.Exp(-float64(k*k) / (2 * sigma * sigma))
				sum += g * float64(got[i+k]-want[i+k])
				weight += g
			}
			worst = max(worst, math.Abs(sum/weight))
		}
		t.Logf("%+v: worst %.2g", star, worst)
		if worst > 1e-3 {
			t.Errorf("%+v: off by %.2g", star, worst)
		}
	}
	if len(table.nodes) != total {
		t.Errorf("%d nodes were prepared, %d used", total, len(table.nodes))
	}
}
