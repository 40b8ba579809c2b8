package spectrum

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/stellarae/lab/stellarae/orderstat"
)

// work is the memory that direct needs beside the row.
type work struct {
	outside []float32      // finite flux outside the grid
	spread  []float32      // a zero, and samples of the parts
	parts   [][]float32    // what medians are of
	n       int            // values of the parts
	found   []uint32       // bits of values in the bracket
	marks   [1 << 10]uint8 // of eight values each: whether they are in the bracket
	counts  [buckets]uint32
}

var works = sync.Pool{New: func() any { return new(work) }}

// free gives the memory to the next one, unless it is more than a spectrum needs.
func (w *work) free() {
	const most = 1 << 20
	clear(w.parts) // which are others'
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

// medians are Paper's scale, the median over the masked and padded axis in
// float32, and the median of all finite flux; false if a median is not positive
// and finite.
func (w *work) medians(g Grid, row []float32) (scale float32, all float64, ok bool) {
	seen, hidden := shown(g)
	step := max(1, (g.Samples+len(w.outside))/samples)
	w.n, w.parts, w.spread = 0, w.parts[:0], append(w.spread[:0], 0)
	for _, r := range seen {
		w.add(row[r[0]:r[1]], step)
	}
	a, b, ok := w.middle(g.Len() - w.n) // padding and masked samples are zeros
	if !ok {
		return 0, 0, false
	}
	scale = a
	if g.Len()%2 == 0 {
		scale = float32(a+b) / 2
	}
	for _, r := range hidden {
		w.add(row[r[0]:r[1]], step)
	}
	w.add(w.outside, step)
	a, b, ok = w.middle(0)
	return scale, (float64(a) + float64(b)) / 2, ok && scale <= math.MaxFloat32
}

// middle are the two middle values, which are one if their number is odd, of the
// parts and of zeros; false if they are not positive. A few thousand samples tell
// about where they are (Floyd and Rivest 1975, doi:10.1145/360680.360691); only
// what is in that bracket is looked at more closely. Where the few mislead, the
// bracket becomes all that is positive.
func (w *work) middle(zeros int) (a, b float32, ok bool) {
	share := 0.5 * float64(w.n-zeros) / float64(max(1, w.n)) // of the values, below the middle
	for _, error := range [...]float64{0.012, 0.05} {        // of the share: 1.5 and 6 times what random samples have
		if a, b, ok = w.middleIn(w.sampled(share-error), w.sampled(share+error), zeros); ok {
			return a, b, true
		}
	}
	return w.middleIn(1, math.Float32bits(math.MaxFloat32), zeros)
}

// samples is how many values stand for the others.
const samples = 4096

// add makes x a part, with every step-th value a sample.
func (w *work) add(x []float32, step int) {
	w.n += len(x)
	w.parts = append(w.parts, x)
	for i := 0; i < len(x); i += step {
		w.spread = append(w.spread, x[i])
	}
}

// sampled are the bits of the value that a share of the samples is below, or of
// the least positive one.
func (w *work) sampled(share float64) uint32 {
	rank := int(max(0, min(share, 1)) * float64(len(w.spread)-1))
	return math.Float32bits(max(orderstat.Select(w.spread, rank), math.SmallestNonzeroFloat32))
}

// gather puts the values from lo to hi, both bits of positive values and
// included, into found, and counts those below.
func (w *work) gather(lo, hi uint32) (below int) {
	found := w.found[:0]
	for _, x := range w.parts {
		for len(x) > 0 {
			part := x[:min(len(x), 8*len(w.marks))]
			below += mark(w.marks[:], part, lo, hi)
			// Marks come eight bytes at a time; those behind the last one do not count.
			for i := 0; i < len(part); i += 64 {
				m := binary.LittleEndian.Uint64(w.marks[i/8:])
				if rest := len(part) - i; rest < 64 {
					m &= 1<<rest - 1
				}
				for ; m != 0; m &= m - 1 {
					found = append(found, math.Float32bits(part[i+bits.TrailingZeros64(m)]))
				}
			}
			x = x[len(part):]
		}
	}
	w.found = found
	return below
}

// buckets is how finely middleIn divides the bracket.
const buckets = 1 << 10

// middleIn is middle if that is in the bracket from lo to hi.
func (w *work) middleIn(lo, hi uint32, zeros int) (a, b float32, ok bool) {
	total, below := w.n+zeros, zeros+w.gather(lo, hi)
	first, last := (total-1)/2-below, total/2-below
	if first < 0 || last >= len(w.found) {
		return 0, 0, false
	}
	shift := 0
	for (hi-lo)>>shift >= buckets {
		shift++
	}
	found := w.found
	clear(w.counts[:])
	for _, x := range found {
		w.counts[(x-lo)>>(shift%32)%buckets]++
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
	least, width := lo+uint32(from)<<shift, uint32(to-from+1)<<shift
	for _, x := range found {
		if x-least < width {
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
