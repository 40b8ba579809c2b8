package fits

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Column describes one column of a table.
type Column struct {
	Name   string // TTYPEn, "" where absent
	Format string // TFORMn as written
	Unit   string // TUNITn

	// Type is the letter of the elements: L logical, X bit, B unsigned byte,
	// I, J, K integers of 16, 32, 64 bits, A character, E, D floats of 32, 64
	// bits, C, M complex of two E, two D. The columns of an ASCII table have
	// A, I (any integer), F, E or D (any real).
	Type     byte
	Repeat   int   // elements of a cell; characters for A; the largest length of a variable cell where given
	Variable bool  // cells have lengths of their own, up to Repeat (P and Q)
	Dim      []int // shape of a cell in numpy's order; nil where TDIMn is absent or does not fit

	offset  int  // of the cell in its row, bytes
	width   int  // of the cell in its row, bytes
	wide    bool // descriptor of 64 bits (Q)
	sub     int  // characters of one string
	scaling scaling

	// Of ASCII tables:
	decimal     int    // digits behind an implied decimal point
	nullText    string // TNULLn
	hasNullText bool
}

// Plain tells whether the numbers are what is stored: neither scaled nor
// shifted, and none stands for a missing one.
func (c *Column) Plain() bool { return c.scaling.identity() && !c.scaling.hasNull }

// columns reads the n columns of a table and checks that they fill its rows.
func columns(h *HDU) ([]Column, error) {
	n, ok := h.Header.Int("TFIELDS")
	if !ok || n < 0 || n > 999 {
		return nil, errors.New("TFIELDS is no integer from 0 to 999")
	}
	rowSize, _ := h.Header.Int("NAXIS1")
	cols := make([]Column, n)
	var sum int64
	for i := range cols {
		c := &cols[i]
		key := func(stem string) string { return stem + strconv.Itoa(i+1) }
		c.Name, _ = h.Header.String(key("TTYPE"))
		c.Unit, _ = h.Header.String(key("TUNIT"))
		c.Format, ok = h.Header.String(key("TFORM"))
		if !ok {
			return nil, fmt.Errorf("column %d: no %s", i+1, key("TFORM"))
		}
		c.scaling = scalingOf(h.Header, key("TSCAL"), key("TZERO"), key("TNULL"))

		var err error
		if h.Kind == KindTable {
			c.nullText, c.hasNullText = h.Header.String(key("TNULL"))
			c.nullText = strings.TrimSpace(c.nullText)
			start, _ := h.Header.Int(key("TBCOL"))
			err = c.parseASCII(start, rowSize)
		} else if err = c.parseBinary(); err == nil {
			dim, _ := h.Header.String(key("TDIM"))
			c.setDim(dim)
			c.offset = int(sum)
			if sum += int64(c.width); sum > rowSize {
				err = fmt.Errorf("ends at byte %d of rows of %d (NAXIS1)", sum, rowSize)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("column %d (%s): %w", i+1, label(c.Name), err)
		}
	}
	if h.Kind == KindBinTable && sum != rowSize {
		return nil, fmt.Errorf("columns of %d bytes in rows of %d (NAXIS1)", sum, rowSize)
	}
	return cols, nil
}

// parseBinary reads a binary table's TFORM, rTa: repeat count, type letter,
// rest (FITS standard 4.0, section 7.3.1).
func (c *Column) parseBinary() error {
	bad := fmt.Errorf("TFORM %q is none of a binary table", c.Format)
	form := strings.TrimSpace(c.Format)
	digits := len(form) - len(strings.TrimLeft(form, "0123456789"))
	repeat := 1
	if digits > 0 {
		var err error
		if repeat, err = strconv.Atoi(form[:digits]); err != nil || repeat > MaxSize {
			return bad
		}
	}
	if digits == len(form) {
		return bad
	}
	c.Type, form = form[digits], form[digits+1:]
	if c.Type == 'P' || c.Type == 'Q' {
		return c.parseVariable(repeat, form)
	}
	c.Repeat = repeat
	switch c.Type {
	case 'X':
		c.width = (repeat + 7) / 8
	case 'A':
		c.width, c.sub = repeat, repeat
		// rAw: strings of w characters each.
		if w, err := strconv.Atoi(strings.TrimSpace(form)); err == nil && w > 0 && w < repeat {
			c.sub = w
		}
	default:
		size := elementSize(c.Type)
		if size == 0 {
			return bad
		}
		c.width = repeat * size
	}
	return nil
}

// parseVariable reads what follows P or Q: the element's letter and the
// largest length in parentheses.
func (c *Column) parseVariable(repeat int, form string) error {
	if form == "" || repeat > 1 || form[0] != 'X' && elementSize(form[0]) == 0 {
		return fmt.Errorf("TFORM %q is none of a binary table", c.Format)
	}
	c.Variable, c.wide = true, c.Type == 'Q'
	c.Type = form[0]
	c.width = 8 * repeat
	if c.wide {
		c.width = 16 * repeat
	}
	if most, err := strconv.Atoi(strings.Trim(form[1:], "() ")); err == nil && most > 0 {
		c.Repeat = most
	}
	return nil
}

// setDim keeps a TDIM, "(3,2)" for rows of 3, that fits the cell, and lets it
// divide characters into strings.
func (c *Column) setDim(text string) {
	text = strings.TrimSpace(text)
	if c.Variable || !strings.HasPrefix(text, "(") || !strings.HasSuffix(text, ")") {
		return
	}
	parts := strings.Split(text[1:len(text)-1], ",")
	dim, size := make([]int, len(parts)), int64(1)
	for i, part := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return
		}
		var ok bool
		if size, ok = product(size, int64(n)); !ok || size > int64(c.Repeat) {
			return
		}
		dim[len(parts)-1-i] = n
	}
	if c.Type == 'A' {
		c.sub = dim[len(dim)-1]
		dim = dim[:len(dim)-1]
	}
	c.Dim = dim
}
