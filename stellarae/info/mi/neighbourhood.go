package mi

import (
	"fmt"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
)

// neighbourhood is a point of the plane and its k nearest neighbours.
type neighbourhood struct {
	*knn.Plane
	row  int
	dist []float64 // ascending
	rows []int
}

// radius is the distance to the k-th neighbour.
func (n *neighbourhood) radius() float64 { return n.dist[len(n.dist)-1] }

// meanOverPlane is the mean over the points (x, y) of a term, psi being the
// digamma function at 1 to N. Where the k-th neighbour lies on the point itself,
// and ties are not allowed, the result is ErrTies.
func meanOverPlane(x, y []float64, k int, ties bool, term func(n *neighbourhood, psi []float64) float64) (mean float64, psi []float64, err error) {
	if err := checkNeighbours(k, x, y); err != nil {
		return 0, nil, err
	}
	plane, err := knn.NewPlane(x, y)
	if err != nil {
		return 0, nil, fmt.Errorf("mi: %w", err)
	}
	psi = digammas(len(x))
	terms := make([]float64, len(x))
	tied := make([]bool, len(x))
	parallel.Chunks(len(x), 0, func() func(int, int) {
		s := plane.Searcher(k)
		n := neighbourhood{Plane: plane}
		return func(from, to int) {
			for i := from; i < to; i++ {
				n.row = plane.Row(i)
				n.dist, n.rows = s.Nearest(n.row)
				if n.radius() == 0 && !ties {
					tied[n.row] = true
					continue
				}
				terms[n.row] = term(&n, psi)
			}
		}
	})
	var sum float64
	for row, v := range terms {
		if tied[row] {
			return 0, nil, fmt.Errorf("mi: row %d equals %d others: %w", row, k, ErrTies)
		}
		sum += v
	}
	return sum / float64(len(x)), psi, nil
}
