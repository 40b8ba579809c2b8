package knn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stellarae/lab/stellarae/info/knn"
)

func Example() {
	x := []float64{0, 1, 3, 7}
	y := []float64{0, 2, 0, 0}
	tree, err := knn.New(knn.Max, x, y)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := tree.Searcher(2)
	dist, rows := s.Nearest(0)
	fmt.Println(dist, rows)
	fmt.Println(s.Within(0, 3), knn.NewLine(x).Within(0, 3))
	// Output:
	// [2 3] [1 2]
	// 1 2
}

// sample draws columns; on a lattice many distances are equal and points
// coincide, and a flat column is never split.
func sample(rng *rand.Rand, n, dims int, lattice bool) [][]float64 {
	columns := make([][]float64, dims)
	for j := range columns {
		columns[j] = make([]float64, n)
		for i := range columns[j] {
			v := rng.NormFloat64() * float64(j%3)
			if lattice {
				v = math.Round(v * 2)
			}
			columns[j][i] = v
		}
	}
	return columns
}

func distance(norm knn.Norm, columns [][]float64, a, b int) float64 {
	var d float64
	for _, c := range columns {
		if norm == knn.Max {
			d = max(d, math.Abs(c[a]-c[b]))
		} else {
			d += (c[a] - c[b]) * (c[a] - c[b])
		}
	}
	if norm == knn.Euclid {
		return math.Sqrt(d)
	}
	return d
}

// The tree finds what trying all points finds.
func TestNearestIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, norm := range []knn.Norm{knn.Max, knn.Euclid} {
		for _, n := range []int{2, 13, 14, 200, 700} {
			for _, dims := range []int{1, 2, 3, 9} {
				for _, lattice := range []bool{false, true} {
					columns := sample(rng, n, dims, lattice)
					tree, err := knn.New(norm, columns...)
					if err != nil {
						t.Fatal(err)
					}
					for _, k := range []int{1, min(5, n-1), n - 1} {
						s := tree.Searcher(k)
						for row := 0; row < n; row += 1 + n/20 {
							checkRow(t, norm, columns, s, row, k)
						}
					}
				}
			}
		}
	}
}

func checkRow(t *testing.T, norm knn.Norm, columns [][]float64, s *knn.Searcher, row, k int) {
	t.Helper()
	n := len(columns[0])
	var all []float64
	for other := range n {
		if other != row {
			all = append(all, distance(norm, columns, row, other))
		}
	}
	slices.Sort(all)
	dist, rows := s.Nearest(row)
	if !slices.Equal(dist, all[:k]) {
		t.Fatalf("n %d, %d columns, row %d: distances %v, want %v", n, len(columns), row, dist, all[:k])
	}
	seen := map[int]bool{row: true}
	for i, other := range rows {
		if seen[other] || distance(norm, columns, row, other) != dist[i] {
			t.Fatalf("row %d: neighbours %v at %v", row, rows, dist)
		}
		seen[other] = true
	}
	if norm == knn.Max {
		radius := all[k-1]
		want, _ := slices.BinarySearch(all, radius)
		if got := s.Within(row, radius); got != want {
			t.Fatalf("row %d: %d points within %v, want %d", row, got, radius, want)
		}
	}
}

// The plane finds what trying all points finds, also where coordinates repeat or
// all but repeat.
func TestPlaneIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 2))
	for _, n := range []int{2, 13, 200, 700} {
		for kind, move := range map[string]func(x, y float64) (float64, float64){
			"spread":     func(x, y float64) (float64, float64) { return x, y },
			"line":       func(x, y float64) (float64, float64) { return x, x + 1e-9*y },
			"two levels": func(x, y float64) (float64, float64) { return math.Copysign(1, x) + 1e-12*x, y },
			"lattice":    func(x, y float64) (float64, float64) { return math.Round(x), math.Round(y) },
			"heavy":      func(x, y float64) (float64, float64) { return x * x * x / y, y / x },
			"far":        func(x, y float64) (float64, float64) { return 1e9 + 1e-6*x, y },
			"constant":   func(x, y float64) (float64, float64) { return 0, y },
			"spike": func(x, y float64) (float64, float64) {
				if x < 0 {
					return 0, 0
				}
				return x, y
			},
		} {
			columns := [][]float64{make([]float64, n), make([]float64, n)}
			for i := range n {
				columns[0][i], columns[1][i] = move(rng.NormFloat64(), rng.NormFloat64())
			}
			p, err := knn.NewPlane(columns[0], columns[1])
			if err != nil {
				t.Fatal(err)
			}
			seen := make([]int, n)
			for i := range n {
				seen[p.Row(i)]++
			}
			if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
				t.Fatalf("%s: not every row once", kind)
			}
			for _, k := range []int{1, min(5, n-1), min(200, n-1)} {
				s := p.Searcher(k)
				for row := 0; row < n; row += 1 + n/20 {
					checkPlane(t, kind, columns, p, s, row, k)
				}
			}
		}
	}
}

