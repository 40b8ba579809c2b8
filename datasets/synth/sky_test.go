package synth

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// stretch is a survey like Full of a part of its wavelengths.
func stretch(from float64, samples, n int) *Survey {
	p := presets[Full]
	p.grid = spectrum.Grid{Start: from, Step: 0.01, Samples: samples}
	p.detectors = false
	return p.survey(Options{Preset: Preset(fmt.Sprintf("%d samples from %g A", samples, from)), N: n, Seed: 1})
}

// share is the flux of a truth over that of another, noiseless.
func share(s *Survey, over, under Truth) []float64 {
	b := s.scratch.Get().(*buffers)
	defer s.scratch.Put(b)
	s.clean(&under, b)
	below := slices.Clone(b.flux)
	s.clean(&over, b)
	out := slices.Clone(b.flux)
	for i := range out {
		out[i] /= below[i]
	}
	return out
}

// shift is the velocity, km/s, by which b is best seen as a moved to the red.
func shift(wave, a, b []float64) float64 {
	best, least := 0.0, math.Inf(1)
	step := wave[1] - wave[0]
	for v := -40.0; v <= 40; v += 0.02 {
		sum := 0.0
		for i := 1000; i < len(wave)-1000; i++ {
			at := float64(i) - wave[i]*v/lightSpeed/step
			k := int(at)
			d := a[k] + (at-float64(k))*(a[k+1]-a[k]) - b[i]
			sum += d * d
		}
		if sum < least {
			best, least = v, sum
		}
	}
	return best
}

func TestTelluricsStayWithTheObservatory(t *testing.T) {
	s := stretch(6860, 4600, 1)
	air := func(rv, berv, airmass float64) []float64 {
		over := Truth{Teff: 5800, LogG: 4.4, VSini: 3, RV: rv, BERV: berv, Airmass: airmass}
		under := over
		under.Airmass = 0
		return share(s, over, under)
	}
	one := air(0, 0, 1.2)
	if low := slices.Min(one); low > 0.2 {
		t.Errorf("the deepest line of the B band leaves %.2f", low)
	}
	for _, tt := range []struct{ rv, berv, want float64 }{{30, 0, 0}, {-55, 0, 0}, {0, 18.26, 18.26}, {12, -23.54, -23.54}} {
		if got := shift(s.instrument.wave, one, air(tt.rv, tt.berv, 1.2)); math.Abs(got-tt.want) > 0.05 {
			t.Errorf("star at %g, Earth at %g km/s: telluric lines moved by %.2f km/s, want %.2f", tt.rv, tt.berv, got, tt.want)
		}
	}
	// Weak lines, which resolution does not bend: depth goes with airmass.
	two := air(0, 0, 2.4)
	for i, x := range one {
		if x > 0.98 && x < 0.995 && math.Abs((1-two[i])/(1-x)-2) > 0.05 {
			t.Fatalf("%.2f A: twice the air takes %.4f, once %.4f", s.instrument.wave[i], 1-two[i], 1-x)
		}
	}
}

func TestGasHasItsOwnVelocity(t *testing.T) {
	s := stretch(5880, 2600, 1)
	for _, tt := range []struct{ rv, berv, gas float64 }{{0, 0, 0}, {40, 0, 0}, {0, 25, 0}, {-30, 11, -14.5}, {5, 5, 22}} {
		star := Truth{Teff: 8000, LogG: 4.3, VSini: 50, RV: tt.rv, BERV: tt.berv}
		over := star
		over.Gas.Velocity, over.Gas.Width, over.Gas.Sodium = tt.gas, 5, 1e12
		lines := share(s, over, star)
		for _, d := range []float64{5889.951, 5895.924} {
			var sum, moment float64
			for i, w := range s.instrument.wave {
				if math.Abs(w-d*(1+tt.gas/lightSpeed)) < 0.6 {
					sum += 1 - lines[i]
					moment += (1 - lines[i]) * w
				}
			}
			if v := (moment/sum/d - 1) * lightSpeed; math.Abs(v-tt.gas) > 0.1 || sum < 1 {
				t.Errorf("%+v: %.3f A at %.3f km/s", tt, d, v)
			}
		}
	}
}

