package fits

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// Floats returns a numeric cell as physical values, TZERO + TSCAL x stored.
// Integers equal to TNULL and undefined logicals are NaN; true and set bits
// are 1, false and clear ones 0. Text and complex cells are an error.
func (t *Table) Floats(row, col int) ([]float64, error) {
	return cellFloats[float64](t, row, col)
}

// Float32s is Floats rounded to float32; unscaled floats of 32 bits come as
// they are stored.
func (t *Table) Float32s(row, col int) ([]float32, error) {
	return cellFloats[float32](t, row, col)
}

func cellFloats[T float32 | float64](t *Table, row, col int) ([]T, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if t.hdu.Kind == KindTable {
		v, err := c.realText(raw)
		if err != nil {
			return nil, t.fail(c, row, err)
		}
		return []T{T(v)}, nil
	}
	switch c.Type {
	case 'B', 'I', 'J', 'K', 'E', 'D':
		return floats[T](c.Type, raw, n, c.scaling), nil
	case 'L':
		out := make([]T, n)
		for i, b := range raw {
			switch b {
			case 'T':
				out[i] = 1
			case 0:
				out[i] = T(math.NaN())
			}
		}
		return out, nil
	case 'X':
		out := make([]T, n)
		for i := range out {
			out[i] = T(raw[i/8] >> (7 - i%8) & 1)
		}
		return out, nil
	}
	return nil, t.fail(c, row, fmt.Errorf("%q is not numeric", c.Format))
}

// Ints returns a cell of integers (B, I, J, K) exactly, also where TZERO makes
// them unsigned. A null, a value beyond int64, a fractional scaling and any
// other type are an error; Floats reads the first three.
func (t *Table) Ints(row, col int) ([]int64, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if t.hdu.Kind == KindTable {
		v, err := c.integerText(raw)
		if err != nil {
			return nil, t.fail(c, row, err)
		}
		return []int64{v}, nil
	}
	if !strings.ContainsRune("BIJK", rune(c.Type)) {
		return nil, t.fail(c, row, fmt.Errorf("%q is not of integers", c.Format))
	}
	out := make([]int64, n)
	for i := range out {
		if out[i], err = c.scaling.integer(integer(c.Type, raw, i)); err != nil {
			return nil, t.fail(c, row, fmt.Errorf("element %d: %w", i, err))
		}
	}
	return out, nil
}

// Strings returns a text cell's strings, one unless the format (rAw) or TDIM
// divides it, without what follows a zero byte and without trailing blanks.
// Any other type is an error.
func (t *Table) Strings(row, col int) ([]string, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if c.Type != 'A' {
		return nil, t.fail(c, row, fmt.Errorf("%q is not text", c.Format))
	}
	width := c.sub
	if c.Variable {
		width = n
	}
	if width == 0 {
		return []string{""}, nil
	}
	out := make([]string, 0, len(raw)/width)
	for ; len(raw) >= width; raw = raw[width:] {
		text, _, _ := bytes.Cut(raw[:width], []byte{0})
		out = append(out, string(bytes.TrimRight(text, " ")))
	}
	return out, nil
}

// Bools returns a cell of logicals (L). An undefined one is false; Floats
// tells it apart. Any other type is an error.
func (t *Table) Bools(row, col int) ([]bool, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if c.Type != 'L' {
		return nil, t.fail(c, row, fmt.Errorf("%q is not of logicals", c.Format))
	}
	out := make([]bool, n)
	for i, b := range raw {
		out[i] = b == 'T'
	}
	return out, nil
}

// Bits returns a cell of bits (X), the most significant of the first byte
// first. Any other type is an error.
func (t *Table) Bits(row, col int) ([]bool, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if c.Type != 'X' {
		return nil, t.fail(c, row, fmt.Errorf("%q is not of bits", c.Format))
	}
	out := make([]bool, n)
	for i := range out {
		out[i] = raw[i/8]>>(7-i%8)&1 == 1
	}
	return out, nil
}

// Complexes returns a cell of complex numbers (C, M), TZERO + TSCAL x stored.
// Any other type is an error.
func (t *Table) Complexes(row, col int) ([]complex128, error) {
	c, raw, n, err := t.cell(row, col)
	if err != nil {
		return nil, err
	}
	if c.Type != 'C' && c.Type != 'M' {
		return nil, t.fail(c, row, fmt.Errorf("%q is not complex", c.Format))
	}
	out := make([]complex128, n)
	for i := range out {
		var re, im float64
		if c.Type == 'C' {
			re = float64(math.Float32frombits(binary.BigEndian.Uint32(raw[8*i:])))
			im = float64(math.Float32frombits(binary.BigEndian.Uint32(raw[8*i+4:])))
		} else {
			re = math.Float64frombits(binary.BigEndian.Uint64(raw[16*i:]))
			im = math.Float64frombits(binary.BigEndian.Uint64(raw[16*i+8:]))
		}
		if !c.scaling.identity() {
			re = float64(re*c.scaling.scale) + c.scaling.zero
			im *= c.scaling.scale
		}
		out[i] = complex(re, im)
	}
	return out, nil
}
