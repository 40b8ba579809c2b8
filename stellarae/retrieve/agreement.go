package retrieve

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info"
)

// Agreement says how alike neighbours are in a label: the median absolute
// difference of a star's value from those of its neighbours, and from those of
// stars taken at random. A label that the codes know nothing of has a Ratio
// around 1.
type Agreement struct {
	Stars      int // that were asked
	Neighbours float64
	Random     float64
}

// Ratio is the scatter among neighbours over that at random.
func (a Agreement) Ratio() float64 { return a.Neighbours / a.Random }

// Agreement asks the first spectrum with a label of every star for its k nearest
// stars, and as many others at random. values has one element a row, NaN where
// unknown; neighbours without a value are passed over. Fewer than two stars with a
// value, k below 1 and values not as many as rows are errors.
func (x *Index) Agreement(values []float64, k int, seed uint64) (Agreement, error) {
	if len(values) != x.Len() {
		return Agreement{}, fmt.Errorf("%d values for %d rows", len(values), x.Len())
	}
	if k < 1 {
		return Agreement{}, fmt.Errorf("k is %d, not at least 1", k)
	}
	var asked []int
	seen := map[int]bool{}
	for row, v := range values {
		if star := x.star[row]; !math.IsNaN(v) && !seen[star] {
			seen[star] = true
			asked = append(asked, row)
		}
	}
	if len(asked) < 2 {
		return Agreement{}, fmt.Errorf("%d stars with a value: agreement wants two", len(asked))
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	var near, random []float64
	for i, row := range asked {
		for _, n := range x.NearestTo(row, k) {
			if v := values[n.Row]; !math.IsNaN(v) {
				near = append(near, math.Abs(v-values[row]))
			}
		}
		for range k {
			other := rng.IntN(len(asked) - 1)
			if other >= i {
				other++
			}
			random = append(random, math.Abs(values[asked[other]]-values[row]))
		}
	}
	if len(near) == 0 {
		return Agreement{}, fmt.Errorf("no neighbour of %d stars has a value", len(asked))
	}
	return Agreement{len(asked), info.Median(near), info.Median(random)}, nil
}
