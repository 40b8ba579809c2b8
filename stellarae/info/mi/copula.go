package mi

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// GaussianCopula is the mutual information of two Gaussian variables that have
// the rank correlation of x and y: -ln(1-rho^2)/2, with rho the correlation of
// the normal scores (Ince et al. 2017, doi:10.1002/hbm.23471, without their
// correction: the estimate is too large by about 1/(2N)). It is a lower bound,
// blind to a relation that is not monotone, and fast: a screen. It is +Inf where
// the ranks agree entirely. Errors are those of KSG1 for one neighbour, without
// ErrTies.
func GaussianCopula(x, y []float64) (float64, error) {
	if err := check(3, x, y); err != nil {
		return 0, err
	}
	rho := stat.Correlation(NormalScores(x), NormalScores(y), nil)
	return Gaussian(rho), nil
}

// Gaussian is the mutual information of two Gaussian variables with
// correlation rho, which is +Inf for 1 and -1.
func Gaussian(rho float64) float64 {
	if math.Abs(rho) >= 1 {
		return math.Inf(1)
	}
	return -0.5 * math.Log1p(-rho*rho)
}

// GaussianTotalCorrelation is what the columns share among themselves, were
// they Gaussian with their rank correlations: -ln det(R)/2. It is too large by
// about d(d-1)/(4N) for d columns, and +Inf where some columns determine
// another.
func GaussianTotalCorrelation(columns [][]float64) (float64, error) {
	if len(columns) < 2 {
		return 0, fmt.Errorf("mi: total correlation of %d columns: want 2 or more", len(columns))
	}
	if err := check(len(columns)+1, columns...); err != nil {
		return 0, err
	}
	scores := mat.NewDense(len(columns[0]), len(columns), nil)
	for j, c := range columns {
		scores.SetCol(j, NormalScores(c))
	}
	var r mat.SymDense
	stat.CorrelationMatrix(&r, scores, nil)
	var chol mat.Cholesky
	if !chol.Factorize(&r) {
		return math.Inf(1), nil
	}
	return -0.5 * chol.LogDet(), nil
}

// EquivalentRho is the correlation of two Gaussian variables that share so many
// nats, sqrt(1-exp(-2I)); 0 for estimates below zero.
func EquivalentRho(nats float64) float64 {
	return math.Sqrt(-math.Expm1(-2 * max(nats, 0)))
}

// Bits is nats in bits.
func Bits(nats float64) float64 { return nats / math.Ln2 }
