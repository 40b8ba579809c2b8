package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// column is what a file says of a column.
type column struct {
	index           int
	name, unit, ucd string
}

// table is a catalogue of any format, row by row; the cells of a row are good
// until the next.
type table interface {
	format() string
	columns() []column
	next() ([]string, error) // io.EOF after the last
	notes() []string
}

const (
	maxColumns = 4096
	maxRecord  = 16 << 20 // bytes
)

// openTable tells a format by its beginning.
func openTable(r io.Reader, m Mapping) (table, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if start, _ := in.Peek(2); bytes.Equal(start, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(z, 1<<16)
	}
	start, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16; only UTF-8 is read")
	}
	for { // blank lines before it all
		b, err := in.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		if err != nil {
			return nil, err
		}
		if b == ' ' || b == '\n' || b == '\r' {
			continue
		}
		if err := in.UnreadByte(); err != nil {
			return nil, err
		}
		if b == '<' {
			return openVOTable(in, m.Table)
		}
		return openText(in, m.Delimiter)
	}
}

// textTable is CSV or TSV.
type textTable struct {
	kind    string
	vizier  bool // units and dashes may stand under the header
	head    []column
	records func() ([]string, error)
	early   [][]string // records read to find the header
	line    int
}

func (t *textTable) format() string    { return t.kind }
func (t *textTable) columns() []column { return t.head }
func (t *textTable) notes() []string   { return nil }

func openText(in *bufio.Reader, delimiter string) (table, error) {
	header, err := skipComments(in)
	if err != nil {
		return nil, err
	}
	if delimiter == "" {
		delimiter = likelyDelimiter(header)
	}
	if len(delimiter) != 1 || strings.Contains("\"\r\n", delimiter) {
		return nil, fmt.Errorf("the delimiter %q; want one character", delimiter)
	}
	t := &textTable{kind: "csv", vizier: delimiter != ","}
	source := &rationed{r: io.MultiReader(strings.NewReader(header), in)}
	if delimiter == "\t" {
		t.kind, t.records = "tsv", tabbed(source)
	} else {
		t.records = separated(source, rune(delimiter[0]))
	}
	return t, t.readHead()
}

// skipComments passes over lines that begin with #, and takes the one after.
func skipComments(in *bufio.Reader) (string, error) {
	for {
		var line []byte
		for {
			part, err := in.ReadSlice('\n')
			if line = append(line, part...); len(line) > maxRecord {
				return "", fmt.Errorf("a line of more than %d bytes", maxRecord)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return "", err
			}
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return "", errors.New("no header line")
			}
			break
		}
		if s := strings.TrimSpace(string(line)); s != "" && s[0] != '#' {
			return string(line), nil
		}
	}
}

// likelyDelimiter is the one that stands in the header most.
func likelyDelimiter(header string) string {
	best := ","
	for _, d := range []string{"\t", ";", "|"} {
		if strings.Count(header, d) > strings.Count(header, best) {
			best = d
		}
	}
	return best
}

// rationed fails when a record becomes too long: a quote that is never closed
// would otherwise take the whole file.
type rationed struct {
	r    io.Reader
	used int
}

func (r *rationed) Read(p []byte) (int, error) {
	if r.used > maxRecord {
		return 0, fmt.Errorf("a record of more than %d bytes; is a quote not closed?", maxRecord)
	}
	n, err := r.r.Read(p)
	r.used += n
	return n, err
}

func separated(in *rationed, delimiter rune) func() ([]string, error) {
	r := csv.NewReader(in)
	r.Comma = delimiter
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	return func() ([]string, error) {
		in.used = 0
		return r.Read()
	}
}

// tabbed splits lines by tabs alone. A cell that begins and ends with a quote
// is taken without them.
func tabbed(in *rationed) func() ([]string, error) {
	r := bufio.NewReaderSize(in, 1<<16)
	var cells []string
	return func() ([]string, error) {
		for {
			in.used = 0
			line, err := r.ReadString('\n')
			if err != nil && (!errors.Is(err, io.EOF) || line == "") {
				return nil, err
			}
			line = strings.TrimRight(line, "\r\n")
			if strings.TrimSpace(line) == "" {
				continue
			}
			cells = append(cells[:0], strings.Split(line, "\t")...)
			for i, c := range cells {
				if len(c) >= 2 && c[0] == '"' && c[len(c)-1] == '"' {
					cells[i] = strings.ReplaceAll(c[1:len(c)-1], `""`, `"`)
				}
			}
			return cells, nil
		}
	}
}

var (
	dashes  = regexp.MustCompile(`^-+$`)
	rdbType = regexp.MustCompile(`^\d*[NSM][<>]?$`)
)

// readHead reads the names of the columns, and the units and the dashes that
// RDB and VizieR's TSV have under them.
func (t *textTable) readHead() error {
	names, err := t.records()
	if err != nil {
		return err
	}
	if len(names) > maxColumns {
		return fmt.Errorf("%d columns are more than %d", len(names), maxColumns)
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		_, unit := splitUnit(name)
		t.head = append(t.head, column{index: i, name: strings.Clone(name), unit: strings.Clone(unit)})
	}
	var under [][]string
	for range 2 {
		record, err := t.records()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		under = append(under, append([]string(nil), record...))
		if all(record, dashes) || t.kind == "tsv" && all(record, rdbType) {
			break
		}
		if !t.vizier {
			break
		}
	}
	switch n := len(under); {
	case n > 0 && t.kind == "tsv" && (all(under[0], dashes) || all(under[0], rdbType)):
		t.kind, under = "rdb", under[1:]
	case n == 2 && all(under[1], dashes): // VizieR's: units, then dashes
		for i := range t.head {
			if i < len(under[0]) && strings.TrimSpace(under[0][i]) != "" {
				t.head[i].unit = strings.TrimSpace(under[0][i])
			}
		}
		under = nil
	case n > 0 && all(under[0], dashes):
		under = under[1:]
	}
	t.early = under
	return nil
}

// all tells whether every cell that is not empty is of a form, and one is.
func all(record []string, form *regexp.Regexp) bool {
	some := false
	for _, c := range record {
		if c = strings.TrimSpace(c); c != "" {
			if !form.MatchString(c) {
				return false
			}
			some = true
		}
	}
	return some
}

// next is the next record. Cells missing at the end of a line of a TSV, which
// some programs leave out, are empty.
func (t *textTable) next() ([]string, error) {
	var record []string
	if len(t.early) > 0 {
		record, t.early = t.early[0], t.early[1:]
	} else {
		var err error
		if record, err = t.records(); err != nil {
			return nil, err
		}
	}
	t.line++
	for t.kind != "csv" && len(record) < len(t.head) {
		record = append(record, "")
	}
	if len(record) != len(t.head) {
		return nil, fmt.Errorf("row %d has %d fields, the header has %d", t.line, len(record), len(t.head))
	}
	return record, nil
}
