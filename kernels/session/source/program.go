package source

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// DisplayPath is what a program of process mode imports to show the value of a
// cell's last expression and to time statements.
const DisplayPath = "github.com/stellarae/lab/kernels/session/rt/show"

// Program writes a whole program: all that is remembered and, as main, what the
// cell does. Initialisers of variables and functions named init or init_name
// run in it, in this cell and in every later one. test leaves main out.
func (p *Plan) Program(test bool) map[string][]byte {
	m := &emission{Plan: p, e: edits{}, files: map[*text]*outFile{}}
	all := p.l.unique()
	var tests []string
	for _, d := range all {
		if test && d.kind == cell.Func && isTest(d.name) {
			tests = append(tests, d.name)
		}
	}
	slices.Sort(tests)
	for _, d := range all {
		if i, found := slices.BinarySearch(tests, d.name); found {
			d = d.apart(fmt.Sprintf("ztest%05d", i))
		}
		m.plain(d)
	}
	for i, d := range p.f.inits {
		m.plain(d.apart(fmt.Sprintf("zinit%03d", i)))
	}
	f := m.out(p.f.text)
	for path := range p.l.blanks {
		f.used["_"+path] = Import{Name: "_", Path: path}
	}
	paths := map[string]bool{}
	var b strings.Builder
	for _, n := range slices.Sorted(maps.Keys(p.f.text.Consts)) {
		fmt.Fprintf(&b, "const %s = %q\n", n, p.f.text.Consts[n])
	}
	if !test {
		b.WriteString("func main() {\n")
		if p.f.main != nil && !p.f.isMain {
			b.WriteString(mark + "flag.Parse()\n")
			f.used[mark+"flag"] = Import{Name: mark + "flag", Path: "flag"}
		}
		for _, a := range slices.Concat(p.f.actions, p.f.main) {
			if a.vars == nil || a.vars.define != nil && len(a.vars.names) == 0 {
				m.do(&b, a)
			}
		}
		b.WriteString("}\n")
		f.pieces = append(f.pieces, piece{at: len(p.f.text.Code) + 1, line: 1, code: b.String()})
		if strings.Contains(b.String(), mark+"rt.") {
			f.used[mark+"rt"] = Import{Name: mark + "rt", Path: DisplayPath}
		}
	}
	files := map[string][]byte{}
	texts := slices.SortedFunc(maps.Keys(m.files), func(a, b *text) int { return a.Serial - b.Serial })
	for i, t := range texts {
		if f := m.files[t]; len(f.pieces) > 0 {
			name := t.file
			if name == "" { // by its place, so that the same program has the same files; their order is that of initialisation
				name = fmt.Sprintf("cell%04d", i)
			}
			files[name+".go"] = f.bytes(false, paths)
		}
	}
	if test {
		for n, code := range files {
			delete(files, n)
			files[strings.TrimSuffix(n, ".go")+"_test.go"] = code
		}
	}
	m.Imports = slices.Sorted(maps.Keys(paths))
	return files
}

// apart gives the declaration a file of its own: Go runs initialisers, and
// tests, in the order of their files' names, and they are to run sorted by name.
func (d *decl) apart(file string) *decl {
	c, t := *d, *d.text
	t.file = file
	c.text = &t
	return &c
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Benchmark") || strings.HasPrefix(name, "Example") || strings.HasPrefix(name, "Fuzz")
}

// plain writes a declaration as the user did.
func (m *emission) plain(d *decl) {
	s := d.located()
	m.rewriteIn(s, d.node)
	for n := range d.dead {
		m.bury(s, d, n)
	}
	a, b := d.span()
	switch d.kind {
	case cell.Const:
	case cell.Type:
		m.add(s, d.node, "type "+m.e.render(d.text, a, b))
		return
	case cell.Var:
		m.add(s, d.node, "var "+m.varText(s, d))
		return
	case cell.Func:
		fn := d.node.(*ast.FuncDecl)
		if fn.Recv == nil && strings.HasPrefix(d.name, "init_") {
			m.e.replace(d.text, s.at(fn.Name.Pos()), s.at(fn.Name.End()), "init")
		}
		if fn.Doc != nil { // directives such as //go:noinline
			a = s.at(fn.Doc.Pos())
		}
	}
	f := m.out(d.text)
	f.pieces = append(f.pieces, piece{at: a, line: 1 + strings.Count(d.text.Code[:a], "\n"), code: m.e.render(d.text, a, b)})
}

// bury turns a name of a group or tuple that was redefined elsewhere into a blank.
func (m *emission) bury(s located, d *decl, name string) {
	for _, sp := range d.node.(*ast.GenDecl).Specs {
		for _, n := range sp.(*ast.ValueSpec).Names {
			if n.Name == name {
				m.e.replace(d.text, s.at(n.Pos()), s.at(n.End()), "_")
			}
		}
	}
}

// varText is what follows var, for := too.
func (m *emission) varText(s located, d *decl) string {
	spec := d.node.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	var names []string
	for _, n := range spec.Names {
		if d.dead[n.Name] {
			names = append(names, "_")
			continue
		}
		names = append(names, n.Name)
	}
	out := strings.Join(names, ", ")
	if spec.Type != nil {
		a, b := s.span(spec.Type)
		out += " " + m.e.render(s.t, a, b)
	}
	if len(spec.Values) > 0 {
		out += " = " + m.e.render(s.t, s.at(spec.Values[0].Pos()), s.at(spec.Values[len(spec.Values)-1].End()))
	}
	return out
}

// TestNames are the functions of the cell that go test would run, tests and benchmarks.
func (p *Plan) TestNames() (tests, benchmarks []string) {
	for _, d := range p.f.decls {
		o, ok := p.pkg.Scope().Lookup(d.name).(*types.Func)
		if !ok || d.kind != cell.Func {
			continue
		}
		switch {
		case strings.HasPrefix(o.Name(), "Test"):
			tests = append(tests, o.Name())
		case strings.HasPrefix(o.Name(), "Benchmark"):
			benchmarks = append(benchmarks, o.Name())
		}
	}
	return tests, benchmarks
}
