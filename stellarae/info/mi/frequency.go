package mi

import (
	"fmt"
	"math"
)

// maxBins keeps a table of counts within 8 MB.
const maxBins = 1024

// EqualFrequency is the mutual information of x and y from a histogram whose
// bins hold equally many values, with the correction of Miller and Madow (Miller
// 1955; Paninski 2003, doi:10.1162/089976603321780272, section 4). It does not
// change under monotone maps of x or y. It is too small where x and y share more
// than the bins can tell (ln bins at most), and too large with fewer than about
// four pairs a cell. Errors are those of GaussianCopula, and bins outside 2 to
// 1024.
func EqualFrequency(x, y []float64, bins int) (float64, error) {
	if err := check(2, x, y); err != nil {
		return 0, err
	}
	a, err := QuantileBins(x, bins)
	if err != nil {
		return 0, err
	}
	b, err := QuantileBins(y, bins)
	if err != nil {
		return 0, err
	}
	t := NewTable(bins, bins, len(x))
	t.Count(a, b)
	return t.MillerMadow(), nil
}

// QuantileBins is the bin of every value, 0 to bins-1, so that bins hold equally
// many values; equal values share the bin of their mean rank. NaN is not
// allowed, and gets an error.
func QuantileBins(values []float64, bins int) ([]uint16, error) {
	if bins < 2 || bins > maxBins {
		return nil, fmt.Errorf("mi: %d bins: want 2 to %d", bins, maxBins)
	}
	out := make([]uint16, len(values))
	for i, r := range Ranks(values) {
		if math.IsNaN(values[i]) {
			return nil, fmt.Errorf("mi: row %d: %v is %w", i, values[i], ErrNotFinite)
		}
		out[i] = uint16((r - 0.5) / float64(len(values)) * float64(bins))
	}
	return out, nil
}

// Table counts pairs of bins or classes. It is made once and filled many times,
// as a test by permutations does.
type Table struct {
	nx, ny int
	joint  []int32 // x in rows
	mx, my []int32
	n      int
	nlogn  []float64 // c ln c
}

// NewTable has room for x in 0..nx-1, y in 0..ny-1 and up to most pairs.
func NewTable(nx, ny, most int) *Table {
	t := &Table{
		nx: nx, ny: ny,
		joint: make([]int32, nx*ny), mx: make([]int32, nx), my: make([]int32, ny),
		nlogn: make([]float64, most+1),
	}
	for c := 2; c <= most; c++ {
		t.nlogn[c] = float64(c) * math.Log(float64(c))
	}
	return t
}

// Count starts over with the pairs (x[i], y[i]). It panics on pairs outside the
// table or more of them than it was made for.
func (t *Table) Count(x, y []uint16) {
	clear(t.joint)
	t.n = len(x)
	_ = t.nlogn[t.n]
	for i, a := range x {
		t.joint[int(a)*t.ny+int(y[i])]++
	}
	t.marginals()
}

// CountThrough is Count of the pairs (x[i], y[from[i]]).
func (t *Table) CountThrough(x, y []uint16, from []int32) {
	clear(t.joint)
	t.n = len(x)
	_ = t.nlogn[t.n]
	for i, a := range x {
		t.joint[int(a)*t.ny+int(y[from[i]])]++
	}
	t.marginals()
}

func (t *Table) marginals() {
	clear(t.my)
	for i := range t.mx {
		t.mx[i] = 0
		for j, c := range t.joint[i*t.ny : (i+1)*t.ny] {
			t.mx[i] += c
			t.my[j] += c
		}
	}
}

// PlugIn is the mutual information of the counts as they stand, nats: never
// below zero, and too large by about (filled cells - rows - columns + 1)/(2N).
// It is NaN for no pairs.
func (t *Table) PlugIn() float64 {
	sum := t.nlogn[t.n]
	for _, c := range t.joint {
		sum += t.nlogn[c]
	}
	for _, c := range t.mx {
		sum -= t.nlogn[c]
	}
	for _, c := range t.my {
		sum -= t.nlogn[c]
	}
	return sum / float64(t.n)
}

// MillerMadow is PlugIn less its bias to first order, with the cells, rows and
// columns that hold something counted as the ones that can.
func (t *Table) MillerMadow() float64 {
	return t.PlugIn() - float64(filled(t.joint)-filled(t.mx)-filled(t.my)+1)/(2*float64(t.n))
}

func filled(counts []int32) int {
	n := 0
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	return n
}
