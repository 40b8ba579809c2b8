package source

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// Cells and the errors they have, with what went before.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		before []string
		code   string
		want   string // the first error; "" for none
	}{
		{nil, "x := 1\ny := z", "cell[1]:2:6: undefined: z"},
		{nil, "x := 1\n  x.y()", "cell[1]:2:5: x.y undefined (type int has no field or method y)"},
		{[]string{"func f() int { return 1 }\nfunc g() int { return f() }"}, "func f() string { return \"\" }", ""},
		{[]string{"func f() int { return 1 }\nfunc g() int { return f() }", "func f() string { return \"\" }"}, "_ = 1\ng()", "cell[1]:2:23: cannot use f() (value of type string) as int value in return statement"},
		{[]string{"type T struct{ a int }\nv := T{1}", "func g() int { return v.a }"}, "type T struct{ a, b int }\ng()", "cell[2]:1:23: v is lost: cell[3] makes another type of its type"},
		{[]string{"type T struct{ a int }\nv := T{1}", "func g() int { return v.a }"}, "type T struct{ a, b int }", ""},
		{[]string{"type T struct{ a int }\nv := T{1}"}, "type T struct{ a string }\nv", "cell[2]:2:1: v is lost: this cell makes another type of its type"},
		{nil, `import "no.such/p"`, "cell[1]:1:8: no such package"},
		{nil, "b := func() struct{ strings.Builder; n int } { return struct{ strings.Builder; n int }{} }()", ""},
		{nil, "t := time.NewTimer(1)\nfor range 3 { x := 1 }", ""},
		{nil, "L:\nfor { break }", "cell[1]:1:1: label L declared and not used"},
		{nil, "type inner struct{}\nfunc() { type local int; x := local(1) }()", ""},
		{nil, "f := func() any { type local int; return local(1) }\nv := func() *[]struct{ e error } { return nil }()", ""},
		{[]string{"x := 1"}, "x := fmt.Sprint(x)", "cell[2]:1:6: cannot use fmt.Sprint(x) (value of type string) as int value in assignment"},
		{[]string{"fmt := 1"}, "fmt.Println()", "cell[2]:1:5: fmt.Println undefined (type int has no field or method Println)"},
		{nil, "import \"fmt\"\nfmt := 1", "cell[1]:2:1: fmt already declared through import of package fmt (\"fmt\")"},
		{nil, "x := 1\nbroken.F()", "cell[1]:1:1: could not import no.such/broken (no such package)"},
		{nil, "%%\nbroken.F()", "cell[1]:2:1: could not import no.such/broken (no such package)"},
		{nil, "broken.F()\n%%\nx := 1", "cell[1]:1:1: could not import no.such/broken (no such package)"},
		{nil, "44444444444444444444", "cell[1]:1:1: cannot use 44444444444444444444 (untyped int constant) as int value (overflows)"},
		{nil, "x := 1\n  x; 1e400;", "cell[1]:2:3: x (variable of type int) is not used"},
		{nil, "x := 1\n  1e400;", "cell[1]:2:3: cannot use 1e400 (untyped float constant 1e+400) as float64 value (overflows)"},
		{nil, "len", "cell[1]:1:1: len (built-in) must be called"},
		{nil, "int;", "cell[1]:1:1: int (type) is not an expression"},
		{nil, "s := 3\n1.0 << s", "cell[1]:2:1: invalid operation: shifted operand 1.0 (type float64) must be integer"},
		{nil, "func() { 1 }", "cell[1]:1:10: 1 (untyped int constant) is not used"},
		{nil, "func v() {}\nv()()", "cell[1]:2:1: v() (no value) used as value or type"},
		{nil, "func v() {}\nfmt.Sprint(v())", "cell[1]:2:12: v() (no value) used as value"},
		{nil, "func G[E any](e E) {}\nG", "cell[1]:2:1: cannot use a generic function without instantiation"},
		{nil, "(x) := 1", "cell[1]:1:1: non-name (x) on left side of :="},
		{nil, "var a, b = b, a", "cell[1]:1:5: initialization cycle: the type of a depends on a itself"},
		{nil, "const a = a", "cell[1]:1:7: initialization cycle: a refers to itself"},
		{nil, "const ( a = b; b = a )", "cell[1]:1:9: initialization cycle for a"},
		{nil, "type A = T\ntype T int\nfunc (A) M() {}", "cell[1]:3:7: A is an alias: methods in cells need the name of the type itself"},
	} {
		s := newSession(t)
		for _, b := range c.before {
			s.ok(b)
		}
		plan, ds := s.check(c.code)
		got := ""
		if len(ds) > 0 {
			got = ds[0].String()
		}
		if got != c.want {
			t.Errorf("%q after %q: %q, not %q", c.code, c.before, got, c.want)
		}
		if plan != nil {
			if err := s.compiles(plan.Session()); err != nil {
				t.Errorf("%q: %v", c.code, err)
			}
		}
	}
}

