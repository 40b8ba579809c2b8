package fits

import (
	"encoding/binary"
	"math"
)

// vector is a Go slice on its way to big-endian bytes.
type vector struct {
	letter byte // as in TFORM
	n      int
	size   int // bytes of an element
	zero   any // the TZERO or BZERO that the stored integers need, or nil
	// appendRange appends elements from to to-1.
	appendRange func(out []byte, from, to int) []byte
}

func (v vector) append(out []byte) []byte { return v.appendRange(out, 0, v.n) }

// newVector wraps a slice of a type FITS can store; false for all others.
func newVector(data any) (vector, bool) {
	order := binary.BigEndian
	switch d := data.(type) {
	case []float64:
		return wrap('D', nil, d, func(out []byte, v float64) []byte { return order.AppendUint64(out, math.Float64bits(v)) })
	case []float32:
		return wrap('E', nil, d, func(out []byte, v float32) []byte { return order.AppendUint32(out, math.Float32bits(v)) })
	case []uint8:
		return wrap('B', nil, d, func(out []byte, v uint8) []byte { return append(out, v) })
	case []int16:
		return wrap('I', nil, d, func(out []byte, v int16) []byte { return order.AppendUint16(out, uint16(v)) })
	case []int32:
		return wrap('J', nil, d, func(out []byte, v int32) []byte { return order.AppendUint32(out, uint32(v)) })
	case []int64:
		return wrap('K', nil, d, func(out []byte, v int64) []byte { return order.AppendUint64(out, uint64(v)) })
	// FITS stores these with the sign bit turned (standard 4.0, table 11).
	case []int8:
		return wrap('B', -128, d, func(out []byte, v int8) []byte { return append(out, uint8(v)^0x80) })
	case []uint16:
		return wrap('I', 1<<15, d, func(out []byte, v uint16) []byte { return order.AppendUint16(out, v^1<<15) })
	case []uint32:
		return wrap('J', 1<<31, d, func(out []byte, v uint32) []byte { return order.AppendUint32(out, v^1<<31) })
	case []uint64:
		return wrap('K', uint64(1<<63), d, func(out []byte, v uint64) []byte { return order.AppendUint64(out, v^1<<63) })
	case []bool:
		return wrap('L', nil, d, func(out []byte, v bool) []byte {
			if v {
				return append(out, 'T')
			}
			return append(out, 'F')
		})
	case []complex64:
		return wrap('C', nil, d, func(out []byte, v complex64) []byte {
			out = order.AppendUint32(out, math.Float32bits(real(v)))
			return order.AppendUint32(out, math.Float32bits(imag(v)))
		})
	case []complex128:
		return wrap('M', nil, d, func(out []byte, v complex128) []byte {
			out = order.AppendUint64(out, math.Float64bits(real(v)))
			return order.AppendUint64(out, math.Float64bits(imag(v)))
		})
	}
	return vector{}, false
}

func wrap[T any](letter byte, zero any, d []T, one func([]byte, T) []byte) (vector, bool) {
	return vector{letter, len(d), elementSize(letter), zero, func(out []byte, from, to int) []byte {
		for _, v := range d[from:to] {
			out = one(out, v)
		}
		return out
	}}, true
}

// newVectors wraps a slice of slices, one vector a row.
func newVectors(data any) ([]vector, bool) {
	switch d := data.(type) {
	case [][]float64:
		return wrapAll(d), true
	case [][]float32:
		return wrapAll(d), true
	case [][]uint8:
		return wrapAll(d), true
	case [][]int16:
		return wrapAll(d), true
	case [][]int32:
		return wrapAll(d), true
	case [][]int64:
		return wrapAll(d), true
	case [][]int8:
		return wrapAll(d), true
	case [][]uint16:
		return wrapAll(d), true
	case [][]uint32:
		return wrapAll(d), true
	case [][]uint64:
		return wrapAll(d), true
	case [][]bool:
		return wrapAll(d), true
	case [][]complex64:
		return wrapAll(d), true
	case [][]complex128:
		return wrapAll(d), true
	}
	return nil, false
}

func wrapAll[T any](rows [][]T) []vector {
	out := make([]vector, len(rows))
	for i, row := range rows {
		out[i], _ = newVector(row)
	}
	return out
}