// Cardelli, Clayton & Mathis 1989, table 3: A over A(V) for R = 3.1 at the
// effective wavenumbers of the bands, 1/um. For B the table, a fit of its own,
// has 1 per cent more than the polynomial, which gives 1 + 1/R.
func TestExtinctionAgainstTheTable(t *testing.T) {
	for _, tt := range []struct{ x, want, within float64 }{{2.78, 1.569, 0.002}, {2.27, 1.337, 0.015}, {2.27, 1 + 1/3.1, 0.001}, {1.82, 1.000, 1e-6}, {1.43, 0.751, 0.002}} {
		if got := extinction(1e4/tt.x) / 3.1; math.Abs(got-tt.want) > tt.within {
			t.Errorf("at %.2f /um %.4f, want %.3f", tt.x, got, tt.want)
		}
	}
}

func TestRippleIsTheObservatorys(t *testing.T) {
	s := stretch(6000, 9000, 1)
	star := Truth{Teff: 5800, LogG: 4.4, VSini: 3, BERV: 20}
	over := star
	over.Ripple = [2]float64{0.01, -0.004}
	for i, x := range share(s, over, star) {
		phase := 2 * math.Pi * echelle / s.instrument.wave[i] * (1 + 20/lightSpeed)
		want := 1 + 0.01*math.Cos(phase) - 0.004*math.Sin(phase)
		if i > 100 && math.Abs(x-want) > 2e-5 {
			t.Fatalf("%.2f A: %.6f, want %.6f", s.instrument.wave[i], x, want)
		}
	}
}

// What the truth says is all there is: the product less the noiseless flux is
// noise of the size of ERR, and cosmic rays where they are said to be.
func TestTruthIsAllThereIs(t *testing.T) {
	s := stretch(6860, 3000, 12)
	b := s.scratch.Get().(*buffers)
	var normal []float64
	for i := range s.Len() {
		s.truth[i].CosmicRays, s.truth[i].Flaw = i%3, Sound
		x, truth := s.Spectrum(i), s.Truth(i)
		s.clean(&truth, b)
		scale := truth.Level / median(b.flux)
		hits := make([]float64, len(x.Flux))
		for _, hit := range s.CosmicRays(i) {
			at := int(math.Round((hit.Wave - x.Wave[0]) / 0.01))
			if hits[at] += hit.Electrons; hit.Electrons < 100 || hit.Electrons > 32000 {
				t.Errorf("a cosmic ray of %g electrons", hit.Electrons)
			}
			for k := 1; k < hit.Samples; k++ {
				for _, side := range []int{at - k, at + k} {
					if side >= 0 && side < len(hits) {
						hits[side] += hit.Electrons * (1 - float64(k)/float64(hit.Samples))
					}
				}
			}
		}
		// Photons, and nine electrons for reading: in electrons, with the gain that gives SNR at the level.
		n := truth.Level / truth.gain()
		if got := n / math.Sqrt(n+81); math.Abs(got/truth.SNR-1) > 1e-9 {
			t.Errorf("spectrum %d: %.0f electrons make a signal to noise of %.3f, want %.3f", i, n, got, truth.SNR)
		}
		for k, f := range b.flux {
			electrons := f * scale / truth.gain()
			if want := truth.gain() * math.Sqrt(electrons+81); math.Abs(float64(x.Err[k])/want-1) > 1e-5 {
				t.Fatalf("spectrum %d sample %d: error %g, want %g", i, k, x.Err[k], want)
			}
			normal = append(normal, (float64(x.Flux[k])-f*scale-hits[k]*truth.gain())/float64(x.Err[k]))
		}
	}
	mean, sd := stat.MeanStdDev(normal, nil)
	n := math.Sqrt(float64(len(normal)))
	if math.Abs(mean)*n > 4 || math.Abs(sd-1)*n*math.Sqrt2 > 4 || slices.Max(normal) > 6 {
		t.Errorf("noise over err: mean %.5f, standard deviation %.5f, at most %.2f, of %d samples", mean, sd, slices.Max(normal), len(normal))
	}
}

