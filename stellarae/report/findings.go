package report

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// contrast is how far a node must stand out from the median node.
const contrast = 3

// findings are what the count says, worked out once for all outputs.
//
// The rule: a node shows a direct relation to a label when, at half or more of
// the numbers of bins, it has the largest mutual information of all nodes and at
// least contrast times that of the median node. This puts into numbers how the
// paper reads its images, where a related node stays bright against the others.
// The largest alone would not do: fine bins favour nodes whose codes fill more
// of them, whatever the label. And with a smaller contrast chance would do at
// coarse bins: of 128 unrelated nodes with 5 x 5 bins, whose MI goes as a
// chi-squared of 16 degrees of freedom, the best has more than twice the median
// for 85 % of all labels, more than three times for 1 %.
type findings struct {
	Labels      []labelFinding // in the order of the count
	Nodes       []nodeFinding  // the informative ones, ascending
	Unexplained []int          // informative nodes without a direct relation

	// The same nodes are informative for every threshold from Below to Above.
	// Below is 0 where all nodes are informative, Above is infinite where none.
	Below, Above float64
}

type labelFinding struct {
	info.LabelMI
	Best        int // node with most maxima, -1 for none
	Wins        int // numbers of bins at which Best has the largest MI
	Clear       int // those of them at which it stands out from the median node
	Unanimous   bool
	Direct      bool    // Clear is half or more
	Informative bool    // Best is an informative node
	Low, High   float64 // nats, of Best at the first and the last number of bins
	Spearman    float64 // of Best's code and the label; NaN where unknown
}

type nodeFinding struct {
	Node        int
	MAD, Median float64
	Carries     []string // labels to which it shows a direct relation
	Shares      []share  // labels it has a tenth or more of, most first
}

// A share is how much of what the best node tells about a label, above the
// median node, a node tells: averaged over the numbers of bins at which the best
// one stands out. Only labels with a direct relation have shares.
type share struct {
	Label string
	Share float64
}

func (r *Report) findings() *findings {
	c := r.Count
	f := &findings{Above: math.Inf(1)}
	for i, l := range c.Labels {
		found := labelFinding{LabelMI: l, Spearman: math.NaN()}
		found.Best, found.Unanimous = l.Best()
		if found.Best >= 0 {
			found.Wins, found.Clear = wins(l.MI, found.Best)
			found.Direct = 2*found.Clear >= len(l.MI)
			found.Informative = slices.Contains(c.Informative, found.Best)
			found.Low, found.High = l.MI[0][found.Best], l.MI[len(l.MI)-1][found.Best]
			if r.Codes != nil {
				found.Spearman = info.Spearman(mat.Col(nil, found.Best, r.Codes), r.Labels[i].Values)
			}
		}
		f.Labels = append(f.Labels, found)
	}
	for _, n := range slices.Sorted(slices.Values(c.Informative)) {
		node := nodeFinding{Node: n, MAD: c.MAD[n], Median: c.Median[n]}
		for _, l := range f.Labels {
			if l.Direct && l.Best == n {
				node.Carries = append(node.Carries, l.Name)
			}
			if s := shareOf(l, n); s >= 0.1 {
				node.Shares = append(node.Shares, share{l.Name, s})
			}
		}
		slices.SortStableFunc(node.Shares, func(a, b share) int { return cmp.Compare(b.Share, a.Share) })
		if len(node.Carries) == 0 {
			f.Unexplained = append(f.Unexplained, n)
		}
		f.Nodes = append(f.Nodes, node)
	}
	for n, mad := range c.MAD {
		if slices.Contains(c.Informative, n) {
			f.Above = math.Min(f.Above, mad)
		} else if !math.IsNaN(mad) {
			f.Below = math.Max(f.Below, mad)
		}
	}
	return f
}

// wins counts the rows in which the node is the first largest one, and those
// of them in which it stands out from the median node.
func wins(mi [][]float64, node int) (largest, clear int) {
	for _, row := range mi {
		if top := slices.Max(row); top > 0 && slices.Index(row, top) == node {
			largest++
			if top >= contrast*info.Median(row) {
				clear++
			}
		}
	}
	return largest, clear
}

func shareOf(l labelFinding, node int) float64 {
	if !l.Direct {
		return 0
	}
	sum := 0.0
	for _, row := range l.MI {
		floor := info.Median(row)
		if top := slices.Max(row); slices.Index(row, top) == l.Best && top >= contrast*floor {
			sum += (row[node] - floor) / (top - floor)
		}
	}
	return sum / float64(l.Clear)
}
