package mi_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/mi"
)

type pairEstimator struct {
	name string
	of   func(x, y []float64) (float64, error)
}

func pairEstimators() []pairEstimator {
	k := func(f func(x, y []float64, k int) (float64, error), k int) func(x, y []float64) (float64, error) {
		return func(x, y []float64) (float64, error) { return f(x, y, k) }
	}
	return []pairEstimator{
		{"KSG1", k(mi.KSG1, 4)}, {"KSG2", k(mi.KSG2, 4)}, {"Mixed", k(mi.Mixed, 4)},
		{"copula", mi.GaussianCopula}, {"equal frequency", k(mi.EqualFrequency, 8)},
		{"conditional", func(x, y []float64) (float64, error) {
			return mi.Conditional(x, y, [][]float64{wave(len(x))}, 4)
		}},
		{"total correlation", func(x, y []float64) (float64, error) {
			return mi.TotalCorrelation([][]float64{x, y}, 4)
		}},
		{"mixture", func(x, y []float64) (float64, error) {
			m, err := mi.Mixture(x, y, mi.MixtureOptions{MostParts: 1, Bootstraps: 2, Draws: 100})
			return m.MI, err
		}},
	}
}

func wave(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Sin(float64(i * i))
	}
	return out
}

// x and y may change places, rows their order, and units their power of two.
func TestSymmetryOrderAndUnits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	for _, e := range pairEstimators()[:5] {
		for range 10 {
			x, y := gaussian(rng.Uint64(), 60+rng.IntN(100), 0.7)
			want, err := e.of(x, y)
			if err != nil {
				t.Fatal(err)
			}
			if swapped, err := e.of(y, x); err != nil || math.Abs(swapped-want) > 1e-12 {
				t.Errorf("%s: %v, swapped %v (%v)", e.name, want, swapped, err)
			}
			px, py := make([]float64, len(x)), make([]float64, len(x))
			for i, p := range rng.Perm(len(x)) {
				px[i], py[i] = 4*x[p], 4*y[p]
			}
			if moved, err := e.of(px, py); err != nil || math.Abs(moved-want) > 1e-12 {
				t.Errorf("%s: %v, in other order and units %v (%v)", e.name, want, moved, err)
			}
		}
	}
}

// A monotone map of x changes nothing after NormalScores, bit for bit.
func TestMonotoneMapsChangeNothing(t *testing.T) {
	x, y := gaussian(5, 300, 0.7)
	bent := make([]float64, len(x))
	for i, v := range x {
		bent[i] = math.Exp(3 * v)
	}
	if !slices.Equal(mi.NormalScores(x), mi.NormalScores(bent)) {
		t.Error("normal scores differ")
	}
	for _, e := range pairEstimators()[3:5] {
		one, _ := e.of(x, y)
		two, _ := e.of(bent, y)
		if one != two {
			t.Errorf("%s: %v and %v", e.name, one, two)
		}
	}
}

// A label with a large offset tells as much as without: scikit-learn's noise,
// relative to the mean, loses it (its issue 30772).
func TestOffsetsLoseNothing(t *testing.T) {
	x, y := gaussian(6, 500, 0.9)
	want, _ := mi.KSG1(x, y, 3)
	far := make([]float64, len(y))
	for i, v := range y {
		far[i] = 1e9 + v
	}
	got, err := mi.KSG1(x, far, 3)
	if err != nil || math.Abs(got-want) > 0.001 { // y is rounded to 1e-7
		t.Errorf("%v, shifted %v (%v)", want, got, err)
	}
}

// Where no pair repeats, Mixed is KSG1.
func TestMixedIsKSG1WithoutTies(t *testing.T) {
	x, y := gaussian(7, 400, 0.5)
	one, err1 := mi.KSG1(x, y, 3)
	two, err2 := mi.Mixed(x, y, 3)
	if err1 != nil || err2 != nil || math.Abs(one-two) > 1e-12 {
		t.Errorf("%v and %v (%v %v)", one, two, err1, err2)
	}
	if tied := mi.Tied([]float64{1, 2, 2, 3}); tied != 0.5 {
		t.Errorf("tied %v", tied)
	}
}

func TestBadInputIsNeverANumber(t *testing.T) {
	good := wave(50)
	constant := slices.Repeat([]float64{3}, 50)
	missing, infinite := slices.Clone(good), slices.Clone(good)
	missing[10], infinite[20] = math.NaN(), math.Inf(-1)
	other, _ := gaussian(8, 50, 0)
	for _, c := range []struct {
		name string
		x, y []float64
		want error // nil for any
	}{
		{"empty", nil, nil, mi.ErrTooFew},
		{"two rows", good[:2], other[:2], mi.ErrTooFew},
		{"unequal lengths", good, other[:49], nil},
		{"constant x", constant, other, mi.ErrConstant},
		{"constant y", good, constant, mi.ErrConstant},
		{"NaN", missing, other, mi.ErrNotFinite},
		{"infinite", good, infinite, mi.ErrNotFinite},
		{"all NaN", good, slices.Repeat([]float64{math.NaN()}, 50), mi.ErrNotFinite},
	} {
		for _, e := range pairEstimators() {
			if e.name == "equal frequency" && c.name == "two rows" {
				continue // two rows fill two bins
			}
			v, err := e.of(c.x, c.y)
			if err == nil || v != 0 || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v, %v", c.name, e.name, v, err)
			}
		}
	}
	for _, k := range []int{0, -1, 50} {
		if v, err := mi.KSG1(good, other, k); err == nil {
			t.Errorf("%d neighbours: %v", k, v)
		}
	}
	if v, err := mi.Ross(good, make([]int, 50), 3); !errors.Is(err, mi.ErrConstant) {
		t.Errorf("one class: %v, %v", v, err)
	}
	if v, err := mi.Ross(good[:3], []int{1, 2, 3}, 3); !errors.Is(err, mi.ErrTooFew) {
		t.Errorf("classes of one: %v, %v", v, err)
	}
	if v, err := mi.GaussianCopula(good, good); err != nil || !math.IsInf(v, 1) && v < 15 {
		t.Errorf("a copula with itself: %v, %v", v, err)
	}
}
