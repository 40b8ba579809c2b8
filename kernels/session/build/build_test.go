package build_test

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/stellarae/lab/kernels/session/build"
)

// notebook is a module around a notebook, with a worker of its own, a library
// that keeps state, and one that does not compile.
const notebook = `
-- go.mod --
module example.com/nb

go 1.26
-- rt/rt.go --
package rt

import (
	"fmt"
	"os"
	"plugin"
)

var Entry func()

func Main() {
	for _, path := range os.Args[1:] {
		Entry = nil
		if _, err := plugin.Open(path); err != nil {
			fmt.Println("open:", err)
			os.Exit(1)
		}
		if Entry != nil {
			Entry()
		}
	}
}
-- lib/lib.go --
package lib

import "fmt"

var Count int

// Table is what the linker leaves out of a program that does not use it.
var Table = map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10}

type Point struct{ X, Y int }

func (p Point) String() string { return fmt.Sprint("<", p.X, " ", p.Y, ">") }

func init() { fmt.Println("lib begins") }

func Next() int { Count++; return Count }
-- user/user.go --
package user

import "example.com/nb/lib"

func Twice() int { return 2 * lib.Next() }
-- broken/broken.go --
package broken

func F() int { return "one" }
`

// sharedCache serves the tests that do not ask for a cache of their own.
var sharedCache string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gokernel")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sharedCache = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

type session struct {
	t     testing.TB
	b     *build.Builder
	m     *build.Module
	outer string
	cells []string

	mu     sync.Mutex
	logged []string
}

