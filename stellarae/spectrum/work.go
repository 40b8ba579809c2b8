package spectrum

import (
	"encoding/binary"
	"math"
	"slices"
	"sync"

	"github.com/stellarae/lab/stellarae/orderstat"
)

// work is the memory that direct needs beside the row.
type work struct {
	outside []float32 // finite flux outside the grid
	largest uint32    // of the bits of |flux| on the grid
	spread  []float32 // samples that stand for the others
	found   []uint32  // bits of values in the bracket
	counts  [buckets]uint32
}

var works = sync.Pool{New: func() any { return new(work) }}

// free gives the memory to the next one, unless it is more than a spectrum needs.
func (w *work) free() {
	const most = 1 << 20
	if cap(w.outside)+cap(w.found) <= most {
		works.Put(w)
	}
}

// read decodes the flux, of which sample first is the grid's first, into row and
// outside; false if the grid's part is not finite.
func (w *work) read(t *table, first int, g Grid, row []float32) bool {
	w.outside, w.largest = w.outside[:0], 0
	inside := row[g.PadLeft : g.PadLeft+g.Samples]
	before, left := first, inside
	err := t.Stored(0, t.flux, func(raw []byte) error {
		for len(raw) > 0 {
			n := len(raw) / 4
			switch {
			case before > 0:
				n = min(n, before)
				before -= n
				w.outside = appendDecoded(w.outside, raw[:4*n])
			case len(left) > 0:
				n = min(n, len(left))
				w.largest = max(w.largest, decode(left[:n], raw[:4*n]))
				left = left[n:]
			default:
				w.outside = appendDecoded(w.outside, raw)
			}
			raw = raw[4*n:]
		}
		return nil
	})
	w.outside = onlyFinite(w.outside)
	return err == nil && w.largest < infinity
}

const infinity = 0x7f800000 // bits of float32; above are NaN

func appendDecoded(to []float32, raw []byte) []float32 {
	n := len(to)
	to = slices.Grow(to, len(raw)/4)[:n+len(raw)/4]
	decode(to[n:], raw)
	return to
}

// decode puts big-endian numbers into dst, which is as long, and returns the
// largest of the bits without their signs: at least infinity if any number is
// not finite.
func decode(dst []float32, raw []byte) (largest uint32) {
	const size = 1<<31 - 1
	var a, b uint32
	for len(raw) >= 8 && len(dst) >= 2 {
		two := binary.BigEndian.Uint64(raw)
		x, y := uint32(two>>32), uint32(two)
		dst[0], dst[1] = math.Float32frombits(x), math.Float32frombits(y)
		a, b = max(a, x&size), max(b, y&size)
		raw, dst = raw[8:], dst[2:]
	}
	if len(raw) >= 4 && len(dst) >= 1 {
		x := binary.BigEndian.Uint32(raw)
		dst[0] = math.Float32frombits(x)
		a = max(a, x&size)
	}
	return max(a, b)
}

// divide divides x by scale in place; false, and nothing done, if a quotient
// would overflow. largest is the bits of the largest |x|.
func divide(x []float32, scale float32, largest uint32) bool {
	if q := math.Float32frombits(largest) / scale; q-q != 0 {
		return false
	}
	for i, v := range x {
		x[i] = v / scale
	}
	return true
}

// medians are Paper's scale, the median over the masked and padded axis in
// float32, and the median of all finite flux. It finds both in one pass over the
// samples that count for both, of which a few thousand tell beforehand about
// where the medians are (Floyd and Rivest 1975, doi:10.1145/360680.360691); only
// what is in that bracket is looked at more closely. False if they are not
// positive or not in it.
func (w *work) medians(g Grid, row []float32) (scale float32, all float64, ok bool) {
	seen, hidden := shown(g)
	n := 0
	for _, r := range seen {
		n += r[1] - r[0]
	}
	for _, r := range hidden {
		w.outside = append(w.outside, row[r[0]:r[1]]...)
	}
	zeros := g.Len() - n // padding and masked samples
	lo, hi, ok := w.bracket(row, seen, n, zeros)
	if !ok {
		return 0, 0, false
	}
	w.found = w.found[:0]
	below := 0
	for _, r := range seen {
		below += w.gather(row[r[0]:r[1]], lo, hi)
	}
	a, b, ok := w.middle(lo, hi, below+zeros, g.Len())
	if !ok {
		return 0, 0, false
	}
	scale = a
	if g.Len()%2 == 0 {
		scale = float32(a+b) / 2
	}
	below += w.gather(w.outside, lo, hi)
	if a, b, ok = w.middle(lo, hi, below, n+len(w.outside)); !ok {
		return 0, 0, false
	}
	all = (float64(a) + float64(b)) / 2
	return scale, all, scale <= math.MaxFloat32
}

