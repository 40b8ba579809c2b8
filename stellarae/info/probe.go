package info

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// ProbeOptions of a regression on clusters held out. The zero value is usable.
type ProbeOptions struct {
	Folds int     // 0 means 5
	Ridge float64 // penalty on standardised features, as a fraction of the rows; 0 means 0.001
	Seed  uint64
}

// Probe is the plain check of an association: the fraction R2 of the variance of
// y that a ridge regression on the features explains in clusters (stars) that it
// has not seen, 1 - sum (y-fit)^2 / sum (y-mean)^2, with the mean of the rows that
// it has seen. It is 0 or less where the features tell nothing, and sees straight
// relations only. Features are columns: one node, all of them, or all but one.
//
// Rows with a NaN are left out. Columns of unequal length, infinities, fewer
// clusters than folds, and a y that is constant are errors.
func Probe(features [][]float64, y []float64, clusters *resample.Clusters, o ProbeOptions) (r2 float64, err error) {
	o.Folds, o.Ridge = cmp.Or(o.Folds, 5), cmp.Or(o.Ridge, 0.001)
	if len(features) == 0 || o.Folds < 2 || !(o.Ridge > 0) {
		return 0, fmt.Errorf("info: probe of %d features, %d folds, ridge %v: out of range", len(features), o.Folds, o.Ridge)
	}
	for j, c := range append([][]float64{y}, features...) {
		if len(c) != clusters.Rows() {
			return 0, fmt.Errorf("info: column %d has %d rows, the clusters %d", j, len(c), clusters.Rows())
		}
	}
	columns, rows := mi.Complete(append([][]float64{y}, features...)...)
	for j, c := range columns {
		for k, v := range c {
			if !isFinite(v) {
				return 0, fmt.Errorf("info: column %d, row %d: %v", j, rows[k], v)
			}
		}
	}
	if len(rows) == 0 {
		return 0, fmt.Errorf("info: no full rows: %w", mi.ErrTooFew)
	}
	kept, err := clusters.Keep(rows)
	if err != nil {
		return 0, err
	}
	if kept.Len() < o.Folds {
		return 0, fmt.Errorf("info: %d clusters for %d folds: %w", kept.Len(), o.Folds, mi.ErrTooFew)
	}
	if isConstant(columns[0]) {
		return 0, fmt.Errorf("info: y: %w", mi.ErrConstant)
	}
	var residual, total float64
	parts := kept.Split(o.Folds, rand.New(rand.NewPCG(o.Seed, 0)))
	for held := range parts {
		var seen []int
		for p, rows := range parts {
			if p != held {
				seen = append(seen, rows...)
			}
		}
		fit, mean, err := ridge(columns[1:], columns[0], seen, o.Ridge)
		if err != nil {
			return 0, err
		}
		for _, r := range parts[held] {
			e, d := columns[0][r]-fit(r), columns[0][r]-mean
			residual += e * e
			total += d * d
		}
	}
	return 1 - residual/total, nil
}

// ridge is the regression of y on standardised features over some rows (Hoerl and
// Kennard 1970), and the mean of y there. A feature that is constant there takes
// no part.
func ridge(features [][]float64, y []float64, rows []int, penalty float64) (fit func(row int) float64, mean float64, err error) {
	pick := func(column []float64) []float64 {
		out := make([]float64, len(rows))
		for k, r := range rows {
			out[k] = column[r]
		}
		return out
	}
	target := pick(y)
	mean = stat.Mean(target, nil)
	var used [][]float64
	var centre, scale []float64
	for _, f := range features {
		if m, sd := stat.PopMeanStdDev(pick(f), nil); sd > 0 {
			used, centre, scale = append(used, f), append(centre, m), append(scale, sd)
		}
	}
	if len(used) == 0 {
		return func(int) float64 { return mean }, mean, nil
	}
	x := mat.NewDense(len(rows), len(used), nil)
	for k, r := range rows {
		for j, f := range used {
			x.Set(k, j, (f[r]-centre[j])/scale[j])
		}
		target[k] -= mean
	}
	var normal mat.SymDense
	normal.SymOuterK(1, x.T())
	for j := range used {
		normal.SetSym(j, j, normal.At(j, j)+penalty*float64(len(rows)))
	}
	var chol mat.Cholesky
	if !chol.Factorize(&normal) {
		return nil, 0, fmt.Errorf("info: the normal equations of %d features cannot be solved", len(used))
	}
	var right, weights mat.VecDense
	right.MulVec(x.T(), mat.NewVecDense(len(rows), target))
	if err := chol.SolveVecTo(&weights, &right); err != nil {
		return nil, 0, fmt.Errorf("info: ridge: %w", err)
	}
	return func(row int) float64 {
		v := mean
		for j, f := range used {
			v += weights.AtVec(j) * (f[row] - centre[j]) / scale[j]
		}
		return v
	}, mean, nil
}
