package explore

import "math"

// bins divide samples into runs of equal length, the last one perhaps shorter.
type bins struct{ from, to, stride int }

// binning makes at most n bins. What fits into 2 n points comes sample by
// sample.
func binning(from, to, n int) bins {
	samples := to - from
	if samples <= 2*n {
		return bins{from, to, 1}
	}
	return bins{from, to, (samples + n - 1) / n}
}

func (b bins) points() int {
	if b.stride == 1 {
		return b.to - b.from
	}
	return 2 * ((b.to - b.from + b.stride - 1) / b.stride)
}

// reduce keeps of every bin its least and greatest value, in the order in which
// they come: a line through them covers what a line through all samples would.
// Values that are not numbers are passed over; nil gives NaN throughout.
func (b bins) reduce(values []float32) []float32 {
	out := make([]float32, 0, b.points())
	if values == nil {
		for range b.points() {
			out = append(out, float32(math.NaN()))
		}
		return out
	}
	if b.stride == 1 {
		return append(out, values[b.from:b.to]...)
	}
	for start := b.from; start < b.to; start += b.stride {
		run := values[start:min(start+b.stride, b.to)]
		lo, hi := 0, 0
		for i, v := range run {
			if v < run[lo] || run[lo] != run[lo] {
				lo = i
			}
			if v > run[hi] || run[hi] != run[hi] {
				hi = i
			}
		}
		if lo > hi {
			lo, hi = hi, lo
		}
		out = append(out, run[lo], run[hi])
	}
	return out
}
