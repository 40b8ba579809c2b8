package retrieve_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/retrieve"
	"gonum.org/v1/gonum/mat"
)

func Example() {
	codes := mat.NewDense(6, 2, []float64{
		0, 0.001,
		0.1, 0.002, // another visit of the same star
		1, 0.001,
		2, 0.003,
		4, 0.002,
		-3, 0.001,
	})
	stars := []string{"a", "a", "b", "c", "d", "e"}
	x, err := retrieve.New(codes, retrieve.Options{Stars: stars})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("nodes", x.Nodes())
	for _, n := range x.NearestTo(0, 2) {
		fmt.Printf("star %s at %.2f\n", stars[n.Row], n.Distance)
	}
	// Output:
	// nodes [0]
	// star b at 0.67
	// star c at 1.35
}

type fixture struct {
	Codes       [][]float64
	Stars       []string
	Nodes       []int
	Rows        [][]retrieve.Neighbour
	Query       []float64
	Near        []retrieve.Neighbour
	NearWithout []retrieve.Neighbour `json:"near_without"`
	Residual    []float32
	Noise       float64
}

func peer(t *testing.T) (f fixture) {
	t.Helper()
	b, err := os.ReadFile("testdata/neighbours.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func dense(rows [][]float64) *mat.Dense {
	return mat.NewDense(len(rows), len(rows[0]), slices.Concat(rows...))
}

func same(a, b []retrieve.Neighbour) bool {
	return slices.EqualFunc(a, b, func(a, b retrieve.Neighbour) bool {
		return a.Row == b.Row && math.Abs(a.Distance-b.Distance) < 1e-9
	})
}

// The numbers are those of scikit-learn and scipy, see testdata/make_fixtures.py.
func TestNeighboursAreThoseOfScikitLearn(t *testing.T) {
	f := peer(t)
	x, err := retrieve.New(dense(f.Codes), retrieve.Options{Stars: f.Stars})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x.Nodes(), f.Nodes) {
		t.Errorf("nodes %v, want %v", x.Nodes(), f.Nodes)
	}
	for row, want := range f.Rows {
		if got := x.NearestTo(row, 4); !same(got, want) {
			t.Errorf("row %d: %v, want %v", row, got, want)
		}
	}
	got, err := x.Nearest(f.Query, 6)
	if err != nil || !same(got, f.Near) {
		t.Errorf("near: %v, %v, want %v", got, err, f.Near)
	}
	got, err = x.Nearest(f.Query, 6, f.Stars[f.Near[0].Row], "nobody")
	if err != nil || !same(got, f.NearWithout) {
		t.Errorf("without the nearest star: %v, %v, want %v", got, err, f.NearWithout)
	}
}

// random draws codes of n rows of stars with up to 40 visits each.
func random(rng *rand.Rand, n, width int) (*mat.Dense, []string) {
	codes := mat.NewDense(n, width, nil)
	stars := make([]string, n)
	star, left := 0, 0
	middle := make([]float64, width)
	for i := range n {
		if left == 0 {
			star, left = star+1, 1+rng.IntN(40)
			for j := range middle {
				middle[j] = rng.NormFloat64()
			}
		}
		left--
		stars[i] = fmt.Sprint(star)
		for j := range width {
			codes.Set(i, j, middle[j]+0.01*rng.NormFloat64())
		}
	}
	return codes, stars
}

func TestRowsAndCodesHaveTheSameNeighbours(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for trial := range 20 {
		codes, stars := random(rng, 100+rng.IntN(200), 1+rng.IntN(5))
		x, err := retrieve.New(codes, retrieve.Options{Stars: stars})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			row, k := rng.IntN(x.Len()), 1+rng.IntN(12)
			byRow := x.NearestTo(row, k)
			byCode, err := x.Nearest(codes.RawRowView(row), k, stars[row])
			if err != nil || !same(byRow, byCode) {
				t.Fatalf("trial %d, row %d: %v, but by its code %v (%v)", trial, row, byRow, byCode, err)
			}
			seen := map[string]bool{stars[row]: true}
			for i, n := range byRow {
				if seen[stars[n.Row]] || i > 0 && n.Distance < byRow[i-1].Distance {
					t.Fatalf("row %d: star %s twice, or not ascending: %v", row, stars[n.Row], byRow)
				}
				seen[stars[n.Row]] = true
			}
		}
	}
}

