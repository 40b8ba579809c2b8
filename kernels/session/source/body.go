package source

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// body writes what a cell does, each statement under its own line. Variables
// are set where they stand; one that a declaration before it needs is set
// first, as Go does it for a package. inits are called before the first
// statement that is not a declaration.
func (m *emission) body(b *strings.Builder, actions []action, inits func()) {
	done := map[*varSpec]bool{}
	ran := false
	var run func(a action)
	run = func(a action) {
		if a.vars != nil && a.vars.define == nil {
			if done[a.vars] {
				return
			}
			done[a.vars] = true
			for _, other := range actions {
				if other.vars != nil && other.vars.define == nil && !done[other.vars] && m.leans(a.vars.spec, other.vars) {
					run(other)
				}
			}
			m.setVars(b, a)
			return
		}
		if !ran {
			ran = true
			inits()
		}
		m.do(b, a)
	}
	for _, a := range actions {
		run(a)
	}
	if !ran {
		inits()
	}
}

// leans says whether a node needs the variables of v, itself or through
// functions of this cell.
func (m *emission) leans(n ast.Node, v *varSpec) bool {
	seen := map[ast.Node]bool{}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		if seen[n] {
			return false
		}
		seen[n] = true
		for _, o := range m.uses(n) {
			if slices.Contains(v.names, o.Name()) {
				return true
			}
			if f, ok := o.(*types.Func); ok {
				if d := m.l.decls[f.Name()]; d != nil && visit(d.node) {
					return true
				}
			}
		}
		return false
	}
	return visit(n)
}

func (m *emission) line(b *strings.Builder, s located, n ast.Node) {
	fmt.Fprintf(b, "//line %s:%d\n", s.t.position(), s.line(n.Pos()))
}

// setVars writes `var x, y T = a, b` as an assignment.
func (m *emission) setVars(b *strings.Builder, a action) {
	s, spec := located{m.f.text, a.file, a.lead}, a.vars.spec
	m.rewriteIn(s, spec)
	m.line(b, s, spec)
	var names []string
	for _, n := range spec.Names {
		name := n.Name
		if o := m.pkg.Scope().Lookup(name); name != "_" && o != nil {
			name = m.emitName(o)
		}
		names = append(names, name)
	}
	left := strings.Join(names, ", ")
	if len(spec.Values) == 0 {
		at, end := s.span(spec.Type)
		fmt.Fprintf(b, "{ var %sz %s; %s = %s }\n", mark, m.e.render(s.t, at, end), left, strings.TrimSuffix(strings.Repeat(mark+"z, ", len(names)), ", "))
		return
	}
	values := m.e.render(s.t, s.at(spec.Values[0].Pos()), s.at(spec.Values[len(spec.Values)-1].End()))
	if spec.Type != nil && slices.Contains(names, "_") { // which has no type to turn the value into
		at, end := s.span(spec.Type)
		var held []string
		for i := range names {
			held = append(held, fmt.Sprintf("%s%d", mark, i))
		}
		list := strings.Join(held, ", ")
		fmt.Fprintf(b, "{ var %s %s = %s; %s = %s }\n", list, m.e.render(s.t, at, end), values, left, list)
		return
	}
	fmt.Fprintf(b, "%s = %s\n", left, values)
}

// do writes one statement.
func (m *emission) do(b *strings.Builder, a action) {
	s := located{m.f.text, a.file, a.lead}
	m.rewriteIn(s, a.stmt)
	at, end := s.span(a.stmt)
	code := m.e.render(s.t, at, end)
	if a.vars != nil {
		as := a.vars.define
		code = m.e.render(s.t, at, s.at(as.TokPos)) + "=" + m.e.render(s.t, s.at(as.TokPos)+2, end)
	}
	if m.mode == Living {
		b.WriteString(poll + "\n")
	}
	m.line(b, s, a.stmt)
	show := ""
	if m.isLast(a.stmt) {
		show = m.shown(a)
	}
	switch {
	case a.item.Timing == "time" && show != "":
		code = fmt.Sprintf("%srt.Time(func() { %s(%s) })", mark, show, code)
	case a.item.Timing == "time":
		code = fmt.Sprintf("%srt.Time(func() { %s\n})", mark, code)
	case a.item.Timing == "timeit" && show != "":
		code = fmt.Sprintf("%srt.Timeit(func() { %srt.Keep(%s) })", mark, mark, code)
	case a.item.Timing == "timeit":
		code = fmt.Sprintf("%srt.Timeit(func() { %s\n})", mark, code)
	case show != "":
		code = show + "(" + code + ")"
	}
	b.WriteString(code + "\n")
}