// bracket are bits of positive values between which the medians probably are,
// that of the n values seen and the zeros, and that of the values seen and those
// outside.
func (w *work) bracket(row []float32, seen [][2]int, n, zeros int) (lo, hi uint32, ok bool) {
	const (
		spread = 4096
		error  = 0.02 // of the rank, for evenly spread samples of a spectrum
	)
	if n == 0 || 4*len(w.outside) > n {
		return 0, 0, false
	}
	w.spread = w.spread[:0]
	step := max(1, n/spread)
	for _, r := range seen {
		for i := r[0]; i < r[1]; i += step {
			w.spread = append(w.spread, row[i])
		}
	}
	// The ranks of the two medians among the values seen, as shares.
	scale := 0.5 * float64(n-zeros) / float64(n)
	least, most := 0.5*float64(n-len(w.outside))/float64(n), 0.5*float64(n+len(w.outside))/float64(n)
	rank := func(share float64) int {
		return int(max(0, min(share, 1)) * float64(len(w.spread)-1))
	}
	l := orderstat.Select(w.spread, rank(min(scale, least)-error))
	h := orderstat.Select(w.spread, rank(max(scale, most)+error))
	return math.Float32bits(l), math.Float32bits(h), l > 0
}

// gather adds the values from lo to hi, both bits of positive values and
// included, to found, and counts those below.
func (w *work) gather(x []float32, lo, hi uint32) (below int) {
	found, from, width := w.found, int64(lo), uint64(hi-lo)
	for _, v := range x {
		d := int64(int32(math.Float32bits(v))) - from
		below -= int(d >> 63)
		if uint64(d) <= width {
			found = append(found, math.Float32bits(v))
		}
	}
	w.found = found
	return below
}

// buckets is how finely middle divides the bracket.
const buckets = 1 << 10

// middle are the two middle values, which are one if their number is odd, of
// total values, of which those found are the bracket's and below are below it;
// false if they are not in the bracket.
func (w *work) middle(lo, hi uint32, below, total int) (a, b float32, ok bool) {
	first, last := (total-1)/2-below, total/2-below
	if first < 0 || last >= len(w.found) {
		return 0, 0, false
	}
	shift := 0
	for (hi-lo)>>shift >= buckets {
		shift++
	}
	clear(w.counts[:])
	for _, x := range w.found {
		w.counts[(x-lo)>>shift%buckets]++
	}
	// The values of the buckets that hold the two ranks, in order.
	before, from, to := 0, -1, 0
	rest := 0
	for k, c := range w.counts {
		if from < 0 && first < before+int(c) {
			from, rest = k, before
		}
		before += int(c)
		if last < before {
			to = k
			break
		}
	}
	var few []uint32
	for _, x := range w.found {
		if k := int((x - lo) >> shift); k >= from && k <= to {
			few = append(few, x)
		}
	}
	slices.Sort(few)
	return math.Float32frombits(few[first-rest]), math.Float32frombits(few[last-rest]), true
}

// shown divides the unpadded samples of the padded axis into ranges that are
// masked and ranges that are not, each from its first to behind its last.
func shown(g Grid) (seen, hidden [][2]int) {
	masked := slices.Clone(g.Masked)
	slices.SortFunc(masked, func(a, b [2]int) int { return a[0] - b[0] })
	at, end := g.PadLeft, g.PadLeft+g.Samples
	for _, m := range masked {
		from, to := max(at, min(m[0], end)), max(at, min(m[1]+1, end))
		if from > at {
			seen = append(seen, [2]int{at, from})
		}
		if to > from {
			hidden = append(hidden, [2]int{from, to})
		}
		at = to
	}
	if end > at {
		seen = append(seen, [2]int{at, end})
	}
	return seen, hidden
}