func TestUnitsOfANodeDoNotMatter(t *testing.T) {
	codes, _ := random(rand.New(rand.NewPCG(2, 2)), 200, 3)
	other := mat.DenseCopyOf(codes)
	for i := range 200 {
		other.Set(i, 1, -8*codes.At(i, 1)+3)
	}
	x, err := retrieve.New(codes, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	y, err := retrieve.New(other, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for row := range 200 {
		if a, b := x.NearestTo(row, 5), y.NearestTo(row, 5); !same(a, b) {
			t.Fatalf("row %d: %v, rescaled %v", row, a, b)
		}
	}
}

func TestFewerStarsThanAsked(t *testing.T) {
	x, err := retrieve.New(mat.NewDense(4, 1, []float64{0, 1, 2, 4}), retrieve.Options{Stars: []string{"a", "a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := x.NearestTo(1, 9); len(got) != 2 || got[0].Row != 2 || got[1].Row != 3 {
		t.Errorf("of two other stars: %v", got)
	}
	if got, err := x.Nearest([]float64{0}, 9, "c"); err != nil || len(got) != 2 || got[0].Row != 0 || got[1].Row != 2 {
		t.Errorf("of two stars: %v, %v", got, err)
	}
	if got, err := x.Nearest([]float64{0}, 0); err != nil || len(got) != 0 {
		t.Errorf("no neighbours asked for: %v, %v", got, err)
	}
}

func TestWhatIsNoIndex(t *testing.T) {
	good := mat.NewDense(3, 2, []float64{0, 5, 1, 5, 2, 5})
	for _, c := range []struct {
		name  string
		codes *mat.Dense
		o     retrieve.Options
		want  string
	}{
		{"nan", mat.NewDense(2, 2, []float64{0, 1, 2, math.NaN()}), retrieve.Options{}, "code of row 1: node 1 is NaN"},
		{"nothing moves", mat.NewDense(3, 1, []float64{1, 1, 1}), retrieve.Options{}, "none of 1 nodes counts"},
		{"no spread", good, retrieve.Options{Nodes: []int{1}}, "node 1 has a median absolute deviation of 0"},
		{"no such node", good, retrieve.Options{Nodes: []int{2}}, "no node 2: the codes have 2"},
		{"stars of other rows", good, retrieve.Options{Stars: []string{"a"}}, "3 rows of codes, but stars of 1"},
		{"one star", good, retrieve.Options{Stars: []string{"a", "a", "a"}}, "3 rows of a single star"},
		{"one row", mat.NewDense(1, 1, []float64{1}), retrieve.Options{}, "none of 1 nodes counts"},
	} {
		if _, err := retrieve.New(c.codes, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	x, err := retrieve.New(good, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range [][]float64{{1}, {1, math.Inf(1)}} {
		if _, err := x.Nearest(code, 1); err == nil {
			t.Errorf("code %v is no error", code)
		}
	}
}

func TestAgreement(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	n := 3000
	codes, known, unknown := mat.NewDense(n, 2, nil), make([]float64, n), make([]float64, n)
	for i := range n {
		codes.SetRow(i, []float64{rng.NormFloat64(), 0.001 * rng.NormFloat64()})
		known[i], unknown[i] = 10*codes.At(i, 0), rng.NormFloat64()
		if i%5 == 0 {
			known[i] = math.NaN()
		}
	}
	x, err := retrieve.New(codes, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := x.Agreement(known, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	// The median absolute difference of two draws of a normal distribution of
	// standard deviation 10 is 0.6745 sqrt(2) 10 = 9.54.
	if a.Stars != 2400 || math.Abs(a.Random-9.54) > 0.5 || a.Ratio() > 0.01 {
		t.Errorf("a label that is a node: %+v, ratio %.3f", a, a.Ratio())
	}
	if a, err = x.Agreement(unknown, 5, 1); err != nil || math.Abs(a.Ratio()-1) > 0.05 {
		t.Errorf("a label of nothing: %+v, %v", a, err)
	}
	if _, err := x.Agreement(known[1:], 5, 1); err == nil {
		t.Error("a label of other rows is no error")
	}
	if _, err := x.Agreement(known, 0, 1); err == nil {
		t.Error("no neighbours is no error")
	}
	for i := range known[1:] {
		known[i+1] = math.NaN()
	}
	if _, err := x.Agreement(known, 5, 1); err == nil {
		t.Error("a single value is no error")
	}
}

func BenchmarkNearest(b *testing.B) {
	codes, stars := random(rand.New(rand.NewPCG(4, 4)), 270_000, 6)
	x, err := retrieve.New(codes, retrieve.Options{Stars: stars})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("code", func(b *testing.B) {
		for i := range b.N {
			if _, err := x.Nearest(codes.RawRowView(i%270_000), 10); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("row", func(b *testing.B) {
		for i := range b.N {
			x.NearestTo(i*7919%270_000, 10)
		}
	})
}
