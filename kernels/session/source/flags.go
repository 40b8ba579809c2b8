package source

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
)

// Flags are the names of the command-line flags that the cell defines: the
// worker takes them out before it runs the cell again, as a flag cannot be
// defined twice.
func (p *Plan) Flags() []string {
	var names []string
	visit := func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		s, ok := c.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		f, ok := p.info.Uses[s.Sel].(*types.Func)
		if !ok || f.Pkg() == nil || f.Pkg().Path() != "flag" {
			return true
		}
		for _, a := range c.Args {
			if v := p.info.Types[a].Value; v != nil && v.Kind() == constant.String {
				names = append(names, constant.StringVal(v))
				break
			}
		}
		return true
	}
	for _, d := range slices.Concat(p.f.decls, p.f.inits) {
		ast.Inspect(d.node, visit)
	}
	for _, v := range p.f.vars {
		ast.Inspect(v.spec, visit)
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.stmt != nil {
			ast.Inspect(a.stmt, visit)
		}
	}
	return names
}
