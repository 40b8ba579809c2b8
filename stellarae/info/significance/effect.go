package significance

import (
	"math"

	"github.com/stellarae/lab/stellarae/info/mi"
	"gonum.org/v1/gonum/stat"
)

// Effect is how much an estimate of mutual information lies above its null.
type Effect struct {
	Nats    float64 // estimate less the mean of the null; may be negative
	SD      float64 // standard deviation of the null
	Bits    float64 // Nats in bits
	Rho     float64 // correlation of two Gaussians that share so much; 0 below 0
	Percent float64 // of the entropy of the label; NaN where that is not given
}

// EffectOf weighs an estimate, nats, against permuted ones. entropy is that of
// the label as the estimate sees it (of its bins or classes), in nats; 0 where it
// has none. It is all NaN for fewer than two permuted values.
func EffectOf(estimate float64, null []float64, entropy float64) Effect {
	if len(null) < 2 {
		nan := math.NaN()
		return Effect{nan, nan, nan, nan, nan}
	}
	mean, sd := stat.MeanStdDev(null, nil)
	e := Effect{Nats: estimate - mean, SD: sd, Percent: math.NaN()}
	e.Bits, e.Rho = mi.Bits(e.Nats), mi.EquivalentRho(e.Nats)
	if entropy > 0 {
		e.Percent = 100 * e.Nats / entropy
	}
	return e
}
