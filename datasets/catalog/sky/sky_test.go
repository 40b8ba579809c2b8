package sky

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

func fixture(t testing.TB, name string, v any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatal(err)
	}
}

// astropy's SkyCoord.apply_space_motion, see testdata/make_fixtures.py: 1 mas.
func TestMotionIsAstropys(t *testing.T) {
	var want struct{ Rows [][8]float64 }
	fixture(t, "motion.json", &want)
	if len(want.Rows) != 300 {
		t.Fatalf("%d rows", len(want.Rows))
	}
	worst := 0.0
	for _, r := range want.Rows {
		p := Position{r[0], r[1], r[2], r[3], r[4]}
		ra, dec := p.At(r[5])
		off := Separation(ra, dec, r[6], r[7]) * 1e3
		worst = max(worst, off)
		if !(off < 1) {
			t.Errorf("%+v at %.3f: off by %.3g mas", p, r[5], off)
		}
	}
	t.Logf("worst: %.2g mas", worst)
}

// astropy's match_to_catalog_sky and search_around_sky: the same stars, the
// separations to 1 mas.
func TestNearIsAstropys(t *testing.T) {
	var want struct {
		Epoch, To, Radius float64
		Stars             [][4]float64
		Places            [][2]float64
		Nearest           []int
		Separation        []float64
		Within            []int
	}
	fixture(t, "match.json", &want)
	stars := make([]Position, len(want.Stars))
	for i, s := range want.Stars {
		stars[i] = Position{s[0], s[1], s[2], s[3], want.Epoch}
	}
	for _, epoch := range []float64{2000, 2012.25, 2030} { // the index's own must not matter
		x := NewIndex(stars, epoch)
		for k, p := range want.Places {
			found := x.Near(Position{p[0], p[1], math.NaN(), math.NaN(), want.To}, want.Radius)
			if len(found) != want.Within[k] {
				t.Errorf("place %d: %d stars, astropy finds %d", k, len(found), want.Within[k])
				continue
			}
			if len(found) > 0 && (found[0].Star != want.Nearest[k] || math.Abs(found[0].Separation-want.Separation[k]) > 1e-3) {
				t.Errorf("place %d: %+v, astropy has star %d at %g", k, found[0], want.Nearest[k], want.Separation[k])
			}
		}
	}
}

// An index finds what looking at every star finds, also for stars and places of
// unknown motion.
func TestNearIsExhaustive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	place := func(spread float64) Position {
		p := Position{RA: 360 * r.Float64(), Dec: math.Asin(2*r.Float64()-1) / radian, PMRA: math.NaN(), PMDec: math.NaN(), Epoch: 2000 + 20*r.Float64()}
		if r.IntN(3) > 0 { // crowded at the pole
			p.Dec = 90 - spread*r.Float64()
		}
		if r.IntN(2) > 0 {
			p.PMRA, p.PMDec = 3000*r.NormFloat64(), 3000*r.NormFloat64()
		}
		return p
	}
	stars := make([]Position, 3000)
	for i := range stars {
		stars[i] = place(0.2)
	}
	stars[7].RA = math.NaN()
	x := NewIndex(stars, 2010)
	found := 0
	for range 300 {
		p, radius := place(0.2), math.Exp(8*r.Float64())
		want := 0
		for i := range stars {
			if x.Separation(i, p) <= radius {
				want++
			}
		}
		got := x.Near(p, radius)
		if len(got) != want {
			t.Fatalf("%+v within %g: %d stars, looking at each %d", p, radius, len(got), want)
		}
		found += want
	}
	if found < 1000 {
		t.Fatalf("only %d stars found: the test shows little", found)
	}
}

func TestNearRefuses(t *testing.T) {
	x := NewIndex([]Position{{RA: 10, Dec: 10, Epoch: 2000}, {RA: math.NaN(), Dec: 10}, {RA: 10, Dec: 91}}, 2000)
	for _, c := range []struct {
		place  Position
		radius float64
		want   int
	}{
		{Position{RA: 10, Dec: 10, Epoch: 2000}, 1, 1},
		{Position{RA: 370 - 360, Dec: 10, Epoch: 2000}, 1, 1},
		{Position{RA: -350, Dec: 10, Epoch: 2000}, 1, 1},
		{Position{RA: 10, Dec: 10, Epoch: 2000}, 0, 0},
		{Position{RA: 10, Dec: 10, Epoch: 2000}, math.NaN(), 0},
		{Position{RA: math.NaN(), Dec: 10, Epoch: 2000}, 1, 0},
		{Position{RA: 10, Dec: math.Inf(1), Epoch: 2000}, 1, 0},
		{Position{RA: 10, Dec: 10, Epoch: math.NaN()}, 1, 0},
		{Position{RA: 10, Dec: 10, Epoch: 2000}, 648000, 1},
	} {
		if got := x.Near(c.place, c.radius); len(got) != c.want {
			t.Errorf("%+v within %g: %v", c.place, c.radius, got)
		}
	}
	if got := NewIndex(nil, 2000).Near(Position{Epoch: 2000}, 5); got != nil {
		t.Errorf("an empty index finds %v", got)
	}
}

