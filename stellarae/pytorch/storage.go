package pytorch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A dtype is the type of a storage's numbers, little-endian.
type dtype struct {
	size    int                      // bytes of a number
	float32 func(raw []byte) float32 // the number at the start of raw
}

var little = binary.LittleEndian

// dtypes are the storage classes of the torch module.
var dtypes = map[string]*dtype{
	"FloatStorage":    {4, func(b []byte) float32 { return math.Float32frombits(little.Uint32(b)) }},
	"DoubleStorage":   {8, func(b []byte) float32 { return float32(math.Float64frombits(little.Uint64(b))) }},
	"HalfStorage":     {2, func(b []byte) float32 { return half(little.Uint16(b)) }},
	"BFloat16Storage": {2, func(b []byte) float32 { return math.Float32frombits(uint32(little.Uint16(b)) << 16) }},
	"ByteStorage":     {1, func(b []byte) float32 { return float32(b[0]) }},
	"CharStorage":     {1, func(b []byte) float32 { return float32(int8(b[0])) }},
	"ShortStorage":    {2, func(b []byte) float32 { return float32(int16(little.Uint16(b))) }},
	"IntStorage":      {4, func(b []byte) float32 { return float32(int32(little.Uint32(b))) }},
	"LongStorage":     {8, func(b []byte) float32 { return float32(int64(little.Uint64(b))) }},
	"BoolStorage":     {1, func(b []byte) float32 { return float32(min(b[0], 1)) }},
}

// half widens an IEEE 754 binary16.
func half(bits uint16) float32 {
	sign := uint32(bits>>15) << 31
	exponent := uint32(bits>>10) & 0x1f
	fraction := uint32(bits) & 0x3ff
	switch exponent {
	case 0: // zero and subnormal: fraction x 2^-24, exact in float32
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 0x1f: // infinity and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// storage is a run of numbers in the file, as the pickle claims it.
type storage struct {
	key   string
	dtype *dtype
	count int // numbers
}

func (s *storage) bytes() int64 {
	if s.count > math.MaxInt/s.dtype.size {
		return math.MaxInt64
	}
	return int64(s.count) * int64(s.dtype.size)
}

// view is a tensor before its numbers are read: where they lie in a storage.
type view struct {
	storage *storage
	offset  int // of the first number
	shape   []int
	stride  []int // numbers from one element to the next along each axis
	count   int   // of elements: the product of shape
}

// newView checks that all elements lie in the storage.
func newView(s *storage, offset int, shape, stride []int) (*view, error) {
	if len(shape) != len(stride) {
		return nil, fmt.Errorf("a tensor has %d sizes but %d strides", len(shape), len(stride))
	}
	count := 1
	for i, n := range shape {
		if n < 0 || stride[i] < 0 {
			return nil, fmt.Errorf("a tensor has the sizes %v and strides %v", shape, stride)
		}
		if n > 0 && count > math.MaxInt/n {
			return nil, fmt.Errorf("the sizes %v of a tensor overflow", shape)
		}
		count *= n
	}
	v := &view{storage: s, offset: offset, shape: shape, stride: stride, count: count}
	if offset < 0 || offset > s.count {
		return nil, fmt.Errorf("a tensor begins at %d of a storage of %d", offset, s.count)
	}
	if count == 0 {
		return v, nil
	}
	last := offset
	for i, n := range shape {
		if stride[i] > 0 && n-1 > (s.count-last)/stride[i] {
			return nil, errOutside
		}
		last += (n - 1) * stride[i]
	}
	if last >= s.count {
		return nil, errOutside
	}
	return v, nil
}

var errOutside = errors.New("a tensor reaches beyond its storage")

// gather reads the elements from the storage's bytes in C order.
func (v *view) gather(raw []byte) []float32 {
	data := make([]float32, v.count)
	size, decode := v.storage.dtype.size, v.storage.dtype.float32
	index := make([]int, len(v.shape))
	at := v.offset
	for i := range data {
		data[i] = decode(raw[at*size:])
		for axis := len(index) - 1; axis >= 0; axis-- {
			index[axis]++
			at += v.stride[axis]
			if index[axis] < v.shape[axis] {
				break
			}
			at -= index[axis] * v.stride[axis]
			index[axis] = 0
		}
	}
	return data
}
