package info

import "math"

// SigmaClip marks the values that lie more than sigma standard deviations
// from the median. The bounds are found again without the clipped values, until
// no value leaves or maxIter times (until no value leaves if maxIter < 1), and
// the last bounds decide about every value. NaN and infinities are always
// marked and take no part. The bounds are NaN where nothing is finite.
//
// It follows astropy.stats.sigma_clip with its defaults (cenfunc "median",
// stdfunc "std", axis None) to the last bit, NumPy's pairwise summation
// included. Where the bottleneck package is installed beside astropy, astropy
// sums in another order, and a value that lies on a bound within rounding may
// differ.
func SigmaClip(values []float64, sigma float64, maxIter int) (clipped []bool, lo, hi float64) {
	kept := make([]float64, 0, len(values))
	for _, v := range values {
		if isFinite(v) {
			kept = append(kept, v)
		}
	}
	lo, hi = math.NaN(), math.NaN()
	for iter, changed := 0, true; changed && (maxIter < 1 || iter < maxIter); iter++ {
		center := Median(kept)
		reach := float64(stdOf(kept) * sigma) // rounded here: no fused multiply-add
		lo, hi = center-reach, center+reach
		n := 0
		for _, v := range kept {
			if lo <= v && v <= hi {
				kept[n] = v
				n++
			}
		}
		changed = n != len(kept)
		kept = kept[:n]
	}
	clipped = make([]bool, len(values))
	for i, v := range values {
		clipped[i] = !isFinite(v) || v < lo || v > hi
	}
	return clipped, lo, hi
}

// stdOf is the standard deviation about the mean with divisor n, as numpy.std.
func stdOf(values []float64) float64 {
	n := float64(len(values))
	mean := sum(values) / n
	squares := make([]float64, len(values))
	for i, v := range values {
		d := v - mean
		squares[i] = d * d
	}
	return math.Sqrt(sum(squares) / n)
}

// sum adds in the order of NumPy's pairwise summation: eight running sums
// within blocks of up to 128 values, halves above that.
func sum(a []float64) float64 {
	n := len(a)
	if n > 128 {
		half := n / 2
		half -= half % 8
		return sum(a[:half]) + sum(a[half:])
	}
	var total float64
	if n >= 8 {
		var r [8]float64
		for len(a) >= 8 {
			for k := range r {
				r[k] += a[k]
			}
			a = a[8:]
		}
		total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	}
	for _, v := range a {
		total += v
	}
	return total
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
