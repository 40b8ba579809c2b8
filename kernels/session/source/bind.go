package source

import (
	"context"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"

	"github.com/stellarae/lab/kernels/cell"
)

// bindImports gives every qualifier of the cell a package: the cell's own
// import, one of an earlier cell, or one found by name.
func (p *Plan) bindImports(ctx context.Context, pk Packages) ([]Diag, error) {
	f, l := p.f, p.l
	var paths []string
	for _, i := range f.imports {
		if i.Path != "C" {
			paths = append(paths, i.Path)
		}
	}
	if len(f.imports) > 0 {
		imp, bad, err := pk.Load(ctx, paths)
		if err != nil {
			return nil, err
		}
		var diags []Diag
		for n, i := range f.imports {
			if i.Path == "C" {
				diags = append(diags, f.text.diag(i.at, i.at+3, `cells cannot import "C": put the C code in a package beside the notebook and import that`))
				continue
			}
			if err := bad[i.Path]; err != nil {
				diags = append(diags, f.text.diag(i.at, i.at+len(i.Path)+2, err.Error()))
				continue
			}
			pkg, err := imp.Import(i.Path)
			if err != nil {
				diags = append(diags, f.text.diag(i.at, i.at+len(i.Path)+2, err.Error()))
				continue
			}
			f.imports[n].Bound = pkg.Name()
		}
		if diags != nil {
			return diags, nil
		}
	}
	bound := map[string]bool{}
	for _, i := range f.imports {
		switch i.Name {
		case ".", "_":
			f.blanks = append(f.blanks, i)
		default:
			bound[i.key()] = true
		}
		f.text.imports = append(f.text.imports, i)
		if i.Name == "_" {
			if _, known := l.blanks[i.Path]; !known {
				l.blanks[i.Path] = false
			}
		} else {
			l.imports[i.key()] = Import{Name: i.Name, Path: i.Path, Bound: i.Bound, at: -1}
		}
	}
	wants := p.qualifiers()
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		if bound[name] {
			continue
		}
		if i, ok := l.imports[name]; ok {
			f.text.imports = append(f.text.imports, i)
			continue
		}
		if path, ok := pk.Resolve(ctx, name, wants[name]); ok {
			f.text.imports = append(f.text.imports, Import{Name: name, Path: path, Bound: name, at: -1})
		}
	}
	for _, i := range l.imports { // dot imports of earlier cells
		if i.Name == "." && !slices.ContainsFunc(f.imports, func(j Import) bool { return j.Name == "." && j.Path == i.Path }) {
			f.text.imports = append(f.text.imports, i)
		}
	}
	return nil, nil
}

// qualifiers are the names before a dot that nothing in the cell or the session
// declares, with what is selected from them.
func (p *Plan) qualifiers() map[string][]string {
	wants := map[string][]string{}
	declared := map[string]bool{}
	for _, d := range p.f.decls {
		declared[d.name] = true
		for _, n := range d.all {
			declared[n] = true
		}
	}
	for _, v := range p.f.vars {
		for _, n := range v.names {
			declared[n] = true
		}
	}
	visit := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := s.X.(*ast.Ident)
			if !ok || declared[id.Name] || p.l.vars[id.Name] != nil || id.Name == "_" {
				return true
			}
			if d := p.l.decls[id.Name]; d != nil && (d.kind != cell.Var || p.mode == Process) {
				return true
			}
			if !slices.Contains(wants[id.Name], s.Sel.Name) {
				wants[id.Name] = append(wants[id.Name], s.Sel.Name)
			}
			return true
		})
	}
	for _, d := range slices.Concat(p.f.decls, p.f.inits) {
		visit(d.node)
	}
	for _, v := range p.f.vars {
		visit(&ast.GenDecl{Specs: []ast.Spec{v.spec}})
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.stmt != nil {
			visit(a.stmt)
		}
	}
	return wants
}

func importDecl(imports []Import, pos token.Pos) ast.Decl {
	g := &ast.GenDecl{Tok: token.IMPORT, TokPos: pos, Lparen: pos}
	for _, i := range imports {
		s := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(i.Path), ValuePos: pos}}
		if i.Name != "" {
			s.Name = &ast.Ident{Name: i.Name, NamePos: pos}
		}
		g.Specs = append(g.Specs, s)
	}
	return g
}
