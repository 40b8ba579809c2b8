// Package votable reads the tables of VOTable files (IVOA Recommendation,
// version 1.4, and the older ones) row by row: TABLEDATA, BINARY and BINARY2, with null
// values and units. However large a file is or claims to be, a reader holds one row.
//
// It does not write, follows no link to another file or place, reads no table
// in FITS serialisation, and takes entities only as XML itself has them.
//
//	r, err := votable.NewReader(f, "")
//	for {
//		row, err := r.Next() // io.EOF after the last
//		teff, ok := row[2].Float()
//	}
package votable

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits on what is read, whatever a file claims.
const (
	MaxFields = 4096
	MaxCell   = 1 << 20 // bytes of a cell as it is stored, and of anything between two tags
	maxDepth  = 64      // of elements in each other
)

// Reader reads one table of a file.
type Reader struct {
	Fields []Field
	Table  string // name of the table, or its ID; "" without either

	// After the last row: the service said that the table was cut short
	// (QUERY_STATUS OVERFLOW), and how many more tables with data the file has,
	// which are not read.
	Overflow bool
	Others   int

	in    *input
	xml   *xml.Decoder
	depth int
	rows  rows
	row   []Cell
	count int
	done  bool
}

// rows is a serialisation. next fills in a row; io.EOF ends it.
type rows interface {
	next(row []Cell) error
}

// NewReader finds the table of the given name or ID; with no name, the first
// that has data. A file that is no VOTable, has no such table, or whose
// service reports an error (QUERY_STATUS) is an error.
func NewReader(r io.Reader, table string) (*Reader, error) {
	t := &Reader{in: newInput(r)}
	t.xml = xml.NewDecoder(t.in)
	t.xml.CharsetReader = charset
	root, err := t.start()
	if err != nil {
		return nil, fmt.Errorf("votable: %w", eof(err))
	}
	if root.Name.Local != "VOTABLE" {
		return nil, fmt.Errorf("votable: the document is a %.40s, not a VOTABLE", root.Name.Local)
	}
	found, err := t.find(table)
	switch {
	case err != nil:
		return nil, fmt.Errorf("votable: %w", err)
	case !found && table != "":
		return nil, fmt.Errorf("votable: no table %q with data", table)
	case !found:
		return nil, errors.New("votable: no table with data")
	}
	t.row = make([]Cell, len(t.Fields))
	return t, nil
}

// Next is the next row, a cell a field; it is overwritten by the row after.
// After the last row the rest of the file is checked and the error is io.EOF.
// Any other error names the row, from 1.
func (t *Reader) Next() ([]Cell, error) {
	if t.done {
		return nil, io.EOF
	}
	t.in.allow()
	err := t.rows.next(t.row)
	if err == nil {
		t.count++
		return t.row, nil
	}
	t.done = true
	if !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("votable: row %d: %w", t.count+1, err)
	}
	if _, err := t.find("\x00"); err != nil {
		return nil, fmt.Errorf("votable: after row %d: %w", t.count, err)
	}
	return nil, io.EOF
}

// find goes on to the data of the table called name, or, at the end of the
// document, to nothing.
func (t *Reader) find(name string) (bool, error) {
	var table string // that the fields are of
	var matches bool
	var fields []Field
	inField := false
	for {
		token, err := t.token()
		if errors.Is(err, io.EOF) && t.depth == 0 {
			return false, nil
		}
		if err != nil {
			return false, eof(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "TABLE":
			table, fields, inField = attribute(e, "name"), nil, false
			if table == "" {
				table = attribute(e, "ID")
			}
			matches = name == "" || name == attribute(e, "name") || name == attribute(e, "ID")
		case "FIELD":
			if len(fields) == MaxFields {
				return false, fmt.Errorf("table %.80q: more than %d fields", table, MaxFields)
			}
			f, err := fieldOf(e)
			if err != nil {
				return false, fmt.Errorf("field %d: %w", len(fields)+1, err)
			}
			fields, inField = append(fields, f), true
		case "PARAM":
			inField = false
		case "VALUES":
			if null := attribute(e, "null"); null != "" && inField {
				fields[len(fields)-1].setNull(null)
			}
		case "INFO":
			if err := t.status(e); err != nil {
				return false, err
			}
		case "TABLEDATA", "BINARY", "BINARY2", "FITS":
			if !matches || t.rows != nil {
				t.Others++
				continue
			}
			t.Table, t.Fields = table, fields
			return true, t.open(e.Name.Local)
		case "STREAM":
			if err := t.in.skipText(); err != nil {
				return false, eof(err)
			}
		}
	}
}

// open begins to read data of a serialisation.
func (t *Reader) open(serialisation string) error {
	if len(t.Fields) == 0 {
		return fmt.Errorf("table %.80q has no fields", t.Table)
	}
	switch serialisation {
	case "TABLEDATA":
		t.rows = &tableData{t}
		return nil
	case "FITS":
		return fmt.Errorf("table %.80q is in FITS serialisation, which is not read", t.Table)
	}
	e, err := t.start()
	if err != nil {
		return eof(err)
	}
	if e.Name.Local != "STREAM" {
		return fmt.Errorf("%s holds a %.40s, not a STREAM", serialisation, e.Name.Local)
	}
	t.rows, err = newBinary(t, e, serialisation == "BINARY2")
	return err
}

// status reads what a service says of its answer (DALI 1.1, section 4.4).
func (t *Reader) status(e xml.StartElement) error {
	if attribute(e, "name") != "QUERY_STATUS" {
		return nil
	}
	switch strings.ToUpper(attribute(e, "value")) {
	case "ERROR":
		text, err := t.text()
		if err != nil {
			return err
		}
		return fmt.Errorf("the service reports an error: %.400s", strings.TrimSpace(text))
	case "OVERFLOW":
		t.Overflow = true
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// eof tells that a document ended too early.
func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
