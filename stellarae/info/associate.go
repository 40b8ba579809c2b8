package info

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"github.com/stellarae/lab/stellarae/info/significance"
	"gonum.org/v1/gonum/mat"
)

// AssociateOptions of the tested map of nodes and labels. The zero value is
// usable.
type AssociateOptions struct {
	Permutations int // 0 means 999
	Draws        int // of one row a cluster, where clusters have several; 0 means 5
	Bins         int // of the tested statistic; 0 means 2 to 16, by the rows
	Neighbours   int // of the estimate; 0 means 5
	Seed         uint64
	Workers      int // goroutines; 0 means one a processor

	// Blocks are the clusters for labels, by name, that are not exchangeable
	// between the clusters of the rows: those of nights for airmass, say.
	Blocks map[string]*resample.Clusters

	// Progress, if not nil, is told how many of the pairs of label and node are
	// done. It is never called twice at the same time.
	Progress func(done, total int)

	self bool // label l is node l: leave this pair out
}

// Association is what a node and a label share.
type Association struct {
	Node  int
	Label string

	Clusters int     // independent rows that have the label
	MI       float64 // nats, by nearest neighbours; not clipped at 0
	Tested   float64 // nats, the binned statistic that is compared with its null

	P        float64 // of this cell alone
	Adjusted float64 // for the whole map, max-T: a claim is made on it
	Q        float64 // false discovery rate, Benjamini-Hochberg on the pooled null of the label: for the picture
	Effect   significance.Effect

	Reason string // why nothing can be said, and the numbers are NaN; else empty
}

// Map is every node against every label.
type Map struct {
	Nodes        int
	Permutations int
	Cells        [][]Association // [label][node]
}

// Carried lists the labels that a node carries, in their order: those with an
// adjusted p-value of alpha or less.
func (m *Map) Carried(node int, alpha float64) []string {
	var names []string
	for _, row := range m.Cells {
		if row[node].Adjusted <= alpha {
			names = append(names, row[node].Label)
		}
	}
	return names
}

// leastClusters is how many independent rows a label must have.
const leastClusters = 20

// Associate tests every node against every label. One row of each cluster (star)
// that has the label is drawn, several times where clusters repeat; the statistic
// is the mean over these draws of the mutual information of equal-frequency bins
// (mi.EqualFrequency), and its null permutes the labels between clusters, the
// same way for all draws and nodes. That is exact for labels of a star and of a
// visit, so long as clusters are independent. Estimates in nats are by nearest
// neighbours on normal scores (mi.Mixed), the mean over the same draws.
//
// Labels are permuted independently of each other, with which max-T allows for
// more than their dependence asks. A label or node that cannot tell anything gets
// a Reason and NaN. Codes that are not finite, infinite labels, labels or
// clusters of another number of rows and options out of range are errors, as is
// one cluster only.
func Associate(codes *mat.Dense, labels []Label, clusters *resample.Clusters, o AssociateOptions) (*Map, error) {
	o = o.complete()
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	if err := o.check(len(columns[0]), labels, clusters); err != nil {
		return nil, err
	}
	m := &Map{Nodes: len(columns), Permutations: o.Permutations}
	tell := progress(o.Progress, len(labels)*len(columns))
	var observed, pooled []float64
	null := make([][]float64, o.Permutations)
	for l, label := range labels {
		by := clusters
		if b, known := o.Blocks[label.Name]; known {
			by = b
		}
		t := newTrial(columns, label, by, uint64(l), o)
		t.run(o, tell)
		m.Cells = append(m.Cells, t.cells)
		tested := make([]float64, len(t.cells))
		for i := range t.cells {
			tested[i] = t.cells[i].Tested
		}
		observed, pooled = append(observed, tested...), append(pooled, significance.Pooled(tested, t.null)...)
		for b := range null {
			null[b] = append(null[b], t.null[b]...)
		}
	}
	return m, m.judge(observed, pooled, null)
}

// judge fills in what depends on the whole map.
func (m *Map) judge(observed, pooled []float64, null [][]float64) error {
	adjusted, err := significance.MaxT(observed, null)
	if err != nil {
		return err
	}
	q := significance.BenjaminiHochberg(pooled)
	for l := range m.Cells {
		for i := range m.Cells[l] {
			at := l*m.Nodes + i
			m.Cells[l][i].Adjusted, m.Cells[l][i].Q = adjusted[at], q[at]
		}
	}
	return nil
}

