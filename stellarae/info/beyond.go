package info

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/significance"
	"gonum.org/v1/gonum/stat"
)

// BeyondOptions of a conditional test. The zero value is usable.
type BeyondOptions struct {
	Neighbours   int // of the estimates; 0 means 5
	Local        int // rows near in the condition that exchange; 0 means 5
	Permutations int // 0 means 199
	Seed         uint64
	Workers      int // goroutines; 0 means one a processor
}

// OwnInformation is what x tells of y alone, and beyond a condition.
type OwnInformation struct {
	Rows        int     // with a value in all columns
	MI          float64 // I(x;y), nats
	Conditional float64 // I(x;y|given), nats
	Null        float64 // mean of Conditional where nothing is told beyond the condition: its bias
	P           float64 // of Conditional
}

// Beyond asks whether x tells of y beyond what the columns given tell: a node of
// a label beyond the other labels (is surface gravity carried directly, or only
// through temperature?), or beyond the other nodes. It estimates I(x;y) and
// I(x;y|given) by nearest neighbours on normal scores (mi.Conditional), and
// tests the latter by permuting x among rows that are near in the condition, which
// keeps the dependence of x on it (Runge 2018, arXiv:1709.01447).
//
// Rows must be independent: draw one of each cluster before. Rows with a NaN are
// left out. One to three conditions want hundreds to thousands of rows; with a
// condition that is itself measured with error, something always remains beyond
// it. Fewer than 20 full rows, constant columns, infinities and values that repeat
// as pairs are errors, as those of mi.KSG1.
func Beyond(x, y []float64, given [][]float64, o BeyondOptions) (OwnInformation, error) {
	o.Neighbours, o.Local, o.Permutations = cmp.Or(o.Neighbours, 5), cmp.Or(o.Local, 5), cmp.Or(o.Permutations, 199)
	if len(given) == 0 {
		return OwnInformation{}, fmt.Errorf("info: no condition")
	}
	for j, c := range append([][]float64{y}, given...) {
		if len(c) != len(x) {
			return OwnInformation{}, fmt.Errorf("info: column %d has %d rows, x has %d", j+1, len(c), len(x))
		}
	}
	columns, rows := mi.Complete(append([][]float64{x, y}, given...)...)
	if len(rows) < leastClusters || len(rows) <= max(o.Neighbours, o.Local) || o.Neighbours < 1 || o.Local < 1 || o.Permutations < 1 {
		return OwnInformation{}, fmt.Errorf("info: %d full rows with %d and %d neighbours, %d permutations: %w",
			len(rows), o.Neighbours, o.Local, o.Permutations, mi.ErrTooFew)
	}
	for j, c := range columns {
		for _, v := range c {
			if !isFinite(v) {
				return OwnInformation{}, fmt.Errorf("info: column %d: %v is %w", j, v, mi.ErrNotFinite)
			}
		}
		columns[j] = mi.NormalScores(c)
	}
	x, y, given = columns[0], columns[1], columns[2:]
	own := OwnInformation{Rows: len(rows)}
	var err error
	if own.MI, err = mi.Mixed(x, y, o.Neighbours); err != nil {
		return OwnInformation{}, err
	}
	if own.Conditional, err = mi.Conditional(x, y, given, o.Neighbours); err != nil {
		return OwnInformation{}, err
	}
	near, err := neighbourhoods(given, o.Local)
	if err != nil {
		return OwnInformation{}, err
	}
	null, errs := make([]float64, o.Permutations), make([]error, o.Permutations)
	parallel.Each(o.Permutations, o.Workers, func() func(int) {
		moved := make([]float64, len(x))
		return func(b int) {
			for r, from := range exchange(near, rand.New(rand.NewPCG(o.Seed, uint64(b)))) {
				moved[r] = x[from]
			}
			null[b], errs[b] = mi.Conditional(moved, y, given, o.Neighbours)
		}
	})
	for _, err := range errs {
		if err != nil {
			return OwnInformation{}, err
		}
	}
	own.Null = stat.Mean(null, nil)
	own.P = significance.P(own.Conditional, null)
	return own, nil
}

// neighbourhoods lists every row and its nearest in the condition.
func neighbourhoods(given [][]float64, k int) ([][]int, error) {
	tree, err := knn.New(knn.Max, given...)
	if err != nil {
		return nil, err
	}
	s := tree.Searcher(k)
	near := make([][]int, tree.Len())
	for r := range near {
		_, rows := s.Nearest(r)
		near[r] = append([]int{r}, rows...)
	}
	return near, nil
}

// exchange gives every row a value of its neighbourhood, one that is not yet
// taken where there is one.
func exchange(near [][]int, rng *rand.Rand) (from []int) {
	from = make([]int, len(near))
	taken := make([]bool, len(near))
	for _, r := range rng.Perm(len(near)) {
		choice := near[r]
		start := rng.IntN(len(choice))
		from[r] = choice[start]
		for i := range choice {
			if c := choice[(start+i)%len(choice)]; !taken[c] {
				from[r] = c
				break
			}
		}
		taken[from[r]] = true
	}
	return from
}
