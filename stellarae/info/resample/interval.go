package resample

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stellarae/lab/stellarae/info/internal/parallel"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Options of an interval. The zero value is usable.
type Options struct {
	Level   float64 // of confidence; 0 means 0.95
	Draws   int     // bootstrap samples or random splits; 0 means 1000 or 20
	Seed    uint64
	Workers int // goroutines; 0 means one a processor
}

// Interval of a statistic.
type Interval struct {
	Estimate float64 // of all rows
	SE       float64 // standard error
	Lo, Hi   float64
	Clusters int

	// HalfShift is the mean of the statistic over halves of the clusters less
	// Estimate, with its standard error: far from zero, the statistic has a bias
	// that depends on the number of clusters, and the interval misses it. NaN
	// from Bootstrap.
	HalfShift, HalfShiftSE float64
}

// Statistic of some rows, which may repeat. It must allow concurrent calls.
type Statistic func(rows []int) (float64, error)

// Bootstrap is the percentile interval of a statistic over samples of clusters
// drawn with replacement (Field and Welsh 2007,
// doi:10.1111/j.1467-9868.2007.00593.x). It suits medians, means and moments;
// estimators by nearest neighbours find the repeated rows at distance zero, so
// take Subsample for them. One cluster only, a statistic that fails or is NaN and
// options out of range are errors.
func (c *Clusters) Bootstrap(of Statistic, o Options) (Interval, error) {
	in, o, err := c.start(of, o, 1000)
	if err != nil {
		return Interval{}, err
	}
	values, err := each(o.Draws, o, of, func(rng *rand.Rand, _ int) [][]int { return [][]int{c.Draw(rng)} })
	if err != nil {
		return Interval{}, err
	}
	flat := make([]float64, o.Draws)
	for i, v := range values {
		flat[i] = v[0]
	}
	slices.Sort(flat)
	in.SE = stat.StdDev(flat, nil)
	in.Lo = stat.Quantile((1-o.Level)/2, stat.LinInterp, flat, nil)
	in.Hi = stat.Quantile((1+o.Level)/2, stat.LinInterp, flat, nil)
	in.HalfShift, in.HalfShiftSE = math.NaN(), math.NaN()
	return in, nil
}

// mostParts is how far Subsample splits, where clusters allow.
const mostParts = 10

// Subsample is the normal interval of a statistic by its spread over parts of
// the clusters, none drawn twice: the variance falls as one over their number, so
// B of var = B/N is fitted to splits into 2 to 10 parts and read at all of them
// (Holmes and Nemenman 2019, doi:10.1103/PhysRevE.100.022404). Fewer than four
// clusters are an error, and those of Bootstrap; the statistic must bear a part
// of the rows.
func (c *Clusters) Subsample(of Statistic, o Options) (Interval, error) {
	in, o, err := c.start(of, o, 20)
	if err != nil {
		return Interval{}, err
	}
	if c.Len() < 4 {
		return Interval{}, fmt.Errorf("resample: %d clusters cannot be split: want 4 or more", c.Len())
	}
	most := min(mostParts, c.Len()/2)
	values, err := each(o.Draws*(most-1), o, of, func(rng *rand.Rand, i int) [][]int {
		return c.Split(2+i%(most-1), rng)
	})
	if err != nil {
		return Interval{}, err
	}
	var weighted, freedom float64
	var shifts []float64
	for _, v := range values {
		parts := float64(len(v))
		weighted += (parts - 1) * stat.Variance(v, nil) / parts
		freedom += parts - 1
		if len(v) == 2 {
			shifts = append(shifts, (v[0]+v[1])/2-in.Estimate)
		}
	}
	in.SE = math.Sqrt(weighted / freedom)
	reach := in.SE * distuv.UnitNormal.Quantile((1+o.Level)/2)
	in.Lo, in.Hi = in.Estimate-reach, in.Estimate+reach
	// The halves of one split are nearly independent of those of another, and
	// the estimate of all rows is shared: the error of their mean is measured.
	in.HalfShift, in.HalfShiftSE = stat.Mean(shifts, nil), stat.StdErr(stat.StdDev(shifts, nil), float64(len(shifts)))
	return in, nil
}

func (c *Clusters) start(of Statistic, o Options, draws int) (Interval, Options, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Draws == 0 {
		o.Draws = draws
	}
	if !(o.Level > 0 && o.Level < 1) || o.Draws < 2 {
		return Interval{}, o, fmt.Errorf("resample: level %v and %d draws: want 0 to 1 and 2 or more", o.Level, o.Draws)
	}
	if c.Len() < 2 {
		return Interval{}, o, errors.New("resample: one cluster tells nothing of others")
	}
	all := make([]int, c.Rows())
	for r := range all {
		all[r] = r
	}
	v, err := number(of(all))
	return Interval{Estimate: v, Clusters: c.Len()}, o, err
}

// each evaluates the statistic for every list of rows of every draw; draw i has
// random numbers of its own, whoever works on it.
func each(draws int, o Options, of Statistic, rows func(rng *rand.Rand, i int) [][]int) ([][]float64, error) {
	values, errs := make([][]float64, draws), make([]error, draws)
	parallel.Each(draws, o.Workers, func() func(int) {
		return func(i int) {
			for _, part := range rows(rand.New(rand.NewPCG(o.Seed, uint64(i))), i) {
				v, err := number(of(part))
				if err != nil {
					errs[i] = err
					return
				}
				values[i] = append(values[i], v)
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

func number(v float64, err error) (float64, error) {
	if err == nil && math.IsNaN(v) {
		err = errors.New("resample: the statistic is NaN")
	}
	return v, err
}
