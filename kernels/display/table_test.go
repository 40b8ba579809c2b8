package display

import (
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func ExampleTable() {
	type star struct {
		Name   string
		Teff   float64
		Visits int
	}
	Table([]star{{"Sun", 5772, 1}, {"Vega", 9602.25, 20}})
	// Output:
	// Name     Teff  Visits
	// Sun      5772       1
	// Vega  9602.25      20
}

type inner struct{ A int }

type outer struct {
	inner
	*star
	B any
}

func TestTables(t *testing.T) {
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"maps", []map[string]any{{"b": 1, "a": "x"}, {"b": 2.5}, nil}, "a    b\nx    1\n   2.5\n"},
		{"map of structs", map[string]inner{"y": {2}, "x": {1}}, "key  A\nx    1\ny    2"},
		{"map", map[int]string{2: "b", 1: "a"}, "key  value\n  1  a\n  2  b"},
		{"map of columns", map[string][]int{"b": {1, 2}, "a": {3}}, "a  b\n3  1\n   2"},
		{"columns", Columns{{"z", []string{"p", "q"}}, {"a", [2]float64{1, 2}}}, "z  a\np  1\nq  2"},
		{"words", [][]string{{"a", "b"}, {"cc"}}, "a   b\ncc"},
		{"numbers", [][]float64{{1, 2}, {3}}, "0  1\n1  2\n3"},
		{"mixed", [][]any{{1, "a"}, {nil, 2.5}}, "0  1\n1  a\n   2.5"},
		{"matrix", mat.NewDense(1, 2, []float64{1e20, -0.25}), "    0      1\n1e+20  -0.25"},
		{"scalars", []int{10, 2}, "value\n   10\n    2"},
		{"struct", star{Name: "Sun", Teff: 5772}, "field   value\nName    Sun\nTeff    5772\nVisits  0"},
		{"embedded", []outer{{inner{1}, nil, "b"}, {inner{2}, &star{Name: "s"}, 3}}, "A  Name  Teff  Visits  B\n1                      b\n2  s        0       0  3"},
		{"lines in a cell", [][]string{{"a\nb\tc"}}, "a⏎b c"},
		{"wide letters", [][]string{{"ü", "x"}, {"ab", "y"}}, "ü   x\nab  y"},
		{"empty", [][]float64{}, ""},
		{"pointer", &[]int{1}, "value\n    1"},
		{"nil rows", []*inner{nil, {1}}, "A\n\n1"},
	}
	for _, test := range tests {
		g, err := newGrid(test.v)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := g.text(); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
	for _, v := range []any{nil, 3, "text", (*int)(nil), (*star)(nil), Columns{{"a", 3}}, Columns{{"a", nil}}, func() {}} {
		if g, err := newGrid(v); err == nil {
			t.Errorf("%T is a table:\n%s", v, g.text())
		}
	}
}

func TestTableIsCut(t *testing.T) {
	wide := make([][]int, 100)
	for i := range wide {
		wide[i] = make([]int, 50)
	}
	g, err := newGrid(wide)
	if err != nil {
		t.Fatal(err)
	}
	text, page := g.text(), g.html()
	if !strings.HasSuffix(text, "\n… 40 more rows, … 20 more columns") || strings.Count(text, "\n") != maxRows+1 {
		t.Errorf("text:\n%s", text)
	}
	if strings.Count(page, "<tr>") != maxRows+1 || strings.Count(page, "<td") != maxRows*maxColumns || !strings.Contains(page, "… 40 more rows") {
		t.Errorf("page:\n%s", page)
	}
	g, _ = newGrid([][]string{{strings.Repeat("x", 1000)}})
	if n := len(g.text()); n > maxCell+10 {
		t.Errorf("a cell of %d bytes", n)
	}
}

func TestTableEscapes(t *testing.T) {
	g, _ := newGrid([]map[string]string{{"<i>": `<script>alert("x")</script>&`}})
	want := `<table><thead><tr><th style="text-align:left">&lt;i&gt;</th></tr></thead><tbody>` + "\n" +
		`<tr><td style="text-align:left">&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;&amp;</td></tr></tbody></table>`
	if got := g.html(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzTable(f *testing.F) {
	f.Add("a", "<b>", 3, 2.5)
	f.Add("\xff\n", "", -1, -0.5)
	f.Fuzz(func(t *testing.T, a, b string, i int, x float64) {
		g, err := newGrid([]map[string]any{{a: i, b: x}, {a: b, "c": []any{a, i}}})
		if err != nil {
			t.Fatal(err)
		}
		page := g.html()
		if n := strings.Count(page, "<td"); n != 2*len(g.right) {
			t.Errorf("%d cells in %s", n, page)
		}
		if lines := strings.Count(g.text(), "\n"); lines != 2 {
			t.Errorf("%d lines in %q", lines+1, g.text())
		}
	})
}

func BenchmarkTable(b *testing.B) {
	rows := make([]star, 1_000_000)
	for i := range rows {
		rows[i] = star{Name: fmt.Sprint("s", i), Teff: float64(i)}
	}
	for b.Loop() {
		if g, err := newGrid(rows); err != nil || g.moreRows == 0 {
			b.Fatal(err)
		}
	}
}
