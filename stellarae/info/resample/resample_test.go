package resample_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/stat"
)

func Example() {
	stars, err := resample.By([]string{"HD 1", "HD 2", "HD 1", "HD 3", "HD 2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	rng := rand.New(rand.NewPCG(1, 1))
	fmt.Println(stars.Len(), "stars,", stars.Rows(), "spectra, HD 2 has", stars.Members(1))
	fmt.Println("one of each", stars.OneOfEach(rng))
	fmt.Println("permuted", stars.Between(rng))
	// Output:
	// 3 stars, 5 spectra, HD 2 has [1 4]
	// one of each [0 4 3]
	// permuted [2 4 0 3 1]
}

// visits is a survey of stars of which a few have many visits: the ids, and a
// value with this share of its unit variance common to the visits of a star.
func visits(rng *rand.Rand, stars int, share float64) (ids []int, values []float64) {
	for s := range stars {
		own := math.Sqrt(share) * rng.NormFloat64()
		n := min(12, int(1/math.Pow(1-rng.Float64(), 0.8)))
		for range n {
			ids = append(ids, s)
			values = append(values, own+math.Sqrt(1-share)*rng.NormFloat64())
		}
	}
	return ids, values
}

func TestPermutationsKeepWhatTheyShould(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	ids, _ := visits(rng, 60, 0)
	c, err := resample.By(ids)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		taken := map[int]int{}
		for r, from := range c.Between(rng) {
			if was, known := taken[c.Of(r)]; known && was != c.Of(from) {
				t.Fatalf("cluster %d takes from %d and %d", c.Of(r), was, c.Of(from))
			}
			taken[c.Of(r)] = c.Of(from)
		}
		var givers []int
		for _, g := range taken {
			givers = append(givers, g)
		}
		slices.Sort(givers)
		if givers = slices.Compact(givers); len(givers) != c.Len() {
			t.Fatalf("%d of %d clusters give", len(givers), c.Len())
		}
		within := c.Within(rng)
		for r, from := range within {
			if c.Of(r) != c.Of(from) {
				t.Fatalf("row %d takes from cluster %d", r, c.Of(from))
			}
		}
		slices.Sort(within)
		for r, from := range within {
			if r != from {
				t.Fatal("within: not a permutation")
			}
		}
		seen := make([]int, c.Rows())
		for _, part := range c.Split(7, rng) {
			whole := map[int]int{}
			for _, r := range part {
				seen[r]++
				whole[c.Of(r)]++
			}
			for n, k := range whole {
				if k != len(c.Members(n)) {
					t.Fatalf("cluster %d is torn", n)
				}
			}
		}
		if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
			t.Fatal("split: not every row once")
		}
		for n, r := range c.OneOfEach(rng) {
			if c.Of(r) != n {
				t.Fatalf("row %d for cluster %d", r, n)
			}
		}
	}
}

// Of 200 surveys with repeat visits, nearly 95 % of the intervals hold the truth;
// intervals that take every visit as independent hold it far less often.
func TestIntervalsHoldTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const surveys = 200
	var boot, sub, naive int
	for seed := range uint64(surveys) {
		ids, values := visits(rand.New(rand.NewPCG(seed, 3)), 80, 0.9)
		mean := func(rows []int) (float64, error) {
			var sum float64
			for _, r := range rows {
				sum += values[r]
			}
			return sum / float64(len(rows)), nil
		}
		c, err := resample.By(ids)
		if err != nil {
			t.Fatal(err)
		}
		o := resample.Options{Draws: 200, Seed: seed}
		covers := func(in resample.Interval, err error) int {
			if err != nil {
				t.Fatal(err)
			}
			if in.Lo <= 0 && in.Hi >= 0 {
				return 1
			}
			return 0
		}
		boot += covers(c.Bootstrap(mean, o))
		naive += covers(resample.Singles(len(ids)).Bootstrap(mean, o))
		o.Draws = 10
		sub += covers(c.Subsample(mean, o))
	}
	t.Logf("of %d: bootstrap %d, subsample %d, naive %d", surveys, boot, sub, naive)
	if boot < 175 || sub < 175 || naive > 150 {
		t.Errorf("of %d: bootstrap %d, subsample %d, naive %d", surveys, boot, sub, naive)
	}
}

