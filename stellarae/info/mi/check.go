package mi

import (
	"errors"
	"fmt"
	"math"
)

// Why nothing can be said. Estimators wrap them.
var (
	ErrTooFew    = errors.New("too few rows")
	ErrConstant  = errors.New("all values are equal")
	ErrNotFinite = errors.New("not a finite number")
	ErrTies      = errors.New("equal rows: no distance to a neighbour; use Mixed")
)

// Complete keeps the rows in which no column is NaN, and lists them.
// Infinities are kept, for estimators to refuse. Columns of unequal length
// panic.
func Complete(columns ...[]float64) (kept [][]float64, rows []int) {
	kept = make([][]float64, len(columns))
	if len(columns) == 0 {
		return kept, nil
	}
row:
	for r := range columns[0] {
		for _, c := range columns {
			if len(c) != len(columns[0]) {
				panic("mi: column length mismatch")
			}
			if math.IsNaN(c[r]) {
				continue row
			}
		}
		rows = append(rows, r)
		for j, c := range columns {
			kept[j] = append(kept[j], c[r])
		}
	}
	return kept, rows
}

// check sees that columns have the same length, at least so many rows, only
// finite values, and that none is constant.
func check(least int, columns ...[]float64) error {
	if len(columns) == 0 {
		return errors.New("mi: no columns")
	}
	n := len(columns[0])
	for j, c := range columns {
		if len(c) != n {
			return fmt.Errorf("mi: column %d has %d rows, column 0 has %d", j, len(c), n)
		}
	}
	if n < least {
		return fmt.Errorf("mi: %d rows where %d are needed: %w", n, least, ErrTooFew)
	}
	for j, c := range columns {
		same := true
		for r, v := range c {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("mi: column %d, row %d: %v is %w", j, r, v, ErrNotFinite)
			}
			same = same && v == c[0]
		}
		if same {
			return fmt.Errorf("mi: column %d: %w", j, ErrConstant)
		}
	}
	return nil
}

// checkNeighbours is check for estimators that look for k neighbours.
func checkNeighbours(k int, columns ...[]float64) error {
	if k < 1 {
		return fmt.Errorf("mi: %d neighbours: want 1 or more", k)
	}
	return check(k+1, columns...)
}
