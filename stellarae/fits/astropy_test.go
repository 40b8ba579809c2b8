package fits

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// wantHDU is an HDU as testdata/make_fixtures.py describes it: astropy wrote
// the file, numpy computed the values. Numbers are texts that read back to the
// same bits.
type wantHDU struct {
	Name    string
	Kind    Kind
	Shape   []int
	Floats  []string
	Values  map[string]wantValue
	Columns []wantColumn
}

type wantValue struct {
	String *string
	Float  *string
	Int    *string
	Bool   *bool
}

type wantColumn struct {
	Name, Format, Unit string
	Dim                []int
	Cells              []wantCell
}

// wantCell holds what each method returns; where a field is nil the method
// must return an error.
type wantCell struct {
	Floats    *[]string
	Ints      *[]string
	Strings   *[]string
	Bools     *[]bool
	Bits      *[]bool
	Complexes *[][2]string
}

func TestAgainstAstropy(t *testing.T) {
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var files map[string][]wantHDU
	if err := json.Unmarshal(text, &files); err != nil {
		t.Fatal(err)
	}
	for name, hdus := range files {
		t.Run(name, func(t *testing.T) {
			f, err := Open(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			if len(f.HDUs) != len(hdus) {
				t.Fatalf("%d HDUs, want %d", len(f.HDUs), len(hdus))
			}
			for i, want := range hdus {
				checkHDU(t, f.HDUs[i], want)
			}
		})
	}
}

func checkHDU(t *testing.T, h *HDU, want wantHDU) {
	t.Helper()
	if h.Name != want.Name || h.Kind != want.Kind {
		t.Errorf("hdu %d is %s %q, want %s %q", h.Index, h.Kind, h.Name, want.Kind, want.Name)
	}
	for key, v := range want.Values {
		checkValue(t, h.Header, key, v)
	}
	if want.Shape != nil {
		im, err := h.Image()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(im.Shape, want.Shape) {
			t.Errorf("%s: shape %v, want %v", h.Name, im.Shape, want.Shape)
		}
		sameFloats(t, h.Name, im.Float64s(), im.Float32s(), want.Floats)
	} else if _, err := h.Image(); err == nil {
		t.Errorf("hdu %d: an image where there is none", h.Index)
	}
	if want.Columns == nil {
		return
	}
	table, err := h.Table()
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Columns()) != len(want.Columns) {
		t.Fatalf("%d columns, want %d", len(table.Columns()), len(want.Columns))
	}
	for i, c := range want.Columns {
		checkColumn(t, table, i, c)
	}
}

func checkValue(t *testing.T, h *Header, key string, want wantValue) {
	t.Helper()
	s, isString := h.String(key)
	if isString != (want.String != nil) || isString && s != *want.String {
		t.Errorf("%s: string %q, %v", key, s, isString)
	}
	x, isFloat := h.Float(key)
	if isFloat != (want.Float != nil) || isFloat && x != number(t, *want.Float) {
		t.Errorf("%s: float %v, %v", key, x, isFloat)
	}
	if n, isInt := h.Int(key); want.Int != nil && (!isInt || strconv.FormatInt(n, 10) != *want.Int) {
		t.Errorf("%s: int %d, %v", key, n, isInt)
	}
	b, isBool := h.Bool(key)
	if isBool != (want.Bool != nil) || isBool && b != *want.Bool {
		t.Errorf("%s: bool %v, %v", key, b, isBool)
	}
}

func checkColumn(t *testing.T, table *Table, i int, want wantColumn) {
	t.Helper()
	c := table.Columns()[i]
	if c.Name != want.Name || c.Format != want.Format || c.Unit != want.Unit || !slices.Equal(c.Dim, want.Dim) {
		t.Errorf("column %d is %s %s %q %v, want %s %s %q %v", i, c.Name, c.Format, c.Unit, c.Dim, want.Name, want.Format, want.Unit, want.Dim)
	}
	if table.Rows() != len(want.Cells) {
		t.Fatalf("%d rows, want %d", table.Rows(), len(want.Cells))
	}
	for row, cell := range want.Cells {
		where := c.Name + " row " + strconv.Itoa(row)
		x, err := table.Floats(row, i)
		x32, err32 := table.Float32s(row, i)
		if (err == nil) != (cell.Floats != nil) || (err32 == nil) != (cell.Floats != nil) {
			t.Errorf("%s: Floats: %v, Float32s: %v", where, err, err32)
		} else if err == nil {
			sameFloats(t, where, x, x32, *cell.Floats)
		}
		same(t, where+" Ints", texts(table.Ints(row, i)), cell.Ints)
		same(t, where+" Strings", result(table.Strings(row, i)), cell.Strings)
		same(t, where+" Bools", result(table.Bools(row, i)), cell.Bools)
		same(t, where+" Bits", result(table.Bits(row, i)), cell.Bits)
		checkComplexes(t, where, result(table.Complexes(row, i)), cell.Complexes)
	}
}

// result is nil for an error, so that it compares with what the fixture lacks.
func result[T any](v []T, err error) *[]T {
	if err != nil {
		return nil
	}
	return &v
}

func texts(v []int64, err error) *[]string {
	if err != nil {
		return nil
	}
	out := make([]string, len(v))
	for i, n := range v {
		out[i] = strconv.FormatInt(n, 10)
	}
	return &out
}

func same[T any](t *testing.T, where string, got, want *T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", where, got, want)
	}
}

func sameFloats(t *testing.T, where string, x []float64, x32 []float32, want []string) {
	t.Helper()
	if len(x) != len(want) || len(x32) != len(want) {
		t.Errorf("%s: %d and %d values, want %d", where, len(x), len(x32), len(want))
		return
	}
	for i, text := range want {
		v := number(t, text)
		if x[i] != v && !(math.IsNaN(x[i]) && math.IsNaN(v)) {
			t.Errorf("%s: element %d is %v, want %v", where, i, x[i], v)
		}
		if v32 := float32(v); x32[i] != v32 && !(math.IsNaN(float64(x32[i])) && math.IsNaN(v)) {
			t.Errorf("%s: element %d is %v as float32, want %v", where, i, x32[i], v32)
		}
	}
}

func checkComplexes(t *testing.T, where string, got *[]complex128, want *[][2]string) {
	t.Helper()
	if (got == nil) != (want == nil) || got != nil && len(*got) != len(*want) {
		t.Errorf("%s Complexes: %v, want %v", where, got, want)
		return
	}
	if got == nil {
		return
	}
	for i, w := range *want {
		if z := complex(number(t, w[0]), number(t, w[1])); (*got)[i] != z {
			t.Errorf("%s: element %d is %v, want %v", where, i, (*got)[i], z)
		}
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
