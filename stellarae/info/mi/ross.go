package mi

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info/knn"
)

// Ross is the mutual information of a continuous x and a class, by Ross 2014
// (doi:10.1371/journal.pone.0087357),
//
//	psi(N) + < psi(k) - psi(Nclass) - psi(m) >
//
// where m counts the points, itself included, nearer than the k-th neighbour of
// the same class. A class of k or fewer members uses all of them; the member of
// a class of one has no neighbour and is left out. Where the k-th neighbour has
// the same value, equal values are counted in place of k, as Mixed does.
//
// Fewer than two rows in classes of two or more are ErrTooFew, one class only
// and a constant x ErrConstant, a value that is not finite ErrNotFinite.
func Ross(x []float64, class []int, k int) (float64, error) {
	if len(class) != len(x) {
		return 0, fmt.Errorf("mi: %d values for %d classes", len(x), len(class))
	}
	if k < 1 {
		return 0, fmt.Errorf("mi: %d neighbours: want 1 or more", k)
	}
	members := map[int][]float64{}
	for i, c := range class {
		members[c] = append(members[c], x[i])
	}
	var used []float64
	var classes []int
	for c, values := range members {
		if len(values) > 1 {
			used, classes = append(used, values...), append(classes, c)
		}
	}
	if err := check(2, used); err != nil {
		return 0, err
	}
	if len(classes) == 1 {
		return 0, fmt.Errorf("mi: one class: %w", ErrConstant)
	}
	slices.Sort(classes) // a sum in one order
	line := knn.NewLine(used)
	psi := digammas(len(used))
	var sum float64
	for _, c := range classes {
		values := members[c]
		own := knn.NewLine(values)
		slices.Sort(values)
		k := min(k, len(values)-1)
		for i, v := range values {
			radius, near := kthOnLine(values, i, k), k
			if radius == 0 {
				radius = math.SmallestNonzeroFloat64
				near = own.Within(v, radius)
			}
			sum += psi[near] - psi[len(values)] - psi[line.Within(v, radius)]
		}
	}
	return psi[len(used)] + sum/float64(len(used)), nil
}

// kthOnLine is the distance from sorted[i] to its k-th nearest other value: a
// window of k+1 values that holds i slides until it is narrowest.
func kthOnLine(sorted []float64, i, k int) float64 {
	lo := max(0, i-k)
	best := math.Inf(1)
	for ; lo <= i && lo+k < len(sorted); lo++ {
		best = min(best, max(sorted[i]-sorted[lo], sorted[lo+k]-sorted[i]))
	}
	return best
}

// Classes numbers texts (spectral types, say) in their alphabetical order.
func Classes(texts []string) []int {
	names := slices.Clone(texts)
	slices.Sort(names)
	names = slices.Compact(names)
	out := make([]int, len(texts))
	for i, t := range texts {
		out[i], _ = slices.BinarySearch(names, t)
	}
	return out
}
