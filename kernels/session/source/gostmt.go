package source

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// goStmt catches panics of a goroutine: `go f(a, b)` evaluates f, a and b as
// before, then calls them inside a net. The parts are rewritten already.
func (r *rewriter) goStmt(g *ast.GoStmt) {
	c := g.Call
	if _, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return // has its net within
	}
	if tv := r.info.Types[c.Fun]; tv.IsBuiltin() || tv.IsType() {
		return // a builtin panics at most on the user's own data; it cannot be a value
	}
	text := func(n ast.Node) string { return r.e.render(r.t, r.at(n.Pos()), r.at(n.End())) }
	var before, args []string
	f := text(c.Fun)
	if !r.infers(c.Fun) {
		before = append(before, mark+"f := "+f)
		f = mark + "f"
	}
	for i, a := range c.Args {
		name := fmt.Sprintf("%s%d", mark, i)
		tv := r.info.Types[a]
		t, many := tv.Type.(*types.Tuple)
		switch {
		case many: // f(g())
			for i := range t.Len() {
				args = append(args, fmt.Sprintf("%s%d", mark, i))
			}
			before = append(before, strings.Join(args, ", ")+" := "+text(a))
			continue
		case tv.Value != nil || tv.IsNil(): // a variable would have its default type
			name = text(a)
		default:
			before = append(before, name+" := "+r.typed(a, text(a)))
		}
		args = append(args, name)
	}
	if c.Ellipsis.IsValid() {
		args[len(args)-1] += "..."
	}
	r.e.replaceAll(r.t, r.at(c.Pos()), r.at(c.End()), fmt.Sprintf("%srt.Go(func() func() { %s; return func() { %s(%s) } }())", mark, strings.Join(before, "; "), f, strings.Join(args, ", ")))
}

// infers says whether a function has type parameters that its arguments tell:
// then it is no value.
func (r *rewriter) infers(f ast.Expr) bool {
	switch f := ast.Unparen(f).(type) {
	case *ast.IndexExpr:
		return r.infers(f.X)
	case *ast.IndexListExpr:
		return r.infers(f.X)
	case *ast.SelectorExpr:
		return r.infers(f.Sel)
	case *ast.Ident:
		_, generic := r.info.Instances[f]
		return generic && r.info.Uses[f] != nil
	}
	return false
}

// typed is the text of an expression that keeps its type as the value of a
// variable: comparisons and shifts can be of another type where they stand.
func (r *rewriter) typed(x ast.Expr, text string) string {
	switch ast.Unparen(x).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
	default:
		return text
	}
	t := r.info.TypeOf(x)
	if _, basic := t.Underlying().(*types.Basic); !basic || slices.Contains([]types.Type{types.Typ[types.Bool], types.Typ[types.Int]}, t) || r.unnameable(t) != "" {
		return text
	}
	return "(" + r.typeString(t, r.qual) + ")(" + text + ")"
}
