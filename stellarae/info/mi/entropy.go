package mi

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
)

// Entropy is the plug-in entropy of counts, nats: too small by about
// (filled cells - 1)/(2N). It is NaN where nothing is counted. Negative counts
// panic.
func Entropy(counts []int) float64 {
	n, sum := 0, 0.0
	for _, c := range counts {
		if c < 0 {
			panic("mi: negative count")
		}
		n += c
		if c > 1 {
			sum += float64(c) * math.Log(float64(c))
		}
	}
	return math.Log(float64(n)) - sum/float64(n)
}

// MillerMadowEntropy is Entropy with its bias removed to first order.
func MillerMadowEntropy(counts []int) float64 {
	n, cells := 0, 0
	for _, c := range counts {
		n += c
		if c > 0 {
			cells++
		}
	}
	return Entropy(counts) + float64(cells-1)/(2*float64(n))
}

// DifferentialEntropy is the entropy, nats, of the density that the columns are
// drawn from, by the distance to the k-th neighbour under the max norm
// (Kozachenko and Leonenko 1987; Kraskov et al. 2004, equation 20):
//
//	psi(N) - psi(k) + d < ln(2 distance) >
//
// It depends on the units, and is negative for a narrow density. Errors are
// those of KSG1.
func DifferentialEntropy(columns [][]float64, k int) (float64, error) {
	if err := checkNeighbours(k, columns...); err != nil {
		return 0, err
	}
	tree, err := knn.New(knn.Max, columns...)
	if err != nil {
		return 0, fmt.Errorf("mi: %w", err)
	}
	n := tree.Len()
	logs := make([]float64, n)
	parallel.Chunks(n, 0, func() func(int, int) {
		near := tree.Searcher(k)
		return func(from, to int) {
			for _, row := range tree.Order()[from:to] {
				dist, _ := near.Nearest(row)
				logs[row] = math.Log(2 * dist[k-1])
			}
		}
	})
	var sum float64
	for row, v := range logs {
		if math.IsInf(v, -1) {
			return 0, fmt.Errorf("mi: row %d equals %d others: %w", row, k, ErrTies)
		}
		sum += v
	}
	psi := digammas(n)
	return psi[n] - psi[k] + float64(len(columns))*sum/float64(n), nil
}
