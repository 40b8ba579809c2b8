package fits

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func pointer[T any](v T) *T { return &v }

var inf = math.Inf(1)

// samples has every type that can be written, with the ends of its range.
var samples = []any{
	[]float64{math.NaN(), inf, -inf, 0, math.MaxFloat64, 5e-324, 3785.01},
	[]float32{float32(math.NaN()), float32(inf), 0, math.MaxFloat32, 1e-45, -1.5, 7},
	[]uint8{0, 1, 127, 128, 255, 3, 4},
	[]int8{-128, -1, 0, 1, 127, 3, 4},
	[]int16{math.MinInt16, -1, 0, 1, math.MaxInt16, 3, 4},
	[]uint16{0, 1, 1<<15 - 1, 1 << 15, math.MaxUint16, 3, 4},
	[]int32{math.MinInt32, -1, 0, 1, math.MaxInt32, 3, 4},
	[]uint32{0, 1, 1<<31 - 1, 1 << 31, math.MaxUint32, 3, 4},
	[]int64{math.MinInt64, -1, 0, 1, math.MaxInt64, 3, 4},
	[]uint64{0, 1, 1<<63 - 1, 1 << 63, math.MaxUint64, 3, 4},
}

var tableOnly = []any{
	[]bool{true, false, false, true, true, true, false},
	[]complex64{1 + 2i, -3i, 0, 4, 5, 6, 7},
	[]complex128{1 + 2i, complex(0, -1e300), 0, 4, 5, 6, 7},
	[]string{"HD 10700", "", "a 'quoted' name", " leading", "x", "y", "ends in &"},
}

var testCards = []Card{
	{"OBJECT", "HD 10700", "target name"},
	{"QUOTE", "O'Neil's", ""},
	{"EMPTY", "", ""},
	{"LONG", strings.Repeat("It's long, & longer; ", 12), ""},
	{"QUOTES", strings.Repeat("'", 150), ""},
	{"EDGE67", strings.Repeat("x", 67), "a comment that does not fit"},
	{"EDGE68", strings.Repeat("x", 68), ""},
	{"EDGE69", strings.Repeat("x", 69), ""},
	{"AMPERSND", "ends in &", ""},
	{"AIRMASS", 1.25, "a comment"},
	{"TINY", -2.2250738585072014e-308, ""},
	{"THIRD", 1.0 / 3, ""},
	{"WHOLE", 3785.0, "stays a float"},
	{"MANY", 1e20, ""},
	{"COUNT", int64(-42), ""},
	{"MOST", int64(math.MaxInt64), ""},
	{"YES", true, ""},
	{"NO", false, ""},
	{"PHASOR", 1.5 - 2i, ""},
	{"UNDEF", nil, "no value"},
	{"ESO DRS BERV", 11.2489, "barycentric velocity [km/s]"},
	{"ESO INS DET1 NAME", "EEV 44-82", ""},
	{"ESO TEL AIRM START", int64(1), ""},
	{"ESO LONG", strings.Repeat("0123456789", 15), ""},
	{"COMMENT", "a comment", ""},
	{"HISTORY", strings.Repeat("a long history; ", 10), ""},
}