func (o AssociateOptions) complete() AssociateOptions {
	o.Permutations = cmp.Or(o.Permutations, 999)
	o.Draws = cmp.Or(o.Draws, 5)
	o.Neighbours = cmp.Or(o.Neighbours, 5)
	return o
}

func (o AssociateOptions) check(rows int, labels []Label, clusters *resample.Clusters) error {
	if o.Permutations < 1 || o.Draws < 1 || o.Neighbours < 1 || o.Neighbours >= leastClusters || o.Bins < 0 || o.Bins == 1 {
		return fmt.Errorf("info: %d permutations, %d draws, %d neighbours, %d bins: out of range",
			o.Permutations, o.Draws, o.Neighbours, o.Bins)
	}
	if len(labels) == 0 {
		return fmt.Errorf("info: no labels")
	}
	if err := checkLabels(labels, rows); err != nil {
		return err
	}
	for _, l := range labels {
		for r, v := range l.Values {
			if math.IsInf(v, 0) {
				return fmt.Errorf("info: label %q, row %d: %v", l.Name, r, v)
			}
		}
	}
	for _, c := range o.Blocks {
		if c.Rows() != rows {
			return fmt.Errorf("info: blocks of %d rows for %d rows of codes", c.Rows(), rows)
		}
	}
	if clusters.Rows() != rows {
		return fmt.Errorf("info: clusters of %d rows for %d rows of codes", clusters.Rows(), rows)
	}
	if clusters.Len() < 2 {
		return fmt.Errorf("info: one cluster tells nothing of others")
	}
	return nil
}

// trial is one label against all nodes.
type trial struct {
	columns  [][]float64
	draws    [][]int // rows, one of each cluster
	clusters int
	values   [][]float64 // of the label, by draw
	binned   [][]uint16  // the same in bins
	bins     int
	stream   uint64
	reason   string // why the label tells nothing
	cells    []Association
	null     [][]float64 // [permutation][node]
}

func newTrial(columns [][]float64, label Label, by *resample.Clusters, stream uint64, o AssociateOptions) *trial {
	t := &trial{columns: columns, stream: stream, cells: make([]Association, len(columns)), null: make([][]float64, o.Permutations)}
	nan := math.NaN()
	for b := range t.null {
		t.null[b] = make([]float64, len(columns))
		for i := range t.null[b] {
			t.null[b][i] = nan
		}
	}
	var present []int
	for r, v := range label.Values {
		if !math.IsNaN(v) {
			present = append(present, r)
		}
	}
	if kept, err := by.Keep(present); err != nil {
		t.reason = "no values"
	} else if t.clusters = kept.Len(); t.clusters < leastClusters {
		t.reason = fmt.Sprintf("%d clusters have a value, %d are needed", t.clusters, leastClusters)
	} else {
		t.reason = t.draw(label, kept, present, o)
	}
	for i := range t.cells {
		t.cells[i] = Association{
			Node: i, Label: label.Name, Clusters: t.clusters, Reason: t.reason,
			MI: nan, Tested: nan, P: nan, Effect: significance.EffectOf(nan, nil, 0),
		}
	}
	if o.self {
		t.cells[stream].Reason = "a node and itself"
	}
	return t
}

// draw takes one row of each cluster, several times, and bins the label.
func (t *trial) draw(label Label, kept *resample.Clusters, present []int, o AssociateOptions) (reason string) {
	if t.bins = o.Bins; t.bins == 0 {
		t.bins = min(16, max(2, int(math.Sqrt(float64(t.clusters)/5)))) // five pairs a cell
	}
	draws := o.Draws
	if !kept.Repeats() {
		draws = 1
	}
	rng := rand.New(rand.NewPCG(o.Seed, 2*t.stream))
	for range draws {
		rows := kept.OneOfEach(rng)
		values := make([]float64, len(rows))
		for k, r := range rows {
			rows[k] = present[r]
			values[k] = label.Values[rows[k]]
		}
		if isConstant(values) {
			return fmt.Sprintf("all values equal %g", values[0])
		}
		index, err := mi.QuantileBins(values, t.bins)
		if err != nil {
			return err.Error()
		}
		t.draws, t.values, t.binned = append(t.draws, rows), append(t.values, values), append(t.binned, index)
	}
	return ""
}