// astropy's Angle and Time.jyear.
func TestAnglesAreAstropys(t *testing.T) {
	var want struct{ RA, Dec, Epoch map[string]float64 }
	fixture(t, "angles.json", &want)
	for text, v := range want.RA {
		if got, err := ParseRA(text, false); err != nil || math.Abs(got-v) > 1e-10 {
			t.Errorf("%q: %v, %v, want %v", text, got, err, v)
		}
	}
	for text, v := range want.Dec {
		if got, err := ParseDec(text); err != nil || math.Abs(got-v) > 1e-10 {
			t.Errorf("%q: %v, %v, want %v", text, got, err, v)
		}
	}
	for text, v := range want.Epoch {
		var mjd float64
		if err := json.Unmarshal([]byte(text), &mjd); err != nil {
			t.Fatal(err)
		}
		if got := JulianYear(mjd); math.Abs(got-v) > 1e-9 {
			t.Errorf("MJD %s: %v, want %v", text, got, v)
		}
	}
}

func TestParseAngles(t *testing.T) {
	for _, c := range []struct {
		text  string
		hours bool
		want  float64
	}{{"219.9", false, 219.9}, {"12", true, 180}, {" 1.5e1 ", false, 15}, {"-10", false, -10}} {
		if got, err := ParseRA(c.text, c.hours); err != nil || got != c.want {
			t.Errorf("%q: %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "nan", "inf", "12 60 00", "25 00 00", "1 2 3 4", "361", "here", "12:3x"} {
		if v, err := ParseRA(bad, false); err == nil {
			t.Errorf("%q gives %v", bad, v)
		}
	}
	for _, bad := range []string{"", "90.1", "-91 0 0", "- 5", "5 0 60"} {
		if v, err := ParseDec(bad); err == nil {
			t.Errorf("%q gives %v", bad, v)
		}
	}
	if v, err := ParseDec("\u221230 30 0"); err != nil || v != -30.5 {
		t.Errorf("a minus sign: %v, %v", v, err)
	}
}

func FuzzParseAngle(f *testing.F) {
	for _, s := range []string{"14 39 35.08", "-0d00m01s", "1e3", "23:59:59.999", "05 32.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := ParseRA(text, true); err == nil && !(math.Abs(v) <= 360) {
			t.Errorf("right ascension %v", v)
		}
		if v, err := ParseDec(text); err == nil && !(math.Abs(v) <= 90) {
			t.Errorf("declination %v", v)
		}
	})
}

// survey is stars all over the sky, moving as stars do, and places of spectra
// near some of them.
func survey(stars, places int) ([]Position, []Position) {
	r := rand.New(rand.NewPCG(3, 4))
	s := make([]Position, stars)
	for i := range s {
		s[i] = Position{360 * r.Float64(), math.Asin(2*r.Float64()-1) / radian, 20 * r.NormFloat64(), 20 * r.NormFloat64(), 2016}
	}
	p := make([]Position, places)
	for i := range p {
		p[i] = Position{PMRA: math.NaN(), PMDec: math.NaN(), Epoch: 2003 + 15*r.Float64()}
		p[i].RA, p[i].Dec = s[r.IntN(stars)].At(p[i].Epoch)
		p[i].Dec = min(p[i].Dec+r.Float64()/3600, 90)
	}
	return s, p
}

// One core: the whole archive against a million stars.
func BenchmarkArchiveAgainstMillion(b *testing.B) {
	stars, places := survey(1_000_000, 270_000)
	for b.Loop() {
		x := NewIndex(stars, 2010)
		found := 0
		for _, p := range places {
			if len(x.Near(p, 5)) > 0 {
				found++
			}
		}
		if found != len(places) {
			b.Fatalf("%d of %d found", found, len(places))
		}
	}
}

func BenchmarkNewIndexMillion(b *testing.B) {
	stars, _ := survey(1_000_000, 1)
	for b.Loop() {
		NewIndex(stars, 2010)
	}
}
