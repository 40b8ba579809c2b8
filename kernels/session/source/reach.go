package source

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/stellarae/lab/kernels/cell"
)

// findStale collects the compiled functions that are out of date now, and that
// this cell does not come to: what it declares may be called through them, from
// variables and goroutines. Those that no longer compile stay as they are.
func (p *Plan) findStale() {
	p.stale = map[*decl]bool{}
	mine := p.reach()
	for _, d := range p.l.decls {
		if d.kind != cell.Func || d.generic || d.built == nil || mine[d] || p.broken[d] || !p.valid(p.fn(d)) || maps.Equal(d.built, p.stamp(d)) {
			continue
		}
		needs := p.closure([]*decl{d}, nil)
		if slices.ContainsFunc(slices.Collect(maps.Keys(needs)), func(n *decl) bool { return p.broken[n] || p.usesLost(n) }) {
			continue
		}
		maps.Copy(p.stale, needs)
	}
}

// usesLost says whether a declaration mentions a variable that does not live:
// written out again, it would be another one in the memory of the old.
func (p *Plan) usesLost(d *decl) bool {
	return slices.ContainsFunc(p.uses(d.node), func(o types.Object) bool {
		_, isVar := o.(*types.Var)
		return isVar && p.l.vars[o.Name()] == nil
	})
}

// uses are the session's own package-level objects that a node mentions, each once.
func (p *Plan) uses(n ast.Node) []types.Object {
	seen := map[types.Object]bool{}
	var out []types.Object
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := p.info.Uses[id]; p.own(o) && !seen[o] {
				seen[o] = true
				out = append(out, o)
			}
		}
		return true
	})
	return out
}

// own says whether o is a package-level object of the session.
func (p *Plan) own(o types.Object) bool {
	return o != nil && p.pkg != nil && o.Pkg() == p.pkg && o.Parent() == p.pkg.Scope()
}

// walkOne calls f with the session's types that t mentions.
func (p *Plan) walkOne(t types.Type, f func(name string)) {
	walkTypes(t, map[types.Type]bool{}, func(o *types.TypeName) bool {
		if p.own(o) {
			f(o.Name())
		}
		return false
	})
}

// walk goes on into the definitions of those types.
func (p *Plan) walk(t types.Type, f func(name string)) {
	walkTypes(t, map[types.Type]bool{}, func(o *types.TypeName) bool {
		if p.own(o) {
			f(o.Name())
			return true
		}
		return false
	})
}

func walkTypes(t types.Type, seen map[types.Type]bool, named func(*types.TypeName) bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	go1 := func(t types.Type) { walkTypes(t, seen, named) }
	switch t := t.(type) {
	case *types.Alias:
		named(t.Obj())
		go1(types.Unalias(t))
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			go1(a)
		}
		if named(t.Obj()) {
			go1(t.Underlying())
		}
	case *types.Pointer:
		go1(t.Elem())
	case *types.Slice:
		go1(t.Elem())
	case *types.Array:
		go1(t.Elem())
	case *types.Chan:
		go1(t.Elem())
	case *types.Map:
		go1(t.Key())
		go1(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			go1(f.Type())
		}
	case *types.Signature:
		go1(t.Params())
		go1(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			go1(v.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			go1(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			go1(e)
		}
	}
}

// reach are the functions, methods, types and constants that the cell comes to,
// directly or through others.
func (p *Plan) reach() map[*decl]bool {
	var queue []ast.Node
	for _, v := range p.f.vars {
		queue = append(queue, v.spec)
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.stmt != nil {
			queue = append(queue, a.stmt)
		}
	}
	return p.closure(slices.Concat(p.f.decls, p.f.inits), queue)
}

// closure are decls and all that they, and the nodes in the queue, come to.
func (p *Plan) closure(decls []*decl, queue []ast.Node) map[*decl]bool {
	found := map[*decl]bool{}
	add := func(d *decl) {
		if d != nil && !found[d] {
			found[d] = true
			queue = append(queue, d.node)
		}
	}
	for _, d := range decls {
		add(d)
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, o := range p.uses(n) {
			var names []string
			switch o := o.(type) {
			case *types.Var:
				p.walk(o.Type(), func(n string) { names = append(names, n) })
			default:
				names = []string{o.Name()}
				p.walk(o.Type(), func(n string) { names = append(names, n) })
			}
			for _, n := range names {
				d := p.l.decls[n]
				if d == nil || d.kind == cell.Var {
					continue
				}
				add(d)
				if d.kind == cell.Type {
					for _, m := range p.methods(n) {
						add(m)
					}
				}
			}
		}
	}
	return found
}

// stamp is what a compiled function depends on: if it is the same later, the
// compiled code is still right.
func (p *Plan) stamp(d *decl) map[string]string {
	s := map[string]string{}
	for _, o := range p.uses(d.node) {
		switch o := o.(type) {
		case *types.Const:
			s[o.Name()] = p.emittedType(o.Type()) + " " + o.Val().ExactString()
		case *types.Var:
			s[o.Name()] = p.emitName(o) + " " + p.emittedType(o.Type())
		default:
			s[o.Name()] = p.emitName(o)
		}
	}
	s[""] = p.slot(p.fn(d))
	return s
}
