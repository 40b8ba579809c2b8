package display

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// Bounds of a table.
const (
	maxRows    = 60
	maxColumns = 30
	maxCell    = 200 // bytes
)

// matrix is what gonum's mat.Matrix comes down to.
type matrix interface {
	Dims() (rows, columns int)
	At(row, column int) float64
}

// Columns is a table by columns, for Table.
type Columns []Column

// Column is a named slice of values.
type Column struct {
	Name   string
	Values any
}

// grid is the text of a table, cut to a size that can be read.
type grid struct {
	heads       []string // nil without
	right       []bool   // columns of numbers
	rows        [][]string
	moreRows    int
	moreColumns int
}

// tabular reports whether a value is a table rather than anything else.
func tabular(v any) bool {
	switch v.(type) {
	case error, fmt.Formatter, fmt.Stringer:
		return false
	case matrix, Columns:
		return true
	}
	t := reflect.TypeOf(v)
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
		return false
	}
	e := t.Elem()
	if e.Kind() == reflect.Pointer {
		e = e.Elem()
	}
	switch e.Kind() {
	case reflect.Struct:
		return len(fields(e)) > 0 && !speaks(t.Elem())
	case reflect.Slice, reflect.Array:
		k := e.Elem().Kind()
		return k == reflect.Float32 || k == reflect.Float64 || k == reflect.String
	}
	return false
}

// speaks reports whether values of t have a text of their own, as time.Time.
func speaks(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[error]()) || t.Implements(reflect.TypeFor[fmt.Stringer]())
}

// fields are the exported fields of a struct, those of embedded structs included.
func fields(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return !f.IsExported() || f.Anonymous && f.Type.Kind() == reflect.Struct
	})
}

// newGrid reads a table out of v; the error names what is no table.
func newGrid(v any) (*grid, error) {
	switch x := v.(type) {
	case nil:
		return nil, fmt.Errorf("no table in nil")
	case matrix:
		rows, columns := x.Dims()
		g := newShape(rows, columns, numbered(columns))
		g.fill(func(i, j int) reflect.Value { return reflect.ValueOf(x.At(i, j)) })
		return g, nil
	case Columns:
		return byColumns(x)
	}
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		return bySlice(r)
	case reflect.Map:
		return byMap(r)
	case reflect.Struct:
		list := fields(r.Type())
		g := newShape(len(list), 2, []string{"field", "value"})
		g.fill(func(i, j int) reflect.Value {
			if j == 0 {
				return reflect.ValueOf(list[i].Name)
			}
			return fieldOf(r, list[i])
		})
		return g, nil
	}
	return nil, fmt.Errorf("no table in a %T", v)
}

func bySlice(r reflect.Value) (*grid, error) {
	e := r.Type().Elem()
	if e.Kind() == reflect.Pointer {
		e = e.Elem()
	}
	at := func(i int) reflect.Value { return reflect.Indirect(r.Index(i)) }
	switch e.Kind() {
	case reflect.Struct:
		if list := fields(e); len(list) > 0 && !speaks(r.Type().Elem()) {
			g := newShape(r.Len(), len(list), names(list))
			g.fill(func(i, j int) reflect.Value { return fieldOf(at(i), list[j]) })
			return g, nil
		}
	case reflect.Slice, reflect.Array:
		columns := 0
		for i := range min(r.Len(), maxRows) {
			if at(i).IsValid() {
				columns = max(columns, at(i).Len())
			}
		}
		g := newShape(r.Len(), columns, nil)
		if e.Elem().Kind() != reflect.String {
			g.setHeads(numbered(columns))
		}
		g.fill(func(i, j int) reflect.Value {
			if row := at(i); row.IsValid() && j < row.Len() {
				return row.Index(j)
			}
			return reflect.Value{}
		})
		return g, nil
	case reflect.Map:
		if e.Key().Kind() == reflect.String {
			return byRecords(r, at)
		}
	}
	g := newShape(r.Len(), 1, []string{"value"})
	g.fill(func(i, _ int) reflect.Value { return r.Index(i) })
	return g, nil
}

// byRecords is a slice of maps, with a column for each key in the rows shown.
func byRecords(r reflect.Value, at func(int) reflect.Value) (*grid, error) {
	seen := map[string]bool{}
	for i := range min(r.Len(), maxRows) {
		if !at(i).IsValid() {
			continue
		}
		for it := at(i).MapRange(); it.Next() && len(seen) < 10*maxColumns; {
			seen[it.Key().String()] = true
		}
	}
	keys := slices.Sorted(maps.Keys(seen))
	g := newShape(r.Len(), len(keys), keys)
	g.fill(func(i, j int) reflect.Value {
		if !at(i).IsValid() {
			return reflect.Value{}
		}
		return at(i).MapIndex(reflect.ValueOf(keys[j]).Convert(at(i).Type().Key()))
	})
	return g, nil
}