// writtenFiles are the files that the writing tests write.
func writtenFiles() map[string][]Encoder {
	wave, flux, missing := make([]float64, 2048), make([]float32, 2048), make([]float32, 2048)
	for i := range wave {
		wave[i] = 4960 + 0.16*float64(i)
		flux[i] = float32(1000 + 10*math.Sin(wave[i]))
		missing[i] = float32(math.NaN())
	}
	images := []Encoder{&ImageHDU{}}
	scalars, fixed := &TableHDU{Name: "SCALARS"}, &TableHDU{Name: "FIXED"}
	ragged := &TableHDU{Name: "RAGGED"}
	for i, s := range append(samples[:len(samples):len(samples)], tableOnly...) {
		name := fmt.Sprintf("%T", s)[2:]
		if i < len(samples) {
			images = append(images, &ImageHDU{Name: name, Data: s})
		}
		scalars.Columns = append(scalars.Columns, ColumnData{Name: name, Data: s})
		if _, text := s.([]string); text {
			continue
		}
		fixed.Columns = append(fixed.Columns, ColumnData{Name: name, Data: parts(s, 0, 3, 6)})
		ragged.Columns = append(ragged.Columns, ColumnData{Name: name, Unit: "adu", Data: parts(s, 0, 3, 3, 7)})
	}
	fixed.Columns = append(fixed.Columns,
		ColumnData{Name: "CUBE", Data: [][]int16{{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11}}, Dim: []int{2, 3}},
		ColumnData{Name: "NONE", Data: [][]float64{{}, {}}})
	scalars.Columns = append(scalars.Columns,
		ColumnData{Name: "NULL", Unit: "adu", Data: []int32{1, 2, -99, 4, 5, 6, 7}, Null: pointer(int64(-99))})
	return map[string][]Encoder{
		"images.fits":        images,
		"tables.fits":        {&ImageHDU{Cards: testCards}, scalars, fixed, ragged},
		"compressed.fits.gz": {&ImageHDU{Data: flux, Shape: []int{2, 16, 64}, Cards: testCards[:1]}, fixed},
		"spectrum.fits": {&ImageHDU{Data: flux, Cards: []Card{
			{"CRPIX1", 1.0, "reference sample"}, {"CRVAL1", 4960.0, "[angstrom]"}, {"CDELT1", 0.16, "[angstrom]"},
		}}},
		// In the form of the archive's Phase 3 products.
		"product.fits": {&ImageHDU{Cards: testCards}, &TableHDU{
			Name:  "SPECTRUM",
			Cards: []Card{{"VOCLASS", "SPECTRUM V2.0", "VO data model"}},
			Columns: []ColumnData{
				{Name: "WAVE", Unit: "angstrom", Data: [][]float64{wave}},
				{Name: "FLUX", Unit: "adu", Data: [][]float32{flux}},
				{Name: "ERR", Unit: "adu", Data: [][]float32{missing}},
			},
		}},
	}
}

// parts cuts a slice at the given places into a slice of slices.
func parts(s any, at ...int) any {
	v := reflect.ValueOf(s)
	out := reflect.MakeSlice(reflect.SliceOf(v.Type()), 0, len(at))
	for i := 1; i < len(at); i++ {
		out = reflect.Append(out, v.Slice(at[i-1], at[i]))
	}
	return out.Interface()
}

// rowTexts are the numbers or texts of each row of a column, exactly.
func rowTexts(data any) [][]string {
	v := reflect.ValueOf(data)
	rows := make([][]string, v.Len())
	for i := range rows {
		rows[i] = []string{}
		row := v.Index(i)
		if row.Kind() != reflect.Slice {
			rows[i] = append(rows[i], elementText(row.Interface()))
			continue
		}
		for j := range row.Len() {
			rows[i] = append(rows[i], elementText(row.Index(j).Interface()))
		}
	}
	return rows
}

func elementText(v any) string {
	switch v := v.(type) {
	case complex64:
		return fmt.Sprint(float64(real(v)), " ", float64(imag(v)))
	case complex128:
		return fmt.Sprint(real(v), " ", imag(v))
	case float32:
		return fmt.Sprint(float64(v))
	}
	return fmt.Sprint(v)
}

