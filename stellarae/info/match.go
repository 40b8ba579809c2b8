package info

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Match is a node's counterpart in another run.
type Match struct {
	Node, Other int
	Rho         float64 // Spearman's, of their codes; the sign is the run's own
}

// MatchNodes pairs nodes of two runs over the same rows, each at most once, so
// that the sum of |Rho| is largest (the assignment problem; Kuhn 1955,
// doi:10.1002/nav.3800020109): networks trained from other seeds learn the same
// factors in another order and with other signs. Correlations are of one row of
// each cluster. There are as many pairs as the run with fewer nodes has nodes, in
// the order of codes; a pair with |Rho| near 0 is none. Rows of different number
// and codes that are not finite are errors; a constant node has Rho 0 with all.
func MatchNodes(codes, others *mat.Dense, clusters *resample.Clusters, seed uint64) ([]Match, error) {
	a, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	b, err := columnsOf(others)
	if err != nil {
		return nil, err
	}
	if len(a[0]) != len(b[0]) || clusters.Rows() != len(a[0]) {
		return nil, fmt.Errorf("info: runs of %d and %d rows, clusters of %d", len(a[0]), len(b[0]), clusters.Rows())
	}
	rows := clusters.OneOfEach(rand.New(rand.NewPCG(seed, 0)))
	ra, rb := rankedRows(a, rows), rankedRows(b, rows)
	rho := make([][]float64, len(ra))
	gain := make([][]float64, len(ra))
	for i := range ra {
		rho[i], gain[i] = make([]float64, len(rb)), make([]float64, len(rb))
		for j := range rb {
			if c := stat.Correlation(ra[i], rb[j], nil); !math.IsNaN(c) {
				rho[i][j], gain[i][j] = c, math.Abs(c)
			}
		}
	}
	var pairs []Match
	for i, j := range assign(gain) {
		if j >= 0 {
			pairs = append(pairs, Match{i, j, rho[i][j]})
		}
	}
	return pairs, nil
}

func rankedRows(columns [][]float64, rows []int) [][]float64 {
	out := make([][]float64, len(columns))
	for i, c := range columns {
		z := make([]float64, len(rows))
		for k, r := range rows {
			z[k] = c[r]
		}
		out[i] = mi.Ranks(z)
	}
	return out
}

// assign gives every row of a matrix a column of its own so that the sum of the
// gains is largest; -1 for the rows that remain where rows are more. It is the
// Hungarian method with potentials, one shortest augmenting path a row.
func assign(gain [][]float64) []int {
	rows, columns := len(gain), len(gain[0])
	if rows > columns {
		turned := make([][]float64, columns)
		for j := range turned {
			turned[j] = make([]float64, rows)
			for i := range gain {
				turned[j][i] = gain[i][j]
			}
		}
		to := make([]int, rows)
		for i := range to {
			to[i] = -1
		}
		for j, i := range assign(turned) {
			to[i] = j
		}
		return to
	}
	// Index 0 is none: column 0 holds the row that looks for a column.
	u, v := make([]float64, rows+1), make([]float64, columns+1)
	owner, from := make([]int, columns+1), make([]int, columns+1)
	for row := 1; row <= rows; row++ {
		owner[0] = row
		free := 0
		slack := make([]float64, columns+1)
		for j := range slack {
			slack[j] = math.Inf(1)
		}
		done := make([]bool, columns+1)
		for owner[free] != 0 {
			done[free] = true
			i, next, step := owner[free], 0, math.Inf(1)
			for j := 1; j <= columns; j++ {
				if done[j] {
					continue
				}
				if cost := -gain[i-1][j-1] - u[i] - v[j]; cost < slack[j] {
					slack[j], from[j] = cost, free
				}
				if slack[j] < step {
					step, next = slack[j], j
				}
			}
			for j := range done {
				if done[j] {
					u[owner[j]] += step
					v[j] -= step
				} else {
					slack[j] -= step
				}
			}
			free = next
		}
		for free != 0 {
			owner[free] = owner[from[free]]
			free = from[free]
		}
	}
	to := make([]int, rows)
	for j := 1; j <= columns; j++ {
		if owner[j] != 0 {
			to[owner[j]-1] = j - 1
		}
	}
	return to
}
