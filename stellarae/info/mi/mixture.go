package mi

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"gonum.org/v1/gonum/stat"
)

// MixtureOptions of an estimate by Gaussian mixtures. The zero value is usable.
type MixtureOptions struct {
	MostParts  int // components tried; 0 means 6
	Folds      int // of the cross-validation that chooses among them; 0 means 3
	Starts     int // random starts a fit; 0 means 3
	Bootstraps int // resampled fits; 0 means 50
	Draws      int // for the Monte Carlo integral of each; 0 means 20,000
	Seed       uint64
	Workers    int // goroutines; 0 means one a processor

	// Resample draws the rows of one bootstrap sample; nil draws rows
	// independently. Rows that belong together must be drawn together.
	Resample func(rng *rand.Rand) []int
}

// MixtureMI is an estimate by Gaussian mixtures.
type MixtureMI struct {
	MI    float64 // nats, mean over the bootstrap samples
	SD    float64 // standard deviation over them
	Fit   float64 // nats, of the mixture fitted to all rows
	Parts int     // components of the mixtures
}

// Mixture is the mutual information of x and y by a density: a mixture of
// Gaussians whose number of components is the one with the largest
// cross-validated likelihood, fitted again to bootstrap samples, the mutual
// information of each by Monte Carlo. It follows GMM-MI (Piras et al. 2023,
// doi:10.1088/2632-2153/acc444). x and y are standardised first; long tails want
// NormalScores. A mixture smooths, so relations finer than the data can show are
// lost, and spikes (many equal values) are met with a narrow component: use
// Mixed there.
//
// Fewer than ten rows a fold, constant and not finite values are errors.
func Mixture(x, y []float64, o MixtureOptions) (MixtureMI, error) {
	o = o.complete()
	if err := check(10*o.Folds, x, y); err != nil {
		return MixtureMI{}, err
	}
	if o.Folds < 2 || o.MostParts < 1 || o.Starts < 1 || o.Bootstraps < 2 || o.Draws < 2 {
		return MixtureMI{}, fmt.Errorf("mi: mixture options out of range: %d folds, %d parts, %d starts, %d bootstraps, %d draws",
			o.Folds, o.MostParts, o.Starts, o.Bootstraps, o.Draws)
	}
	x, y = Standardise(x), Standardise(y)
	parts := chooseParts(x, y, o)
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	all := fit(x, y, parts, o.Starts, rng)
	out := MixtureMI{Parts: parts}
	out.Fit = all.information(rng, o.Draws)

	estimates := make([]float64, o.Bootstraps)
	parallel.Each(o.Bootstraps, o.Workers, func() func(int) {
		return func(b int) {
			rng := rand.New(rand.NewPCG(o.Seed, uint64(b)+1))
			rows := o.Resample
			if rows == nil {
				rows = func(rng *rand.Rand) []int { return withReplacement(len(x), rng) }
			}
			bx, by := pick(x, y, rows(rng))
			// From the fit to all rows: the number of parts is given, and a new
			// start could find another maximum.
			g, _ := all.improve(bx, by, 1e-5, 200)
			estimates[b] = g.information(rng, o.Draws)
		}
	})
	out.MI, out.SD = stat.MeanStdDev(estimates, nil)
	if math.IsNaN(out.MI) || math.IsInf(out.MI, 0) {
		return MixtureMI{}, fmt.Errorf("mi: a mixture of %d parts: %v is %w", parts, out.MI, ErrNotFinite)
	}
	return out, nil
}

func (o MixtureOptions) complete() MixtureOptions {
	for _, v := range []struct {
		field *int
		value int
	}{{&o.MostParts, 6}, {&o.Folds, 3}, {&o.Starts, 3}, {&o.Bootstraps, 50}, {&o.Draws, 20000}} {
		if *v.field == 0 {
			*v.field = v.value
		}
	}
	return o
}

// chooseParts is the number of components with the largest likelihood of rows
// left out of the fit. Every number is tried: the gain need not be steady.
func chooseParts(x, y []float64, o MixtureOptions) int {
	rows := rand.New(rand.NewPCG(o.Seed, math.MaxUint64)).Perm(len(x))
	held := make([]float64, o.MostParts*o.Folds)
	parallel.Each(len(held), o.Workers, func() func(int) {
		return func(job int) {
			fold := job % o.Folds
			var in, out []int
			for i, r := range rows {
				if i%o.Folds == fold {
					out = append(out, r)
				} else {
					in = append(in, r)
				}
			}
			ix, iy := pick(x, y, in)
			ox, oy := pick(x, y, out)
			rng := rand.New(rand.NewPCG(o.Seed, math.MaxUint64-1-uint64(job)))
			held[job] = fit(ix, iy, job/o.Folds+1, o.Starts, rng).logLikelihood(ox, oy)
		}
	})
	best, top := 1, math.Inf(-1)
	for k := range o.MostParts {
		var sum float64
		for _, l := range held[k*o.Folds : (k+1)*o.Folds] {
			sum += l
		}
		if sum > top {
			best, top = k+1, sum
		}
	}
	return best
}

func withReplacement(n int, rng *rand.Rand) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(n)
	}
	return rows
}

func pick(x, y []float64, rows []int) (px, py []float64) {
	for _, r := range rows {
		px, py = append(px, x[r]), append(py, y[r])
	}
	return px, py
}
