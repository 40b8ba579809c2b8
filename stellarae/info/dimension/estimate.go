package dimension

import (
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Options of Estimate. The zero value is usable.
type Options struct {
	Draws      int // of one row a cluster, where clusters have several; 0 means 5
	Neighbours int // of MLE; 0 means 20
	Order      int // farthest neighbour of Gride; 0 means 64, or as rows allow
	Seed       uint64

	// AllRows takes every row, repeats of a cluster as well: to see what they do.
	AllRows bool
}

// Value is a mean over the draws, and the standard deviation over them (0 for
// one draw).
type Value struct{ Mean, SD float64 }

// Report of all estimators.
type Report struct {
	Rows, Columns, Draws int
	Participation        Value
	Components           Value // that hold 95 % of the variance
	TwoNN                Value
	MLE                  Value
	Scales               []Scale // mean over the draws, SE that of one
}

// Estimate draws one row of each cluster, several times where clusters repeat, and
// estimates the dimension of the draws. nil for clusters takes every row for
// independent. Fewer clusters than neighbours, rows and clusters of different
// numbers, values that are not finite and equal rows are errors.
func Estimate(rows *mat.Dense, clusters *resample.Clusters, o Options) (Report, error) {
	n, d := rows.Dims()
	if clusters == nil || o.AllRows {
		clusters = resample.Singles(n)
	}
	if clusters.Rows() != n {
		return Report{}, fmt.Errorf("dimension: clusters of %d rows for %d rows", clusters.Rows(), n)
	}
	if o.Draws < 1 {
		o.Draws = 5
	}
	if o.Neighbours == 0 {
		o.Neighbours = 20
	}
	if o.Order == 0 {
		o.Order = max(2, min(64, clusters.Len()/4))
	}
	if !clusters.Repeats() {
		o.Draws = 1
	}
	report := Report{Rows: clusters.Len(), Columns: d, Draws: o.Draws}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	var values [4][]float64
	for range o.Draws {
		one := mat.NewDense(clusters.Len(), d, nil)
		for i, r := range clusters.OneOfEach(rng) {
			one.SetRow(i, rows.RawRowView(r))
		}
		variances, err := Spectrum(one)
		if err != nil {
			return Report{}, err
		}
		near, err := FindNeighbours(one, max(o.Neighbours, o.Order))
		if err != nil {
			return Report{}, err
		}
		mle, err := near.MLE(o.Neighbours)
		if err != nil {
			return Report{}, err
		}
		for i, v := range []float64{Participation(variances), float64(Components(variances, 0.95)), near.TwoNN(), mle} {
			values[i] = append(values[i], v)
		}
		report.add(near.upTo(o.Order).Gride())
	}
	for i, v := range []*Value{&report.Participation, &report.Components, &report.TwoNN, &report.MLE} {
		v.Mean = stat.Mean(values[i], nil)
		if o.Draws > 1 {
			v.SD = stat.StdDev(values[i], nil)
		}
	}
	return report, nil
}

// add brings the scales of one draw into the means.
func (r *Report) add(scales []Scale) {
	if r.Scales == nil {
		r.Scales = make([]Scale, len(scales))
	}
	for i, s := range scales {
		mean := &r.Scales[i]
		mean.Order = s.Order
		mean.Radius += s.Radius / float64(r.Draws)
		mean.Dimension += s.Dimension / float64(r.Draws)
		mean.SE += s.SE / float64(r.Draws)
	}
}

// upTo forgets neighbours farther than order.
func (n Neighbours) upTo(order int) Neighbours {
	out := Neighbours{make([][]float64, len(n.dist))}
	for i, d := range n.dist {
		out.dist[i] = d[:min(order, len(d))]
	}
	return out
}
