package info

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// KL is the mean over the rows of what every node pays for its posterior
// N(mu, exp(logvar)) against the prior N(0, 1), nats (Kingma and Welling 2014,
// arXiv:1312.6114, appendix B):
//
//	( mu^2 + exp(logvar) - 1 - logvar ) / 2
//
// A collapsed node pays about 0. Matrices are rows x nodes, as the encoder gives
// them; other shapes, none, and values that are not finite are errors.
func KL(mu, logvar *mat.Dense) ([]float64, error) {
	return byNode(mu, logvar, func(m, l []float64) float64 {
		var sum float64
		for r := range m {
			sum += (m[r]*m[r] + math.Expm1(l[r]) - l[r]) / 2
		}
		return sum / float64(len(m))
	})
}

// SignalToNoise is the variance of every node's mu over the rows by the mean of
// its posterior variance, Var(mu)/E[sigma^2]: far above 1 for a node that tells
// rows apart, far below for one that draws noise. Errors are those of KL.
func SignalToNoise(mu, logvar *mat.Dense) ([]float64, error) {
	return byNode(mu, logvar, func(m, l []float64) float64 {
		var noise float64
		for _, v := range l {
			noise += math.Exp(v) / float64(len(l))
		}
		return stat.PopVariance(m, nil) / noise
	})
}

func byNode(mu, logvar *mat.Dense, of func(m, l []float64) float64) ([]float64, error) {
	ms, err := columnsOf(mu)
	if err != nil {
		return nil, fmt.Errorf("mu: %w", err)
	}
	ls, err := columnsOf(logvar)
	if err != nil {
		return nil, fmt.Errorf("log variance: %w", err)
	}
	if len(ms) != len(ls) || len(ms[0]) != len(ls[0]) {
		return nil, fmt.Errorf("info: mu is %d x %d, log variance %d x %d", len(ms[0]), len(ms), len(ls[0]), len(ls))
	}
	out := make([]float64, len(ms))
	for i := range out {
		if out[i] = of(ms[i], ls[i]); !isFinite(out[i]) {
			return nil, fmt.Errorf("info: node %d: %v", i, out[i])
		}
	}
	return out, nil
}

// Active is how many nodes have a variance of mu above each threshold (Burda,
// Grosse and Salakhutdinov 2016, arXiv:1509.00519, section 5.2, who took 0.01).
// A count that stays the same over a decade of thresholds can be believed. No
// thresholds mean 0.001 to 0.1 in eleven equal ratios; they are returned. Errors
// are those of CountPublished for its codes.
func Active(mu *mat.Dense, thresholds ...float64) (at []float64, count []int, err error) {
	columns, err := columnsOf(mu)
	if err != nil {
		return nil, nil, err
	}
	if len(thresholds) == 0 {
		for i := range 11 {
			thresholds = append(thresholds, math.Pow(10, -3+float64(i)/5))
		}
	}
	count = make([]int, len(thresholds))
	for _, z := range columns {
		v := stat.PopVariance(z, nil)
		for i, t := range thresholds {
			if v > t {
				count[i]++
			}
		}
	}
	return thresholds, count, nil
}
