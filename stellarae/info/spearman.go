package info

import (
	"math"

	"github.com/stellarae/lab/stellarae/info/mi"
	"gonum.org/v1/gonum/stat"
)

// Spearman is Spearman's rank correlation of x and y, ties given their mean
// rank, over the pairs in which neither is NaN. It is NaN for fewer than two
// such pairs or where one side is constant. Slices of unequal length panic.
func Spearman(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("info: slice length mismatch")
	}
	var px, py []float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			px, py = append(px, x[i]), append(py, y[i])
		}
	}
	if len(px) < 2 || isConstant(px) || isConstant(py) {
		return math.NaN()
	}
	return stat.Correlation(mi.Ranks(px), mi.Ranks(py), nil)
}

func isConstant(values []float64) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}
