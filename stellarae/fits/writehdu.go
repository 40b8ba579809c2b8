package fits

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ImageHDU is an image to be written, as the primary HDU or an extension.
type ImageHDU struct {
	Name  string // EXTNAME; none if empty
	Cards []Card // besides those that describe the data
	// Data is the samples, the last axis of Shape fastest: []float32,
	// []float64, []uint8, []int16, []int32, []int64, or, shifted by BZERO as
	// FITS wants them, []int8, []uint16, []uint32, []uint64. Nil writes a
	// header only.
	Data  any
	Shape []int // numpy's order, slowest first; nil for one axis
}

var letterBitpix = map[byte]int{'B': 8, 'I': 16, 'J': 32, 'K': 64, 'E': -32, 'D': -64}

func (h *ImageHDU) encode(out []byte, primary bool) ([]byte, error) {
	w := headerWriter{out: out, start: len(out)}
	if primary {
		w.add("SIMPLE", true, "conforms to the FITS standard")
	} else {
		w.add("XTENSION", "IMAGE", "image extension")
	}
	var v vector
	shape, bitpix := h.Shape, 8
	if h.Data != nil {
		var ok bool
		if v, ok = newVector(h.Data); !ok || letterBitpix[v.letter] == 0 {
			return nil, fmt.Errorf("a %T is no image", h.Data)
		}
		bitpix = letterBitpix[v.letter]
		if shape == nil {
			shape = []int{v.n}
		}
	}
	size := int64(1)
	for _, n := range shape {
		var ok bool
		if size, ok = product(size, int64(max(n, 0))); !ok || n < 0 {
			return nil, fmt.Errorf("no image has the shape %v", shape)
		}
	}
	if len(shape) > 0 && size != int64(v.n) || len(shape) > 999 {
		return nil, fmt.Errorf("%d samples do not fill the shape %v", v.n, shape)
	}
	w.add("BITPIX", bitpix, "bits per sample, negative for floats")
	w.add("NAXIS", len(shape), "number of axes")
	for i := range shape {
		w.add("NAXIS"+strconv.Itoa(i+1), shape[len(shape)-1-i], "")
	}
	if primary {
		w.add("EXTEND", true, "extensions may follow")
	} else {
		w.add("PCOUNT", 0, "")
		w.add("GCOUNT", 1, "")
	}
	if h.Name != "" {
		w.add("EXTNAME", h.Name, "")
	}
	if v.zero != nil {
		w.add("BZERO", v.zero, "offset of unsigned or signed integers")
	}
	w.addOwn(h.Cards)
	out, err := w.end()
	if err != nil || h.Data == nil {
		return out, err
	}
	start := len(out)
	out = slices.Grow(out, v.n*v.size+blockSize)
	return pad(v.append(out), start, 0), nil
}

// TableHDU is a binary table to be written.
type TableHDU struct {
	Name    string // EXTNAME; none if empty
	Cards   []Card // besides those that describe the columns
	Columns []ColumnData
}

// ColumnData is one column of a TableHDU. All columns have as many rows.
type ColumnData struct {
	Name string // TTYPEn
	Unit string // TUNITn; none if empty
	// Data is one number or text a row ([]float64, []float32, []int64,
	// []int32, []int16, []uint8, []bool, []string, []complex64, []complex128,
	// and with TZERO []int8, []uint16, []uint32, []uint64), or one vector a
	// row ([][]float64, … all but text): [][]float64{wave} is a column of one
	// row. Vectors of unequal lengths become variable-length arrays.
	Data any
	Dim  []int  // shape of a vector cell in numpy's order (TDIMn); nil for none
	Null *int64 // stored integer that means no value (TNULLn); nil for none
}

func (h *TableHDU) encode(out []byte, primary bool) ([]byte, error) {
	if primary {
		return nil, errors.New("a table cannot be the primary hdu")
	}
	fields := make([]field, len(h.Columns))
	rowSize, heapSize := 0, 0
	for i, c := range h.Columns {
		f, err := newField(c)
		if err == nil && i > 0 && f.rows() != fields[0].rows() {
			err = fmt.Errorf("%d rows, the first column has %d", f.rows(), fields[0].rows())
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		f.heapAt = heapSize
		fields[i] = f
		rowSize += f.width
		heapSize += f.heapSize
	}
	rows := 0
	if len(fields) > 0 {
		rows = fields[0].rows()
	}
	switch {
	case len(fields) > 999:
		return nil, fmt.Errorf("%d columns, over 999", len(fields))
	case rows > 0 && rowSize == 0:
		return nil, fmt.Errorf("%d rows of no bytes", rows)
	}

	w := headerWriter{out: out, start: len(out)}
	w.add("XTENSION", "BINTABLE", "binary table extension")
	w.add("BITPIX", 8, "")
	w.add("NAXIS", 2, "")
	w.add("NAXIS1", rowSize, "bytes of a row")
	w.add("NAXIS2", rows, "rows")
	w.add("PCOUNT", heapSize, "bytes of the heap")
	w.add("GCOUNT", 1, "")
	w.add("TFIELDS", len(fields), "columns")
	if h.Name != "" {
		w.add("EXTNAME", h.Name, "")
	}
	for i, f := range fields {
		f.describe(&w, strconv.Itoa(i+1))
	}
	w.addOwn(h.Cards)
	out, err := w.end()
	if err != nil {
		return nil, err
	}

	start := len(out)
	out = slices.Grow(out, rows*rowSize+heapSize+blockSize)
	for row := range rows {
		for i := range fields {
			out = fields[i].appendCell(out, row)
		}
	}
	for i := range fields {
		out = fields[i].appendHeap(out)
	}
	return pad(out, start, 0), nil
}
