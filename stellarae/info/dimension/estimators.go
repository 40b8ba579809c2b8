package dimension

import (
	"fmt"
	"math"
	"slices"
)

// TwoNN is the dimension by the ratio of the distances to the second and the
// first neighbour, whose law is Pareto's with the dimension as its exponent
// (Facco et al. 2017, doi:10.1038/s41598-017-11873-y). The largest tenth of the
// ratios, where the density is not uniform, enters as censored: the unbiased
// maximum likelihood of the others. It is +Inf where all these ratios are 1, as
// on a lattice.
func (n Neighbours) TwoNN() float64 {
	const discard = 0.1
	logs := make([]float64, len(n.dist))
	for i, d := range n.dist {
		logs[i] = math.Log(d[1] / d[0])
	}
	slices.Sort(logs)
	keep := max(2, int(float64(len(logs))*(1-discard)))
	sum := float64(len(logs)-keep) * logs[keep-1]
	for _, l := range logs[:keep] {
		sum += l
	}
	return float64(keep-1) / sum
}

// MLE is the maximum likelihood of Levina and Bickel 2004 (equation 8) with k
// neighbours, the inverses of the rows averaged (MacKay and Ghahramani 2005),
// which is the likelihood of all rows together. It wants k of 2 or more and not
// more than were found. Large k averages over a large scale, where clumps look
// like points and the estimate falls.
func (n Neighbours) MLE(k int) (float64, error) {
	if k < 2 || k > len(n.dist[0]) {
		return 0, fmt.Errorf("dimension: %d neighbours: want 2 to the %d found", k, len(n.dist[0]))
	}
	var inverse float64
	for _, d := range n.dist {
		var sum float64
		for _, v := range d[:k-1] {
			sum += math.Log(d[k-1] / v)
		}
		inverse += sum / float64(k-1)
	}
	return float64(len(n.dist)) / inverse, nil
}

// Scale is the dimension at one scale.
type Scale struct {
	Order     int     // the farther neighbour; the nearer is half of it
	Radius    float64 // mean distance to the farther neighbour
	Dimension float64
	SE        float64 // by the curvature of the likelihood
}

// Gride is the dimension against scale: by the ratio of the distances to
// neighbours 2m and m, for m = 1, 2, 4, … as far as neighbours were found (Denti
// et al. 2022, doi:10.1038/s41598-022-20991-1). Noise lifts the small scales, the
// extent of the data lowers the large ones, and a plateau between them is the
// dimension. Rows whose two distances are equal are left out.
func (n Neighbours) Gride() []Scale {
	var out []Scale
	for m := 1; 2*m <= len(n.dist[0]); m *= 2 {
		s := Scale{Order: 2 * m}
		var logs []float64
		for _, d := range n.dist {
			s.Radius += d[2*m-1] / float64(len(n.dist))
			if l := math.Log(d[2*m-1] / d[m-1]); l > 0 {
				logs = append(logs, l)
			}
		}
		s.Dimension, s.SE = gride(logs, m)
		out = append(out, s)
	}
	return out
}

// gride is the most likely dimension for the logarithms l of the ratios of the
// distances to neighbours 2m and m, whose density (Denti et al. 2022, equation 3)
// is proportional to
//
//	d (1-exp(-d l))^(m-1) exp(-d m l)
//
// The logarithm of the likelihood is concave in d; its slope is brought to zero
// by Newton's method, kept inside a bracket.
func gride(l []float64, m int) (dimension, se float64) {
	slope := func(d float64) (first, second float64) {
		first, second = float64(len(l))/d, -float64(len(l))/(d*d)
		for _, v := range l {
			first -= float64(m) * v
			if m > 1 {
				q := 1 / math.Expm1(d*v)
				first += float64(m-1) * v * q
				second -= float64(m-1) * v * v * q * (1 + q)
			}
		}
		return first, second
	}
	if len(l) == 0 {
		return math.NaN(), math.NaN()
	}
	lo, hi, d := 0.0, math.Inf(1), 1.0
	for range 200 {
		first, second := slope(d)
		if first > 0 {
			lo = d
		} else {
			hi = d
		}
		next := d - first/second
		if !(next > lo && next < hi) {
			next = (lo + min(hi, 4*lo+2)) / 2
		}
		if math.Abs(next-d) <= 1e-13*d {
			break
		}
		d = next
	}
	_, second := slope(d)
	return d, math.Sqrt(-1 / second)
}
