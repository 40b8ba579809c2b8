package info

import (
	"errors"
	"fmt"
	"math"
)

// maxBins bounds the histogram: the square of it is kept in memory.
const maxBins = 4096

// HistogramMI is the plug-in mutual information, in nats, of the bins x bins
// histogram of the pairs (x, y):
//
//	sum over the filled cells of p(i,j) log( p(i,j) / (p(i) p(j)) )
//
// as section 6.2 computes it. The bins have equal width over the range of the
// data; a value on an edge belongs to the bin on its right, the maximum to the
// last bin. Edges and counts equal those of numpy.histogram2d bit for bit.
//
// A constant x or y gives 0: NumPy widens its range by 0.5 to both sides, and
// all of it falls into one bin. Rounding is kept from making the sum negative.
// Slices of unequal length, no pairs, values that are not finite or whose range
// is not, and bins outside 1 to 4096 are errors.
func HistogramMI(x, y []float64, bins int) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("info: %d values of x for %d of y", len(x), len(y))
	}
	if err := checkBins(bins); err != nil {
		return 0, err
	}
	ax, err := newAxis(x, bins)
	if err != nil {
		return 0, fmt.Errorf("info: x: %w", err)
	}
	ay, err := newAxis(y, bins)
	if err != nil {
		return 0, fmt.Errorf("info: y: %w", err)
	}
	h := newHistogram(bins)
	h.count(ax, x, ay.indices(y), bins)
	return h.mutualInformation(), nil
}

func checkBins(bins int) error {
	if bins < 1 || bins > maxBins {
		return fmt.Errorf("info: %d bins: want 1 to %d", bins, maxBins)
	}
	return nil
}

// axis is one dimension of a histogram.
type axis struct {
	edges []float64 // one more than there are bins
	scale float64   // bins per unit, for a first guess
}

// newAxis spans the range of values with bins of equal width.
func newAxis(values []float64, bins int) (axis, error) {
	if len(values) == 0 {
		return axis{}, errors.New("no values")
	}
	lo, hi := values[0], values[0]
	for i, v := range values {
		if !isFinite(v) {
			return axis{}, fmt.Errorf("value %d is %v", i, v)
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if math.IsInf(hi-lo, 0) {
		return axis{}, fmt.Errorf("the range from %g to %g overflows", lo, hi)
	}
	return span(lo, hi, bins, make([]float64, bins+1)), nil
}

// span lays the edges as numpy.histogramdd does, through numpy.linspace: the
// products are rounded before they are added. Only where the step underflows
// could an edge pass hi; it is held there, while NumPy searches edges that are
// out of order.
func span(lo, hi float64, bins int, edges []float64) axis {
	if lo == hi {
		lo, hi = lo-0.5, hi+0.5
	}
	width := hi - lo
	step := width / float64(bins)
	for k := range bins {
		offset := float64(k) * step
		if step == 0 { // underflow
			offset = float64(k) / float64(bins) * width
		}
		edges[k] = min(float64(offset)+lo, hi)
	}
	edges[bins] = hi
	return axis{edges: edges, scale: float64(bins) / width}
}

// index is the bin of v, which lies within the edges: the last one whose left
// edge is not above v. The guess by division is right but for rounding, and
// the edges correct it.
func (a axis) index(v float64) int {
	last := len(a.edges) - 2
	k := last
	if guess := (v - a.edges[0]) * a.scale; guess < float64(last) {
		k = int(guess)
	}
	for k > 0 && v < a.edges[k] {
		k--
	}
	for k < last && v >= a.edges[k+1] {
		k++
	}
	return k
}

// indices is the bin of every value.
func (a axis) indices(values []float64) []uint16 {
	out := make([]uint16, len(values))
	for i, v := range values {
		out[i] = uint16(a.index(v))
	}
	return out
}

// refines reports whether every edge of coarse is an edge of a, with 2, 4, 8, ...
// bins of a in one of coarse. Coarse counts are then sums of a's. The edges of
// such numbers of bins are equal to the last bit, unless they underflow: all of
// them are rounded alike.
func (a axis) refines(coarse axis) bool {
	fine, few := len(a.edges)-1, len(coarse.edges)-1
	ratio := fine / few
	if ratio*few != fine || ratio&(ratio-1) != 0 {
		return false
	}
	for k, edge := range coarse.edges {
		if edge != a.edges[k*ratio] {
			return false
		}
	}
	return true
}

// histogram counts pairs. It is used again and again, so that a table of
// nodes and labels allocates once.
type histogram struct {
	bins   int
	joint  []int32 // bins x bins, x in rows
	mx, my []int32 // marginal counts
	py     []float64
	total  int
}

// newHistogram has room for most bins in each dimension.
func newHistogram(most int) *histogram {
	return &histogram{
		joint: make([]int32, most*most),
		mx:    make([]int32, most),
		my:    make([]int32, most),
		py:    make([]float64, most),
	}
}

// count starts over with the pairs of x and the bins of y.
func (h *histogram) count(ax axis, x []float64, y []uint16, bins int) {
	h.bins, h.total = bins, len(x)
	joint := h.joint[:bins*bins]
	clear(joint)
	for k, v := range x {
		joint[ax.index(v)*bins+int(y[k])]++
	}
}

// halve joins bins two by two, of which there is an even number.
func (h *histogram) halve() {
	fine := h.bins
	h.bins /= 2
	for i := range h.bins { // what is overwritten has been read
		out := h.joint[i*h.bins : (i+1)*h.bins]
		top := h.joint[2*i*fine : (2*i+1)*fine]
		low := h.joint[(2*i+1)*fine : (2*i+2)*fine]
		for j := range out {
			out[j] = top[2*j] + top[2*j+1] + low[2*j] + low[2*j+1]
		}
	}
}

func (h *histogram) marginals() {
	my := h.my[:h.bins]
	clear(my)
	for i := range h.bins {
		var sum int32
		for j, c := range h.joint[i*h.bins : (i+1)*h.bins] {
			sum += c
			my[j] += c
		}
		h.mx[i] = sum
	}
}

func (h *histogram) mutualInformation() float64 {
	h.marginals()
	n := float64(h.total)
	py := h.py[:h.bins]
	for j, m := range h.my[:h.bins] {
		py[j] = float64(m) / n
	}
	var mi float64
	for i, m := range h.mx[:h.bins] {
		if m == 0 {
			continue
		}
		px := float64(m) / n
		for j, c := range h.joint[i*h.bins : (i+1)*h.bins] {
			if c > 0 {
				p := float64(c) / n
				mi += p * math.Log(p/(px*py[j]))
			}
		}
	}
	return max(mi, 0)
}
