package session

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The examples of the standard library say what they print. Each runs as a
// function of a cell; as the statements of a cell; and cut, one statement a
// cell. Those of one file go into the cells of one session together, so that a
// few hundred examples take a few dozen cells.

// example is one function ExampleX with an // Output: comment.
type example struct {
	name      string
	body      *ast.BlockStmt
	want      string
	unordered bool
}

// exampleFile is one example_test.go.
type exampleFile struct {
	path     string
	fset     *token.FileSet
	imports  string   // as in the file
	decls    []string // other declarations
	examples []example
}

func readExamples(t *testing.T, path string) *exampleFile {
	t.Helper()
	f := &exampleFile{path: path, fset: token.NewFileSet()}
	file, err := parser.ParseFile(f.fset, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]*doc.Example{}
	for _, e := range doc.Examples(file) {
		if e.Output != "" && e.Code != nil {
			outputs["Example"+e.Name] = e
		}
	}
	file.Comments = nil
	var imports []string
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Example") {
			if e := outputs[fn.Name.Name]; e != nil && fn.Body != nil {
				f.examples = append(f.examples, example{fn.Name.Name, fn.Body, e.Output, e.Unordered})
			}
			continue
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			imports = append(imports, f.text(g))
			continue
		}
		f.decls = append(f.decls, f.text(d))
	}
	f.imports = strings.Join(append(imports, `import marked "fmt"`), "\n")
	return f
}

func (f *exampleFile) text(n ast.Node) string {
	var b bytes.Buffer
	if err := format.Node(&b, f.fset, n); err != nil {
		panic(err)
	}
	return b.String()
}

// printed is what a run printed, by the marks between examples; matches says
// whether it is what an example promises.
func printed(out string) map[string]string {
	m := map[string]string{}
	for i, part := range strings.Split(out, "\x01") {
		if name, text, ok := strings.Cut(part, "\x02\n"); ok && i > 0 {
			m[name] += text
		}
	}
	return m
}

func (e example) matches(got string) bool {
	got, want := strings.TrimSpace(got), strings.TrimSpace(e.want)
	if e.unordered {
		a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
		slices.Sort(a)
		slices.Sort(b)
		return slices.Equal(a, b)
	}
	return got == want
}

func markOf(name string) string { return fmt.Sprintf("marked.Println(\"\\x01%s\\x02\")", name) }

// asFunctions is one cell: all functions of the file and the calls.
func (f *exampleFile) asFunctions() string {
	b := f.imports + "\n" + strings.Join(f.decls, "\n") + "\n"
	for _, e := range f.examples {
		b += "func " + e.name + "() " + f.text(e.body) + "\n"
	}
	for _, e := range f.examples {
		b += markOf(e.name) + "\n" + e.name + "()\n"
	}
	return b
}

// topLevel says whether the statements of an example mean the same at the top
// of a cell: no return, defer or label among them, and no type declared that
// others may also declare. Names of variables get the number of the example.
func (e example) topLevel(n int) bool {
	ok := true
	for _, s := range e.body.List {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt, *ast.DeferStmt, *ast.LabeledStmt:
				ok = false
			case *ast.GenDecl:
				ok = ok && n.Tok == token.VAR
			}
			return ok
		})
	}
	if !ok {
		return false
	}
	//lint:ignore SA1019 names within one body; no types are needed to tell them apart
	outer := map[*ast.Object]bool{}
	note := func(x ast.Expr) {
		if id, isIdent := x.(*ast.Ident); isIdent && id.Obj != nil && id.Name != "_" {
			outer[id.Obj] = true
		}
	}
	for _, s := range e.body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, x := range s.Lhs {
					note(x)
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					note(id)
				}
			}
		}
	}
	ast.Inspect(e.body, func(x ast.Node) bool {
		if id, isIdent := x.(*ast.Ident); isIdent && outer[id.Obj] {
			id.Name = fmt.Sprintf("%s_%d", id.Name, n)
		}
		return true
	})
	return true
}

