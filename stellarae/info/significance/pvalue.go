package significance

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

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

// Pooled is the p-value of every cell among the permuted values of all cells, each
// brought to the scale of its own null (Storey and Tibshirani 2003,
// doi:10.1073/pnas.1530509100, remark C). It is finer than P, which cannot fall
// below 1/(permutations+1), and so what a false discovery rate over many cells
// wants; it takes the nulls of the cells for alike but for place and width.
// null[b][i] is cell i under permutation b. Cells that are NaN or never change get
// NaN. Fewer than two permutations give NaN throughout; rows of another length
// panic.
func Pooled(observed []float64, null [][]float64) []float64 {
	p := slices.Repeat([]float64{math.NaN()}, len(observed))
	if len(null) < 2 {
		return p
	}
	t := slices.Clone(p)
	var pool []float64
	column := make([]float64, len(null))
	for i, v := range observed {
		for b, row := range null {
			if len(row) != len(observed) {
				panic("significance: row length mismatch")
			}
			column[b] = row[i]
		}
		mean, sd := stat.MeanStdDev(column, nil)
		if math.IsNaN(v) || !(sd > 1e-14*math.Abs(mean)) {
			continue
		}
		t[i] = (v - mean) / sd
		for _, c := range column {
			pool = append(pool, (c-mean)/sd)
		}
	}
	slices.Sort(pool)
	for i, v := range t {
		if !math.IsNaN(v) {
			below, _ := slices.BinarySearch(pool, v)
			p[i] = float64(len(pool)-below+1) / float64(len(pool)+1)
		}
	}
	return p
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
