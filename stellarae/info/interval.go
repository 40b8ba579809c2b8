package info

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
)

// InformationOptions of an estimate with its interval. The zero value is usable.
type InformationOptions struct {
	Neighbours int // 0 means 3
	Draws      int // of one row a cluster, where clusters have more; 0 means 5

	// Level, Draws (random splits), Seed and Workers of the interval.
	Interval resample.Options
}

// Information is mutual information in nats, with its interval.
type Information struct {
	resample.Interval
	Rows    int // that took part
	Missing int // rows with a NaN, which did not

	// Bias is what Estimate is too large by, if halving the clusters shows it and
	// it falls as one over the root of their number, as that of hard edges does. It
	// is known to about 2 SE; where it is beyond that, Estimate-Bias is nearer to
	// the truth. Steep relations of few rows make it too large: see
	// docs/estimators.md.
	Bias float64
}

// MutualInformation is the information of x and y by nearest neighbours, for values
// that repeat and values that do not (mi.Mixed of their normal scores), with the
// interval of resample.Subsample. Rows of one cluster are not independent, so one
// row of each is drawn, several times, and the estimates averaged; nil clusters take
// every row for one of its own. Small parts spread a little less than they should:
// of 120 intervals at 95 %, 106 held the truth with 150 clusters and 110 with 600.
// The estimate is not clipped at zero, and no test: see Associate.
//
// Rows where x or y is NaN are left out and counted. Slices of unequal length,
// infinities, a constant x or y and fewer than ten clusters a neighbour and one more
// (40 for 3 neighbours) are errors; the latter wrap those of package mi.
func MutualInformation(x, y []float64, clusters *resample.Clusters, o InformationOptions) (Information, error) {
	if o.Neighbours == 0 {
		o.Neighbours = 3
	}
	if o.Draws == 0 {
		o.Draws = 5
	}
	if o.Neighbours < 0 || o.Draws < 0 {
		return Information{}, fmt.Errorf("info: %d neighbours and %d draws: want 1 or more", o.Neighbours, o.Draws)
	}
	if len(x) != len(y) || clusters != nil && clusters.Rows() != len(x) {
		rows := len(x)
		if clusters != nil {
			rows = clusters.Rows()
		}
		return Information{}, fmt.Errorf("info: %d values of x, %d of y, %d rows of clusters", len(x), len(y), rows)
	}
	kept, rows := mi.Complete(x, y)
	out := Information{Rows: len(rows), Missing: len(x) - len(rows)}
	if least := 10 * (o.Neighbours + 1); len(rows) < least {
		return Information{}, fmt.Errorf("info: %d rows, where %d neighbours want %d: %w", len(rows), o.Neighbours, least, mi.ErrTooFew)
	}
	if clusters == nil {
		clusters = resample.Singles(len(x))
	}
	clusters, err := clusters.Keep(rows)
	if err != nil {
		return Information{}, fmt.Errorf("info: %w", err)
	}
	if least := 10 * (o.Neighbours + 1); clusters.Len() < least {
		return Information{}, fmt.Errorf("info: %d clusters, where %d neighbours want %d: %w", clusters.Len(), o.Neighbours, least, mi.ErrTooFew)
	}
	// Of all rows, for what is wrong with them, and for scores: infinities have
	// a rank but no place.
	if _, err := mi.Mixed(kept[0], kept[1], o.Neighbours); err != nil {
		return Information{}, fmt.Errorf("info: %w", err)
	}
	z, v := mi.NormalScores(kept[0]), mi.NormalScores(kept[1])
	out.Interval, err = clusters.Subsample(func(rows []int) (float64, error) {
		return o.overClusters(z, v, clusters, rows)
	}, o.Interval)
	if err != nil {
		return Information{}, fmt.Errorf("info: %w", err)
	}
	out.Bias = out.HalfShift / (math.Sqrt2 - 1)
	return out, nil
}

// overClusters is the mean estimate over draws of one of the rows of each cluster.
func (o InformationOptions) overClusters(x, y []float64, clusters *resample.Clusters, rows []int) (float64, error) {
	own, err := clusters.Keep(rows)
	if err != nil {
		return 0, err
	}
	draws := o.Draws
	if !own.Repeats() {
		draws = 1
	}
	var sum float64
	px, py := make([]float64, own.Len()), make([]float64, own.Len())
	for d := range draws {
		for i, r := range own.OneOfEach(rand.New(rand.NewPCG(o.Interval.Seed, uint64(d)))) {
			px[i], py[i] = x[rows[r]], y[rows[r]]
		}
		nats, err := mi.Mixed(px, py, o.Neighbours)
		if errors.Is(err, mi.ErrConstant) { // a part in which a rare value is absent
			nats, err = 0, nil
		}
		if err != nil {
			return 0, err
		}
		sum += nats
	}
	return sum / float64(draws), nil
}
