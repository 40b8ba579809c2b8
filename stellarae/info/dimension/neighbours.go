package dimension

import (
	"errors"
	"fmt"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/knn"
	"gonum.org/v1/gonum/mat"
)

// ErrRepeats tells of rows that equal each other: their distance is zero, and
// says nothing of the dimension.
var ErrRepeats = errors.New("equal rows; keep one of each")

// Neighbours is the Euclidean distance of every row to its nearest others, which
// the estimators share.
type Neighbours struct {
	dist [][]float64 // [row][neighbour], ascending
}

// FindNeighbours finds the k nearest other rows of every row. Fewer than k+1 rows,
// values that are not finite and equal rows (ErrRepeats) are errors.
func FindNeighbours(rows mat.Matrix, k int) (Neighbours, error) {
	n, d := rows.Dims()
	if k < 2 || n < k+1 {
		return Neighbours{}, fmt.Errorf("dimension: %d neighbours of %d rows: want 2 or more, and more rows", k, n)
	}
	columns := make([][]float64, d)
	for j := range columns {
		columns[j] = mat.Col(nil, j, rows)
	}
	tree, err := knn.New(knn.Euclid, columns...)
	if err != nil {
		return Neighbours{}, fmt.Errorf("dimension: %w", err)
	}
	dist := make([][]float64, n)
	parallel.Chunks(n, 0, func() func(int, int) {
		s := tree.Searcher(k)
		return func(from, to int) {
			for _, row := range tree.Order()[from:to] {
				near, _ := s.Nearest(row)
				dist[row] = append([]float64(nil), near...)
			}
		}
	})
	for row, near := range dist {
		if near[0] == 0 {
			return Neighbours{}, fmt.Errorf("dimension: row %d: %w", row, ErrRepeats)
		}
	}
	return Neighbours{dist}, nil
}
