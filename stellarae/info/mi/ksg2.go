package mi

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
)

// KSG2 is the second estimator of Kraskov, Stögbauer and Grassberger 2004
// (equation 9),
//
//	psi(k) - 1/k + psi(N) - < psi(nx) + psi(ny) >
//
// which counts within the rectangle that the k nearest neighbours span. It has
// less bias than KSG1 at high mutual information and more spread. Scaling and
// errors are as for KSG1; which of several neighbours at the same distance takes
// part is not defined, so values on a lattice are better left to Mixed.
func KSG2(x, y []float64, k int) (float64, error) {
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
	tied := make([]bool, n)
	parallel.Chunks(n, 0, func() func(int, int) {
		near := tree.Searcher(k)
		return func(from, to int) {
			for _, row := range tree.Order()[from:to] {
				dist, rows := near.Nearest(row)
				if dist[k-1] == 0 {
					tied[row] = true
					continue
				}
				var ex, ey float64
				for _, r := range rows {
					ex, ey = max(ex, math.Abs(x[r]-x[row])), max(ey, math.Abs(y[r]-y[row]))
				}
				terms[row] = psi[lx.Upto(x[row], ex)-1] + psi[ly.Upto(y[row], ey)-1]
			}
		}
	})
	var sum float64
	for row, v := range terms {
		if tied[row] {
			return 0, fmt.Errorf("mi: row %d equals %d others: %w", row, k, ErrTies)
		}
		sum += v
	}
	return psi[k] - 1/float64(k) + psi[n] - sum/float64(n), nil
}