// start makes a session for a notebook in a module that is made of files.
func start(t testing.TB, files string, o build.Options) *session {
	t.Helper()
	s := &session{t: t, outer: unpack(t, files)}
	if o.CacheDir == "" {
		o.CacheDir = sharedCache
	}
	var err error
	s.m, err = build.NewModule(filepath.Join(t.TempDir(), "gonb_01234567"), s.outer, build.ModuleOptions{CacheDir: o.CacheDir})
	if err != nil {
		t.Fatal(err)
	}
	if o.Worker == "" {
		o.Worker = "example.com/nb/rt"
	}
	o.Log = func(line string) {
		if testing.Verbose() {
			t.Log(line)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.logged = append(s.logged, line)
	}
	if s.b, err = build.NewBuilder(s.m, o); err != nil {
		t.Fatal(err)
	}
	return s
}

func unpack(t testing.TB, files string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(files)).Files {
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour) // so that it counts as settled
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

func (s *session) graph(imports ...string) *build.Graph {
	s.t.Helper()
	g, err := s.b.Packages(s.t.Context(), imports)
	if err != nil {
		s.t.Fatal(err)
	}
	for path, err := range g.Errors {
		s.t.Fatal(path, err)
	}
	return g
}

// cell builds a cell: what imports says, declarations, and what it does.
func (s *session) cell(imports, declarations, body string) {
	s.t.Helper()
	paths := append(strings.Fields(imports), "example.com/nb/rt")
	var src strings.Builder
	src.WriteString("package main\n")
	for _, path := range paths {
		fmt.Fprintf(&src, "import %q\n", path)
	}
	n := len(s.cells) + 1
	fmt.Fprintf(&src, "%s\nfunc cell%d() {\n%s\n}\nfunc init() { rt.Entry = cell%d }\n", declarations, n, body, n)
	so, err := s.b.Plugin(s.t.Context(), fmt.Sprintf("c%03d", n), map[string][]byte{"cell.go": []byte(src.String())}, s.graph(paths...))
	if err != nil {
		s.t.Fatal(err)
	}
	s.cells = append(s.cells, so)
}

// run lets a worker run all cells, and gives what they print.
func (s *session) run() string {
	s.t.Helper()
	exe, _, err := s.b.Worker(s.t.Context(), s.graph())
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.CommandContext(s.t.Context(), exe, s.cells...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestCellsShareTypesAndVariables(t *testing.T) {
	s := start(t, notebook, build.Options{CacheDir: t.TempDir()})
	declarations := `
type circle struct{ r float64 }
func (c circle) Area() float64 { return c.r * 3 }
type shape interface{ Area() float64 }
var x int
var it shape
var anything any
`
	s.cell("fmt", declarations, `x, it, anything = 41, circle{2}, map[circle]int{{1}: 7}; fmt.Println("one", x)`)
	s.cell("fmt example.com/nb/lib", declarations, `x++
		c, ok := it.(circle)
		fmt.Println("two", x, c, ok, anything.(map[circle]int)[circle{1}], lib.Next())`)
	s.cell("fmt example.com/nb/lib example.com/nb/user", declarations, `x++
		fmt.Printf("three %d %T %d %d %v %d\n", x, it, user.Twice(), lib.Next(), lib.Point{X: 1, Y: 2}, lib.Table["j"])`)
	const want = "one 41\nlib begins\ntwo 42 {2} true 7 1\nthree 43 main.circle 4 3 <1 2> 10\n"
	if got := s.run(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCellsWithC(t *testing.T) {
	s := start(t, notebook+"\n-- three.h --\n#define THREE 3\n", build.Options{})
	const head = `
/*
#cgo CFLAGS: -DFACTOR=%d
#cgo LDFLAGS: -lm
#include <math.h>
#include "three.h"
int scale(int x) { return x * FACTOR; }
*/
import "C"
var root = float64(C.sqrt(2))
`
	s.cell("fmt", fmt.Sprintf(head, 10), `fmt.Printf("%d %.4f %d\n", C.scale(4), root, C.THREE)`)
	s.cell("fmt", fmt.Sprintf(head, 100), `fmt.Printf("%d %.4f\n", C.scale(4), root)`)
	if got, want := s.run(), "40 1.4142 3\n400 1.4142\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for src, want := range map[string]string{
		"/*\nint f( { return 1; }\n*/\nimport \"C\"\n//line cell[7]:9\nfunc init() { C.f() }\n": "cell[7]:9: could not determine what C.f refers to",
		"import \"C\"\n//line cell[7]:1\nfunc init() { C.nonesuch() }\n":                        "cell[7]:1: could not determine what C.nonesuch refers to",
		"import \"C\"\n//line cell[7]:1\nfunc init() { undefined1() }\n":                        "cell[7]:1: undefined: undefined1",
	} {
		_, err := s.b.Plugin(t.Context(), "c009", map[string][]byte{"cell.go": []byte("package main\n" + src)}, s.graph())
		var errs build.CompileErrors
		if !errors.As(err, &errs) || !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("%q, want %s", err, want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	s := start(t, notebook, build.Options{})
	src := "package main\n//line cell[3]:4:2\nvar x int = \"a\"; var y = undefined1\n//line cell[1]:7:1\nfunc f() { return 1 }\nfunc init() {}\n"
	_, err := s.b.Plugin(t.Context(), "c001", map[string][]byte{"cell.go": []byte(src)}, s.graph())
	var errs build.CompileErrors
	if !errors.As(err, &errs) {
		t.Fatalf("%T %v", err, err)
	}
	for i, want := range []string{
		`cell[3]:4:14: cannot use "a"`, "cell[3]:4:27: undefined: undefined1", "cell[1]:7:19: too many return values\n\thave (number)\n\twant ()",
	} {
		if len(errs) <= i || !strings.HasPrefix(errs[i].Error(), want) {
			t.Errorf("message %d of %q: want %q", i, errs, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s := start(t, notebook, build.Options{CacheDir: t.TempDir()})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			g, err := s.b.Packages(t.Context(), []string{"fmt", "os"})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.b.Importer(g).Import("os"); err != nil {
				t.Error(err)
			}
			src := fmt.Appendf(nil, "package main\nimport \"fmt\"\nfunc init() { fmt.Println(%d) }\nfunc main() {}\n", i)
			if _, err := s.b.Plugin(t.Context(), fmt.Sprintf("c00%d", i), map[string][]byte{"a.go": src}, g); err != nil {
				t.Error(err)
			}
			if _, err := s.b.Program(t.Context(), map[string][]byte{"a.go": src}, g, build.ProgramOptions{}); err != nil {
				t.Error(err)
			}
			if _, err := s.b.Resolve(t.Context(), "lib", nil); err != nil {
				t.Error(err)
			}
			if _, _, err := s.b.Worker(t.Context(), g); err != nil {
				t.Error(err)
			}
			s.m.Changed()
		})
	}
	wg.Wait()
}

func TestImporterKeepsPackages(t *testing.T) {
	s := start(t, notebook, build.Options{})
	g := s.graph("example.com/nb/user", "example.com/nb/lib", "fmt")
	get := func(g *build.Graph, path string) *types.Package {
		t.Helper()
		p, err := s.b.Importer(g).Import(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	lib, fmt1 := get(g, "example.com/nb/lib"), get(g, "fmt")
	if lib.Scope().Lookup("Point") == nil || fmt1.Scope().Lookup("Println") == nil {
		t.Error("names are missing")
	}
	user := get(g, "example.com/nb/user")
	g = s.graph("fmt", "example.com/nb/lib", "example.com/nb/user", "os")
	if get(g, "example.com/nb/lib") != lib || get(g, "fmt") != fmt1 {
		t.Error("packages are others though nothing has changed")
	}
	write(t, filepath.Join(s.outer, "lib/lib.go"), "package lib\nfunc Next() int { return 7 }\ntype New struct{}\n")
	g = s.graph("fmt", "example.com/nb/lib", "example.com/nb/user")
	if now := get(g, "example.com/nb/lib"); now == lib || now.Scope().Lookup("New") == nil {
		t.Error("the changed package is as it was")
	}
	if get(g, "example.com/nb/user") == user {
		t.Error("a package keeps knowing the old lib")
	}
	if get(g, "fmt") != fmt1 {
		t.Error("fmt is another though nothing in it has changed")
	}
	if _, err := s.b.Importer(g).Import("net/http"); err == nil {
		t.Error("a package outside the graph was imported")
	}
}

func TestImportErrors(t *testing.T) {
	s := start(t, notebook+"\n-- needy/needy.go --\npackage needy\n\nimport \"example.org/missing\"\n\nvar X = missing.X\n", build.Options{})
	for path, want := range map[string]string{
		"example.org/none/of/it": "!*go get example.org/none/of/it",
		"example.com/nb/needy":   "needy/needy.go:3:8: it imports example.org/missing, which no module of this session provides; to add that: !*go get example.org/missing",
		"nosuch":                 "the standard library has no such package",
		"example.com/nb/broken":  "broken/broken.go:3:23",
		"internal/abi":           "internal packages",
		"./lib":                  "full path",
	} {
		g, err := s.b.Packages(t.Context(), []string{"fmt", path})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := g.Errors[path]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if len(g.Imports) != 1 || g.Imports[0] != "fmt" {
			t.Errorf("%s: graph has %v", path, g.Imports)
		}
	}
}

func TestCancel(t *testing.T) {
	s := start(t, notebook, build.Options{CacheDir: t.TempDir()})
	g := s.graph("fmt")
	for _, after := range []time.Duration{0, 5 * time.Millisecond, 40 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		_, err := s.b.Plugin(ctx, "c009", map[string][]byte{"cell.go": []byte("package main\nfunc init() { println() }\n")}, g)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
	}
}
