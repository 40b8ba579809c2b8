package info

import (
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/significance"
)

// batch is how many permutations are kept in memory at a time.
const batch = 111

// run fills in the cells and the null.
func (t *trial) run(o AssociateOptions, tell func()) {
	nodes := len(t.columns)
	if t.reason != "" {
		for range nodes {
			tell()
		}
		return
	}
	codes := make([][][]uint16, nodes) // [node][draw][cluster]
	parallel.Each(nodes, o.Workers, func() func(int) {
		table := mi.NewTable(t.bins, t.bins, t.clusters)
		return func(i int) {
			if t.cells[i].Reason == "" {
				codes[i] = t.observe(i, table, o)
			}
			tell()
		}
	})
	rng := rand.New(rand.NewPCG(o.Seed, 2*t.stream+1))
	for first := 0; first < o.Permutations; first += batch {
		shuffles := make([][]int32, min(batch, o.Permutations-first))
		for b := range shuffles {
			shuffles[b] = permutation(t.clusters, rng)
		}
		parallel.Each(nodes, o.Workers, func() func(int) {
			table := mi.NewTable(t.bins, t.bins, t.clusters)
			return func(i int) {
				if t.cells[i].Reason != "" {
					return
				}
				for b, from := range shuffles {
					var sum float64
					for d, index := range codes[i] {
						table.CountThrough(index, t.binned[d], from)
						sum += table.MillerMadow()
					}
					t.null[first+b][i] = sum / float64(len(codes[i]))
				}
			}
		})
	}
	for i := range t.cells {
		t.weigh(&t.cells[i])
	}
}

// observe is the statistic and the estimate of one node, and its bins by draw.
func (t *trial) observe(i int, table *mi.Table, o AssociateOptions) [][]uint16 {
	cell := &t.cells[i]
	var index [][]uint16
	var tested, estimate float64
	z := make([]float64, t.clusters)
	for d, rows := range t.draws {
		for k, r := range rows {
			z[k] = t.columns[i][r]
		}
		nats, err := mi.Mixed(mi.NormalScores(z), mi.NormalScores(t.values[d]), o.Neighbours)
		if err != nil {
			cell.Reason = err.Error()
			return nil
		}
		bins, err := mi.QuantileBins(z, t.bins)
		if err != nil {
			cell.Reason = err.Error()
			return nil
		}
		index = append(index, bins)
		table.Count(bins, t.binned[d])
		tested += table.MillerMadow()
		estimate += nats
	}
	cell.Tested, cell.MI = tested/float64(len(t.draws)), estimate/float64(len(t.draws))
	return index
}

// weigh compares a cell with its own null.
func (t *trial) weigh(cell *Association) {
	if cell.Reason != "" {
		return
	}
	null := make([]float64, len(t.null))
	for b := range t.null {
		null[b] = t.null[b][cell.Node]
	}
	counts := make([]int, t.bins)
	for _, b := range t.binned[0] {
		counts[b]++
	}
	cell.P = significance.P(cell.Tested, null)
	cell.Effect = significance.EffectOf(cell.Tested, null, mi.Entropy(counts))
}

func permutation(n int, rng *rand.Rand) []int32 {
	p := make([]int32, n)
	for i := range p {
		p[i] = int32(i)
	}
	rng.Shuffle(n, func(i, j int) { p[i], p[j] = p[j], p[i] })
	return p
}