// cells are the statements of the examples: all in one cell, or the first of
// each in the first cell, the second of each in the second, and so on.
func (f *exampleFile) cells(list []example, cut bool) []string {
	head := f.imports + "\n" + strings.Join(f.decls, "\n") + "\n"
	if !cut {
		for _, e := range list {
			head += markOf(e.name) + "\n"
			for _, s := range e.body.List {
				head += f.text(s) + "\n"
			}
		}
		return []string{head}
	}
	cells := []string{head}
	for i := 0; ; i++ {
		code := ""
		for _, e := range list {
			if i < len(e.body.List) {
				code += markOf(e.name) + "\n" + f.text(e.body.List[i]) + "\n"
			}
		}
		if code == "" {
			return cells
		}
		cells = append(cells, code)
	}
}

// unfit are examples that no cell can run as they are, with the reason.
var unfit = map[string]string{
	"errors/ExampleAs_custom_match":     "prints the name of its package",
	"errors/ExampleAsType_custom_match": "prints the name of its package",
	"time/ExampleDate":                  "wants Pacific time",
	"time/ExampleTime_Format":           "wants Pacific time",
	"time/ExampleParse":                 "wants Pacific time",
	"sync/ExampleOnce":                  "its goroutines may still print when the next statement runs",
	"sync/ExampleOnceValues":            "reads its own source",
	"log/ExampleLogger":                 "prints the name of its file",
	"log/ExampleLogger_Output":          "prints the name of its file",
	"context/ExampleWithDeadline":       "uses a constant of another file",
	"context/ExampleWithTimeout":        "uses a constant of another file",
}

// Packages whose examples run: always, without -short, and with
// GOKERNEL_EXAMPLES=all in the environment.
const (
	fewExamples  = "container/heap"
	someExamples = "sort strconv slices maps container/list errors text/template regexp sync encoding/json iter"
	allExamples  = "strings bytes container/ring fmt math math/big math/bits math/rand math/cmplx time encoding/binary encoding/csv encoding/hex encoding/xml " +
		"encoding/gob unicode unicode/utf8 bufio html/template go/ast go/types text/tabwriter text/scanner cmp path log net/url hash sync/atomic context reflect unique archive/tar index/suffixarray"
)

func TestExamplesOfTheStandardLibrary(t *testing.T) {
	dirs := strings.Fields(fewExamples)
	if !testing.Short() {
		dirs = append(dirs, strings.Fields(someExamples)...)
	}
	all := os.Getenv("GOKERNEL_EXAMPLES") == "all"
	if all {
		dirs = append(dirs, strings.Fields(allExamples)...)
	}
	s := shared(t)
	ran, cut := 0, 0
	for _, dir := range dirs {
		paths, _ := filepath.Glob(filepath.Join(goroot(t), "src", dir, "example*_test.go"))
		for _, path := range paths {
			if src, err := os.ReadFile(path); err != nil || bytes.Contains(src, []byte("//go:build")) {
				continue
			}
			f := readExamples(t, path)
			f.examples = slices.DeleteFunc(f.examples, func(e example) bool { return unfit[dir+"/"+e.name] != "" })
			if len(f.examples) == 0 {
				continue
			}
			name := dir + "/" + filepath.Base(path)
			out := s.run(f.asFunctions())
			if out.err != nil {
				t.Errorf("%s as functions: %v\n%s", name, out.err, strings.Join(out.err.Traceback, "\n"))
				continue
			}
			got := printed(out.stdout())
			var list []example
			for i, e := range f.examples {
				if ran++; !e.matches(got[e.name]) {
					t.Errorf("%s: %s as a function prints\n%s\nnot\n%s", name, e.name, got[e.name], e.want)
				}
				if e.topLevel(i) {
					list = append(list, e)
				}
			}
			for _, inPieces := range []bool{false, true} {
				if inPieces && !all && dir != "sort" { // a cell for every statement
					continue
				}
				said := ""
				for _, code := range f.cells(list, inPieces) {
					out := s.run(code)
					if out.err != nil {
						t.Errorf("%s cut=%v: %v\n%s\n%s", name, inPieces, out.err, strings.Join(out.err.Traceback, "\n"), code)
					}
					said += out.stdout()
				}
				got := printed(said)
				for _, e := range list {
					if cut++; !e.matches(got[e.name]) {
						t.Errorf("%s: %s as statements, cut=%v, prints\n%s\nnot\n%s", name, e.name, inPieces, got[e.name], e.want)
					}
				}
			}
		}
	}
	t.Logf("%d examples as functions, %d as statements", ran, cut)
}

// goroot is where the standard library's sources are.
func goroot(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
