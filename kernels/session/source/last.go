package source

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// The last expression of a cell is handed to a function that shows it, or, where
// a semicolon ends it, to one that drops it. It is checked as the argument of
// such a function too, so that go/types says of it what the compiler would: that
// a constant is too large for an int, that len is not called.

// valueName stands for those functions in the check.
const valueName = mark + "value"

// valueFunction declares it. The user may have another type called any.
func valueFunction() ast.Decl {
	values := &ast.Field{Type: &ast.Ellipsis{Elt: &ast.InterfaceType{Methods: &ast.FieldList{}}}}
	return &ast.FuncDecl{Name: &ast.Ident{Name: valueName}, Type: &ast.FuncType{Params: &ast.FieldList{List: []*ast.Field{values}}}, Body: &ast.BlockStmt{}}
}

// findLast finds the expressions whose values are shown or dropped: the last
// statement of the cell, and the one before %%. Of two, the last is shown.
func (p *Plan) findLast() {
	p.silent = map[ast.Stmt]bool{}
	for _, actions := range [][]action{p.f.actions, p.f.main} {
		if len(actions) == 0 {
			continue
		}
		switch a := &actions[len(actions)-1]; {
		case a.item.Silent:
			p.silent[a.stmt] = true
		case a.item.Expr:
			p.result = a
		}
	}
}

func (p *Plan) isLast(s ast.Stmt) bool {
	return p.silent[s] || p.result != nil && s == p.result.stmt
}

// noValue says whether an error is only that a last expression, a call, has no value.
func (p *Plan) noValue(te types.Error) bool {
	call, ok := strings.CutSuffix(te.Msg, " (no value) used as value")
	if !ok {
		return false
	}
	is := func(s ast.Stmt) bool {
		x := s.(*ast.ExprStmt).X
		return x.Pos() <= te.Pos && te.Pos < x.End() && (call == types.ExprString(x) || call == types.ExprString(ast.Unparen(x)))
	}
	if p.result != nil && is(p.result.stmt) {
		return true
	}
	for s := range p.silent {
		if is(s) {
			return true
		}
	}
	return false
}

// withoutFunction is a message without the function that a last expression is handed to.
func withoutFunction(msg string) string {
	if strings.HasPrefix(msg, "in call to "+valueName) { // cannot infer E
		return "cannot use a generic function without instantiation"
	}
	return strings.Replace(msg, " in argument to "+valueName, "", 1)
}

// shown names the function that takes the value of a last expression; "" if the
// expression stands by itself: it has no value, or none to show. That is so for
// what fmt's functions return (they are called for what they print), and, below
// %%, for what any call returns.
func (m *emission) shown(a action) string {
	x := ast.Unparen(a.stmt.(*ast.ExprStmt).X)
	tv := m.info.Types[x]
	switch {
	case tv.IsVoid():
		return ""
	case m.silent[a.stmt]:
		if m.stands(x) {
			return ""
		}
		return mark + "rt.Keep"
	}
	if c, ok := x.(*ast.CallExpr); ok && m.stands(x) {
		if a.item.InMain {
			return ""
		}
		if s, ok := c.Fun.(*ast.SelectorExpr); ok {
			if f, ok := m.info.Uses[s.Sel].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == "fmt" && !strings.HasPrefix(f.Name(), "Sp") && !strings.HasPrefix(f.Name(), "Err") {
				return ""
			}
		}
		last := tv.Type
		if t, ok := last.(*types.Tuple); ok && t.Len() > 0 {
			last = t.At(t.Len() - 1).Type()
		}
		if types.Identical(last, types.Universe.Lookup("error").Type()) {
			return mark + "rt.ResultOrError"
		}
	}
	return mark + "rt.Result"
}

// stands says whether Go takes an expression with a value as a statement: a
// receive operation, or a call, but of few of the language's own functions.
func (m *emission) stands(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	case *ast.CallExpr:
		f := m.info.Types[x.Fun]
		if f.IsBuiltin() {
			id, ok := ast.Unparen(x.Fun).(*ast.Ident)
			return ok && (id.Name == "copy" || id.Name == "recover")
		}
		return !f.IsType()
	}
	return false
}
