package retrieve

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
)

// Odd is the score above which a reason is given.
const Odd = 5

// Detector knows what is usual in a survey, and tells what is not.
type Detector struct {
	index     *Index
	regions   []Region
	k         int
	distance  usual
	floor     []float64 // squared error of the network, of each region
	misfit    []usual   // of each region
	residuals []Residual
	distances []float64
}

// usual is the distribution of a positive quantity over a survey, in its
// logarithm.
type usual struct{ middle, spread float64 }

func usualOf(values []float64) usual {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	u := usual{middle: info.Median(logs)}
	for i, v := range logs {
		logs[i] = math.Abs(v - u.middle)
	}
	u.spread = bell * info.Median(logs)
	return u
}

// score is by how many spreads a value exceeds the usual.
func (u usual) score(v float64) float64 { return (math.Log(v) - u.middle) / u.spread }

// Outlier says how unusual a spectrum is, and why.
type Outlier struct {
	Row     int       // of the index; -1 for a spectrum that is not in it
	Score   float64   // the larger of Alone and the largest of Misfit
	Alone   float64   // score of the distance to the k-th nearest star
	Misfit  []float64 // score of the reconstruction in each region
	Reasons []string  // what scores above Odd, the worst first
}

// NewDetector learns what is usual from the spectra of an index: how far the k-th
// nearest star is, and how well every region is reconstructed. residuals has one
// element a row, of the given regions (see Compare).
//
// A score is the logarithm of a quantity, minus its median over the survey, over
// its spread. What is scored of a region is the mean square residual over
// noise² + f², where f, the error of the network itself, is the median over the
// survey of what the noise does not explain: without it the best observed spectra
// would be the oddest.
//
// A quantity that does not vary, fewer than k+1 stars, and residuals that are
// not as many as rows or not of as many regions are errors.
func NewDetector(x *Index, residuals []Residual, regions []Region, k int) (*Detector, error) {
	if len(residuals) != x.Len() {
		return nil, fmt.Errorf("%d residuals for %d rows", len(residuals), x.Len())
	}
	if stars := slices.Max(x.star) + 1; k < 1 || k >= stars {
		return nil, fmt.Errorf("k is %d, not from 1 to one less than %d stars", k, stars)
	}
	d := &Detector{index: x, regions: slices.Clone(regions), k: k, residuals: residuals}
	for row, r := range residuals {
		if len(r.MeanSquare) != len(regions) {
			return nil, fmt.Errorf("row %d: residuals of %d regions, not %d", row, len(r.MeanSquare), len(regions))
		}
		d.distances = append(d.distances, x.NearestTo(row, k)[k-1].Distance)
	}
	d.distance = usualOf(d.distances)
	if d.distance.spread == 0 || math.IsNaN(d.distance.spread) {
		return nil, fmt.Errorf("the distances to neighbours do not vary, or are 0")
	}
	for i, region := range regions {
		rest := make([]float64, len(residuals))
		for row, r := range residuals {
			rest[row] = r.MeanSquare[i] - r.Noise*r.Noise
		}
		d.floor = append(d.floor, max(0, info.Median(rest)))
		misfit := make([]float64, len(residuals))
		for row, r := range residuals {
			misfit[row] = d.ratio(r, i)
		}
		u := usualOf(misfit)
		if u.spread == 0 || math.IsNaN(u.spread) {
			return nil, fmt.Errorf("the misfit does not vary from %v", region)
		}
		d.misfit = append(d.misfit, u)
	}
	return d, nil
}

// ratio is the mean square residual of a region over what is expected.
func (d *Detector) ratio(r Residual, region int) float64 {
	return r.MeanSquare[region] / (r.Noise*r.Noise + d.floor[region])
}

// Row judges a spectrum of the survey. It panics if there is no such row.
func (d *Detector) Row(row int) Outlier {
	o := d.judge(d.distances[row], d.residuals[row])
	o.Row = row
	return o
}

// Judge judges a spectrum that is not in the survey, by its code and its residual.
// Stars named in without, as its own, do not count as neighbours.
func (d *Detector) Judge(code []float64, r Residual, without ...string) (Outlier, error) {
	if len(r.MeanSquare) != len(d.regions) {
		return Outlier{}, fmt.Errorf("residuals of %d regions, not %d", len(r.MeanSquare), len(d.regions))
	}
	near, err := d.index.Nearest(code, d.k, without...)
	if err != nil {
		return Outlier{}, err
	}
	if len(near) < d.k {
		return Outlier{}, fmt.Errorf("%d neighbours, not %d", len(near), d.k)
	}
	o := d.judge(near[d.k-1].Distance, r)
	o.Row = -1
	return o, nil
}

// Ranked judges the whole survey, the oddest spectrum first.
func (d *Detector) Ranked() []Outlier {
	all := make([]Outlier, d.index.Len())
	for row := range all {
		all[row] = d.Row(row)
	}
	slices.SortStableFunc(all, func(a, b Outlier) int { return cmp.Compare(b.Score, a.Score) })
	return all
}

func (d *Detector) judge(distance float64, r Residual) Outlier {
	type reason struct {
		score float64
		text  string
	}
	alone := d.distance.score(distance)
	o := Outlier{Score: alone, Alone: alone}
	reasons := []reason{{alone, fmt.Sprintf("far from other stars: %d within %.2g, usual is %.2g",
		d.k, distance, math.Exp(d.distance.middle))}}
	for i, region := range d.regions {
		ratio := d.ratio(r, i)
		score := d.misfit[i].score(ratio)
		o.Score = max(o.Score, score)
		o.Misfit = append(o.Misfit, score)
		reasons = append(reasons, reason{score, fmt.Sprintf("badly drawn from %v: squared error %.1f times the usual",
			region, ratio/math.Exp(d.misfit[i].middle))})
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.score, a.score) })
	for _, r := range reasons {
		if r.score > Odd {
			o.Reasons = append(o.Reasons, r.text)
		}
	}
	return o
}
