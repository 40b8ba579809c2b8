package dimension

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Spectrum is the variances of the principal components, largest first, of rows
// centred but not scaled.
func Spectrum(rows mat.Matrix) ([]float64, error) {
	n, d := rows.Dims()
	if n < 2 {
		return nil, fmt.Errorf("dimension: %d rows have no variance", n)
	}
	for r := range n {
		for j := range d {
			if v := rows.At(r, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("dimension: row %d, column %d is %v", r, j, v)
			}
		}
	}
	var cov mat.SymDense
	stat.CovarianceMatrix(&cov, rows, nil)
	var eigen mat.EigenSym
	if !eigen.Factorize(&cov, false) {
		return nil, errors.New("dimension: no eigenvalues of the covariance")
	}
	values := eigen.Values(nil)
	out := make([]float64, d)
	for i, v := range values {
		out[d-1-i] = max(0, v) // rounding
	}
	if out[0] == 0 {
		return nil, errors.New("dimension: all rows are equal")
	}
	return out, nil
}

// Participation is the participation ratio of variances, their sum squared over
// the sum of their squares: d for d equal ones, near 1 where one outweighs all.
// It counts a dimension by its variance, so small but real ones are missed.
func Participation(variances []float64) float64 {
	var sum, squares float64
	for _, v := range variances {
		sum += v
		squares += v * v
	}
	return sum * sum / squares
}

// Components is how many of the largest variances hold a fraction (0.95, say) of
// their sum. Variances come largest first, as from Spectrum.
func Components(variances []float64, fraction float64) int {
	var sum float64
	for _, v := range variances {
		sum += v
	}
	var part float64
	for i, v := range variances {
		if part += v; part >= fraction*sum {
			return i + 1
		}
	}
	return len(variances)
}