// byMap is a map: of slices by column, of anything else a row for each key.
func byMap(r reflect.Value) (*grid, error) {
	keys := make([]reflect.Value, 0, min(r.Len(), maxSorted))
	for it := r.MapRange(); len(keys) < maxSorted && it.Next(); {
		keys = append(keys, it.Key())
	}
	slices.SortFunc(keys, compare)
	t := r.Type()
	switch k := t.Elem().Kind(); {
	case k == reflect.Slice && t.Key().Kind() == reflect.String:
		var columns Columns
		for _, key := range keys {
			columns = append(columns, Column{key.String(), r.MapIndex(key).Interface()})
		}
		return byColumns(columns)
	case k == reflect.Struct && !speaks(t.Elem()) && len(fields(t.Elem())) > 0:
		list := fields(t.Elem())
		g := newShape(r.Len(), 1+len(list), append([]string{"key"}, names(list)...))
		g.fill(func(i, j int) reflect.Value {
			if j == 0 {
				return keys[i]
			}
			return fieldOf(r.MapIndex(keys[i]), list[j-1])
		})
		return g, nil
	}
	g := newShape(r.Len(), 2, []string{"key", "value"})
	g.fill(func(i, j int) reflect.Value {
		if j == 0 {
			return keys[i]
		}
		return r.MapIndex(keys[i])
	})
	return g, nil
}

func byColumns(c Columns) (*grid, error) {
	rows := 0
	var heads []string
	values := make([]reflect.Value, len(c))
	for j, column := range c {
		values[j] = reflect.ValueOf(column.Values)
		if k := values[j].Kind(); k != reflect.Slice && k != reflect.Array {
			return nil, fmt.Errorf("column %q is a %T, not a slice", column.Name, column.Values)
		}
		rows = max(rows, values[j].Len())
		heads = append(heads, column.Name)
	}
	g := newShape(rows, len(c), heads)
	g.fill(func(i, j int) reflect.Value {
		if i < values[j].Len() {
			return values[j].Index(i)
		}
		return reflect.Value{}
	})
	return g, nil
}

func names(list []reflect.StructField) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return out
}

func numbered(n int) []string {
	heads := make([]string, min(n, maxColumns))
	for i := range heads {
		heads[i] = strconv.Itoa(i)
	}
	return heads
}

// fieldOf is a field of a struct, or nothing where the struct or one embedded
// in it is a nil pointer.
func fieldOf(r reflect.Value, f reflect.StructField) reflect.Value {
	if !r.IsValid() {
		return r
	}
	v, err := r.FieldByIndexErr(f.Index)
	if err != nil {
		return reflect.Value{}
	}
	return v
}

// newShape is an empty grid of as many rows and columns as are shown.
func newShape(rows, columns int, heads []string) *grid {
	g := &grid{moreRows: max(0, rows-maxRows), moreColumns: max(0, columns-maxColumns)}
	g.rows = make([][]string, min(rows, maxRows))
	g.right = make([]bool, min(columns, maxColumns))
	g.setHeads(heads)
	return g
}

func (g *grid) setHeads(heads []string) {
	if heads != nil {
		g.heads = heads[:min(len(heads), len(g.right))]
	}
}

// fill reads the cells shown. A column is one of numbers if each of its values
// that is there is a number.
func (g *grid) fill(at func(i, j int) reflect.Value) {
	filled := make([]bool, len(g.right))
	for j := range g.right {
		g.right[j] = true
	}
	for i := range g.rows {
		g.rows[i] = make([]string, len(g.right))
		for j := range g.rows[i] {
			v := at(i, j)
			if v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			if !v.IsValid() {
				continue
			}
			filled[j] = true
			g.right[j] = g.right[j] && (v.CanInt() || v.CanUint() || v.CanFloat())
			g.rows[i][j] = cellText(v)
		}
	}
	for j := range g.right {
		g.right[j] = g.right[j] && filled[j]
	}
}

// cellText is a value in a table: floats with six digits, the rest as Render.
func cellText(v reflect.Value) string {
	if v.CanFloat() && !speaks(v.Type()) {
		f := v.Float()
		if f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return strconv.FormatFloat(f, 'g', 6, 64)
	}
	p := printer{left: maxCell}
	p.value(v, 1)
	if p.cut {
		return p.b.String() + "…"
	}
	return p.b.String()
}
