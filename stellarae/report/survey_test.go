package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// survey is a count over a made-up sample in which the truth is known, laid out
// like the published one: of 128 nodes node 124 follows the radial velocity of
// cool stars up and down, node 85 the temperature, 11, 19, 58 and 99 vary with
// nothing in the labels, and the others are quiet. Half of the velocities are
// missing.
func survey(t testing.TB) *Report {
	t.Helper()
	r, err := countedSurvey()
	if err != nil {
		t.Fatal(err)
	}
	// Tests may change what they get.
	mine, count := *r, *r.Count
	count.Labels = slices.Clone(count.Labels)
	mine.Count, mine.Labels = &count, slices.Clone(r.Labels)
	return &mine
}

var countedSurvey = sync.OnceValues(func() (*Report, error) {
	const rows, nodes = 1500, 128
	rng := rand.New(rand.NewPCG(11, 12))
	codes := mat.NewDense(rows, nodes, nil)
	column := func() []float64 { return make([]float64, rows) }
	rv, teff, logg, metal, snr, kind, vsini := column(), column(), column(), column(), column(), column(), column()
	for r := range rows {
		for n := range nodes {
			codes.Set(r, n, 0.01*rng.NormFloat64())
		}
		rv[r], metal[r], snr[r] = 30*rng.NormFloat64(), 0.25*rng.NormFloat64(), 20+60*rng.ExpFloat64()
		teff[r] = 5600 * math.Exp(0.2*rng.NormFloat64())
		logg[r] = 4.6 - math.Max(0, (teff[r]-5500)/5000) - 0.2*rng.ExpFloat64()
		vsini[r] = math.NaN()
		for _, limit := range []float64{30000, 10000, 7500, 6000, 5200, 3700} {
			if teff[r] < limit {
				kind[r]++
			}
		}
		codes.Set(r, 11, 0.9*rng.NormFloat64())
		codes.Set(r, 19, 0.17*rng.NormFloat64())
		codes.Set(r, 58, 0.05*rng.NormFloat64())
		codes.Set(r, 99, rng.NormFloat64())
		codes.Set(r, 85, (5600-teff[r])/1200+0.1*rng.NormFloat64())
		known := -2.5 * rv[r] / 25 * math.Exp(-math.Abs(rv[r])/30)
		if teff[r] > 7500 {
			known = 0
		}
		codes.Set(r, 124, known+0.08*rng.NormFloat64())
		if r%2 == 0 {
			rv[r] = math.NaN()
		}
	}
	rv[1], snr[2] = 900, math.Inf(1) // clipped
	labels := []info.Label{
		{Name: "radvel", Values: rv}, {Name: "Teff", Values: teff}, {Name: "logg", Values: logg},
		{Name: "[M/H]", Values: metal}, {Name: "snr", Values: snr}, {Name: "spec_type_no", Values: kind},
		{Name: "vsini", Values: vsini},
	}
	count, err := info.CountPublished(codes, labels, info.Options{})
	if err != nil {
		return nil, err
	}
	return &Report{
		Count: count, Codes: codes, Labels: labels,
		Provenance: Provenance{
			Codes: "runs/harps/codes.npy", Labels: "harps_metadata_and_labels.csv", Selection: "unique_subset = Y and median >= 50",
			Stars: rows, Date: time.Date(2021, 1, 15, 9, 30, 0, 0, time.UTC), Version: "v0.1.0",
		},
	}, nil
})
