package info

import (
	"fmt"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// MADIntervals is the MAD of every node with its interval over bootstrap samples
// of whole clusters (stars), drawn anew for every node. Draws of 0 mean 200 here.
// Codes that are not finite, clusters of another number of rows and one cluster
// only are errors.
func MADIntervals(codes *mat.Dense, clusters *resample.Clusters, o resample.Options) ([]resample.Interval, error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	if clusters.Rows() != len(columns[0]) {
		return nil, fmt.Errorf("info: clusters of %d rows for %d rows of codes", clusters.Rows(), len(columns[0]))
	}
	if o.Draws == 0 {
		o.Draws = 200
	}
	workers := o.Workers
	o.Workers = 1 // nodes run side by side
	out, errs := make([]resample.Interval, len(columns)), make([]error, len(columns))
	parallel.Each(len(columns), workers, func() func(int) {
		var z []float64
		return func(i int) {
			out[i], errs[i] = clusters.Bootstrap(func(rows []int) (float64, error) {
				z = z[:0]
				for _, r := range rows {
					z = append(z, columns[i][r])
				}
				_, mad := madOf(z)
				return mad, nil
			}, o)
		}
	})
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("info: node %d: %w", i, err)
		}
	}
	return out, nil
}
