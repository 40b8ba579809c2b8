package synth

import (
	"math"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// binomial complains of a count that is more than four standard deviations off.
func binomial(t *testing.T, what string, count, of int, share float64) {
	t.Helper()
	want := share * float64(of)
	if sd := math.Sqrt(want * (1 - share)); math.Abs(float64(count)-want) > 4*sd {
		t.Errorf("%s: %d of %d, want %.0f +- %.0f", what, count, of, want, sd)
	}
}

// field is a Full survey that can be asked for truth alone.
var field = sync.OnceValue(func() *Survey {
	o := Options{Preset: Full, N: 30000, Seed: 3}
	return &Survey{options: o, settings: presets[Full], truth: population(presets[Full], o.Seed, o.N)}
})

func TestFieldStars(t *testing.T) {
	s := field()
	p := s.settings
	ids := map[string]bool{}
	var stars, visits []int
	for i := range s.truth {
		ids[s.truth[i].ID] = true
		if s.truth[i].Visit == 0 {
			stars, visits = append(stars, i), append(visits, 0)
		}
		visits[len(visits)-1]++
	}
	if len(ids) != s.Len() {
		t.Errorf("%d identifiers for %d spectra", len(ids), s.Len())
	}
	// Visits: P(at least k) = k^-tail, the last star aside, which the survey's end cuts.
	visits = visits[:len(visits)-1]
	for _, k := range []int{2, 5, 20, 100} {
		count := 0
		for _, n := range visits {
			if n >= k {
				count++
			}
		}
		binomial(t, "stars with many visits", count, len(visits), math.Pow(float64(k), -p.tail))
	}
	if most := slices.Max(visits); most < 300 || most > p.visits {
		t.Errorf("the busiest star has %d visits", most)
	}
	var double, slow, giant, flat int
	var rv, teff, logg []float64
	types := map[int]int{}
	for _, i := range stars {
		x := s.Truth(i)
		rv = append(rv, math.Abs(x.Systemic))
		types[x.SpecType]++
		if x.Amplitude > 0 {
			double++
		}
		if math.Abs(x.Systemic) < 50 {
			slow++
		}
		if x.Giant {
			giant++
			// The giant branch: cool ones have the lowest gravity; no dwarfs.
			if x.LogG > 3.6 || x.LogG < 0.9 || x.Teff > 5700 {
				t.Errorf("a giant of %.0f K and log g %.2f", x.Teff, x.LogG)
			}
			teff, logg = append(teff, x.Teff), append(logg, x.LogG)
			continue
		}
		if math.Abs(x.LogG-interpolate(mainSequence, x.Teff)) < 4*p.gravity {
			flat++
		}
		if x.LogG < 3.5 || x.LogG > 5.3 || x.Teff < p.teff[0] || x.Teff > p.teff[1] {
			t.Errorf("a dwarf of %.0f K and log g %.2f", x.Teff, x.LogG)
		}
	}
	binomial(t, "binaries", double, len(stars), binaries)
	// |RV| < 50 km/s: 88 per cent of 25 km/s, 12 per cent of 75 km/s.
	within := (1-thickDisc)*math.Erf(50/p.rv/math.Sqrt2) + thickDisc*math.Erf(50/(3*p.rv)/math.Sqrt2)
	binomial(t, "below 50 km/s", slow, len(stars), within)
	if most := slices.Max(rv); most < 120 || most > fastestStar {
		t.Errorf("the fastest star has %.0f km/s", most)
	}
	if share := float64(giant) / float64(len(stars)); math.Abs(share-p.giants) > 0.03 {
		t.Errorf("%.3f are giants", share)
	}
	if share := float64(flat) / float64(len(stars)-giant); share < 0.85 || share > 0.97 {
		t.Errorf("%.3f of the dwarfs are on the main sequence", share)
	}
	if r := stat.Correlation(teff, logg, nil); r < 0.75 {
		t.Errorf("log g of giants follows Teff with a correlation of %.2f", r)
	}
	for _, k := range []int{2, 3, 4, 5, 6} {
		if types[k] < len(stars)/100 {
			t.Errorf("%d stars of spectral type %d", types[k], k)
		}
	}
	t.Logf("%d stars; spectral types %v; %.3f giants", len(stars), types, float64(giant)/float64(len(stars)))
}

func TestVisits(t *testing.T) {
	s := field()
	flawed := map[Flaw]int{}
	var rays, expected float64
	for i := range s.truth {
		x := s.Truth(i)
		flawed[x.Flaw]++
		rays += float64(x.CosmicRays)
		expected += hitRate * x.Exposure * 3125.01
		first := s.Truth(i - x.Visit)
		// Of the star, all stays but the velocity, by metres unless it is double.
		if first.Gas != x.Gas || first.star() != x.star() || first.Systemic != x.Systemic || first.VMag != x.VMag || first.Star != x.Star {
			t.Fatalf("%s changed between visits", x.Star)
		}
		if most := 3*x.Jitter + x.Amplitude; x.Jitter > 0.005 || math.Abs(x.RV-x.Systemic) > most {
			t.Fatalf("%s: %.4f km/s from its system, at most %.4f", x.Star, x.RV-x.Systemic, most)
		}
		if x.Flaw != Empty && (x.SNR < s.settings.snr[0] || x.SNR > 450) || x.Flaw == Empty && x.Level > 50 {
			t.Fatalf("spectrum %d: flaw %q, S/N %.1f, level %.0f", i, x.Flaw, x.SNR, x.Level)
		}
		if x.Water < 0.5 || x.Water > 15 || x.Seeing < 0.4 || x.Seeing > 5 || x.Airmass < 1 || !slices.Contains(exposures, x.Exposure) {
			t.Fatalf("spectrum %d: %+v", i, x)
		}
	}
	for _, f := range flaws {
		binomial(t, string(f), flawed[f], s.Len(), flawRate)
	}
	if math.Abs(rays-expected) > 4*math.Sqrt(expected) {
		t.Errorf("%.0f cosmic rays, want %.0f", rays, expected)
	}
}

// The orbit is Systemic + Amplitude sin(...): over its visits a double star
// shows the standard deviation of a sine.
func TestBinariesMove(t *testing.T) {
	s := field()
	n := 0
	for i := 0; i < s.Len(); {
		x := s.Truth(i)
		var rv []float64
		for j := i; j < s.Len() && s.truth[j].Star == x.Star; j++ {
			rv = append(rv, s.truth[j].RV)
		}
		i += len(rv)
		if len(rv) < 150 {
			continue
		}
		n++
		want := math.Hypot(x.Amplitude/math.Sqrt2, 0.986*x.Jitter)
		if sd := stat.StdDev(rv, nil); math.Abs(sd/want-1) > 0.2 {
			t.Errorf("%s: %d velocities spread by %.4f km/s, want %.4f", x.Star, len(rv), sd, want)
		}
	}
	if n < 5 {
		t.Errorf("only %d stars with many visits", n)
	}
}

// The catalogue has values in the shares of the paper's table: 4,090 of 7,007
// with a radial velocity, 4,293 with Teff, 3,351 with a mass, 1,932 with
// [M/H], 6,988 with a signal to noise (counts of its published analysis).
func TestCatalogueMissesAndErrs(t *testing.T) {
	s := field()
	stars := s.firstVisits()
	for _, tt := range []struct {
		name  string
		known float64
		value func(t *Truth) float64
		sigma float64
	}{
		{"radvel", 4090. / 7007, func(t *Truth) float64 { return t.RV }, 0.3},
		{"Teff", 4293. / 7007, func(t *Truth) float64 { return t.Teff }, 80},
		{"Mass", 3351. / 7007, func(t *Truth) float64 { return t.Mass }, 0.07},
		{"[M/H]", 1932. / 7007, func(t *Truth) float64 { return t.MH }, 0.08},
		{"logg", 3351. / 7007, func(t *Truth) float64 { return t.LogG }, 0.08},
		{"snr", 6988. / 7007, func(t *Truth) float64 { return t.SNR }, 0},
	} {
		known, gross := 0, 0
		var off []float64
		for _, i := range stars {
			truth, has := s.Truth(i), s.Catalogue(i)
			truth.RV = truth.Systemic
			got, want := tt.value(&has), tt.value(&truth)
			if math.IsNaN(got) {
				continue
			}
			known++
			d := got - want
			if tt.name == "Mass" {
				d /= want
			}
			if math.Abs(d) > 5*tt.sigma {
				gross++
			} else {
				off = append(off, d)
			}
		}
		binomial(t, tt.name, known, len(stars), tt.known)
		if sd := stat.StdDev(off, nil); tt.sigma > 0 && math.Abs(sd/tt.sigma-1) > 0.08 {
			t.Errorf("%s: errors spread by %.4f, want %.4f", tt.name, sd, tt.sigma)
		}
		if gross > known/100 || gross == 0 && tt.name == "radvel" {
			t.Errorf("%s: %d of %d values are far off", tt.name, gross, known)
		}
		t.Logf("%s: %d of %d known, %d far off", tt.name, known, len(stars), gross)
	}
	// One value a star, and a well-known star has more than one label.
	both := 0
	for _, i := range stars {
		a := s.Catalogue(i)
		if i+1 < s.Len() && s.truth[i+1].Visit == 1 {
			if b := s.Catalogue(i + 1); !same(a.Teff, b.Teff) || !same(a.RV, b.RV) {
				t.Fatalf("%s has two temperatures or velocities", a.Star)
			}
		}
		if !math.IsNaN(a.MH) && !math.IsNaN(a.Teff) {
			both++
		}
	}
	if share := float64(both) / float64(len(stars)); share < 1932./7007*0.8 {
		t.Errorf("[M/H] and Teff come together in %.3f", share)
	}
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// Truth and catalogue on the disk are those in memory, digit by digit, and the
// label table of a survey with missing values is one that catalog reads.
func TestTablesOfASky(t *testing.T) {
	s := stretch(5880, 1500, 40)
	s.truth[3].Flaw = NotNumbers
	dir := t.TempDir()
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{truthFile, labelsFile} {
		table, err := catalog.Read(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if table.Rows() != s.Len() {
			t.Fatalf("%s: %d rows", name, table.Rows())
		}
		missing := 0
		for column, value := range map[string]func(t *Truth) float64{
			"radvel": func(t *Truth) float64 { return t.RV }, "Teff": func(t *Truth) float64 { return t.Teff },
			"[M/H]": func(t *Truth) float64 { return t.MH }, "snr": func(t *Truth) float64 { return t.SNR },
			"systemic": func(t *Truth) float64 { return t.Systemic }, "gas_sodium": func(t *Truth) float64 { return t.Gas.Sodium },
			"gas_velocity": func(t *Truth) float64 { return t.Gas.Velocity }, "water": func(t *Truth) float64 { return t.Water },
			"exposure": func(t *Truth) float64 { return t.Exposure }, "ripple_sin": func(t *Truth) float64 { return t.Ripple[1] },
			"cosmic_rays": func(t *Truth) float64 { return float64(t.CosmicRays) }, "orbit_period": func(t *Truth) float64 { return t.Period },
		} {
			c, err := table.Column(column)
			if err != nil {
				if name == truthFile {
					t.Error(err)
				}
				continue
			}
			for i, got := range c.Values {
				want := s.Truth(i)
				if name == labelsFile {
					want = s.Catalogue(i)
				}
				if !same(got, value(&want)) {
					t.Errorf("%s, row %d: %s is %g, want %g", name, i, column, got, value(&want))
				}
				if math.IsNaN(got) {
					missing++
				}
			}
		}
		if name == truthFile && missing > 0 || name == labelsFile && missing < 20 {
			t.Errorf("%s: %d values are missing", name, missing)
		}
		for i, m := range table.Median {
			if !(m > 0) {
				t.Errorf("%s, row %d: median %g", name, i, m)
			}
		}
	}
	x, err := spectrum.Load(filepath.Join(dir, s.Truth(3).ID+".fits"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(x.Flux) - len(finite(x.Flux)); n < 10 {
		t.Errorf("%d samples are not numbers", n)
	}
}
