package complete

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/cell"
)

func overlayOf(t testing.TB, code string) *overlay {
	t.Helper()
	c, _ := cell.Parse(code)
	items, _ := cell.Split(c)
	o := lay(c, items)
	o.prepend("import \"é\"\n")
	everyByteOnce(t, c, o)
	return o
}

// everyByteOnce checks the map: each byte of the cell's Go code is in one
// piece, stands in the overlay where the piece says, and is found back.
func everyByteOnce(t testing.TB, c *cell.Cell, o *overlay) {
	t.Helper()
	held := make([]int, len(c.Go))
	for _, p := range o.pieces {
		if p.start > p.end || o.text[p.at:p.at+p.end-p.start] != c.Go[p.start:p.end] {
			t.Fatalf("%q: piece %+v does not stand in %q", c.Text, p, o.text)
		}
		for i := p.start; i < p.end; i++ {
			held[i]++
		}
	}
	for i, n := range held {
		if n != 1 {
			t.Fatalf("%q: byte %d is in %d pieces", c.Text, i, n)
		}
	}
	for offset := range len(c.Go) + 1 {
		p, ok := o.locate(offset)
		if !ok {
			t.Fatalf("%q: offset %d has no place", c.Text, offset)
		}
		if back, ok := p.toCell(p.toOverlay(offset)); !ok || back != offset {
			t.Fatalf("%q: offset %d comes back as %d, %v", c.Text, offset, back, ok)
		}
	}
}

func TestOverlay(t *testing.T) {
	tests := []struct {
		code string
		want string // the overlay's tokens, spaces aside
	}{
		{"", `func _() { }`},
		{"x := 1", `func _() { x := 1 }`},
		{"import \"os\"\nx := os.Args\nfunc f() {}\ny := x", `import "os" func f() {} var x = os.Args var y = x func _() { x := os.Args y := x }`},
		{"type T int\nx := T(1)", `type T int func _() { x := T(1) }`},
		{"x := 1\nfunc f() int { return x }", `var x = 1 func _() { x := 1 } func f() int { return x }`},
		{"x := x + 1\nfunc f() {}", `func _() { x := x + 1 } func f() {}`},
		{"a, b := 1, 2\nb, c := 3, 4\nfunc f() {}", `var a, b = 1, 2 var _, c = 3, 4 func _() { a, b := 1, 2 b, c := 3, 4 } func f() {}`},
		{"func f() {}\n%% -x\ny := 1", `func f() {} func _() { } func main() { y := 1 }`},
		{"z := 2\n%%\ny := z", `var z = 2 func _() { z := 2 } func main() { y := z }`},
		{"!ls\nx := 1\n%env A=b", `func _() { x := 1 }`},
		{"%exec f\nfunc f() {}", `func _() { } func f() {}`},
		{"a := 1; type T int; b := T(2)", `type T int; func _() { a := 1; b := T(2) }`},
		{"a := 1\nfunc f() {\n\ta.", `var a = 1 func _() { a := 1 } func f() { a.`},
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, tt := range tests {
		o := overlayOf(t, tt.code)
		want := `package main import "é" ` + tt.want
		if got := squeeze(o.text); got != want {
			t.Errorf("%q becomes\n\t%s, want\n\t%s", tt.code, got, want)
		}
	}
}

func TestQualifiers(t *testing.T) {
	used, imported := qualifiers("import (\n\t\"math/rand/v2\"\n\tj \"encoding/json\"\n\t. \"os\"\n)\nx := fmt.Println(a.b.c, fmt.Sp)\n\"s.t\" // u.v\n[]int{}.w\nstrings.\nfoo()\nbar.")
	have := map[string]string{}
	for _, q := range used {
		have[q.name] = strings.Join(q.selectors, " ")
	}
	want := map[string]string{"fmt": "Println Sp", "a": "b", "strings": "", "bar": ""}
	for name, sel := range want {
		if got, ok := have[name]; !ok || got != sel {
			t.Errorf("of %s is used %q, %v, want %q", name, got, ok, sel)
		}
	}
	if len(have) != len(want) {
		t.Errorf("used are %v", have)
	}
	for _, name := range []string{"rand", "j"} {
		if !imported[name] {
			t.Errorf("%s is not imported: %v", name, imported)
		}
	}
}

func TestPackageName(t *testing.T) {
	for path, want := range map[string]string{"fmt": "fmt", "math/rand/v2": "rand", "net/http": "http", "v2": "v2", "a/very": "very", "a/v": "v", "": ""} {
		if got := packageName(path); got != want {
			t.Errorf("%q is called %q, want %q", path, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	d := declare(Session{Source: "package main\n\nconst (\n\tA = iota\n\tB\n)\n\ntype T struct{}\n\nfunc (t *T) M() {}\nfunc (t T) N() {}\nfunc M() {}\nvar x, größe int\n"})
	got := d.without(map[string]bool{"A": true, "T.M": true, "größe": true, "nobody": true})
	want := "package main\n\nconst (\n\t_ = iota\n\tB\n)\n\ntype T struct{}\n\nfunc (t *T) _() {}\nfunc (t T) N() {}\nfunc M() {}\nvar x, _       int\n"
	if got != want {
		t.Errorf("left is\n%s\nwant\n%s", got, want)
	}
	all := map[string]bool{}
	for name := range d.names {
		all[name] = true
	}
	got = d.without(all)
	if _, err := parser.ParseFile(token.NewFileSet(), "", got, 0); err != nil || len(got) != len(d.Source) {
		t.Errorf("without anything: %v\n%s", err, got)
	}
	if broken := declare(Session{Source: "package main\nvar x int\nfunc ("}); broken.names["x"] == nil {
		t.Error("nothing of a broken source is used")
	}
	if none := declare(Session{Source: "\x00"}); none.without(map[string]bool{"x": true}) != "\x00" {
		t.Error("a source that is none is changed")
	}
}

func FuzzOverlay(f *testing.F) {
	for _, s := range []string{"", "x := 1\nfunc f() { x }", "%% a\nx", "import \"fmt\"\n\n// doc\nfunc f() {\nfmt.", "!ls\n%env a\né := `\n%x`", "a;type T int;b", "/*", "%exec f\nx", "\r\n)\r\n}"} {
		f.Add(s, 3)
	}
	std := newStdlib("/nonexistent")
	f.Fuzz(func(t *testing.T, code string, cursor int) {
		if len(code) > 1<<12 {
			return
		}
		c, _ := cell.Parse(code)
		items, _ := cell.Split(c)
		o := lay(c, items)
		o.prepend(importLines(c.Go, o.names, declare(lab), std))
		everyByteOnce(t, c, o)
		e := &Engine{std: func() *stdlib { return std }}
		cursor = clampOffset(code, cursor)
		p, _ := o.locate(cursor)
		got := e.fallback(o, declare(lab), code, cursor, p.toOverlay(cursor))
		if got.Start > cursor || got.End < cursor {
			t.Fatalf("%q at %d: %d to %d", code, cursor, got.Start, got.End)
		}
		e.describe(o, declare(lab), code, cursor)
	})
}