func TestWriteRead(t *testing.T) {
	dir := t.TempDir()
	for name, hdus := range writtenFiles() {
		path := filepath.Join(dir, name)
		if err := WriteFile(path, hdus...); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.HDUs) != len(hdus) {
			t.Fatalf("%s: %d HDUs, wrote %d", name, len(f.HDUs), len(hdus))
		}
		for i, h := range hdus {
			switch h := h.(type) {
			case *ImageHDU:
				checkCards(t, f.HDUs[i].Header, h.Cards)
				if h.Data != nil {
					checkWrittenImage(t, f.HDUs[i], h)
				}
			case *TableHDU:
				checkCards(t, f.HDUs[i].Header, h.Cards)
				checkWrittenTable(t, f.HDUs[i], h)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != len(writtenFiles()) {
		t.Errorf("the folder holds %v", left)
	}
}

func checkCards(t *testing.T, h *Header, want []Card) {
	t.Helper()
	var history strings.Builder
	for _, c := range h.Cards() {
		if c.Key == "HISTORY" {
			// Trailing blanks of a card are lost.
			fmt.Fprintf(&history, "%-72s", c.Value)
		}
	}
	for _, w := range want {
		if w.Key == "HISTORY" {
			if got := strings.TrimSpace(history.String()); got != strings.TrimSpace(w.Value.(string)) {
				t.Errorf("history %q", got)
			}
			continue
		}
		i, ok := h.index[w.Key]
		if !ok {
			t.Errorf("%s is lost", w.Key)
			continue
		}
		got := h.cards[i]
		if s, ok := w.Value.(string); ok {
			w.Value = strings.TrimRight(s, " ")
		}
		if got.Value != w.Value || w.Comment != "" && !strings.HasPrefix(w.Comment, got.Comment) {
			t.Errorf("%s: %v / %s, want %v / %s", w.Key, got.Value, got.Comment, w.Value, w.Comment)
		}
	}
}

func checkWrittenImage(t *testing.T, h *HDU, want *ImageHDU) {
	t.Helper()
	im, err := h.Image()
	if err != nil {
		t.Fatal(err)
	}
	shape := want.Shape
	if shape == nil {
		shape = []int{reflect.ValueOf(want.Data).Len()}
	}
	if diff := cmp.Diff(shape, im.Shape); diff != "" || h.Name != want.Name && want.Name != "" {
		t.Errorf("%s: shape: %s", h.Name, diff)
	}
	v := reflect.ValueOf(want.Data)
	for i, x := range im.Float64s() {
		y := v.Index(i).Convert(reflect.TypeFor[float64]()).Float()
		if x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
			t.Errorf("%s: sample %d is %v, wrote %v", h.Name, i, x, y)
		}
	}
}

func checkWrittenTable(t *testing.T, h *HDU, want *TableHDU) {
	t.Helper()
	table, err := h.Table()
	if err != nil {
		t.Fatal(err)
	}
	if h.Name != want.Name || len(table.Columns()) != len(want.Columns) {
		t.Fatalf("table %s of %d columns, wrote %s of %d", h.Name, len(table.Columns()), want.Name, len(want.Columns))
	}
	for i, w := range want.Columns {
		c := table.Columns()[i]
		if c.Name != w.Name || c.Unit != w.Unit || !cmp.Equal(c.Dim, w.Dim) {
			t.Errorf("column %+v, wrote %s %s %v", c, w.Name, w.Unit, w.Dim)
		}
		rows := rowTexts(w.Data)
		if table.Rows() != len(rows) {
			t.Fatalf("%d rows, wrote %d", table.Rows(), len(rows))
		}
		for row, texts := range rows {
			if got := readTexts(t, table, row, i, w); !cmp.Equal(got, texts) {
				t.Errorf("%s: column %s: row %d is %v, wrote %v", h.Name, c.Name, row, got, texts)
			}
		}
	}
}

// readTexts reads a cell in the way that is exact for its type.
func readTexts(t *testing.T, table *Table, row, col int, want ColumnData) []string {
	t.Helper()
	var cell any
	var err error
	switch c := table.Columns()[col]; c.Type {
	case 'A':
		cell, err = table.Strings(row, col)
	case 'L':
		cell, err = table.Bools(row, col)
	case 'C', 'M':
		cell, err = table.Complexes(row, col)
	case 'E', 'D':
		cell, err = table.Floats(row, col)
	default:
		cell, err = table.Ints(row, col)
		if err == nil {
			break
		}
		// A null, or a number only uint64 can hold.
		var x []float64
		if x, err = table.Floats(row, col); err != nil {
			break
		}
		out := rowTexts(want.Data)[row]
		for i, v := range x {
			if n, err := strconv.ParseFloat(out[i], 64); want.Null == nil && (err != nil || n != v) || want.Null != nil && !math.IsNaN(v) {
				t.Errorf("%s: element %d is %v, wrote %s", c.Name, i, v, out[i])
			}
		}
		return out
	}
	if err != nil {
		t.Fatal(err)
	}
	return rowTexts(parts(cell, 0, reflect.ValueOf(cell).Len()))[0]
}

func TestWriteErrors(t *testing.T) {
	table := func(columns ...ColumnData) Encoder { return &TableHDU{Columns: columns} }
	card := func(key string, value any) Encoder { return &ImageHDU{Cards: []Card{{key, value, ""}}} }
	for _, test := range []struct {
		hdu  Encoder
		want string
	}{
		{card("NAXIS", 3), "hdu 0: card NAXIS: set by the encoder"},
		{card("TTYPE1", "X"), "hdu 0: card TTYPE1: set by the encoder"},
		{card("RATIO", math.NaN()), "hdu 0: card RATIO: FITS headers have no NaN"},
		{card("NAME", "Åke"), "hdu 0: card NAME: the value is not printable ASCII"},
		{card("NAME", []int{1}), "hdu 0: card NAME: a []int is no card value"},
		{card("A=B", 1), `hdu 0: card "A=B": not a key FITS can hold`},
		{card("ESO "+strings.Repeat("X", 80), 1), "hdu 0: card ESO " + strings.Repeat("X", 80) + ": key and value exceed 80 characters"},
		{card("ESO "+strings.Repeat("X", 80), "text"), "hdu 0: card ESO " + strings.Repeat("X", 80) + ": the key leaves no room for a value"},
		{&ImageHDU{Data: []string{"a"}}, "hdu 0: a []string is no image"},
		{&ImageHDU{Data: []int16{1, 2, 3}, Shape: []int{2, 2}}, "hdu 0: 3 samples do not fill the shape [2 2]"},
		{&ImageHDU{Data: []int16{}, Shape: []int{-1, 0}}, "hdu 0: no image has the shape [-1 0]"},
		{table(ColumnData{Name: "A", Data: 7}), "hdu 1: column A: a int is no column"},
		{table(ColumnData{Name: "A", Data: []string{"\x00"}}), "hdu 1: column A: row 0: the text is not printable ASCII"},
		{table(ColumnData{Name: "A", Data: []int16{1}}, ColumnData{Name: "B", Data: []int16{1, 2}}), "hdu 1: column B: 2 rows, the first column has 1"},
		{table(ColumnData{Name: "A", Data: [][]int16{{1, 2, 3}}, Dim: []int{2, 2}}), "hdu 1: column A: cells of 3 elements do not have the shape [2 2]"},
		{table(ColumnData{Name: "A", Data: []float32{1}, Null: pointer(int64(1))}), "hdu 1: column A: only integers have a null value"},
		{table(ColumnData{Name: "A", Data: [][]float32{{}}}), "hdu 1: 1 rows of no bytes"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.fits")
		if err := os.WriteFile(path, []byte("the old file"), 0o644); err != nil {
			t.Fatal(err)
		}
		err := WriteFile(path, test.hdu)
		if err == nil || err.Error() != path+": "+test.want {
			t.Errorf("%v, want %s: %s", err, path, test.want)
		}
		entries, _ := os.ReadDir(dir)
		if old, _ := os.ReadFile(path); string(old) != "the old file" || len(entries) != 1 {
			t.Errorf("%s: the failed write left %q and %d files", test.want, old, len(entries))
		}
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "none", "x.fits"), &ImageHDU{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := Encode(&bytes.Buffer{}); err == nil {
		t.Error("wrote a file without an HDU")
	}
}
