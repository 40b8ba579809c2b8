package synth

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/stellarae/spectrum"
)

func newSurvey(t testing.TB, p Preset, n int, seed uint64) *Survey {
	t.Helper()
	s, err := New(Options{Preset: p, N: n, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSurveyIsDeterministic(t *testing.T) {
	for _, p := range []Preset{Mini, Window, Full} {
		n := 9
		if p == Full {
			n = 2
		}
		long, short := newSurvey(t, p, 2*n, 7), newSurvey(t, p, n, 7)
		// The longer survey is made by several goroutines, backwards.
		spectra := make([]*spectrum.Spectrum, n)
		var wg sync.WaitGroup
		for i := n - 1; i >= 0; i-- {
			wg.Go(func() { spectra[i] = long.Spectrum(i) })
		}
		wg.Wait()
		for i := range n {
			if long.Truth(i) != short.Truth(i) {
				t.Errorf("%s: truth %d depends on the number of spectra", p, i)
			}
			if !reflect.DeepEqual(spectra[i], short.Spectrum(i)) {
				t.Errorf("%s: spectrum %d depends on the number of spectra or on order", p, i)
			}
		}
	}
	if newSurvey(t, Mini, 1, 1).Truth(0) == newSurvey(t, Mini, 1, 2).Truth(0) {
		t.Error("two seeds give one star")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{{Preset: "huge", N: 1}, {Preset: Mini, N: 0}, {N: 3}} {
		if s, err := New(o); err == nil {
			t.Errorf("%+v gave %d spectra", o, s.Len())
		}
	}
}

func TestPopulation(t *testing.T) {
	for _, p := range []Preset{Mini} {
		truth := population(presets[p], 3, 20000)
		visits := map[string]int{}
		ids := map[string]bool{}
		stars := map[string]Truth{}
		var teff, logg []float64
		for _, x := range truth {
			visits[x.Star]++
			ids[x.ID] = true
			first, seen := stars[x.Star]
			if !seen {
				stars[x.Star] = x
				if !x.Giant {
					teff, logg = append(teff, x.Teff), append(logg, x.LogG)
				}
				continue
			}
			first.ID, first.Date, first.Airmass, first.SNR, first.BERV, first.Level, first.Visit = x.ID, x.Date, x.Airmass, x.SNR, x.BERV, x.Level, x.Visit
			if first != x {
				t.Fatalf("%s: %s changed between visits", p, x.Star)
			}
		}
		if len(ids) != len(truth) {
			t.Errorf("%s: %d identifiers for %d spectra", p, len(ids), len(truth))
		}
		// Heavy tail: the busiest hundredth of the stars has far more than a
		// hundredth of the spectra, and half of the stars have one or two.
		counts := make([]int, 0, len(visits))
		few := 0
		for _, n := range visits {
			counts = append(counts, n)
			if n <= 2 {
				few++
			}
		}
		slices.Sort(counts)
		top := 0
		for _, n := range counts[len(counts)*99/100:] {
			top += n
		}
		if share := float64(top) / float64(len(truth)); share < 0.1 || few*2 < len(counts) {
			t.Errorf("%s: the busiest hundredth of %d stars has %.3f of the spectra, %d stars have one or two", p, len(counts), share, few)
		}
		if r := stat.Correlation(teff, logg, nil); r > -0.8 {
			t.Errorf("%s: log g of dwarfs follows Teff with a correlation of %.3f", p, r)
		}
		for _, f := range []struct {
			name      string
			value     func(Truth) float64
			low, high float64
		}{
			{"Teff", func(x Truth) float64 { return x.Teff }, presets[p].teff[0], presets[p].teff[1]},
			{"[M/H]", func(x Truth) float64 { return x.MH }, -0.6, 0.4},
			{"snr", func(x Truth) float64 { return x.SNR }, presets[p].snr[0], presets[p].snr[1]},
			{"airmass", func(x Truth) float64 { return x.Airmass }, 1, 2.4},
			{"berv", func(x Truth) float64 { return x.BERV }, -30, 30},
			{"level", func(x Truth) float64 { return x.Level }, 100, 2e5},
		} {
			values := make([]float64, len(truth))
			for i, x := range truth {
				values[i] = f.value(x)
			}
			if low, high := slices.Min(values), slices.Max(values); low < f.low || high > f.high || high-low < 0.5*(math.Min(f.high, 2e4)-f.low) {
				t.Errorf("%s: %s from %g to %g, want %g to %g", p, f.name, low, high, f.low, f.high)
			}
		}
		var rv []float64
		for _, x := range stars {
			rv = append(rv, x.RV)
		}
		if sd := stat.StdDev(rv, nil); math.Abs(sd/presets[p].rv-1) > 0.12 {
			t.Errorf("%s: radial velocities spread by %.1f km/s", p, sd)
		}
	}
}

func TestNoiseIsWhatErrSays(t *testing.T) {
	s := newSurvey(t, Mini, 40, 5)
	b := s.scratch.Get().(*buffers)
	var normal []float64
	for i := range s.Len() {
		x, truth := s.Spectrum(i), s.Truth(i)
		s.clean(&truth, b)
		scale := truth.Level / median(b.flux)
		for k, f := range b.flux {
			normal = append(normal, (float64(x.Flux[k])-f*scale)/float64(x.Err[k]))
			// Photon noise: S/N at the median, growing with the root of the flux.
			if want := truth.SNR * math.Sqrt(f*scale/truth.Level); math.Abs(f*scale/float64(x.Err[k])/want-1) > 1e-4 {
				t.Fatalf("spectrum %d sample %d: flux over err %.3f, want %.3f", i, k, f*scale/float64(x.Err[k]), want)
			}
		}
	}
	mean, sd := stat.MeanStdDev(normal, nil)
	n := math.Sqrt(float64(len(normal)))
	if math.Abs(mean)*n > 4 || math.Abs(sd-1)*n*math.Sqrt2 > 4 {
		t.Errorf("noise over err: mean %.5f, standard deviation %.5f of %d samples", mean, sd, len(normal))
	}
}

// Dust tilts the window by the extinction law and does nothing else.
func TestReddeningTilts(t *testing.T) {
	s := newSurvey(t, Mini, 1, 1)
	b := s.scratch.Get().(*buffers)
	clear, dusty := s.Truth(0), s.Truth(0)
	clear.EBV, dusty.EBV = 0, 0.5
	s.clean(&clear, b)
	flux := slices.Clone(b.flux)
	s.clean(&dusty, b)
	last := len(flux) - 1
	ratio := (b.flux[last] / flux[last]) / (b.flux[0] / flux[0])
	g := s.Grid()
	want := math.Pow(10, 0.4*0.5*(extinction(g.Wave(0))-extinction(g.Wave(last))))
	if math.Abs(ratio-want) > 1e-9 || ratio < 1.1 {
		t.Errorf("red over blue grows by %.4f, want %.4f", ratio, want)
	}
}

// In the mini survey three factors show, and they are these.
func TestMiniShowsThreeFactors(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		s := newSurvey(t, Mini, 1500, seed)
		got := s.Visible()
		slices.Sort(got)
		if want := []string{"E(B-V)", "Teff", "radvel"}; !slices.Equal(got, want) {
			t.Errorf("seed %d: visible %v, want %v", seed, got, want)
		}
		for _, f := range []struct {
			name      string
			low, high float64
		}{{"[M/H]", 0.3, 0.95}, {"logg", 0.01, 0.3}, {"vsini", 0, 0.1}, {"airmass", 0, 0}, {"snr", 0, 0}, {"berv", 0, 0}, {"Mass", 0, 0}} {
			if x, err := s.Sensitivity(f.name); err != nil || x < f.low || x > f.high {
				t.Errorf("seed %d: sensitivity to %s is %.3f, %v; want %g to %g", seed, f.name, x, err, f.low, f.high)
			}
		}
	}
	if _, err := newSurvey(t, Mini, 10, 1).Sensitivity("colour"); err == nil {
		t.Error("a factor that is none has a sensitivity")
	}
}

// Sensitivity in its simplest case against the definition: the extinction of a
// window without lines is an exact exponential.
func TestSensitivityOfDust(t *testing.T) {
	s := newSurvey(t, Window, 600, 1)
	first := s.firstVisits()
	spread := s.spread(factors[slices.IndexFunc(factors, func(f factor) bool { return f.name == "E(B-V)" })], first)
	// E(B-V) is even from 0 to 1: a standard deviation of 1/sqrt(12).
	if math.Abs(spread-1/math.Sqrt(12)) > 0.04 {
		t.Errorf("spread of E(B-V) %.4f", spread)
	}
	var tilt, noise float64
	for _, r := range s.instrument.redden {
		tilt += math.Pow(0.4*math.Ln10*spread*r, 2)
	}
	for _, i := range first {
		noise += math.Pow(s.Truth(i).SNR, -2)
	}
	want := math.Sqrt(tilt/float64(len(s.instrument.redden))) / math.Sqrt(noise/float64(len(first)))
	got, err := s.Sensitivity("E(B-V)")
	if err != nil || math.Abs(got/want-1) > 0.15 {
		t.Errorf("sensitivity to E(B-V) %.3f, %v; the tilt alone gives %.3f", got, err, want)
	}
}

func TestFullPassesThePaperPreparation(t *testing.T) {
	s := newSurvey(t, Full, 2, 1)
	g := s.Grid()
	for i := range s.Len() {
		flux, err := spectrum.Paper.Apply(s.Spectrum(i), g)
		if err != nil {
			t.Fatal(err)
		}
		if len(flux) != 327680 || flux[163000-1500] != 0 || flux[163000] == 0 || flux[7589] == 0 || flux[327680-7591] == 0 {
			t.Errorf("spectrum %d: %d samples, padding or gap are not where the paper has them", i, len(flux))
		}
	}
}

func TestMiniPassesThePaperPreparation(t *testing.T) {
	s := newSurvey(t, Mini, 3, 1)
	flux, err := spectrum.Paper.Apply(s.Spectrum(2), s.Grid())
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, len(flux))
	for i, f := range flux {
		x[i] = float64(f)
	}
	if m := median(x); math.Abs(m-1) > 1e-6 || len(x) != 2048 {
		t.Errorf("%d samples with a median of %g", len(x), m)
	}
}

// A list of one's own replaces the built-in lines.
func TestOwnLines(t *testing.T) {
	list := []linelist.Line{iron(1, -1), {Species: mgH, Wave: 5190, LogGF: -9}}
	s, err := New(Options{Preset: Mini, N: 1, Seed: 1, Lines: list})
	if err != nil {
		t.Fatal(err)
	}
	b := s.scratch.Get().(*buffers)
	s.synthesis.light.Flux(b.light, solar.photosphere())
	at := func(w float64) float32 { return b.light[int(s.synthesis.index(w)+0.5)] }
	// No Mg b, and no bands of MgH, which the list has.
	if at(5200) > 0.5 || at(5183.60) < 0.99 || at(5205) < 0.99 {
		t.Errorf("%.3f at the line, %.3f at Mg b, %.3f between", at(5200), at(5183.60), at(5205))
	}
}

func Example() {
	s, err := New(Options{Preset: Mini, N: 5500, Seed: 1})
	if err != nil {
		panic(err)
	}
	x, truth := s.Spectrum(0), s.Truth(0)
	fmt.Printf("%d spectra of %d samples from %.0f A\n", s.Len(), len(x.Flux), x.Wave[0])
	fmt.Printf("%s: %s, %.0f K, %+.1f km/s\n", truth.ID, truth.Star, truth.Teff, truth.RV)
	fmt.Println(s.Visible())
	// Output:
	// 5500 spectra of 2048 samples from 4960 A
	// ADP.2014-09-16T11:03:00.000: SIM 000001, 6555 K, -5.2 km/s
	// [E(B-V) radvel Teff]
}
