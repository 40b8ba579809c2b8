package source

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Cells of every kind that the rewriting treats apart.
var cells = []string{
	"x := 41\nfmt.Println(x)", "type T struct{ a int }\nfunc (t *T) M(xs ...int) (n int) { return t.a }\nv.M(1)", "func f(a, b int) string { return \"\" }\nf(1, 2)",
	"for i, w := range []int{1} { y := i }\nswitch q := any(1).(type) { case int: }", "go f(1)\ngo func() { z := 3 }()\ndefer f(2)",
	"func G[E any](e E) E { type l int; return e }\nG(v)\nG(G[int])", "var a, b = b, 1\nvar _ = a", "L: for { break L }\nselect { case n := <-make(chan int): default: }",
	"import . \"strings\"\nToUpper(\"x\")", "const ( A = iota; B )\nconst A = 3\nx = A + B;", "type T[E any] struct{ e E }\nfunc (t T[F]) M() F { return t.e }", "string := 1\nlen := string",
	"%%\nfmt.Println(flag.Args())", "time.AfterFunc(1, func() {})\nvar wg sync.WaitGroup\nwg.Go(h)", "type T struct { *T; U }\ntype U = struct{}\nv2 := T{U: U{}}", "func main() { x := 2 }\nfunc init() { x++ }",
	"func main()", "func init()", "func g(int) int", "func (T) M()",

	// Last expressions, with and without a value.
	"44444444444444444444", "1e400;", "nil", "nil;", "len", "int", "func() { 1 }", "h()", "(h())", "h();", "h()()", "f(1);", "copy([]int{1}, []int{2});", "append([]int{1}, 2);", "recover();", "v.S", "<-make(chan int);",
	"%%\nlen(\"x\")", "%%\nf(1)", "%%\n<-make(chan int)", "x\n%%\nh()", "x;\n%%\nx;", "%time 1 << x", "%timeit nil;", "func G[E any](e E) {}\nG", "s := 3\n1.0 << s",

	// go statements: what is evaluated, and of which type.
	"func G[E any](e E) {}\ngo G(1)\ngo G[int](x)\ngo (G)(\"\")", "type B bool\nfunc g(b B, e error, u uint8, more ...float32) {}\ngo g(x == 2, nil, 1<<x, 1, 2)\ngo g(true, nil, 1, nil...)",
	"func two() (int, error) { return 1, nil }\nfunc g(int, error) {}\ngo g(two())", "go v.S()\ngo T.S(v)\ngo (*T).S(&v)\ngo (func() {})()\ngo panic(1)", "go fmt.Println(1, // one\n\tx == 1,\n\tfunc() (n int) { y := 1; go h(); return },\n)",

	// Blanks with a type.
	"var _ uint64 = 1 << 63", "var _ *int = nil", "var a, _ any = func() (int, error) { return 1, nil }()", "func G[E any](e E) {}\nvar _ func(int) = G",

	// Cases, and functions that end in them.
	"func g(c chan int) int { select { case n := <-c: return n; case c <- 1: return f(1) } }", "switch x { case 1: fmt.Println(); fallthrough; case 2: time.Sleep(1) }",
	"switch t := 0; t := any(x).(type) { case int: _ = t }", "switch t := any(x).(type) { case int: t++; case string, nil: t = 1 }", "switch t, u := 0, 1; t := any(x).(type) { case int: _ = t }", "switch y, z := 1, 2; { }\nfmt.Println(x)", "goto L; y := 1; L:", "goto L; L: M:\n%%\nlen(\"x\");",

	// Types that cannot have the method that an earlier cell declares, or with other types in it.
	"type T any", "type T comparable", "type P *int\ntype T P", "type T struct{ S int }", "type U = struct{ S, a int }\ntype T U\nfunc (T) M() {}",

	"type int string\ntype U int\nfunc (U) M(int) {}", "int := 1\ntype T struct{ b string }", "T := 1", "func T() {}",

	"f := 1.5", "func x() {}\nvar h = \"\"", "type int string", "type error struct{}\nfunc (T) M() error { return error{} }", "type int bool\nfunc G[E any](e E) int { return true }\nG(1)",
	"x := 1\nfunc init() { x++ }\nfunc main() {}\nint := 1",

	// What refers to itself, and what declares nothing.
	"var a = a", "a := a", "var r = func() { r() }", "const a = a", "const ()\nvar ()\ntype ()\nimport ()", "(y) := 1", "type A = T\nfunc (A) M() {}",
}

// What Check takes must compile as it is written out, after any other cell, and
// mean by a name what earlier plugins mean. go/types
// looks for instantiation cycles only where there is nothing else to say, and so
// Check leaves them to the compiler.
func FuzzCheck(f *testing.F) {
	for _, code := range cells {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		s := newSession(t)
		compiles := func(files map[string][]byte) {
			if err := s.compiles(files); err != nil && !strings.Contains(err.Error(), "instantiation cycle") {
				t.Fatalf("%s\nbecomes\n%s\n%v", code, bytes.Join(slices.Collect(maps.Values(files)), nil), err)
			}
		}
		const first = "type T struct{ a int }\nfunc (t T) S() int { return f(t.a) }\nfunc f(x int) int { return x }\nfunc h() {}\nvar v T\nx := f(1)\nconst k = 2"
		s.ok(first)
		if plan, _ := s.check(code); plan != nil {
			compiles(plan.Session())
			s.l.Commit(plan)
			if plan, _ = s.check("fmt.Println(x, v, f, T{})"); plan != nil {
				compiles(plan.Session())
			}
		}

		s.l, s.seen = New(), map[string]string{}
		if plan, ds := s.checkIn(first, Process); plan == nil {
			t.Fatal(ds)
		} else {
			s.l.Commit(plan)
		}
		if plan, _ := s.checkIn(code, Process); plan != nil {
			compiles(plan.Program(false))
		}
	})
}
