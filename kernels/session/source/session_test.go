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
	"regexp"
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
	switch name {
	case "rand":
		return "math/rand/v2", true
	case "broken": // is there, and does not load
		return "no.such/broken", true
	}
	return name, name != "unsafe" && slices.Contains(known, name)
}

// session runs cells through Check and Commit as a kernel does.
type session struct {
	t  testing.TB
	l  *Ledger
	n  int
	pk std

	seen map[string]string // variables and types that were written out
}

func newSession(t testing.TB) *session {
	return &session{t: t, l: New(), pk: newStd(t), seen: map[string]string{}}
}

// check gives no plan for a cell with errors.
func (s *session) check(code string) (*Plan, []Diag) { return s.checkIn(code, Living) }

func (s *session) checkIn(code string, mode Mode) (*Plan, []Diag) {
	s.n++
	c, err := cell.Parse(code)
	if err != nil {
		return nil, []Diag{{Msg: err.Error()}}
	}
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		return nil, []Diag{{Msg: diags[0].Msg}}
	}
	plan, ds, err := s.l.Check(context.Background(), Text{Name: fmt.Sprintf("cell[%d]", s.n), Code: c.Go}, items, s.pk, mode)
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
	pkg, err := (&types.Config{Importer: s.pk}).Check("main", fset, list, nil)
	if err != nil {
		return err
	}
	return s.memory(pkg)
}

// version is the number of a type of the session, whose layout stays while it
// has other methods. int and its like have one even at first, to be told apart.
var version = regexp.MustCompile(`\b([^\W\d]\w*)` + mark + `\d+`)

// memory checks that a name is the same variable, or type, in all plugins.
func (s *session) memory(pkg *types.Package) error {
	qualify := types.RelativeTo(pkg)
	plain := func(t types.Type) string {
		return version.ReplaceAllStringFunc(types.TypeString(t, qualify), func(name string) string {
			base, _, _ := strings.Cut(name, mark)
			if types.Universe.Lookup(base) != nil {
				return base + mark
			}
			return base
		})
	}
	for _, n := range pkg.Scope().Names() {
		var is string
		switch o := pkg.Scope().Lookup(n).(type) {
		case *types.Var:
			n, is = "variable "+n, plain(o.Type())
		case *types.TypeName:
			if o.IsAlias() || o.Type().(*types.Named).TypeParams() != nil {
				continue
			}
			n, is = "type "+n, types.TypeString(o.Type().Underlying(), qualify)
		default:
			continue
		}
		if was := s.seen[n]; was != "" && was != is {
			return fmt.Errorf("%s was %s and is %s", n, was, is)
		}
		s.seen[n] = is
	}
	return nil
}
