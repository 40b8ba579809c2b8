package catalog

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// kind is what a column of the file holds.
type kind uint8

const (
	numeric kind = iota
	text
	flag
)

// field is one column while it is read.
type field struct {
	name    string
	kind    kind
	known   bool // so that its kind is settled
	numbers []float64
	texts   []string
	flags   []bool
}

// fieldsOf gives the columns of a header their names. Every known quantity is
// claimed once, by the surest match; other columns keep the name they have, and
// one without a name is called after its place.
func fieldsOf(header []string) ([]*field, error) {
	if len(header) > maxColumns {
		return nil, fmt.Errorf("%d columns are more than %d", len(header), maxColumns)
	}
	fields := make([]*field, len(header))
	claimed := map[string]bool{}
	for _, match := range matches {
		for i, name := range header {
			if fields[i] != nil {
				continue
			}
			for k := range known {
				if q := &known[k]; !claimed[q.name] && match(name, q) {
					fields[i] = &field{name: q.name, known: true, kind: numeric}
					if q.text {
						fields[i].kind = text
					}
					if q.name == nameUnique {
						fields[i].kind = flag
					}
					claimed[q.name] = true
					break
				}
			}
		}
	}
	at := map[string]int{}
	for i, name := range header {
		if fields[i] == nil {
			if name == "" {
				name = fmt.Sprintf("unnamed_%d", i+1)
			}
			fields[i] = &field{name: spelled(name)}
		}
		name = fields[i].name
		if before, ok := at[name]; ok {
			return nil, fmt.Errorf("columns %d and %d are both named %.80q", before+1, i+1, name)
		}
		at[name] = i
	}
	if _, ok := at[nameID]; !ok {
		return nil, fmt.Errorf("no column %s; the header has %d columns, the first is %.80q", nameID, len(header), header[0])
	}
	return fields, nil
}

// reserve makes room for all rows.
func (f *field) reserve(rows int) {
	switch f.kind {
	case numeric:
		f.numbers = make([]float64, rows)
	case text:
		f.texts = make([]string, rows)
	case flag:
		f.flags = make([]bool, rows)
	}
}

// set takes one cell.
func (f *field) set(row int, cell string) error {
	var ok bool
	switch f.kind {
	case numeric:
		if f.numbers[row], ok = number(cell); !ok {
			return fmt.Errorf("%.40q is not a number", cell)
		}
	case flag:
		if f.flags[row], ok = yes(cell); !ok {
			return fmt.Errorf("%.40q is neither yes nor no", cell)
		}
	case text:
		if isMissing(cell) {
			cell = ""
		}
		if f.name == nameID && (cell == "" || Key(cell) == "") {
			return errors.New("the cell is empty")
		}
		f.texts[row] = strings.Clone(cell) // not to hold on to the whole line
	}
	return nil
}

// assemble puts filled columns where a Table has them.
func assemble(fields []*field) *Table {
	t := &Table{}
	for _, f := range fields {
		switch {
		case f.name == nameID:
			t.IDs = f.texts
		case f.name == nameStar:
			t.Stars = f.texts
		case f.name == nameUnique:
			t.Unique = f.flags
		case f.name == nameMedian:
			t.Median = f.numbers
		case f.kind == text:
			t.Texts = append(t.Texts, Text{f.name, f.texts})
		default:
			t.Columns = append(t.Columns, Column{f.name, Unit(f.name), f.numbers})
		}
	}
	return t
}

// isMissing tells the ways tables write that a value is not there: pandas
// leaves the cell empty or writes nan, databases null, astropy --.
func isMissing(cell string) bool {
	switch len(cell) {
	case 0:
		return true
	case 2:
		return cell == "--"
	case 3:
		return strings.EqualFold(cell, "nan")
	case 4:
		return strings.EqualFold(cell, "null")
	}
	return false
}

// number reads a decimal number, an infinity, or NaN for a missing cell.
func number(cell string) (float64, bool) {
	if isMissing(cell) {
		return math.NaN(), true
	}
	if strings.ContainsAny(cell, "xX_") { // Go's own notations
		return 0, false
	}
	v, err := strconv.ParseFloat(cell, 64)
	return v, err == nil
}

// yes reads a mark; a missing one means no.
func yes(cell string) (mark, ok bool) {
	switch strings.ToLower(cell) {
	case "y", "yes", "t", "true", "1", "1.0":
		return true, true
	case "n", "no", "f", "false", "0", "0.0":
		return false, true
	}
	return false, isMissing(cell)
}
