package store

import (
	"fmt"
	"math"
	"sync"
)

// toHalf rounds to the nearest IEEE 754 half, ties to even; f is finite and
// below 65520 in size.
func toHalf(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b >> 16 & 0x8000)
	size := math.Float32frombits(b &^ (1 << 31))
	if size < 1.0/(1<<14) { // subnormal: steps of 2^-24, of which adding 2^-1 leaves only those
		return sign | uint16(math.Float32bits(size+0.5)-math.Float32bits(0.5))
	}
	b = math.Float32bits(size)
	b += 0xfff + b>>13&1 // round the 13 bits that go
	return sign | uint16(b>>13-112<<10)
}

// fromHalf is exact.
func fromHalf(h uint16) float32 {
	sign, exponent, fraction := uint32(h&0x8000)<<16, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exponent {
	case 0:
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	case 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}

// halves are the values of all halves.
var halves = sync.OnceValue(func() *[1 << 16]float32 {
	var t [1 << 16]float32
	for i := range t {
		t[i] = fromHalf(uint16(i))
	}
	return &t
})

// encodeHalves writes a row as halves and gives the scale to multiply them by:
// the power of two that brings the largest sample to between 2^14 and 2^15, so
// that no bit of a sample above 2^-29 of it is lost beyond a half's eleven.
func encodeHalves(dst []uint16, row []float32) (scale float32, err error) {
	var largest float32
	for i, f := range row {
		if f-f != 0 {
			return 0, fmt.Errorf("sample %d is %g, which float16 with a scale cannot keep", i, f)
		}
		largest = max(largest, max(f, -f))
	}
	if largest == 0 {
		clear(dst)
		return 1, nil
	}
	_, exponent := math.Frexp(float64(largest)) // largest in 2^(exponent-1) .. 2^exponent
	exponent = max(exponent-15, -126)           // a normal scale, also for rows near nothing
	up := math.Ldexp(1, -exponent)
	for i, f := range row {
		dst[i] = toHalf(float32(float64(f) * up))
	}
	return float32(math.Ldexp(1, exponent)), nil
}

func decodeHalves(dst []float32, row []uint16, scale float32) {
	t := halves()
	for i, h := range row {
		dst[i] = t[h] * scale
	}
}
