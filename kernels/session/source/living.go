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

// live works out, after a check, what the cell means for what lives: variables
// it makes, types that became others, variables lost by that.
func (p *Plan) live() []Diag {
	if diags := p.aliasMethods(); diags != nil {
		return diags
	}
	changed, layout := p.versionTypes()
	if diags := p.makeVariables(); diags != nil {
		return diags
	}
	var diags []Diag
	for _, n := range slices.Sorted(maps.Keys(p.l.vars)) {
		v := p.l.vars[n]
		o, ok := p.pkg.Scope().Lookup(n).(*types.Var)
		if !ok {
			continue
		}
		lost, parts := false, map[types.Type]bool{}
		walkTypes(o.Type(), parts, func(t *types.TypeName) bool {
			lost = lost || p.own(t) && layout[t.Name()]
			return p.own(t)
		})
		lost = lost || parts[types.Typ[types.Invalid]] || words(o.Type()) != v.words
		if lost && !slices.Contains(p.newVars, v) {
			p.Dropped = append(p.Dropped, n)
			delete(p.l.vars, n)
			p.l.drop(n)
			diags = append(diags, p.lostUses(o)...)
			continue
		}
		if e := p.emittedType(o.Type()); e != v.emitted {
			next := *v
			next.emitted = e
			p.l.vars[n] = &next
		}
	}
	for n := range changed {
		if d := p.l.decls[n]; d != nil && !layout[n] && d.text != p.f.text && d.kind == cell.Type {
			p.Notes = append(p.Notes, fmt.Sprintf("%s has other methods now; values of it inside interfaces keep the old ones", n))
		}
	}
	if diags = p.relevant(diags); diags != nil {
		return diags
	}
	slices.Sort(p.Notes)
	p.findStale()
	return nil
}

// aliasMethods are errors for methods that name their type by an alias, which a
// later cell could give another meaning.
func (p *Plan) aliasMethods() (out []Diag) {
	for _, d := range p.f.decls {
		fn, ok := d.node.(*ast.FuncDecl)
		if !ok || fn.Recv == nil {
			continue
		}
		t := p.fn(d).Signature().Recv().Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if a, ok := t.(*types.Alias); ok {
			at, end := d.located().span(fn.Recv.List[0].Type)
			out = append(out, d.text.diag(at, end, fmt.Sprintf("%s is an alias: methods in cells need the name of the type itself", a.Obj().Name())))
		}
	}
	return out
}

// lostUses are errors for all that is done with a variable that this cell loses.
func (p *Plan) lostUses(o *types.Var) (out []Diag) {
	for id, u := range p.info.Uses {
		if u != o {
			continue
		}
		if t, at, ok := p.place(id.Pos()); ok {
			by := "this cell"
			if t != p.f.text {
				by = p.f.text.Name
			}
			out = append(out, t.diag(at, at+len(id.Name), fmt.Sprintf("%s is lost: %s makes another type of its type", id.Name, by)))
		}
	}
	return out
}

// makeVariables enters the variables that the cell declares.
func (p *Plan) makeVariables() (diags []Diag) {
	for _, s := range p.f.vars {
		for _, n := range s.names {
			if n == "_" {
				continue
			}
			o := p.pkg.Scope().Lookup(n).(*types.Var)
			parts := map[types.Type]bool{}
			walkTypes(o.Type(), parts, func(*types.TypeName) bool { return false })
			if parts[types.Typ[types.Invalid]] {
				diags = append(diags, p.f.text.diag(s.at, s.at+len(n), fmt.Sprintf("initialization cycle: the type of %s depends on %s itself", n, n)))
				continue
			}
			if why := p.unnameable(o.Type()); why != "" {
				diags = append(diags, p.f.text.diag(s.at, s.at+len(n), fmt.Sprintf("%s cannot live in the session: its type has %s, which has no name outside of its package; use it inside a function, or keep it in a variable of an interface type", n, why)))
				continue
			}
			v := &variable{name: n, origin: p.f.text, emitted: p.emittedType(o.Type()), words: words(o.Type())}
			names := map[string]string{}
			v.typ = types.TypeString(o.Type(), func(pkg *types.Package) string {
				if pkg == p.pkg {
					return ""
				}
				if names[pkg.Path()] == "" {
					names[pkg.Path()] = fmt.Sprintf("%s%s%d", pkg.Name(), mark, len(names))
					v.imports = append(v.imports, Import{Name: names[pkg.Path()], Path: pkg.Path(), at: -1})
				}
				return names[pkg.Path()]
			})
			if err := v.parse(p.l.fset); err != nil {
				diags = append(diags, p.f.text.diag(s.at, s.at+len(n), err.Error()))
				continue
			}
			v.version = p.l.symbol(n, "var "+v.emitted)
			p.l.vars[n] = v
			p.newVars = append(p.newVars, v)
		}
	}
	return diags
}

// words are the types of the language that a type is written with.
func words(t types.Type) string {
	parts := map[types.Type]bool{}
	walkTypes(t, parts, func(*types.TypeName) bool { return false })
	var out []string
	for t := range parts {
		o, named := t.(interface{ Obj() *types.TypeName })
		_, basic := t.(*types.Basic)
		if basic || named && o.Obj().Pkg() == nil {
			out = append(out, t.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// unnameable says what in a type another package cannot write down.
func (p *Plan) unnameable(t types.Type) (why string) {
	var visit func(t types.Type)
	seen := map[types.Type]bool{}
	visit = func(t types.Type) {
		if s, ok := t.(*types.Struct); ok {
			for f := range s.Fields() {
				if !f.Exported() && f.Pkg() != p.pkg {
					why = fmt.Sprintf("the field %s of %s", f.Name(), f.Pkg().Path())
				}
			}
		}
	}
	walkTypes(t, seen, func(o *types.TypeName) bool {
		switch {
		case o.Pkg() == nil || p.own(o):
		case o.Pkg() == p.pkg:
			why = "the type " + o.Name() + " of a function"
		case !o.Exported() || o.Parent() != o.Pkg().Scope():
			why = "the type " + o.Pkg().Name() + "." + o.Name()
		}
		return false
	})
	for t := range seen {
		visit(t)
	}
	return why
}
