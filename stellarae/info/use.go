package info

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/stat"
)

// Range is a number and the interval it may lie in.
type Range struct{ At, Lo, Hi int }

// ThresholdCount is how many nodes are informative at a threshold of the MAD,
// with its bootstrap interval.
type ThresholdCount struct {
	Threshold float64
	Count     Range
}

// use is how much every node moves, one row a cluster, and how that varies over
// bootstrap samples of clusters.
type use struct {
	mad   []float64   // of the rows as they are, the mean over draws
	draws [][]float64 // [bootstrap sample][node]
	level float64
}

// measureUse takes one row of each cluster, draws times where clusters repeat, and
// the MAD of all nodes over each bootstrap sample of clusters, the same clusters
// for all nodes.
func measureUse(columns [][]float64, clusters *resample.Clusters, draws, samples int, level float64, seed uint64, workers int, tell func()) use {
	u := use{mad: make([]float64, len(columns)), draws: make([][]float64, samples), level: level}
	if !clusters.Repeats() {
		draws = 1
	}
	rng := rand.New(rand.NewPCG(seed, 0x757365))
	for range draws {
		for i, m := range madsOf(columns, clusters.OneOfEach(rng)) {
			u.mad[i] += m / float64(draws)
		}
	}
	parallel.Each(samples, workers, func() func(int) {
		return func(b int) {
			rng := rand.New(rand.NewPCG(seed, 0x626f6f74<<32+uint64(b)))
			rows := make([]int, clusters.Len())
			for k := range rows {
				m := clusters.Members(rng.IntN(clusters.Len()))
				rows[k] = m[rng.IntN(len(m))]
			}
			u.draws[b] = madsOf(columns, rows)
			tell()
		}
	})
	return u
}

func madsOf(columns [][]float64, rows []int) []float64 {
	mads := make([]float64, len(columns))
	z := make([]float64, len(rows))
	for i, c := range columns {
		for k, r := range rows {
			z[k] = c[r]
		}
		_, mads[i] = madOf(z)
	}
	return mads
}

// interval is the percentile interval of a node's MAD.
func (u use) interval(node, clusters int) resample.Interval {
	values := make([]float64, len(u.draws))
	for b, d := range u.draws {
		values[b] = d[node]
	}
	slices.Sort(values)
	return resample.Interval{
		Estimate: u.mad[node], SE: stat.StdDev(values, nil), Clusters: clusters,
		Lo: stat.Quantile((1-u.level)/2, stat.LinInterp, values, nil), Hi: stat.Quantile((1+u.level)/2, stat.LinInterp, values, nil),
		HalfShift: math.NaN(), HalfShiftSE: math.NaN(),
	}
}

// above is the share of bootstrap samples in which a node passes a threshold.
func (u use) above(node int, threshold float64) float64 {
	n := 0
	for _, d := range u.draws {
		if d[node] > threshold {
			n++
		}
	}
	return float64(n) / float64(len(u.draws))
}

// count is how many of the nodes that are wanted pass a threshold.
func (u use) count(threshold float64, wanted func(node int) bool) Range {
	of := func(mads []float64) (n int) {
		for i, m := range mads {
			if m > threshold && wanted(i) {
				n++
			}
		}
		return n
	}
	counts := make([]int, len(u.draws))
	for b, d := range u.draws {
		counts[b] = of(d)
	}
	slices.Sort(counts)
	last := float64(len(counts) - 1)
	at := of(u.mad)
	// Near a threshold that cuts through noise a sample's count is biased; the interval holds the count at least.
	return Range{At: at, Lo: min(at, counts[int(last*(1-u.level)/2)]), Hi: max(at, counts[int(math.Ceil(last*(1+u.level)/2))])}
}

// over is the count at the threshold, with the interval over a range of
// thresholds as well as over bootstrap samples.
func (u use) over(threshold float64, thresholds []float64, wanted func(node int) bool) Range {
	all := u.count(threshold, wanted)
	for _, t := range thresholds {
		at := u.count(t, wanted)
		all.Lo, all.Hi = min(all.Lo, at.Lo), max(all.Hi, at.Hi)
	}
	return all
}

// firstNodes leaves out the nodes from n on.
func (u use) firstNodes(n int) use {
	out := use{mad: u.mad[:n], level: u.level}
	for _, d := range u.draws {
		out.draws = append(out.draws, d[:n])
	}
	return out
}
