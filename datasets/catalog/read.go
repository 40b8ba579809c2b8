package catalog

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	maxBytes   = 256 << 20 // of a file; the survey's whole table has about 50 MB
	maxColumns = 4096
)

// Read reads a table from CSV: UTF-8 with or without a byte order mark, any
// line ends, fields quoted where needed. Lines before the header that begin
// with # are comments. The header names the columns; the known ones go by any
// case and by common other names, and come out in the spelling of the paper.
// dp_id must be among them.
//
// A column is one of numbers where all its cells are numbers or missing; a
// known quantity must be. Missing is an empty cell, nan, null or --. The
// unique_subset is Y or N, yes or no, true or false, 1 or 0, missing meaning
// no. Errors name the file, the line and the column: a line with too few or
// too many fields, a cell that is not what its column holds, a dp_id that is
// missing or stands in the table twice, two columns of one name. A file above
// 256 MiB or 4,096 columns is refused.
func Read(path string) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("catalog: %s: not a regular file", path)
	}
	if info.Size() > maxBytes {
		return nil, fmt.Errorf("catalog: %s: %d bytes are more than %d", path, info.Size(), maxBytes)
	}
	t, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("catalog: %s: %w", path, err)
	}
	return t, nil
}

// read goes over the file twice: what a column holds is known only at its end,
// and the cells need not be kept until then.
func read(f io.ReadSeeker) (*Table, error) {
	var fields []*field
	rows := 0
	header := func(names []string) (err error) {
		fields, err = fieldsOf(names)
		return err
	}
	survey := func(_ int, record []string) error {
		for i, cell := range record {
			if f := fields[i]; f.kind == numeric && !f.known {
				if _, ok := number(cell); !ok {
					f.kind = text
				}
			}
		}
		rows++
		return nil
	}
	if err := eachRecord(f, header, survey); err != nil {
		return nil, err
	}
	for _, h := range fields {
		h.reserve(rows)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	row, lineOf := 0, make(map[string]int, rows)
	fill := func(line int, record []string) error {
		if row == rows {
			return errors.New("the file changed while it was read")
		}
		for i, cell := range record {
			if err := fields[i].set(row, cell); err != nil {
				return fmt.Errorf("line %d, column %q: %w", line, fields[i].name, err)
			}
			if fields[i].name == nameID {
				key := Key(cell)
				if before, ok := lineOf[key]; ok {
					return fmt.Errorf("line %d: dp_id %.80q stands in line %d already", line, cell, before)
				}
				lineOf[key] = line
			}
		}
		row++
		return nil
	}
	same := func(names []string) error {
		if len(names) != len(fields) {
			return errors.New("the file changed while it was read")
		}
		return nil
	}
	if err := eachRecord(f, same, fill); err != nil {
		return nil, err
	}
	if row != rows {
		return nil, errors.New("the file changed while it was read")
	}
	return assemble(fields), nil
}

// eachRecord hands over the header and then every record with its line. The
// cells are trimmed of blanks, and are not to be kept.
func eachRecord(f io.Reader, header func(names []string) error, row func(line int, record []string) error) error {
	buffered := bufio.NewReaderSize(f, 1<<16)
	start, err := buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		if _, err := buffered.Discard(3); err != nil {
			return err
		}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return errors.New("the file is UTF-16; only UTF-8 is read")
	}
	r := csv.NewReader(buffered)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	r.Comment = '#' // until the header is read
	columns := 0
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			if columns == 0 {
				return errors.New("no header line")
			}
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if columns == 0 {
			columns = len(record)
			r.Comment = 0
			err = header(record)
		} else if len(record) != columns {
			err = fmt.Errorf("line %d has %d fields, the header has %d", line, len(record), columns)
		} else {
			err = row(line, record)
		}
		if err != nil {
			return err
		}
	}
}
