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
	w.outside = w.outside[:0]
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
				if !decode(left[:n], raw[:4*n]) {
					return errDeclined
				}
				left = left[n:]
			default:
				w.outside = appendDecoded(w.outside, raw)
			}
			raw = raw[4*n:]
		}
		return nil
	})
	w.outside = onlyFinite(w.outside)
	return err == nil
}

func appendDecoded(to []float32, raw []byte) []float32 {
	n := len(to)
	to = slices.Grow(to, len(raw)/4)[:n+len(raw)/4]
	decode(to[n:], raw)
	return to
}

// decode puts big-endian numbers into dst, which is as long, and tells whether
// all are finite.
func decode(dst []float32, raw []byte) bool {
	// The exponent of what is not finite is all ones; one more of its units carries
	// into the place of the sign, for two numbers at once.
	const exponents, units, carried = 0x7f8000007f800000, 0x0080000000800000, 0x8000000080000000
	var a, b uint64
	for len(raw) >= 16 && len(dst) >= 4 {
		x, y := binary.BigEndian.Uint64(raw), binary.BigEndian.Uint64(raw[8:])
		dst[0], dst[1] = math.Float32frombits(uint32(x>>32)), math.Float32frombits(uint32(x))
		dst[2], dst[3] = math.Float32frombits(uint32(y>>32)), math.Float32frombits(uint32(y))
		a |= x&exponents + units
		b |= y&exponents + units
		raw, dst = raw[16:], dst[4:]
	}
	for ; len(raw) >= 4 && len(dst) >= 1; raw, dst = raw[4:], dst[1:] {
		x := binary.BigEndian.Uint32(raw)
		dst[0] = math.Float32frombits(x)
		a |= uint64(x)&exponents + units
	}
	return (a|b)&carried == 0
}

// divide divides x by scale, which is positive, in place; false if a quotient
// overflows, which only a scale below one brings about.
func divide(x []float32, scale float32) bool {
	if scale < 1 {
		most := math.MaxFloat32 * scale / 2 // by half below what overflows
		for _, v := range x {
			if v > most || v < -most {
				return false
			}
		}
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
// what is in that bracket is looked at more closely. Where the few mislead, the
// bracket becomes all that is positive. False if a median is not.
func (w *work) medians(g Grid, row []float32) (scale float32, all float64, ok bool) {
	seen, hidden := shown(g)
	n := 0
	for _, r := range seen {
		n += r[1] - r[0]
	}
	for _, r := range hidden {
		w.outside = append(w.outside, row[r[0]:r[1]]...)
	}
	lo, hi := w.bracket(row, seen, n, g.Len()-n)
	scale, all, ok = w.mediansIn(lo, hi, g, row, seen)
	if !ok {
		scale, all, ok = w.mediansIn(1, math.Float32bits(math.MaxFloat32), g, row, seen)
	}
	return scale, all, ok && scale <= math.MaxFloat32
}

// mediansIn is medians if they are in the bracket from lo to hi.
func (w *work) mediansIn(lo, hi uint32, g Grid, row []float32, seen [][2]int) (scale float32, all float64, ok bool) {
	w.found = w.found[:0]
	n, below := 0, 0
	for _, r := range seen {
		n += r[1] - r[0]
		below += w.gather(row[r[0]:r[1]], lo, hi)
	}
	// Padding and masked samples are zeros.
	a, b, ok := w.middle(lo, hi, below+g.Len()-n, g.Len())
	if !ok {
		return 0, 0, false
	}
	scale = a
	if g.Len()%2 == 0 {
		scale = float32(a+b) / 2
	}
	below += w.gather(w.outside, lo, hi)
	a, b, ok = w.middle(lo, hi, below, n+len(w.outside))
	return scale, (float64(a) + float64(b)) / 2, ok
}

// bracket are bits of positive values between which the medians probably are,
// that of the n values seen and the zeros, and that of the values seen and those
// outside.
func (w *work) bracket(row []float32, seen [][2]int, n, zeros int) (lo, hi uint32) {
	const (
		spread = 4096
		error  = 0.01 // of the rank, for evenly spread samples of a spectrum
	)
	w.spread = append(w.spread[:0], 0)
	step := max(1, n/spread)
	for _, r := range seen {
		for i := r[0]; i < r[1]; i += step {
			w.spread = append(w.spread, row[i])
		}
	}
	// The ranks of the two medians among the values seen, as shares; those outside
	// may all be below or above.
	size := float64(max(1, n))
	least := 0.5 * (size - float64(max(zeros, len(w.outside)))) / size
	most := 0.5 * (size + float64(len(w.outside))) / size
	rank := func(share float64) int { return int(max(0, min(share, 1)) * float64(len(w.spread)-1)) }
	l := orderstat.Select(w.spread, rank(least-error))
	h := orderstat.Select(w.spread, rank(most+error))
	return math.Float32bits(max(l, math.SmallestNonzeroFloat32)), math.Float32bits(max(h, math.SmallestNonzeroFloat32))
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
