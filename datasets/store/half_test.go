package store

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Halves and their values from IEEE 754-2008, table of binary16: largest,
// smallest normal, largest and smallest subnormal.
func TestHalves(t *testing.T) {
	for h, want := range map[uint16]float64{
		0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: math.Ldexp(1, -14), 0x03ff: math.Ldexp(1023, -24),
		0x0001: math.Ldexp(1, -24), 0x8000: math.Copysign(0, -1), 0x3555: 0.333251953125,
	} {
		if got := fromHalf(h); float64(got) != want || math.Signbit(float64(got)) != math.Signbit(want) {
			t.Errorf("%04x is %g, want %g", h, got, want)
		}
	}
	for i := range 1 << 16 {
		h := uint16(i)
		if h&0x7c00 == 0x7c00 {
			continue // not finite
		}
		if got := toHalf(fromHalf(h)); got != h {
			t.Fatalf("%04x became %04x", h, got)
		}
	}
}

// toHalf gives the nearest of all halves, the even one of two as near.
func TestToHalfIsNearest(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for range 200_000 {
		f := float32(math.Ldexp(random.Float64()*2-1, random.IntN(45)-29))
		if random.IntN(4) == 0 { // a tie, or just beside
			h := uint16(random.IntN(0x7bff))
			f = (fromHalf(h) + fromHalf(h+1)) / 2
			if random.IntN(2) == 0 {
				f = math.Nextafter32(f, float32(random.IntN(2))*1e5)
			}
		}
		h := toHalf(f)
		off := math.Abs(float64(fromHalf(h)) - float64(f))
		for _, other := range []uint16{h - 1, h + 1} {
			if other&0x7fff > 0x7bff || (other^h)&0x8000 != 0 {
				continue
			}
			beside := math.Abs(float64(fromHalf(other)) - float64(f))
			if beside < off || beside == off && h&1 == 1 {
				t.Fatalf("%g became %04x, which is %g off; %04x is %g", f, h, off, other, beside)
			}
		}
	}
}

// Rows of any size keep what Float16 promises.
func TestHalvesWithScale(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	halves, got := make([]uint16, 500), make([]float32, 500)
	for range 300 {
		row := make([]float32, 500)
		size := math.Ldexp(1, random.IntN(240)-120)
		var largest float64
		for i := range row {
			row[i] = float32(size * math.Ldexp(random.NormFloat64(), -random.IntN(35)))
			largest = max(largest, math.Abs(float64(row[i])))
		}
		scale, err := encodeHalves(halves, row)
		if err != nil {
			t.Fatal(err)
		}
		decodeHalves(got, halves, scale)
		for i, f := range row {
			off := math.Abs(float64(got[i]) - float64(f))
			if off > max(math.Abs(float64(f))/2048, math.Ldexp(largest, -39), math.Ldexp(1, -149)) {
				t.Fatalf("%g of a row up to %g became %g", f, largest, got[i])
			}
		}
	}
	if scale, err := encodeHalves(halves, make([]float32, 500)); err != nil || scale != 1 {
		t.Errorf("zeros: scale %g, %v", scale, err)
	}
}
