package source

import (
	"context"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/cell"
)

// std answers from the standard library's source.
type std struct{ types.Importer }

func newStd() std { return std{importer.ForCompiler(token.NewFileSet(), "source", nil)} }

func (s std) Load(_ context.Context, paths []string) (types.Importer, map[string]error, error) {
	bad := map[string]error{}
	for _, p := range paths {
		if strings.Contains(p, ".") {
			bad[p] = fmt.Errorf("no such package")
		}
	}
	return s, bad, nil
}

func (s std) Resolve(_ context.Context, name string, _ []string) (string, bool) {
	path, ok := map[string]string{"fmt": "fmt", "strings": "strings", "time": "time", "sync": "sync", "rand": "math/rand/v2", "flag": "flag", "sort": "sort"}[name]
	return path, ok
}

// session runs cells through Check and Commit as a kernel does.
type session struct {
	t    *testing.T
	l    *Ledger
	n    int
	mode Mode
	pk   std
}

func (s *session) cell(code string) (*Plan, []Diag) {
	s.t.Helper()
	c, err := cell.Parse(code)
	if err != nil {
		s.t.Fatal(err)
	}
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		s.t.Fatal(diags)
	}
	s.n++
	plan, ds, err := s.l.Check(context.Background(), Text{Name: fmt.Sprintf("cell[%d]", s.n), Code: c.Go}, items, s.pk, s.mode)
	if err != nil {
		s.t.Fatal(err)
	}
	return plan, ds
}

func (s *session) ok(code string) (*Plan, string) {
	s.t.Helper()
	plan, ds := s.cell(code)
	if len(ds) > 0 {
		s.t.Fatalf("%s\n%v", code, ds)
	}
	files := plan.Session()
	s.l.Commit(plan)
	var b strings.Builder
	for _, f := range files {
		b.Write(f)
	}
	return plan, b.String()
}

func TestTry(t *testing.T) {
	s := &session{t: t, l: New(), pk: newStd()}
	for _, c := range []string{
		"x := 41\nfmt.Println(x)",
		"type circle struct{ r float64 }\nfunc (c circle) Area(k float64) float64 { return c.r*k*float64(x) }\nvar c = circle{2}",
		"c.Area(3)",
		"func scale(a int) int { return a * x }\nvar wg sync.WaitGroup\nfor i := range 3 { wg.Add(1); go func() { defer wg.Done(); y := 3; fmt.Println(i) }() }\ngo fmt.Println(1, \"a\")\nwg.Wait()",
		"scale(3)",
		"func scale(a, b int) int { return a * b }",
		"type circle struct{ r, s float64 }",
		"func Map[T, U any](xs []T, f func(T) U) []U { var out []U; for _, x := range xs { out = append(out, f(x)) }; return out }\nMap([]int{1,2}, func(i int) string { return fmt.Sprint(i) })",
	} {
		p, text := s.ok(c)
		t.Logf("%s\n=====\n%s\n%v %v", c, text, p.Dropped, p.Notes)
	}
}
