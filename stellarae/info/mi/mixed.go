package mi

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
)

// Mixed is the mutual information of x and y where values may repeat: rounded
// labels, classes, spikes, or a mixture of these with continuous values. It
// follows Gao, Kannan, Oh and Viswanath 2017 (arXiv:1709.06212): where the k-th
// neighbour of a point is the point itself again, the points equal to it are
// counted in place of k. With psi(N) for their ln N it equals KSG1 where no pair
// repeats more than k times. No noise is added to break ties.
//
// Errors are those of KSG1 without ErrTies.
func Mixed(x, y []float64, k int) (float64, error) {
	if err := checkNeighbours(k, x, y); err != nil {
		return 0, err
	}
	tree, err := knn.New(knn.Max, x, y)
	if err != nil {
		return 0, fmt.Errorf("mi: %w", err)
	}
	n := len(x)
	lx, ly := knn.NewLine(x), knn.NewLine(y)
	psi := digammas(n)
	terms := make([]float64, n)
	parallel.Chunks(n, 0, func() func(int, int) {
		near := tree.Searcher(k)
		return func(from, to int) {
			for _, row := range tree.Order()[from:to] {
				dist, _ := near.Nearest(row)
				radius, joint := dist[k-1], k
				if radius == 0 {
					radius = math.SmallestNonzeroFloat64
					joint = near.Within(row, radius) + 1
				}
				terms[row] = psi[joint] - psi[lx.Within(x[row], radius)] - psi[ly.Within(y[row], radius)]
			}
		}
	})
	var sum float64
	for _, v := range terms {
		sum += v
	}
	return psi[n] + sum/float64(n), nil
}
