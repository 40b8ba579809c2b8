package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/stellarae/lab/datasets/catalog"
)

// Names of the columns of which a catalog.Table has fields of its own.
const (
	uniqueColumn = "unique_subset"
	medianColumn = "median"
)

// ColumnsOf is the columns of a layout whose blocks have tables like t, in the
// order of catalog's CSV.
func ColumnsOf(t *catalog.Table) []Column {
	var columns []Column
	if t.Unique != nil {
		columns = append(columns, Column{Name: uniqueColumn, Kind: Flag})
	}
	if t.Median != nil {
		columns = append(columns, Column{Name: medianColumn, Kind: Number})
	}
	for _, c := range t.Texts {
		columns = append(columns, Column{Name: c.Name, Kind: Text})
	}
	for _, c := range t.Columns {
		columns = append(columns, Column{Name: c.Name, Unit: c.Unit, Kind: Number})
	}
	return columns
}

func sameColumns(got, want []Column) error {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Errorf("the table lacks the store's column %q", want[i].Name)
		case i >= len(want):
			return fmt.Errorf("the table has a column %q that the store has not", got[i].Name)
		case got[i] != want[i]:
			return fmt.Errorf("column %d of the table is %q (%s, %s), the store's is %q (%s, %s)",
				i, got[i].Name, got[i].Kind, got[i].Unit, want[i].Name, want[i].Kind, want[i].Unit)
		}
	}
	return nil
}

// newTable is an empty table with columns.
func newTable(columns []Column) *catalog.Table {
	t := &catalog.Table{IDs: []string{}, Stars: []string{}}
	for _, c := range columns {
		switch {
		case c.Kind == Flag:
			t.Unique = []bool{}
		case c.Kind == Text:
			t.Texts = append(t.Texts, catalog.Text{Name: c.Name})
		case c.Name == medianColumn:
			t.Median = []float64{}
		default:
			t.Columns = append(t.Columns, catalog.Column{Name: c.Name, Unit: c.Unit})
		}
	}
	return t
}

// appendTable appends the rows of b, which has the same columns.
func appendTable(a, b *catalog.Table) {
	a.IDs, a.Stars = append(a.IDs, b.IDs...), append(a.Stars, b.Stars...)
	a.Unique, a.Median = append(a.Unique, b.Unique...), append(a.Median, b.Median...)
	for i := range a.Texts {
		a.Texts[i].Values = append(a.Texts[i].Values, b.Texts[i].Values...)
	}
	for i := range a.Columns {
		a.Columns[i].Values = append(a.Columns[i].Values, b.Columns[i].Values...)
	}
}

// parquetSchema is the columns of a Parquet file; units stand in the metadata of
// their columns.
func parquetSchema(columns []Column) *arrow.Schema {
	fields := []arrow.Field{{Name: idColumn, Type: arrow.BinaryTypes.String}, {Name: starColumn, Type: arrow.BinaryTypes.String, Nullable: true}}
	for _, c := range columns {
		f := arrow.Field{Name: c.Name, Nullable: true}
		switch c.Kind {
		case Flag:
			f.Type = arrow.FixedWidthTypes.Boolean
		case Text:
			f.Type = arrow.BinaryTypes.String
		default:
			f.Type = arrow.PrimitiveTypes.Float64
		}
		if c.Unit != "" {
			f.Metadata = arrow.NewMetadata([]string{"unit"}, []string{c.Unit})
		}
		fields = append(fields, f)
	}
	return arrow.NewSchema(fields, nil)
}

// writeTable writes a table as Parquet.
func writeTable(w io.Writer, columns []Column, t *catalog.Table) error {
	b := array.NewRecordBuilder(memory.DefaultAllocator, parquetSchema(columns))
	defer b.Release()
	field := 0
	next := func() array.Builder { field++; return b.Field(field - 1) }
	putTexts(next(), t.IDs)
	stars := t.Stars
	if stars == nil {
		stars = make([]string, t.Rows())
	}
	putTexts(next(), stars)
	if t.Unique != nil {
		next().(*array.BooleanBuilder).AppendValues(t.Unique, nil)
	}
	if t.Median != nil {
		putNumbers(next(), t.Median)
	}
	for _, c := range t.Texts {
		putTexts(next(), c.Values)
	}
	for _, c := range t.Columns {
		putNumbers(next(), c.Values)
	}
	r := b.NewRecordBatch()
	defer r.Release()
	// The file is closed by who opened it.
	out, err := pqarrow.NewFileWriter(r.Schema(), struct{ io.Writer }{w},
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return err
	}
	if err := out.Write(r); err != nil {
		return err
	}
	return out.Close()
}

func putTexts(b array.Builder, values []string) {
	s := b.(*array.StringBuilder)
	for _, v := range values {
		if v == "" {
			s.AppendNull()
		} else {
			s.Append(v)
		}
	}
}

func putNumbers(b array.Builder, values []float64) {
	n := b.(*array.Float64Builder)
	for _, v := range values {
		if math.IsNaN(v) {
			n.AppendNull()
		} else {
			n.Append(v)
		}
	}
}

// readTable reads a shard's Parquet file, whose checksum is that of the
// manifest.
func readTable(path string, columns []Column, e Entry) (t *catalog.Table, err error) {
	const largest = 1 << 30
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
		if err != nil {
			t, err = nil, fmt.Errorf("store: %s: %w", path, err)
		}
	}()
	if e.Parquet.Bytes > largest {
		return nil, fmt.Errorf("%d bytes: want at most %d", e.Parquet.Bytes, largest)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := e.Parquet.checkBytes(text); err != nil {
		return nil, err
	}
	read, err := pqarrow.ReadTable(context.Background(), bytes.NewReader(text), parquet.NewReaderProperties(memory.DefaultAllocator), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	defer read.Release()
	if read.NumRows() != int64(e.Rows) || int(read.NumCols()) != len(columns)+2 {
		return nil, fmt.Errorf("%d rows of %d columns: want %d of %d", read.NumRows(), read.NumCols(), e.Rows, len(columns)+2)
	}
	t = newTable(columns)
	t.IDs, t.Stars = texts(read.Column(0)), texts(read.Column(1))
	nextText, nextNumber := 0, 0
	for i, c := range columns {
		column := read.Column(i + 2)
		switch {
		case column.Name() != c.Name:
			return nil, fmt.Errorf("column %d is %q: want %q", i+2, column.Name(), c.Name)
		case c.Kind == Flag:
			t.Unique = flags(column)
		case c.Kind == Text:
			t.Texts[nextText].Values = texts(column)
			nextText++
		case c.Name == medianColumn:
			t.Median = numbers(column)
		default:
			t.Columns[nextNumber].Values = numbers(column)
			nextNumber++
		}
	}
	return t, nil
}

func values[A arrow.Array, T any](c *arrow.Column, empty T, at func(a A, i int) T) []T {
	out := make([]T, 0, c.Len())
	for _, chunk := range c.Data().Chunks() {
		a := chunk.(A)
		for i := range a.Len() {
			if a.IsNull(i) {
				out = append(out, empty)
			} else {
				out = append(out, at(a, i))
			}
		}
	}
	return out
}

func texts(c *arrow.Column) []string {
	return values(c, "", func(a *array.String, i int) string { return strings.Clone(a.Value(i)) })
}

func numbers(c *arrow.Column) []float64 {
	return values(c, math.NaN(), func(a *array.Float64, i int) float64 { return a.Value(i) })
}

func flags(c *arrow.Column) []bool {
	return values(c, false, func(a *array.Boolean, i int) bool { return a.Value(i) })
}
