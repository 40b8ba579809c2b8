package spectrum

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The loops of direct against their definitions, for every length up to some
// vectors and a rest, with the odd value at any place.
func TestLoopsAreWhatTheySay(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for n := range 70 {
		for place := -1; place < n; place++ {
			checkDecode(t, rng, n, place)
			checkBetween(t, rng, n, place)
			checkMark(t, rng, n, place)
		}
		checkDivide(t, rng, n)
	}
}

// anyFloat is finite and of any magnitude and sign.
func anyFloat(rng *rand.Rand) float32 {
	for {
		if v := math.Float32frombits(rng.Uint32()); v-v == 0 {
			return v
		}
	}
}

// checkDecode has what is not finite at place, if that is not negative.
func checkDecode(t *testing.T, rng *rand.Rand, n, place int) {
	var raw []byte
	want := make([]uint32, n)
	for i := range want {
		want[i] = math.Float32bits(anyFloat(rng))
		if i == place {
			want[i] = []uint32{0x7f800000, 0xff800000, 0x7fc00000, 0xff800001, 0x7fffffff}[rng.IntN(5)]
		}
		raw = binary.BigEndian.AppendUint32(raw, want[i])
	}
	got := make([]float32, n)
	if finite := decode(got, raw); finite != (place < 0) {
		t.Errorf("%d values, place %d: finite is %v", n, place, finite)
	}
	for i, v := range got {
		if math.Float32bits(v) != want[i] {
			t.Errorf("%d values: value %d is %x, want %x", n, i, math.Float32bits(v), want[i])
		}
	}
}

// checkBetween has what is out of bounds, by one or by much, at place.
func checkBetween(t *testing.T, rng *rand.Rand, n, place int) {
	lowest, step, width := rng.Uint64(), rng.Uint64N(1<<40), rng.Uint64N(1<<63)
	var raw []byte
	for i := range n {
		v := []uint64{0, width, rng.Uint64N(width + 1)}[rng.IntN(3)]
		if i == place {
			v = []uint64{math.MaxUint64, width + 1, width + 1 + rng.Uint64N(math.MaxUint64-width)}[rng.IntN(3)]
		}
		raw = binary.BigEndian.AppendUint64(raw, lowest+uint64(i)*step+v)
	}
	if got := between(raw, lowest, step, width); got != (place < 0) {
		t.Errorf("%d values, place %d: between is %v", n, place, got)
	}
}

// checkMark has the bracket end at the value at place.
func checkMark(t *testing.T, rng *rand.Rand, n, place int) {
	x := make([]float32, n)
	for i := range x {
		x[i] = anyFloat(rng)
	}
	lo, hi := rng.Uint32N(0x7f800000), rng.Uint32N(0x7f800000)
	if place >= 0 && x[place] > 0 {
		lo = math.Float32bits(x[place])
		if rng.IntN(2) == 0 {
			hi = lo
		}
	}
	lo, hi = min(lo, hi), max(lo, hi)
	want, below := make([]byte, (n+7)/8), 0
	for i, v := range x {
		if v < math.Float32frombits(lo) {
			below++
		} else if v <= math.Float32frombits(hi) {
			want[i/8] |= 1 << (i % 8)
		}
	}
	got := slices.Repeat([]byte{0xaa}, len(want)) // what was there before does not count
	if b := mark(got, x, lo, hi); b != below || !slices.Equal(got, want) {
		t.Errorf("%d values from %x to %x: %d below and %08b, want %d and %08b", n, lo, hi, b, got, below, want)
	}
}

func checkDivide(t *testing.T, rng *rand.Rand, n int) {
	x := make([]float32, n)
	for i := range x {
		x[i] = anyFloat(rng)
	}
	scale := float32(math.Exp(20 * rng.Float64())) // from 1 on: nothing overflows, much becomes subnormal
	want := slices.Clone(x)
	for i := range want {
		want[i] /= scale
	}
	if !divide(x, scale) || !slices.Equal(x, want) {
		t.Errorf("%v by %g are %v", want, scale, x)
	}
}