func TestFlawsAreWhatTheySay(t *testing.T) {
	s := stretch(6000, 40000, 1)
	s.truth[0].Flaw = Sound
	sound := s.Spectrum(0).Flux
	spoilt := func(f Flaw) (flux []float32, first, last int) {
		s.truth[0].Flaw = f
		flux = s.Spectrum(0).Flux
		differs := func(k int) bool { return flux[k] != sound[k] }
		for first = 0; first < len(flux) && !differs(first); first++ {
		}
		for last = len(flux) - 1; last >= 0 && !differs(last); last-- {
		}
		return flux, first, last
	}
	flux, first, last := spoilt(NotNumbers)
	for k := first; k <= last; k++ {
		if flux[k] == flux[k] {
			t.Fatalf("sample %d between %d and %d is %g", k, first, last, flux[k])
		}
	}
	if n := last - first + 1; n < 10 || n > 3200 || len(finite(flux)) != len(flux)-n {
		t.Errorf("%d samples are not numbers", n)
	}
	flux, _, _ = spoilt(Saturated)
	top, n := slices.Max(flux), 0
	for k, f := range flux {
		if f == top {
			n++
		} else if f != sound[k] {
			t.Fatalf("sample %d below saturation changed", k)
		}
	}
	if n < 2 || top >= slices.Max(sound) {
		t.Errorf("%d samples at %g of %g", n, top, slices.Max(sound))
	}
	// One order, 6000 / 102 A long, with the flux of the next one.
	flux, first, last = spoilt(WrongOrder)
	width := float64(last-first) * 0.01
	if want := 6100 * 6100 / echelle; math.Abs(width/want-1) > 0.04 {
		t.Errorf("%.1f A are of another order, want %.1f", width, want)
	}
	wave := s.instrument.wave
	order := math.Round(echelle / wave[(first+last)/2])
	for k := first; k <= last; k += 100 {
		from := int(math.Round((wave[k]*order/(order+1) - wave[0]) / 0.01))
		if flux[k] != sound[from] {
			t.Fatalf("%.2f A holds %g, want %g from %.2f A", wave[k], flux[k], sound[from], wave[from])
		}
	}
}

// The corners of the population give light: finite, and no emission.
func TestFieldStarsShine(t *testing.T) {
	s := stretch(4840, 4000, 1)
	b := s.scratch.Get().(*buffers)
	for _, star := range []Truth{{Teff: 3400, LogG: 5, VSini: 1}, {Teff: 8500, LogG: 4.1, VSini: 90}, {Teff: 3900, LogG: 1.1, MH: 0.4, VSini: 2}, {Teff: 5500, LogG: 3.8, MH: -0.6, VSini: 5}} {
		star.EBV, star.RV, star.Airmass, star.Water = 0.05, -250, 2.4, 15
		s.clean(&star, b)
		for i, f := range b.flux {
			if !(f > 0 && f < 1.2) {
				t.Fatalf("%.0f K, log g %.1f: flux %g at %.2f A", star.Teff, star.LogG, f, s.instrument.wave[i])
			}
		}
	}
}

// The continuum between the samples at which it is computed is that of all.
func TestContinuumIsSmooth(t *testing.T) {
	s := stretch(3785, 1001, 1)
	coarse, fine := make([]float64, 1001), make([]float64, 1001)
	for i := range coarse {
		coarse[i], fine[i] = 1, 1
	}
	s.instrument.shape(coarse, 3400, 1)
	s.instrument.stride = 1
	s.instrument.shape(fine, 3400, 1)
	for i, x := range coarse {
		if math.Abs(x/fine[i]-1) > 1e-7 {
			t.Fatalf("sample %d: %.9g, want %.9g", i, x, fine[i])
		}
	}
}
