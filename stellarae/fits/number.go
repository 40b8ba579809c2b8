package fits

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// scaling turns stored numbers into physical ones: zero + scale x stored, and
// NaN for an integer equal to null.
type scaling struct {
	scale, zero float64
	null        int64
	hasNull     bool
}

func (s scaling) identity() bool { return s.scale == 1 && s.zero == 0 }

// scalingOf reads the three keys that describe a scaling; BLANK and TNULL
// count only for integers.
func scalingOf(h *Header, scale, zero, null string) scaling {
	s := scaling{scale: 1}
	if v, ok := h.Float(scale); ok {
		s.scale = v
	}
	if v, ok := h.Float(zero); ok {
		s.zero = v
	}
	s.null, s.hasNull = h.Int(null)
	return s
}

// elementSize is the width in bytes of one number, logical or character of a
// binary table's type letter; 0 for bits, which are packed, and unknown ones.
func elementSize(letter byte) int {
	switch letter {
	case 'L', 'B', 'A':
		return 1
	case 'I':
		return 2
	case 'J', 'E':
		return 4
	case 'K', 'D', 'C':
		return 8
	case 'M':
		return 16
	}
	return 0
}

// integer returns the i-th stored integer of type B, I, J or K.
func integer(letter byte, raw []byte, i int) int64 {
	switch letter {
	case 'B':
		return int64(raw[i])
	case 'I':
		return int64(int16(binary.BigEndian.Uint16(raw[2*i:])))
	case 'J':
		return int64(int32(binary.BigEndian.Uint32(raw[4*i:])))
	}
	return int64(binary.BigEndian.Uint64(raw[8*i:]))
}

// floats decodes n big-endian numbers of type B, I, J, K, E or D into physical
// values. Products and sums are rounded to float64 one by one, as numpy does.
func floats[T float32 | float64](letter byte, raw []byte, n int, s scaling) []T {
	out := make([]T, n)
	plain := s.identity()
	switch letter {
	case 'E':
		for i := range out {
			v := math.Float32frombits(binary.BigEndian.Uint32(raw[4*i:]))
			if plain {
				out[i] = T(v)
			} else {
				out[i] = T(float64(float64(v)*s.scale) + s.zero)
			}
		}
	case 'D':
		for i := range out {
			v := math.Float64frombits(binary.BigEndian.Uint64(raw[8*i:]))
			if !plain {
				v = float64(v*s.scale) + s.zero
			}
			out[i] = T(v)
		}
	default:
		unsigned := letter == 'K' && s.scale == 1 && s.zero == 1<<63
		for i := range out {
			v := integer(letter, raw, i)
			switch {
			case s.hasNull && v == s.null:
				out[i] = T(math.NaN())
			case unsigned:
				// The sum would lose the low bits before it is large.
				out[i] = T(uint64(v) ^ 1<<63)
			case plain:
				out[i] = T(v)
			default:
				out[i] = T(float64(float64(v)*s.scale) + s.zero)
			}
		}
	}
	return out
}

// integer applies a scaling that keeps integers integers.
func (s scaling) integer(v int64) (int64, error) {
	switch {
	case s.hasNull && v == s.null:
		return 0, errors.New("null")
	case s.identity():
		return v, nil
	case s.scale == 1 && s.zero == 1<<63:
		if v >= 0 {
			return 0, fmt.Errorf("%d does not fit 64 bits with a sign", uint64(v)^1<<63)
		}
		return v ^ math.MinInt64, nil
	case s.scale == 1 && s.zero == math.Trunc(s.zero) && math.Abs(s.zero) < 1<<53:
		zero := int64(s.zero)
		if sum := v + zero; (sum > v) == (zero > 0) {
			return sum, nil
		}
		return 0, fmt.Errorf("%d + %d does not fit 64 bits with a sign", v, zero)
	}
	return 0, fmt.Errorf("scaled by %g and %g, so not of integers", s.scale, s.zero)
}
