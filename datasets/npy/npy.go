// Package npy reads and writes numeric matrices in NumPy's .npy format, the
// format in which the latent codes of a survey are kept: one row a spectrum,
// one column a node.
//
// It reads 32- and 64-bit floats of either byte order, in C or Fortran order,
// and nothing else: no integers, no structured types, and never an object
// array, which is a pickle and would run code. A file is taken at its size,
// not at its word: a header that promises more or fewer bytes than the file
// holds is an error, and memory stays within a small multiple of the file.
//
//	codes, err := npy.ReadMatrix("encoded_harps_unique.npy") // spectra x nodes
package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// ReadMatrix reads a two-dimensional array as float64; float32 is widened
// exactly. An array of another rank, or with no rows or no columns, is an
// error.
func ReadMatrix(path string) (*mat.Dense, error) {
	shape, data, err := readFile[float64](path)
	if err != nil {
		return nil, err
	}
	if len(shape) != 2 {
		return nil, fmt.Errorf("npy: %s: shape %s is not a matrix", path, shapeText(shape))
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("npy: %s: shape %s holds no values", path, shapeText(shape))
	}
	return mat.NewDense(shape[0], shape[1], data), nil
}

// ReadFloat32s reads an array of any rank, its values in C order: the last
// axis runs fastest. float64 values are rounded to float32; a finite one
// beyond the range of float32 is an error.
func ReadFloat32s(path string) (shape []int, data []float32, err error) {
	return readFile[float32](path)
}

// readFile opens, checks and reads one file.
func readFile[T float32 | float64](path string) ([]int, []T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("npy: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("npy: %s: not a regular file", path)
	}
	shape, data, err := read[T](f, info.Size())
	if err != nil {
		return nil, nil, fmt.Errorf("npy: %s: %w", path, err)
	}
	return shape, data, nil
}

// read reads an array that, with its header, fills size bytes of r.
func read[T float32 | float64](r io.Reader, size int64) ([]int, []T, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	data, err := decode[T](r, h)
	if err != nil {
		return nil, nil, err
	}
	if h.fortran && len(h.shape) > 1 {
		data = rowMajor(data, h.shape)
	}
	return h.shape, data, nil
}

// decode reads h.count values a block at a time.
func decode[T float32 | float64](r io.Reader, h header) ([]T, error) {
	data := make([]T, h.count)
	block := make([]byte, 1<<16)
	for i := 0; i < h.count; {
		n := min(h.count-i, len(block)/h.width)
		raw := block[:n*h.width]
		if _, err := io.ReadFull(r, raw); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("value %d of %d: %w", i, h.count, err)
		}
		for k := range n {
			data[i+k] = T(number(raw[k*h.width:], h))
			if math.IsInf(float64(data[i+k]), 0) && !math.IsInf(number(raw[k*h.width:], h), 0) {
				return nil, fmt.Errorf("value %d, %g, is beyond the range of float32", i+k, number(raw[k*h.width:], h))
			}
		}
		i += n
	}
	return data, nil
}

// number is the value at the start of raw.
func number(raw []byte, h header) float64 {
	if h.width == 4 {
		return float64(math.Float32frombits(h.order.Uint32(raw)))
	}
	return math.Float64frombits(h.order.Uint64(raw))
}

// rowMajor turns values in Fortran order, the first axis fastest, into C
// order.
func rowMajor[T any](data []T, shape []int) []T {
	stride := make([]int, len(shape)) // of each axis in C order
	step := 1
	for a := len(shape) - 1; a >= 0; a-- {
		stride[a] = step
		step *= shape[a]
	}
	out := make([]T, len(data))
	at := make([]int, len(shape))
	pos := 0
	for _, v := range data {
		out[pos] = v
		for a := range at {
			at[a]++
			pos += stride[a]
			if at[a] < shape[a] {
				break
			}
			pos -= at[a] * stride[a]
			at[a] = 0
		}
	}
	return out
}

// WriteFloat32 writes data, in C order, as a little-endian float32 array of
// the given shape. The file appears whole or not at all: it is written beside
// path and renamed. A shape that does not hold len(data) values is an error.
func WriteFloat32(path string, shape []int, data []float32) error {
	count, err := product(shape)
	if err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	if count != len(data) {
		return fmt.Errorf("npy: %s: shape %s holds %d values, got %d", path, shapeText(shape), count, len(data))
	}
	err = atomicfile.Write(path, func(w io.Writer) error {
		if err := writeHeader(w, shape); err != nil {
			return err
		}
		return binary.Write(w, binary.LittleEndian, data)
	})
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}
