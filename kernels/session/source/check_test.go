package source

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stellarae/lab/kernels/cell"
)

// std answers from what the go command has compiled of a few packages.
type std struct{ types.Importer }

var known = []string{"fmt", "strings", "time", "sync", "math/rand", "math/rand/v2", "flag", "sort", "strconv", "errors", "os", "iter", "unsafe", RuntimePath}

var exports = sync.OnceValues(func() (map[string]string, error) {
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	out, err := exec.Command("go", append(args, known...)...).Output()
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			m[path] = file
		}
	}
	return m, nil
})

func newStd(t testing.TB) std {
	files, err := exports()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return std{importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("no such package: %s", path)
		}
		return os.Open(files[path])
	})}
}

func (s std) Load(_ context.Context, paths []string) (types.Importer, map[string]error, error) {
	bad := map[string]error{}
	for _, p := range paths {
		if !slices.Contains(known, p) {
			bad[p] = fmt.Errorf("no such package")
		}
	}
	return s, bad, nil
}

func (s std) Resolve(_ context.Context, name string, _ []string) (string, bool) {
	if name == "rand" {
		return "math/rand/v2", true
	}
	return name, name != "unsafe" && slices.Contains(known, name)
}

// session runs cells through Check and Commit as a kernel does.
type session struct {
	t  testing.TB
	l  *Ledger
	n  int
	pk std
}

func newSession(t testing.TB) *session { return &session{t: t, l: New(), pk: newStd(t)} }

// check gives no plan for a cell with errors.
func (s *session) check(code string) (*Plan, []Diag) {
	s.n++
	c, err := cell.Parse(code)
	if err != nil {
		return nil, []Diag{{Msg: err.Error()}}
	}
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		return nil, []Diag{{Msg: diags[0].Msg}}
	}
	plan, ds, err := s.l.Check(context.Background(), Text{Name: fmt.Sprintf("cell[%d]", s.n), Code: c.Go}, items, s.pk, Living)
	if err != nil {
		s.t.Fatal(err)
	}
	return plan, ds
}

// ok runs a cell that has no errors. What is written out for it must compile.
func (s *session) ok(code string) (*Plan, map[string][]byte) {
	s.t.Helper()
	plan, ds := s.check(code)
	if len(ds) > 0 {
		s.t.Fatalf("%s\n%v", code, ds)
	}
	files := plan.Session()
	if err := s.compiles(files); err != nil {
		s.t.Fatalf("%s\nbecomes\n%s\n%v", code, bytes.Join(slices.Collect(maps.Values(files)), nil), err)
	}
	s.l.Commit(plan)
	return plan, files
}

func (s *session) compiles(files map[string][]byte) error {
	fset := token.NewFileSet()
	var list []*ast.File
	for _, n := range slices.Sorted(maps.Keys(files)) {
		f, err := parser.ParseFile(fset, n, files[n], parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		list = append(list, f)
	}
	_, err := (&types.Config{Importer: s.pk}).Check("main", fset, list, nil)
	return err
}

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

// What Check takes must compile as it is written out, after any other cell.
func FuzzCheck(f *testing.F) {
	for _, code := range []string{
		"x := 41\nfmt.Println(x)", "type T struct{ a int }\nfunc (t *T) M(xs ...int) (n int) { return t.a }\nv.M(1)", "func f(a, b int) string { return \"\" }\nf(1, 2)",
		"for i, w := range []int{1} { y := i }\nswitch q := any(1).(type) { case int: }", "go f(1)\ngo func() { z := 3 }()\ndefer f(2)",
		"func G[E any](e E) E { type l int; return e }\nG(v)\nG(G[int])", "var a, b = b, 1\nvar _ = a", "L: for { break L }\nselect { case n := <-make(chan int): default: }",
		"import . \"strings\"\nToUpper(\"x\")", "const ( A = iota; B )\nconst A = 3\nx = A + B;", "type T[E any] struct{ e E }\nfunc (t T[F]) M() F { return t.e }", "string := 1\nlen := string",
		"%%\nfmt.Println(flag.Args())", "time.AfterFunc(1, func() {})\nvar wg sync.WaitGroup\nwg.Go(h)", "type T struct { *T; U }\ntype U = struct{}\nv2 := T{U: U{}}", "func main() { x := 2 }\nfunc init() { x++ }", "func main()", "func init()", "func g(int) int", "func (T) M()",
	} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		s := newSession(t)
		s.ok("type T struct{ a int }\nfunc (t T) S() int { return f(t.a) }\nfunc f(x int) int { return x }\nfunc h() {}\nvar v T\nx := f(1)\nconst k = 2")
		plan, _ := s.check(code)
		if plan == nil {
			return
		}
		files := plan.Session()
		if err := s.compiles(files); err != nil {
			t.Fatalf("%s\nbecomes\n%s\n%v", code, bytes.Join(slices.Collect(maps.Values(files)), nil), err)
		}
		s.l.Commit(plan)
		if plan, _ = s.check("fmt.Println(x, v, f, T{})"); plan != nil {
			if err := s.compiles(plan.Session()); err != nil {
				t.Fatalf("after %s: %v", code, err)
			}
		}
	})
}
