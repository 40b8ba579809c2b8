package votable

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// tableData is rows as elements: TR of TD.
type tableData struct{ t *Reader }

func (d *tableData) next(row []Cell) error {
	for {
		token, err := d.t.token()
		if err != nil {
			return eof(err)
		}
		switch x := token.(type) {
		case xml.EndElement: // of TABLEDATA
			return io.EOF
		case xml.StartElement:
			if x.Name.Local != "TR" {
				return fmt.Errorf("a %.40s where a TR should be", x.Name.Local)
			}
			return d.cells(row)
		case xml.CharData:
			if strings.TrimSpace(string(x)) != "" {
				return errors.New("text between rows")
			}
		}
	}
}

func (d *tableData) cells(row []Cell) error {
	column := 0
	for {
		token, err := d.t.token()
		if err != nil {
			return eof(err)
		}
		switch x := token.(type) {
		case xml.EndElement:
			if column != len(row) {
				return fmt.Errorf("%d cells, the table has %d fields", column, len(row))
			}
			return nil
		case xml.StartElement:
			if x.Name.Local != "TD" {
				return fmt.Errorf("a %.40s where a TD should be", x.Name.Local)
			}
			if column == len(row) {
				return fmt.Errorf("more cells than the table's %d fields", len(row))
			}
			f := &d.t.Fields[column]
			if attribute(x, "encoding") != "" {
				return fmt.Errorf("field %.80q: an encoded cell, which is not read", f.Name)
			}
			text, err := d.t.text()
			if err == nil {
				row[column], err = f.cell(text)
			}
			if err != nil {
				return fmt.Errorf("field %.80q: %w", f.Name, err)
			}
			column++
		}
	}
}

// cell reads the text of a TD.
func (f *Field) cell(text string) (Cell, error) {
	if f.isText() {
		if text == "" || f.Null != "" && text == f.Null {
			return Cell{}, nil
		}
		return Cell{kind: written, text: text}, nil
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "" || f.Null != "" && text == f.Null:
		return Cell{}, nil
	case !f.single() || strings.HasSuffix(f.Datatype, "Complex"):
		return Cell{kind: written, text: text}, nil
	case f.Datatype == "boolean":
		return boolean(text)
	case f.Datatype == "bit" || f.isInteger():
		v, err := parseInteger(text)
		if err != nil {
			return Cell{}, err
		}
		return f.whole(v), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return Cell{}, fmt.Errorf("%.40q is not a number", text)
	}
	return f.number(v), nil
}

// parseInteger reads a decimal number, or a hexadecimal one after 0x.
func parseInteger(text string) (int64, error) {
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		v, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			return 0, fmt.Errorf("%.40q is not an integer", text)
		}
		return int64(v), nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not an integer", text)
	}
	return v, nil
}

// whole is an integer, or none where it is the field's null.
func (f *Field) whole(v int64) Cell {
	if f.none.isWhole && f.none.whole == v && f.isInteger() {
		return Cell{}
	}
	return Cell{kind: integer, whole: v}
}

// number is a real number, none where it is NaN or the field's null.
func (f *Field) number(v float64) Cell {
	if v != v || f.none.isReal && f.none.real == v {
		return Cell{}
	}
	return Cell{kind: real, number: v}
}

// boolean reads a truth value as the text T or F; ? is none.
func boolean(text string) (Cell, error) {
	switch strings.ToLower(text) {
	case "t", "true", "1":
		return Cell{kind: written, text: "T"}, nil
	case "f", "false", "0":
		return Cell{kind: written, text: "F"}, nil
	case "?", "\x00", "":
		return Cell{}, nil
	}
	return Cell{}, fmt.Errorf("%.40q is neither true nor false", text)
}
