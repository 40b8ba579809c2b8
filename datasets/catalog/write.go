package catalog

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Write writes the table as CSV that Read gives back: dp_id, target_name,
// unique_subset (Y, or empty for no) and median where the table has them, then
// the texts, then the numbers. Missing values are empty cells, numbers have the
// digits they need to come back exactly. Only a column of text whose cells all
// look like numbers comes back as one of numbers. A table with slices of
// unequal length, a dp_id that is empty or doubled, or columns of one name is an
// error. The file appears whole or not at all: it is written beside path and
// renamed.
func (t *Table) Write(path string) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("catalog: %s: %w", path, err)
	}
	if err := atomicfile.Write(path, t.write); err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return nil
}

func (t *Table) write(w io.Writer) error {
	header := []string{nameID}
	cells := []func(row int) string{func(row int) string { return t.IDs[row] }}
	add := func(name string, cell func(row int) string) {
		header, cells = append(header, name), append(cells, cell)
	}
	if t.Stars != nil {
		add(nameStar, func(row int) string { return t.Stars[row] })
	}
	if t.Unique != nil {
		add(nameUnique, func(row int) string {
			if t.Unique[row] {
				return "Y"
			}
			return ""
		})
	}
	if t.Median != nil {
		add(nameMedian, func(row int) string { return numberText(t.Median[row]) })
	}
	for _, c := range t.Texts {
		add(c.Name, func(row int) string { return c.Values[row] })
	}
	for _, c := range t.Columns {
		add(c.Name, func(row int) string { return numberText(c.Values[row]) })
	}
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	record := make([]string, len(cells))
	for row := range t.Rows() {
		for i, cell := range cells {
			record[i] = cell(row)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func numberText(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
