package fits

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Table is a binary or ASCII table. Its cells are vectors; a scalar is one of
// length 1.
type Table struct {
	hdu     *HDU
	cols    []Column
	rows    int
	rowSize int
	heap    section
}

// Table returns the HDU's table; an error if the HDU is none or its columns do
// not fill its rows.
func (h *HDU) Table() (*Table, error) {
	if h.Kind != KindBinTable && h.Kind != KindTable {
		return nil, h.fail("holds no table but %s", h.Kind)
	}
	rowSize, _ := h.Header.Int("NAXIS1")
	rows, _ := h.Header.Int("NAXIS2")
	if rowSize == 0 && rows > 0 {
		return nil, h.fail("%d rows of no bytes", rows)
	}
	cols, err := columns(h)
	if err != nil {
		return nil, h.fail("%w", err)
	}
	t := &Table{hdu: h, cols: cols, rows: int(rows), rowSize: int(rowSize)}
	// THEAP counts from the start of the table, a gap before the heap included.
	body := rows * rowSize
	start := body
	if v, ok := h.Header.Int("THEAP"); ok {
		start = v
	}
	if start < body || start > h.data.size {
		return nil, h.fail("THEAP is %d, outside %d to %d", start, body, h.data.size)
	}
	t.heap = h.data.part(start, h.data.size-start)
	return t, nil
}

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// Columns describes the columns, in order. The caller must not change them.
func (t *Table) Columns() []Column { return t.cols }

// Index finds a column by name without regard to case; of two of the same
// name the first.
func (t *Table) Index(name string) (int, bool) {
	for i := range t.cols {
		if strings.EqualFold(t.cols[i].Name, name) {
			return i, true
		}
	}
	return 0, false
}

// Stored hands the stored, big-endian bytes of a cell to do, in order and in
// pieces that hold whole elements, until it returns an error. do must neither
// keep nor change them.
func (t *Table) Stored(row, col int, do func(part []byte) error) error {
	c, data, _, err := t.place(row, col)
	if err != nil {
		return err
	}
	if err := data.each(do); err != nil {
		return t.fail(c, row, err)
	}
	return nil
}

// cell returns a cell's column, stored bytes and number of elements.
func (t *Table) cell(row, col int) (*Column, []byte, int, error) {
	c, data, n, err := t.place(row, col)
	if err != nil {
		return nil, nil, 0, err
	}
	raw, err := data.bytes()
	if err != nil {
		return nil, nil, 0, t.fail(c, row, err)
	}
	return c, raw, n, nil
}

// place returns a cell's column, where its stored bytes are, and the number of
// elements.
func (t *Table) place(row, col int) (*Column, section, int, error) {
	if col < 0 || col >= len(t.cols) {
		return nil, section{}, 0, t.hdu.fail("no column %d among %d", col, len(t.cols))
	}
	c := &t.cols[col]
	if row < 0 || row >= t.rows {
		return nil, section{}, 0, t.fail(c, row, errors.New("no such row"))
	}
	at := int64(row)*int64(t.rowSize) + int64(c.offset)
	data, n := t.hdu.data.part(at, int64(c.width)), c.Repeat
	if c.Variable {
		descriptor, err := data.bytes()
		if err == nil {
			data, n, err = t.variable(c, descriptor)
		}
		if err != nil {
			return nil, section{}, 0, t.fail(c, row, err)
		}
	}
	return c, data, n, nil
}

// variable follows the descriptor of a variable-length cell into the heap.
func (t *Table) variable(c *Column, descriptor []byte) (section, int, error) {
	if len(descriptor) == 0 {
		return section{}, 0, nil
	}
	var n, start uint64
	if c.wide {
		n, start = binary.BigEndian.Uint64(descriptor), binary.BigEndian.Uint64(descriptor[8:])
	} else {
		n, start = uint64(binary.BigEndian.Uint32(descriptor)), uint64(binary.BigEndian.Uint32(descriptor[4:]))
	}
	if n == 0 {
		return section{}, 0, nil
	}
	// Bits are packed, all others at least a byte: more elements than the heap
	// has bits cannot be, and with fewer nothing below overflows.
	heap := uint64(t.heap.size)
	size := n * uint64(elementSize(c.Type))
	if c.Type == 'X' {
		size = (n + 7) / 8
	}
	if n > 8*heap || size > heap || start > heap-size {
		return section{}, 0, fmt.Errorf("%d elements at byte %d lie outside the heap of %d bytes", n, start, heap)
	}
	return t.heap.part(int64(start), int64(size)), int(n), nil
}

func (t *Table) fail(c *Column, row int, err error) error {
	return t.hdu.fail("column %s: row %d: %w", label(c.Name), row, err)
}

// label is a column's name in an error, in quotes where it needs them.
func label(name string) string {
	if name == "" || !printable(name) {
		return strconv.Quote(name)
	}
	return name
}