// What a cell takes away from those before it.
func TestRedefinition(t *testing.T) {
	const base = "type T struct{ a int }\ntype U struct{ T }\ntype Other struct{}\nfunc (t T) M() {}\n" +
		"v, p, s, m, c, f, u, o := T{}, &T{}, []T{}, map[string]T{}, make(chan T), func(T) {}, U{}, Other{}\nvar i any = v"
	for _, c := range []struct{ code, dropped, notes string }{
		{"type T struct{ a int }", "", ""},
		{"type T struct{ a int } // a comment", "", ""},
		{"type T struct{ a, b int }", "c f m p s u v", ""},
		{"type Other int", "o", ""},
		{"func (t T) N() {}", "", "T has other methods now; values of it inside interfaces keep the old ones;U has other methods now; values of it inside interfaces keep the old ones"},
		{"func (t T) M() { println() }", "", ""},
		{"type T interface{ M() }", "c f m p s u v", "T is another kind of type now; forgotten: M"},
		{"type T any", "c f m p s u v", "T is another kind of type now; forgotten: M"},
		{"type P *int\ntype T P", "c f m p s u v", "T is another kind of type now; forgotten: M"},
		{"type T struct{ M int }", "c f m p s u v", "T is another kind of type now; forgotten: M"},
		{"type T[E any] struct{ e E }\nvar u = 1", "c f m p s v", "T is another kind of type now; forgotten: M"},
	} {
		s := newSession(t)
		s.ok(base)
		plan, diags := s.check(c.code)
		if plan == nil {
			t.Errorf("%s: %v", c.code, diags)
			continue
		}
		if got := strings.Join(plan.Dropped, " "); got != c.dropped {
			t.Errorf("%s drops %q, not %q", c.code, got, c.dropped)
		}
		if got := strings.Join(plan.Notes, ";"); got != c.notes {
			t.Errorf("%s notes %q, not %q", c.code, got, c.notes)
		}
	}
}

// A cell that only declares is compiled when something uses it; one that others
// may already call, at once.
func TestIdle(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct {
		code string
		idle bool
	}{
		{"func f() int { return k }\nconst k = 1\ntype T int", true},
		{"// nothing", true},
		{"x := f()", false},
		{"func f() int { return k + 1 }", false},
		{"const k = 2", false}, // f was compiled with the other
		{"const other = 2", true},
		{"import _ \"sort\"", false},
		{"func init() {}", false},
		{"type U struct{}\nfunc (U) M() {}", true},
		{"var u U", false},
	} {
		plan, ds := s.check(c.code)
		if len(ds) > 0 {
			t.Fatal(c.code, ds)
		}
		if plan.Idle() != c.idle {
			t.Errorf("%s: idle is %v", c.code, plan.Idle())
		}
		if !plan.Idle() {
			plan.Session()
		}
		s.l.Commit(plan)
	}
}

// A new worker has no variables and no functions; declarations stay.
func TestNewWorker(t *testing.T) {
	s := newSession(t)
	s.ok("x, y := 1, 2\nfunc f() int { return 3 }\nf()")
	if lost := s.l.NewWorker(); !slices.Equal(lost, []string{"x", "y"}) {
		t.Errorf("lost %v", lost)
	}
	if _, ds := s.check("x"); len(ds) != 1 || ds[0].Msg != "undefined: x (its value was lost; run cell[1] again)" {
		t.Errorf("%v", ds)
	}
	_, files := s.ok("f()")
	if !bytes.Contains(files["cell1.go"], []byte("func f"+implMark)) {
		t.Errorf("f is not compiled anew:\n%s", files)
	}
	_, files = s.ok("f()")
	if len(files["cell1.go"]) > 0 {
		t.Errorf("f is compiled twice:\n%s", files["cell1.go"])
	}
}

// A function that is compiled stays as it is when its variable is lost: the
// linker would make one of the old variable and the new one, of another size.
func TestLostVariable(t *testing.T) {
	s := newSession(t)
	s.ok("type T struct{ a int }\nv := T{1}\nfunc g() int { return v.a }\ng()")
	_, files := s.ok("type T struct{ a, b int }")
	for name, text := range files {
		if bytes.Contains(text, []byte("v T")) || bytes.Contains(text, []byte("func g")) {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	s.ok("v := T{}\ng()")
}

func TestPlainNames(t *testing.T) {
	for _, c := range []struct{ in, plain, caller string }{
		{"main.scaleʺ17", "main.scale", "main.scale"},
		{"main.circleᐧAreaʺ17.func1", "main.circle.Area.func1", "main.circle.Area.func1"},
		{"main.Tʹ12", "main.T", "main.T"},
		{"main.ʹcellʺ9.func1.2", "main.cell.func1.2", ""},
		{"main.ʹmainʺ9", "main.main", ""},
		{"main.cellʺ9", "main.cell", "main.cell"},
		{"sync.(*WaitGroup).Go.func1", "sync.(*WaitGroup).Go.func1", "sync.(*WaitGroup).Go.func1"},
	} {
		if got := Plain(c.in); got != c.plain {
			t.Errorf("Plain(%q) is %q", c.in, got)
		}
		if got := Caller(c.in); got != c.caller {
			t.Errorf("Caller(%q) is %q", c.in, got)
		}
	}
}
