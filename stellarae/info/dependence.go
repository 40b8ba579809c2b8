package info

import (
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// Dependence is what some nodes share among themselves.
type Dependence struct {
	Nodes []int
	Pairs *Map // the nodes, in this order, against themselves as labels

	// TotalCorrelation of all of them, nats, by nearest neighbours on normal
	// scores: 0 for independent nodes. Gaussian is the same by the correlations of
	// ranks alone, and cannot see a curved relation.
	TotalCorrelation, Gaussian float64
}

// Depend tests some nodes against each other, as Associate does nodes against
// labels; the pairs of a node with itself take no part. Total correlation is of
// one row of each cluster. Errors are those of Associate; fewer than two nodes,
// nodes outside the codes or given twice, and a constant node are errors too.
func Depend(codes *mat.Dense, nodes []int, clusters *resample.Clusters, o AssociateOptions) (*Dependence, error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	if len(nodes) < 2 {
		return nil, fmt.Errorf("info: dependence of %d nodes: want 2 or more", len(nodes))
	}
	chosen := mat.NewDense(len(columns[0]), len(nodes), nil)
	labels := make([]Label, len(nodes))
	seen := map[int]bool{}
	for i, node := range nodes {
		if node < 0 || node >= len(columns) || seen[node] {
			return nil, fmt.Errorf("info: node %d is given twice or outside the %d nodes", node, len(columns))
		}
		seen[node] = true
		chosen.SetCol(i, columns[node])
		labels[i] = Label{Name: fmt.Sprint(node), Values: columns[node]}
	}
	d := &Dependence{Nodes: nodes}
	o.self = true
	if d.Pairs, err = Associate(chosen, labels, clusters, o); err != nil {
		return nil, err
	}
	rows := clusters.OneOfEach(rand.New(rand.NewPCG(o.Seed, 0)))
	scores := make([][]float64, len(nodes))
	for i, node := range nodes {
		z := make([]float64, len(rows))
		for k, r := range rows {
			z[k] = columns[node][r]
		}
		scores[i] = mi.NormalScores(z)
	}
	if d.TotalCorrelation, err = mi.TotalCorrelation(scores, o.complete().Neighbours); err != nil {
		return nil, err
	}
	d.Gaussian, err = mi.GaussianTotalCorrelation(scores)
	return d, err
}
