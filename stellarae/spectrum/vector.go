package spectrum

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The inner loops of direct. On processors with AVX2 each does whole vectors in
// assembly first; the rest of it, and on other processors all of it, is in Go.
// Both give the same to the bit.

// decode puts big-endian numbers into dst, which is as long, and tells whether
// all are finite.
func decode(dst []float32, raw []byte) bool {
	var bad uint32
	if n := len(dst) &^ 7; avx2 && n > 0 {
		_ = raw[4*n-1]
		bad = decodeAVX2(&dst[0], &raw[0], n)
		dst, raw = dst[n:], raw[4*n:]
	}
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
	return bad == 0 && (a|b)&carried == 0
}

// between tells whether big-endian whole numbers are between lowest and lowest +
// width, where lowest grows by step with each; width is below 1 << 63.
func between(raw []byte, lowest, step, width uint64) bool {
	if n := len(raw) / 8 &^ 3; avx2 && n > 0 {
		if betweenAVX2(&raw[0], n, lowest, step, width) != 0 {
			return false
		}
		raw = raw[8*n:]
		lowest += uint64(n) * step
	}
	for ; len(raw) >= 32; raw = raw[32:] {
		a := binary.BigEndian.Uint64(raw) - lowest
		b := binary.BigEndian.Uint64(raw[8:]) - lowest - step
		c := binary.BigEndian.Uint64(raw[16:]) - lowest - 2*step
		d := binary.BigEndian.Uint64(raw[24:]) - lowest - 3*step
		if a > width || b > width || c > width || d > width {
			return false
		}
		lowest += 4 * step
	}
	for ; len(raw) >= 8; raw = raw[8:] {
		if binary.BigEndian.Uint64(raw)-lowest > width {
			return false
		}
		lowest += step
	}
	return true
}

// mark sets the bit of each number from lo to hi in marks, which has room for
// len(x) bits, clears the others, and counts the numbers below. lo and hi are bits of
// positive values and included; x holds no NaN.
func mark(marks []byte, x []float32, lo, hi uint32) (below int) {
	if n := len(x) &^ 15; avx2 && n > 0 {
		_ = marks[n/8-1]
		below = markAVX2(&marks[0], &x[0], n, lo, hi)
		marks, x = marks[n/8:], x[n:]
	}
	from, width := int64(lo), uint64(hi-lo)
	for ; len(x) > 0; marks, x = marks[1:], x[min(8, len(x)):] {
		m := uint64(0xff) >> (8 - min(8, len(x)))
		for i, v := range x[:min(8, len(x))] {
			d := int64(int32(math.Float32bits(v))) - from
			below -= int(d >> 63)
			_, out := bits.Sub64(width, uint64(d), 0) // what is below is beyond, without sign
			m ^= out << i
		}
		marks[0] = byte(m)
	}
	return below
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
	if n := len(x) &^ 7; avx2 && n > 0 {
		divideAVX2(&x[0], n, scale)
		x = x[n:]
	}
	for i, v := range x {
		x[i] = v / scale
	}
	return true
}