func checkPlane(t *testing.T, kind string, columns [][]float64, p *knn.Plane, s *knn.PlaneSearcher, row, k int) {
	t.Helper()
	var all []float64
	same := 1
	for other := range columns[0] {
		if other != row {
			d := distance(knn.Max, columns, row, other)
			all = append(all, d)
			if d == 0 {
				same++
			}
		}
	}
	slices.Sort(all)
	dist, rows := s.Nearest(row)
	if !slices.Equal(dist, all[:k]) || p.Same(row) != same {
		t.Fatalf("%s, %d points, row %d: distances %v, want %v; %d equal, want %d", kind, len(columns[0]), row, dist, all[:k], p.Same(row), same)
	}
	for i, other := range rows {
		if other == row || slices.Index(rows, other) != i || distance(knn.Max, columns, row, other) != dist[i] {
			t.Fatalf("%s, row %d: neighbours %v at %v", kind, row, rows, dist)
		}
	}
}

func TestLineCountsAsSubtractionDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 900 {
		values := make([]float64, 1+rng.IntN(40))
		for i := range values {
			values[i] = 1e6 + float64(rng.IntN(20))*0.1
			switch round % 3 {
			case 1: // nearly all in one cell
				values[i] = math.Pow(rng.NormFloat64(), 15)
			case 2: // a range of few roundings
				values[i] = 1e9 + 1e-6*rng.NormFloat64()
			}
		}
		line := knn.NewLine(values)
		v, radius := values[0], math.Abs(values[0]-values[len(values)-1])
		within, upto := 0, 0
		for _, w := range values {
			if math.Abs(w-v) < radius {
				within++
			}
			if math.Abs(w-v) <= radius {
				upto++
			}
		}
		if got := line.Within(v, radius); got != within {
			t.Fatalf("%d within %v of %v, want %d", got, radius, v, within)
		}
		if got := line.Upto(v, radius); got != upto {
			t.Fatalf("%d up to %v of %v, want %d", got, radius, v, upto)
		}
	}
}

func TestSearchersMayRunSideBySide(t *testing.T) {
	columns := sample(rand.New(rand.NewPCG(5, 6)), 2000, 3, false)
	tree, err := knn.New(knn.Max, columns...)
	if err != nil {
		t.Fatal(err)
	}
	var sums [4]float64
	var wg sync.WaitGroup
	for g := range sums {
		wg.Go(func() {
			s := tree.Searcher(4)
			for row := range tree.Len() {
				dist, _ := s.Nearest(row)
				sums[g] += dist[3]
			}
		})
	}
	wg.Wait()
	if sums[0] != sums[1] || sums[0] != sums[2] || sums[0] != sums[3] {
		t.Errorf("sums %v", sums)
	}
}

func TestBadPoints(t *testing.T) {
	for name, columns := range map[string][][]float64{
		"no columns": nil,
		"no rows":    {{}},
		"ragged":     {{1, 2}, {1}},
		"NaN":        {{1, math.NaN()}},
		"no points":  {{}, {}},
		"NaN in y":   {{1, 2}, {1, math.NaN()}},
		"infinite":   {{1, math.Inf(1)}},
	} {
		if tree, err := knn.New(knn.Max, columns...); err == nil {
			t.Errorf("%s: a tree of %d points", name, tree.Len())
		}
		if len(columns) == 2 {
			if p, err := knn.NewPlane(columns[0], columns[1]); err == nil {
				t.Errorf("%s: a plane of %d points", name, p.Len())
			}
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	columns := [][]float64{make([]float64, 10000), make([]float64, 10000)}
	for i := range columns[0] {
		columns[0][i], columns[1][i] = rng.NormFloat64(), rng.NormFloat64()
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := knn.New(knn.Max, columns...); err != nil {
				b.Fatal(err)
			}
		}
	})
	tree, err := knn.New(knn.Max, columns...)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			s := tree.Searcher(3)
			for _, row := range tree.Order() {
				s.Nearest(row)
			}
		}
	})
	b.Run("plane build", func(b *testing.B) {
		for b.Loop() {
			if _, err := knn.NewPlane(columns[0], columns[1]); err != nil {
				b.Fatal(err)
			}
		}
	})
	plane, err := knn.NewPlane(columns[0], columns[1])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("plane search", func(b *testing.B) {
		for b.Loop() {
			s := plane.Searcher(3)
			for i := range plane.Len() {
				s.Nearest(plane.Row(i))
			}
		}
	})
	b.Run("line", func(b *testing.B) {
		for b.Loop() {
			line := knn.NewLine(columns[0])
			for _, v := range columns[0] {
				line.Within(v, 0.02)
			}
		}
	})
}
