package fits

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// field is a column on its way into a binary table: either one vector with an
// element a row, or one vector a row, or text.
type field struct {
	ColumnData
	form  string // TFORM
	width int    // bytes of the cell in its row
	zero  any    // TZERO, or nil

	scalars vector
	cells   []vector
	texts   []string

	variable byte // P or Q for cells in the heap, else 0
	heapSize int
	heapAt   int // where the next cell goes, bytes from the heap's start
}

func newField(c ColumnData) (field, error) {
	f := field{ColumnData: c}
	var ok bool
	if f.texts, ok = c.Data.([]string); ok {
		return f, f.layoutTexts()
	}
	if f.scalars, ok = newVector(c.Data); ok {
		f.form, f.width, f.zero = "1"+string(f.scalars.letter), f.scalars.size, f.scalars.zero
		return f, f.check(f.scalars.letter, 1)
	}
	if f.cells, ok = newVectors(c.Data); ok {
		return f, f.layoutCells()
	}
	return f, fmt.Errorf("a %T is no column", c.Data)
}

func (f *field) layoutTexts() error {
	for i, s := range f.texts {
		if !printable(s) {
			return fmt.Errorf("row %d: the text is not printable ASCII", i)
		}
		f.width = max(f.width, len(s))
	}
	f.width = max(f.width, 1)
	f.form = fmt.Sprintf("%dA", f.width)
	return f.check('A', 1)
}

// layoutCells makes vectors of one length a fixed column and others a
// variable one.
func (f *field) layoutCells() error {
	if len(f.cells) == 0 {
		return errors.New("a column of vectors without a row has no type")
	}
	first := f.cells[0]
	f.zero = first.zero
	most, ragged := 0, false
	for _, v := range f.cells {
		most = max(most, v.n)
		ragged = ragged || v.n != first.n
	}
	if !ragged {
		f.form, f.width = fmt.Sprintf("%d%c", most, first.letter), most*first.size
		return f.check(first.letter, most)
	}
	for _, v := range f.cells {
		f.heapSize += v.n * v.size
	}
	f.variable, f.width = 'P', 8
	if f.heapSize > math.MaxInt32 {
		f.variable, f.width = 'Q', 16
	}
	f.form = fmt.Sprintf("1%c%c(%d)", f.variable, first.letter, most)
	return f.check(first.letter, 0)
}

func (f *field) check(letter byte, repeat int) error {
	if f.Null != nil && !strings.ContainsRune("BIJK", rune(letter)) {
		return errors.New("only integers have a null value")
	}
	if f.Dim == nil {
		return nil
	}
	size := 1
	for _, n := range f.Dim {
		if n < 1 || n > repeat {
			return fmt.Errorf("cells of %d elements do not have the shape %v", repeat, f.Dim)
		}
		size *= n
	}
	if size != repeat {
		return fmt.Errorf("cells of %d elements do not have the shape %v", repeat, f.Dim)
	}
	return nil
}

func (f *field) rows() int {
	switch {
	case f.texts != nil:
		return len(f.texts)
	case f.cells != nil:
		return len(f.cells)
	}
	return f.scalars.n
}

// describe writes the column's cards; n is its number, from 1.
func (f *field) describe(w *headerWriter, n string) {
	if f.Name != "" {
		w.add("TTYPE"+n, f.Name, "")
	}
	w.add("TFORM"+n, f.form, "")
	if f.Unit != "" {
		w.add("TUNIT"+n, f.Unit, "")
	}
	if f.zero != nil {
		w.add("TZERO"+n, f.zero, "")
	}
	if f.Null != nil {
		w.add("TNULL"+n, *f.Null, "")
	}
	if f.Dim != nil {
		dim := slices.Clone(f.Dim)
		slices.Reverse(dim)
		w.add("TDIM"+n, "("+strings.Trim(strings.ReplaceAll(fmt.Sprint(dim), " ", ","), "[]")+")", "")
	}
}

func (f *field) appendCell(out []byte, row int) []byte {
	switch {
	case f.texts != nil:
		out = append(out, f.texts[row]...)
		return append(out, make([]byte, f.width-len(f.texts[row]))...)
	case f.cells == nil:
		return f.scalars.appendRange(out, row, row+1)
	case f.variable == 0:
		return f.cells[row].append(out)
	}
	v := f.cells[row]
	if f.variable == 'P' {
		out = binary.BigEndian.AppendUint32(out, uint32(v.n))
		out = binary.BigEndian.AppendUint32(out, uint32(f.heapAt))
	} else {
		out = binary.BigEndian.AppendUint64(out, uint64(v.n))
		out = binary.BigEndian.AppendUint64(out, uint64(f.heapAt))
	}
	f.heapAt += v.n * v.size
	return out
}

func (f *field) appendHeap(out []byte) []byte {
	if f.variable != 0 {
		for _, v := range f.cells {
			out = v.append(out)
		}
	}
	return out
}
