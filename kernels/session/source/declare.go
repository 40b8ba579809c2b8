package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// declare enters what the cell declares in the ledger; last one wins.
func (p *Plan) declare() {
	for _, i := range p.f.imports {
		p.l.drop(i.key())
		delete(p.l.vars, i.key())
	}
	p.dropMethods()
	for _, d := range p.f.decls {
		names := []string{d.name}
		if d.kind == cell.Const {
			names = d.all
		}
		for _, n := range names {
			if n == "_" {
				continue
			}
			p.l.drop(n)
			delete(p.l.vars, n)
			delete(p.l.imports, n)
			p.l.decls[n] = d
		}
	}
	p.declareInits()
	for _, v := range p.f.vars {
		for _, n := range v.names {
			if n == "_" {
				continue
			}
			p.l.drop(n)
			delete(p.l.imports, n)
			if p.mode == Living {
				delete(p.l.vars, n)
			}
		}
		d := v.decl(p.f.text)
		for _, n := range d.tuple {
			p.l.decls[n] = d
		}
		if len(d.tuple) == 0 && len(v.names) > 0 { // var _ = f()
			p.l.decls[fmt.Sprintf("_~%d", p.l.serial*1000+v.at)] = d
		}
	}
	var last []*decl // of each name in the cell
	for _, d := range p.f.decls {
		for _, n := range append([]string{d.name}, d.all...) {
			if c := p.l.decls[n]; c != nil && c.node == d.node && !slices.Contains(last, c) {
				last = append(last, c)
			}
		}
	}
	p.f.decls = last
}

// dropMethods forgets the methods of earlier cells where their type becomes one
// that cannot have them: an alias, or one with another number of type parameters.
func (p *Plan) dropMethods() {
	for _, d := range p.f.decls {
		if d.kind != cell.Type {
			continue
		}
		spec := d.node.(*ast.GenDecl).Specs[0].(*ast.TypeSpec)
		p.forgetMethods(d.name, func(m *decl) bool {
			recv := m.node.(*ast.FuncDecl).Recv.List[0].Type
			return spec.Assign.IsValid() || parameters(recv) != spec.TypeParams.NumFields()
		})
	}
}

// dropUnfit does the same where only the check could tell: for a type that is an
// interface or a pointer now, or has a field of the method's name. It reports
// whether it forgot any.
func (p *Plan) dropUnfit() (any bool) {
	for _, d := range p.l.unique() {
		o := p.pkg.Scope().Lookup(d.name)
		if d.kind != cell.Type || o == nil {
			continue
		}
		any = p.forgetMethods(d.name, func(m *decl) bool {
			switch u := o.Type().Underlying().(type) {
			case *types.Interface, *types.Pointer:
				return m.text != p.f.text
			case *types.Struct:
				for f := range u.Fields() {
					if m.name == d.name+"."+f.Name() {
						return m.text != p.f.text
					}
				}
			}
			return false
		}) || any
	}
	return any
}

func (p *Plan) forgetMethods(name string, unfit func(m *decl) bool) bool {
	var gone []string
	for _, m := range p.methods(name) {
		if unfit(m) {
			gone = append(gone, strings.TrimPrefix(m.name, name+"."))
			p.l.drop(m.name)
		}
	}
	if len(gone) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s is another kind of type now; forgotten: %s", name, strings.Join(gone, ", ")))
	}
	return len(gone) > 0
}

// parameters counts the type parameters that a receiver names.
func parameters(recv ast.Expr) (n int) {
	ast.Inspect(recv, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.IndexExpr:
			n = 1
		case *ast.IndexListExpr:
			n = len(x.Indices)
		}
		return true
	})
	return n
}

// declareInits remembers functions named init and init_name. Where a program
// begins, which is below %% and in every cell of process mode, all of them run,
// sorted by name; otherwise those of this cell.
func (p *Plan) declareInits() {
	for _, d := range p.f.inits {
		p.l.drop(d.name)
		p.l.inits[d.name] = d
	}
	if p.mode == Living && p.f.main == nil {
		return
	}
	all := slices.DeleteFunc(p.f.inits, func(d *decl) bool { return p.l.inits[d.name] == d })
	for _, n := range slices.Sorted(maps.Keys(p.l.inits)) {
		all = append(all, p.l.inits[n])
	}
	p.f.inits = all
}

// decl is the variable as process mode remembers it, with its initialiser.
func (v *varSpec) decl(t *text) *decl {
	d := &decl{kind: cell.Var, text: t, file: v.file, lead: v.lead,
		node: &ast.GenDecl{TokPos: v.spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{v.spec}}}
	for _, n := range v.names {
		if n != "_" {
			d.tuple = append(d.tuple, n)
		}
	}
	if len(d.tuple) > 0 {
		d.name = d.tuple[0]
	}
	return d
}
