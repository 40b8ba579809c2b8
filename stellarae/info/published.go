package info

import (
	"errors"
	"fmt"
	"slices"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// Options of the published count. The zero value is the paper's choice.
type Options struct {
	Threshold float64 // of the MAD; 0 means 0.02
	Bins      []int   // numbers of bins; nil means 5, 10, 20, 40, 80, 160
	Sigma     float64 // clip of the labels in standard deviations; 0 means 5
	Workers   int     // goroutines; 0 means one a processor

	// Progress, if not nil, is told how many of the pairs of label and node
	// are done. It is never called twice at the same time.
	Progress func(done, total int)
}

// Published is the answer of sections 6.1 and 6.2.
type Published struct {
	Rows        int
	Threshold   float64
	Median, MAD []float64 // of every node
	Informative []int     // nodes with a MAD above Threshold, ascending
	Bins        []int
	Labels      []LabelMI // in the order given
}

// CountPublished computes both counts of the paper. Section 6.1: the nodes
// whose MAD is above the threshold. Section 6.2: for every label, every number
// of bins n and every node the plug-in mutual information of their n x n
// histogram, over the rows in which the label is present and not clipped; the
// bins span the range of the code over these rows.
//
// A label that cannot tell anything is not an error: without a value its MI is
// nil, and with equal values 0 throughout; Reason then says why. Codes that are
// not finite, labels whose length is not the number of rows and options out of
// range are errors.
func CountPublished(codes *mat.Dense, labels []Label, o Options) (*Published, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	rows, nodes := len(columns[0]), len(columns)
	if err := checkLabels(labels, rows); err != nil {
		return nil, err
	}

	p := &Published{
		Rows: rows, Threshold: o.Threshold, Bins: o.Bins,
		Median: make([]float64, nodes), MAD: make([]float64, nodes),
		Labels: make([]LabelMI, len(labels)),
	}
	parallel.Each(nodes, o.Workers, func() func(int) {
		z := make([]float64, rows)
		return func(i int) {
			copy(z, columns[i])
			p.Median[i], p.MAD[i] = madOf(z)
		}
	})
	p.Informative = Informative(p.MAD, o.Threshold)

	binned := make([]binnedLabel, len(labels))
	for l, label := range labels {
		p.Labels[l], binned[l], err = binLabel(label, nodes, o)
		if err != nil {
			return nil, err
		}
	}
	tell := progress(o.Progress, len(labels)*nodes)
	parallel.Each(len(labels)*nodes, o.Workers, func() func(int) {
		code := make([]float64, 0, rows)
		h := newTower(o.Bins)
		return func(pair int) {
			l, node := pair/nodes, pair%nodes
			if rows := binned[l].rows; len(rows) > 0 {
				column := columns[node]
				if len(rows) < len(column) {
					code = code[:0]
					for _, r := range rows {
						code = append(code, column[r])
					}
					column = code
				}
				h.fill(column, binned[l], func(b int, nats float64) { p.Labels[l].MI[b][node] = nats })
			}
			tell()
		}
	})
	return p, nil
}

// complete fills in the paper's choices.
func (o Options) complete() (Options, error) {
	if o.Threshold == 0 {
		o.Threshold = 0.02
	}
	if o.Sigma == 0 {
		o.Sigma = 5
	}
	if o.Bins == nil {
		o.Bins = []int{5, 10, 20, 40, 80, 160}
	}
	o.Bins = slices.Clone(o.Bins)
	if !(o.Threshold > 0) || !(o.Sigma > 0) {
		return o, fmt.Errorf("info: threshold %v and sigma %v must be positive", o.Threshold, o.Sigma)
	}
	if len(o.Bins) == 0 {
		return o, errors.New("info: no numbers of bins")
	}
	for _, bins := range o.Bins {
		if err := checkBins(bins); err != nil {
			return o, err
		}
	}
	return o, nil
}
