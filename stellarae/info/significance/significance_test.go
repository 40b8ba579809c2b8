package significance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/significance"
)

// Three cells: a strong effect, a weak one that just survives the table, and
// one that cannot say.
func ExampleMaxT() {
	rng := rand.New(rand.NewPCG(1, 1))
	null := make([][]float64, 999)
	for b := range null {
		null[b] = []float64{rng.NormFloat64(), 10 + 5*rng.NormFloat64(), math.NaN()}
	}
	adjusted, err := significance.MaxT([]float64{4.5, 18, 1}, null)
	fmt.Printf("%.3f %v\n", adjusted, err)
	// Output: [0.001 0.049 NaN] <nil>
}

// scipy.stats.false_discovery_control([0.01, 0.04, 0.03, 0.5, 0.02]), SciPy 1.17.
func TestBenjaminiHochbergIsSciPys(t *testing.T) {
	got := significance.BenjaminiHochberg([]float64{0.01, 0.04, math.NaN(), 0.03, 0.5, 0.02})
	want := []float64{0.05, 0.05, math.NaN(), 0.05, 0.5, 0.05}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-15 || math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			t.Errorf("q %v, want %v", got, want)
		}
	}
}

func TestPCountsTheObserved(t *testing.T) {
	null := []float64{1, 2, 3, 3}
	for _, c := range []struct{ observed, want float64 }{{4, 0.2}, {3, 0.6}, {0, 1}} {
		if got := significance.P(c.observed, null); got != c.want {
			t.Errorf("p of %v: %v, want %v", c.observed, got, c.want)
		}
	}
	if !math.IsNaN(significance.P(math.NaN(), null)) || !math.IsNaN(significance.P(1, nil)) {
		t.Error("p of nothing is a number")
	}
}

// Cells without an effect have even p-values, and one far off has a value below
// what its own permutations could give.
func TestPooledIsEvenAndFine(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const cells, permutations = 2000, 99
	draw := func() []float64 {
		row := make([]float64, cells)
		for i := range row {
			row[i] = float64(i) + float64(1+i%5)*rng.ExpFloat64()
		}
		return row
	}
	null := make([][]float64, permutations)
	for b := range null {
		null[b] = draw()
	}
	observed := draw()
	observed[7] = 7 + 3*60
	observed[8] = math.NaN()
	p := significance.Pooled(observed, null)
	if p[7] != 1.0/(cells*permutations-permutations+1) || !math.IsNaN(p[8]) {
		t.Errorf("p %v and %v", p[7], p[8])
	}
	for _, at := range []float64{0.01, 0.1, 0.5, 0.9} {
		n := 0.0
		for _, v := range p {
			if v <= at {
				n++
			}
		}
		if sd := math.Sqrt(cells * at * (1 - at)); math.Abs(n-cells*at) > 4*sd+1 {
			t.Errorf("%v of %d cells below %v", n, cells, at)
		}
	}
}

// Tables of 40 dependent cells, three of them with an effect: a false claim in
// at most about 5 % of tables by max-T, in most by plain p-values, and the true
// ones are found.
func TestMaxTKeepsTheFamily(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const tables, cells, real, permutations = 400, 40, 3, 199
	rng := rand.New(rand.NewPCG(2, 2))
	draw := func(effect float64) []float64 {
		common := rng.NormFloat64()
		row := make([]float64, cells)
		for i := range row {
			v := 0.6*common + 0.8*rng.NormFloat64()
			if i < real {
				v += effect
			}
			row[i] = v * v * float64(1+i%7) // skewed, on different scales
		}
		return row
	}
	var falseByMaxT, falseByP, found int
	for range tables {
		observed := draw(7)
		null := make([][]float64, permutations)
		for b := range null {
			null[b] = draw(0)
		}
		adjusted, err := significance.MaxT(observed, null)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Min(adjusted[real:]) <= 0.05 {
			falseByMaxT++
		}
		plain := 1.0
		for i := range cells {
			column := make([]float64, permutations)
			for b := range null {
				column[b] = null[b][i]
			}
			p := significance.P(observed[i], column)
			if p > adjusted[i] {
				t.Fatalf("cell %d: p %v above its adjusted %v", i, p, adjusted[i])
			}
			if i >= real {
				plain = min(plain, p)
			} else if adjusted[i] <= 0.05 {
				found++
			}
		}
		if plain <= 0.05 {
			falseByP++
		}
	}
	t.Logf("false claims in %d tables: %d by max-T, %d by plain p; %d of %d found", tables, falseByMaxT, falseByP, found, real*tables)
	if falseByMaxT > 34 { // 20 expected at most, sd 4.4
		t.Errorf("false claims in %d of %d tables", falseByMaxT, tables)
	}
	if falseByP < tables/2 || found < real*tables*9/10 {
		t.Errorf("by plain p %d of %d; %d of %d found", falseByP, tables, found, real*tables)
	}
}

func TestMaxTCannotSay(t *testing.T) {
	if _, err := significance.MaxT([]float64{1}, nil); err == nil {
		t.Error("no permutations")
	}
	if _, err := significance.MaxT([]float64{1, 2}, [][]float64{{1, 2}, {1}}); err == nil {
		t.Error("ragged permutations")
	}
	null := [][]float64{{5, 0.1, math.NaN()}, {5, 0.1 + 1e-17, 2}, {5, 0.1, 3}}
	got, err := significance.MaxT([]float64{5, 0.1, 4}, null)
	for i, v := range got {
		if err != nil || !math.IsNaN(v) {
			t.Errorf("cell %d: %v (%v)", i, v, err)
		}
	}
}

func TestEffect(t *testing.T) {
	e := significance.EffectOf(1, []float64{0.1, 0.3}, 2)
	if math.Abs(e.Nats-0.8) > 1e-15 || math.Abs(e.Bits-0.8/math.Ln2) > 1e-15 || math.Abs(e.Percent-40) > 1e-12 ||
		math.Abs(e.Rho-math.Sqrt(1-math.Exp(-1.6))) > 1e-15 {
		t.Errorf("%+v", e)
	}
	if e := significance.EffectOf(0.1, []float64{0.1, 0.3}, 0); e.Rho != 0 || e.Nats >= 0 || !math.IsNaN(e.Percent) {
		t.Errorf("%+v", e)
	}
	if e := significance.EffectOf(1, []float64{0.1}, 2); !math.IsNaN(e.Nats) {
		t.Errorf("%+v", e)
	}
}
