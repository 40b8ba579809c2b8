package retrieve

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/knn"
	"gonum.org/v1/gonum/mat"
)

// bell makes of a median absolute deviation the standard deviation of a normal
// distribution that has it.
const bell = 1.4826

// Options say which nodes count, and whose spectrum each row is.
type Options struct {
	Nodes     []int    // nil: those whose MAD exceeds Threshold
	Threshold float64  // 0: 0.02, as Sedaghat et al. 2021, section 6.1
	Stars     []string // equal for rows of one star; nil: every row is a star of its own
}

// Index finds the rows of a code matrix that are near a code. Its methods may be
// called concurrently.
type Index struct {
	nodes   []int
	width   int
	scale   []float64   // of each of nodes
	columns [][]float64 // codes of each of nodes over its scale
	star    []int       // of each row, from 0
	named   map[string]int
	tree    *knn.Tree
}

// Neighbour is a row of the index and its distance, in spreads of a node: 1 is as
// far as a typical spectrum lies from the middle of one node.
type Neighbour struct {
	Row      int
	Distance float64
}

// New makes an index of codes, spectra x nodes. The spread of a node is its median
// absolute deviation times 1.4826, the standard deviation if it is normal.
//
// Errors are fewer than two rows or stars, codes that are not finite, no node
// above the threshold, a node that does not exist or does not vary, and stars not
// as many as rows.
func New(codes *mat.Dense, o Options) (*Index, error) {
	rows, width := codes.Dims()
	if o.Stars != nil && len(o.Stars) != rows {
		return nil, fmt.Errorf("%d rows of codes, but stars of %d", rows, len(o.Stars))
	}
	for i := range rows {
		if err := finite(codes.RawRowView(i)); err != nil {
			return nil, fmt.Errorf("code of row %d: %w", i, err)
		}
	}
	_, mad := info.MAD(codes)
	x := &Index{nodes: slices.Clone(o.Nodes), width: width, star: make([]int, rows), named: map[string]int{}}
	if o.Nodes == nil {
		threshold := o.Threshold
		if threshold == 0 {
			threshold = 0.02
		}
		x.nodes = info.Informative(mad, threshold)
	}
	if len(x.nodes) == 0 {
		return nil, fmt.Errorf("none of %d nodes counts", width)
	}
	for _, node := range x.nodes {
		if node < 0 || node >= width {
			return nil, fmt.Errorf("no node %d: the codes have %d", node, width)
		}
		if mad[node] == 0 {
			return nil, fmt.Errorf("node %d has a median absolute deviation of 0", node)
		}
		column := mat.Col(nil, node, codes)
		for i := range column {
			column[i] /= bell * mad[node]
		}
		x.scale = append(x.scale, bell*mad[node])
		x.columns = append(x.columns, column)
	}
	for i := range rows {
		name := fmt.Sprint(i)
		if o.Stars != nil {
			name = o.Stars[i]
		}
		star, known := x.named[name]
		if !known {
			star = len(x.named)
			x.named[name] = star
		}
		x.star[i] = star
	}
	if o.Stars == nil {
		x.named = nil
	}
	if slices.Max(x.star) == 0 {
		return nil, fmt.Errorf("%d rows of a single star: nobody has a neighbour", rows)
	}
	var err error
	x.tree, err = knn.New(knn.Euclid, x.columns...)
	return x, err
}

// Nodes are those that count.
func (x *Index) Nodes() []int { return slices.Clone(x.nodes) }

// Len is the number of rows.
func (x *Index) Len() int { return len(x.star) }

// NearestTo gives the k stars nearest to a row, its own left out, each by its
// nearest spectrum, ascending: fewer where there are not as many. It panics if
// there is no such row.
func (x *Index) NearestTo(row, k int) []Neighbour {
	others := x.Len() - 1
	for wanted := 2 * k; ; wanted *= 4 {
		wanted = min(wanted, others)
		distances, rows := x.tree.Searcher(wanted).Nearest(row)
		seen := map[int]bool{x.star[row]: true}
		var found []Neighbour
		for i, other := range rows {
			if star := x.star[other]; !seen[star] && len(found) < k {
				seen[star] = true
				found = append(found, Neighbour{other, distances[i]})
			}
		}
		if len(found) == k || wanted == others {
			return found
		}
	}
}

// Nearest gives the k stars nearest to any code, all nodes of it, each by its
// nearest spectrum, ascending: fewer where there are not as many. Stars named in
// without, as in Options.Stars, are left out. A code of another width or one that
// is not finite is an error.
func (x *Index) Nearest(code []float64, k int, without ...string) ([]Neighbour, error) {
	if len(code) != x.width {
		return nil, fmt.Errorf("a code of %d nodes, but the index has %d", len(code), x.width)
	}
	if err := finite(code); err != nil {
		return nil, err
	}
	best := make([]Neighbour, slices.Max(x.star)+1) // of each star
	for i := range best {
		best[i].Distance = math.Inf(1)
	}
	for row, star := range x.star {
		var sum float64
		for j, node := range x.nodes {
			d := x.columns[j][row] - code[node]/x.scale[j]
			sum += d * d
		}
		if sum < best[star].Distance {
			best[star] = Neighbour{row, sum}
		}
	}
	out := map[int]bool{}
	for _, name := range without {
		if star, known := x.named[name]; known {
			out[star] = true
		}
	}
	var found []Neighbour // ascending, at most k
	for star, n := range best {
		if out[star] || len(found) == k && (k == 0 || n.Distance >= found[k-1].Distance) {
			continue
		}
		at, _ := slices.BinarySearchFunc(found, n.Distance, func(a Neighbour, d float64) int {
			if a.Distance <= d {
				return -1
			}
			return 1
		})
		found = slices.Insert(found, at, n)
		found = found[:min(len(found), k)]
	}
	for i := range found {
		found[i].Distance = math.Sqrt(found[i].Distance)
	}
	return found, nil
}

func finite(code []float64) error {
	for node, v := range code {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("node %d is %v", node, v)
		}
	}
	return nil
}