// The plug-in variance is too small by 1/N of itself: halves show it.
func TestHalvingShowsBias(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	values := make([]float64, 40)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	pick := func(rows []int) []float64 {
		var out []float64
		for _, r := range rows {
			out = append(out, values[r])
		}
		return out
	}
	c := resample.Singles(len(values))
	o := resample.Options{Draws: 400}
	plugin, err1 := c.Subsample(func(rows []int) (float64, error) { return stat.PopVariance(pick(rows), nil), nil }, o)
	mean, err2 := c.Subsample(func(rows []int) (float64, error) { return stat.Mean(pick(rows), nil), nil }, o)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	want := -plugin.Estimate / 39 // N/2 rows: -1/20 against -1/40, exactly -s2/40
	if math.Abs(plugin.HalfShift-want) > 4*plugin.HalfShiftSE || plugin.HalfShift > -3*plugin.HalfShiftSE {
		t.Errorf("shift %v +- %v, want %v", plugin.HalfShift, plugin.HalfShiftSE, want)
	}
	if math.Abs(mean.HalfShift) > 1e-12 { // a mean of halves is the mean
		t.Errorf("shift of a mean %v", mean.HalfShift)
	}
}

func TestTheSameSeedGivesTheSameInterval(t *testing.T) {
	ids, values := visits(rand.New(rand.NewPCG(5, 1)), 50, 0.5)
	c, err := resample.By(ids)
	if err != nil {
		t.Fatal(err)
	}
	first := func(rows []int) (float64, error) { return values[rows[0]] + values[rows[len(rows)/2]], nil }
	for _, draw := range []func(resample.Statistic, resample.Options) (resample.Interval, error){c.Bootstrap, c.Subsample} {
		one, err1 := draw(first, resample.Options{Draws: 50, Seed: 9, Workers: 1})
		two, err2 := draw(first, resample.Options{Draws: 50, Seed: 9, Workers: 3})
		if err1 != nil || err2 != nil || one.SE != two.SE || one.Lo != two.Lo || one.Hi != two.Hi {
			t.Errorf("%+v and %+v (%v %v)", one, two, err1, err2)
		}
	}
}

func TestBadInput(t *testing.T) {
	if _, err := resample.By([]int{}); err == nil {
		t.Error("no rows")
	}
	one, err := resample.By([]string{"a", "a", "a", "a", "a"})
	if err != nil {
		t.Fatal(err)
	}
	three := resample.Singles(3)
	fine := func([]int) (float64, error) { return 1, nil }
	broken := errors.New("broken")
	for name, of := range map[string]func() (resample.Interval, error){
		"one cluster":  func() (resample.Interval, error) { return one.Bootstrap(fine, resample.Options{}) },
		"few to split": func() (resample.Interval, error) { return three.Subsample(fine, resample.Options{}) },
		"level":        func() (resample.Interval, error) { return three.Bootstrap(fine, resample.Options{Level: 1}) },
		"one draw":     func() (resample.Interval, error) { return three.Bootstrap(fine, resample.Options{Draws: 1}) },
		"NaN": func() (resample.Interval, error) {
			return three.Bootstrap(func([]int) (float64, error) { return math.NaN(), nil }, resample.Options{})
		},
		"fails": func() (resample.Interval, error) {
			return three.Bootstrap(func([]int) (float64, error) { return 0, broken }, resample.Options{})
		},
	} {
		if in, err := of(); err == nil {
			t.Errorf("%s: %+v", name, in)
		}
	}
	if _, err := three.Keep([]int{0, 3}); err == nil {
		t.Error("a row outside is kept")
	}
	if _, err := three.Keep(nil); err == nil {
		t.Error("no rows are kept")
	}
}
