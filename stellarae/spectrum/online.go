package spectrum

import (
	"encoding/binary"
	"errors"
	"math"
)

// errDeclined ends the reading of a column that direct does not take.
var errDeclined = errors.New("not taken")

// firstOnGrid is the sample of the file that is the grid's first, if Apply takes
// the samples as they are. Every wavelength is looked at, those outside the grid
// too: each must be within slack steps of its place on the line through the
// grid. They then increase, and those of the grid are closer to it than Apply
// asks. What is left is that float32 leaves the grid's samples, and no others,
// within its widened range; there the wavelengths on either side of its two ends
// decide, for rounding keeps the order.
func (t *table) firstOnGrid(n int, g Grid) (first int, ok bool) {
	const slack = 0.045 // below onGrid's 0.05 by more than rounding can add
	var (
		at   int     // index of the next sample
		line float64 // wavelength of sample 0 on the line
		ends [4]float64
	)
	err := t.Stored(0, t.wave, func(raw []byte) error {
		if at == 0 {
			offset := math.Round((g.Start - bigFloat64(raw)) / g.Step)
			if !(bigFloat64(raw) > 0 && offset >= 0 && offset <= float64(n-g.Samples)) {
				return errDeclined
			}
			first = int(offset)
			line = g.Start - float64(first)*g.Step
		}
		if !onLine(raw, at, line, g.Step, slack*g.Step) {
			return errDeclined
		}
		for k, i := range [4]int{first - 1, first, first + g.Samples - 1, first + g.Samples} {
			if i >= at && i < at+len(raw)/8 {
				ends[k] = bigFloat64(raw[8*(i-at):])
			}
		}
		at += len(raw) / 8
		return nil
	})
	lower, upper := bounds(g)
	return first, err == nil &&
		(first == 0 || float32(ends[0]) < lower) && float32(ends[1]) >= lower &&
		float32(ends[2]) <= upper && (first+g.Samples == n || float32(ends[3]) > upper)
}

// onLine tells whether big-endian wavelengths, the first of which has the index
// from, are within slack of start + index step. Between two powers of two the
// bits of floats are whole numbers that grow with the value, so that wavelengths
// are compared there without arithmetic of floats.
func onLine(raw []byte, from int, start, step, slack float64) bool {
	const enough = 1 << 27 // ulps: the half of one that rounding the step adds for each sample stays below a tenth
	for i := from; len(raw) >= 8; {
		place := start + float64(i)*step
		fraction, exponent := math.Frexp(place)
		ulp := math.Ldexp(1, exponent-53)
		n := 0 // wavelengths that stay below the next power of two
		if lowest := place - slack; fraction > 0.5 && lowest >= math.Ldexp(0.5, exponent) && slack >= enough*ulp {
			n = int(min(float64(len(raw)/8), (math.Ldexp(1, exponent)-slack-place)/step))
			if n > 0 && !between(raw[:8*n], math.Float64bits(lowest), uint64(math.Round(step/ulp)), uint64(2*slack/ulp)) {
				return false
			}
		}
		if n <= 0 {
			n = 1
			if !(math.Abs(bigFloat64(raw)-place) <= slack) {
				return false
			}
		}
		raw = raw[8*n:]
		i += n
	}
	return true
}

func bigFloat64(raw []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(raw)) }
