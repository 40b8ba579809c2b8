// Package catalog is the table of labels that goes with a set of spectra: one
// row a spectrum, known by its dp_id, with radial velocity, effective
// temperature and whatever else is known of it.
//
// It reads and writes CSV and picks rows. It does not make labels; the packages
// beside it do: source reads catalogues, crossmatch brings them to spectra.
//
//	t, err := catalog.Read("harps_metadata_and_labels.csv")
//	t, missing, err := t.Join(ids) // the rows of the spectra at hand, in their order
//	rows := t.UniqueStars()        // one spectrum a star
package catalog

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Table is a label table. All slices that are not nil have one element a row.
type Table struct {
	IDs     []string  // dp_id, unique
	Stars   []string  // target_name, "" where missing; nil without the column
	Unique  []bool    // unique_subset: the one spectrum chosen of its object; nil without the column
	Median  []float64 // median flux of the spectrum; NaN where missing, nil without the column
	Columns []Column  // of numbers, in the order of the file
	Texts   []Text    // of anything else, in the order of the file
}

// Column is one quantity.
type Column struct {
	Name   string
	Unit   string    // of a known quantity, "" where it has none or is not known
	Values []float64 // NaN where missing
}

// Text is a column of text, kept as it is.
type Text struct {
	Name   string
	Values []string // "" where missing
}

// Rows is the number of spectra.
func (t *Table) Rows() int { return len(t.IDs) }

// Column finds a column of numbers by its name in any case, or by another name
// of the same quantity ("rv" for radvel). An absent column and one of text are
// errors.
func (t *Table) Column(name string) (Column, error) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, sameName} {
		for _, c := range t.Columns {
			if same(c.Name, name) {
				return c, nil
			}
		}
	}
	for _, c := range t.Texts {
		if sameName(c.Name, name) {
			for row, v := range c.Values {
				if _, ok := number(v); !ok {
					return Column{}, fmt.Errorf("catalog: column %q is text: row %d is %.40q", c.Name, row, v)
				}
			}
			return Column{}, fmt.Errorf("catalog: column %q is text", c.Name)
		}
	}
	return Column{}, fmt.Errorf("catalog: no column %q", name)
}

// UniqueStars lists the rows to take so that each object has one spectrum: the
// rows unique_subset marks; without that column the first row of every
// target_name, upper and lower case, blanks and underscores aside, and the rows
// without a name; without that column too, all rows.
func (t *Table) UniqueStars() []int {
	seen := map[string]bool{}
	var rows []int
	for row := range t.IDs {
		switch {
		case t.Unique != nil:
			if !t.Unique[row] {
				continue
			}
		case t.Stars != nil && t.Stars[row] != "":
			star := starKey(t.Stars[row])
			if seen[star] {
				continue
			}
			seen[star] = true
		}
		rows = append(rows, row)
	}
	return rows
}

// starKey is equal for spellings of one name: "HD 10700" and "hd_10700".
// Signs stay: BD-10 216 and BD+10 216 are two stars.
func starKey(name string) string {
	return strings.NewReplacer(" ", "", "_", "").Replace(strings.ToUpper(name))
}

// StarOf gives the target_name of a spectrum, "" where the table has none.
func (t *Table) StarOf() func(id string) string {
	stars := make(map[string]string, len(t.Stars))
	for row, star := range t.Stars {
		stars[Key(t.IDs[row])] = star
	}
	return func(id string) string { return stars[Key(id)] }
}

// Pick copies the given rows, in the order given. A row outside the table
// panics.
func (t *Table) Pick(rows []int) *Table {
	for _, r := range rows {
		if r < 0 || r >= t.Rows() {
			panic(fmt.Sprintf("catalog: row %d of %d", r, t.Rows()))
		}
	}
	return t.pick(rows)
}

// absent stands for a row that the table does not have.
const absent = -1

// pick is Pick, and gives an empty row for absent.
func (t *Table) pick(rows []int) *Table {
	out := &Table{
		IDs:    choose(t.IDs, rows, ""),
		Stars:  choose(t.Stars, rows, ""),
		Unique: choose(t.Unique, rows, false),
		Median: choose(t.Median, rows, math.NaN()),
	}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, Column{c.Name, c.Unit, choose(c.Values, rows, math.NaN())})
	}
	for _, c := range t.Texts {
		out.Texts = append(out.Texts, Text{c.Name, choose(c.Values, rows, "")})
	}
	return out
}

// choose copies rows of a column that is not nil.
func choose[T any](values []T, rows []int, empty T) []T {
	if values == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		if r == absent {
			out[i] = empty
		} else {
			out[i] = values[r]
		}
	}
	return out
}

// Join is the table of the given spectra, in their order. The ids may be file
// names (see Key). A spectrum that the table does not know gets a row without
// values, and is listed in missing. A dp_id that stands in the table twice is
// an error.
func (t *Table) Join(ids []string) (joined *Table, missing []string, err error) {
	if err := t.check(); err != nil {
		return nil, nil, fmt.Errorf("catalog: %w", err)
	}
	at := make(map[string]int, t.Rows())
	for row, id := range t.IDs {
		at[Key(id)] = row
	}
	rows := make([]int, len(ids))
	for i, id := range ids {
		row, ok := at[Key(id)]
		if !ok {
			row = absent
			missing = append(missing, id)
		}
		rows[i] = row
	}
	joined = t.pick(rows)
	if joined.IDs == nil {
		joined.IDs = make([]string, len(ids)) // the table was empty
	}
	for i, row := range rows {
		if row == absent {
			joined.IDs[i] = Key(ids[i])
		}
	}
	return joined, missing, nil
}

// check sees that the table is one that Read could have given.
func (t *Table) check() error {
	first := make(map[string]int, t.Rows())
	for row, id := range t.IDs {
		key := Key(id)
		if isMissing(key) {
			return fmt.Errorf("row %d has no dp_id", row)
		}
		if before, ok := first[key]; ok {
			return fmt.Errorf("dp_id %q stands in row %d and in row %d", id, before, row)
		}
		first[key] = row
	}
	names := map[string]bool{}
	see := func(name string, rows int) error {
		if rows != t.Rows() {
			return fmt.Errorf("column %q has %d values for %d rows", name, rows, t.Rows())
		}
		if name == "" || names[spelled(name)] {
			return fmt.Errorf("two columns are named %q, or one has no name", name)
		}
		names[spelled(name)] = true
		return nil
	}
	errs := []error{see(nameID, t.Rows())}
	if t.Stars != nil {
		errs = append(errs, see(nameStar, len(t.Stars)))
	}
	if t.Unique != nil {
		errs = append(errs, see(nameUnique, len(t.Unique)))
	}
	if t.Median != nil {
		errs = append(errs, see(nameMedian, len(t.Median)))
	}
	for _, c := range t.Texts {
		errs = append(errs, see(c.Name, len(c.Values)))
	}
	for _, c := range t.Columns {
		errs = append(errs, see(c.Name, len(c.Values)))
	}
	return errors.Join(errs...)
}
