package significance

import "math"

// P is the one-sided p-value of an observed statistic among permuted ones: the
// fraction not below it, itself counted on both sides, so never 0 (Phipson and
// Smyth 2010, doi:10.2202/1544-6115.1585). It is NaN for a NaN observed or for no
// permutations; NaN permuted values count as not below.
func P(observed float64, null []float64) float64 {
	if math.IsNaN(observed) || len(null) == 0 {
		return math.NaN()
	}
	above := 1
	for _, v := range null {
		if !(v < observed) {
			above++
		}
	}
	return float64(above) / float64(len(null)+1)
}

// BenjaminiHochberg is the q-value of every p-value: among the cells with a
// q-value not above q, a fraction q at most is expected to be false, for
// independent or positively dependent p-values (Benjamini and Hochberg 1995,
// doi:10.1111/j.2517-6161.1995.tb02031.x). NaN takes no part and stays.
func BenjaminiHochberg(p []float64) []float64 {
	q := make([]float64, len(p))
	order := ascending(p)
	lowest := 1.0
	for i := len(order) - 1; i >= 0; i-- {
		lowest = min(lowest, p[order[i]]*float64(len(order))/float64(i+1))
		q[order[i]] = lowest
	}
	for i, v := range p {
		if math.IsNaN(v) {
			q[i] = v
		}
	}
	return q
}
