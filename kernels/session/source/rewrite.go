package source

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rewriter edits the code of one node: names in their numbered form, uses for
// variables that are not used, and, where the code shares a worker with the
// rest of the session, places where it can be stopped and nets for panics.
type rewriter struct {
	*Plan
	located
	e      edits
	living bool
	qual   func(*types.Package) string // names packages in types that are written out
	stack  []ast.Node
	locals int            // types declared in functions
	empty  *ast.BlockStmt // of a switch, that has got a case
}

const (
	poll  = mark + "rt.P();"
	enter = "defer " + mark + "rt.Enter()();"
)

func (r *rewriter) insert(p token.Pos, s string) { r.e.insert(r.t, r.at(p), s) }

func (r *rewriter) node(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			if g, ok := r.stack[len(r.stack)-1].(*ast.GoStmt); ok && r.living {
				r.goStmt(g)
			}
			r.stack = r.stack[:len(r.stack)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.Ident:
			r.ident(n)
		case *ast.TypeSpec:
			if o := r.info.Defs[n.Name]; o != nil && !r.own(o) && !n.Assign.IsValid() {
				r.locals++
			}
		case *ast.BlockStmt:
			if len(n.List) > 0 && !clause(n.List[0]) {
				r.list(n.List)
			}
		case *ast.CaseClause:
			r.list(n.Body)
		case *ast.CommClause:
			r.list(n.Body)
		}
		if r.living {
			r.guard(n)
		}
		r.stack = append(r.stack, n)
		return true
	})
}

func (r *rewriter) guard(n ast.Node) {
	switch n := n.(type) {
	case *ast.ForStmt:
		r.insert(n.Body.Lbrace+1, poll)
	case *ast.RangeStmt:
		r.insert(n.Body.Lbrace+1, poll)
	case *ast.FuncLit:
		if r.callsBack(n.Body) {
			r.insert(n.Body.Lbrace+1, poll)
		}
	case *ast.FuncDecl:
		if r.callsBack(n.Body) {
			r.insert(n.Body.Lbrace+1, poll)
		}
	case *ast.BranchStmt:
		if n.Tok == token.GOTO {
			r.insert(n.Pos(), poll)
		}
	case *ast.GoStmt:
		if f, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
			r.insert(f.Body.Lbrace+1, enter)
		}
	case *ast.CallExpr:
		// sync.WaitGroup.Go, errgroup.Group.Go, time.AfterFunc: goroutines too.
		if s, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 && (s.Sel.Name == "Go" || s.Sel.Name == "AfterFunc") {
			last := n.Args[len(n.Args)-1]
			if f, ok := r.info.Uses[s.Sel].(*types.Func); ok && f.Pkg() != r.pkg && netted(r.info.TypeOf(last)) && !n.Ellipsis.IsValid() {
				r.insert(last.Pos(), mark+"rt.Net(")
				r.insert(last.End(), ")")
			}
		}
	}
}

// netted says whether rt.Net takes a value of type t: func() or func() error.
func netted(t types.Type) bool {
	f, ok := t.(*types.Signature)
	if !ok || f.Params().Len() > 0 || f.Results().Len() > 1 {
		return false
	}
	return f.Results().Len() == 0 || types.Identical(f.Results().At(0).Type(), types.Universe.Lookup("error").Type())
}

// ident writes a name of the session in its numbered form.
func (r *rewriter) ident(id *ast.Ident) {
	if r.unused[id.Pos()] {
		r.use(id)
	}
	o := r.info.Uses[id]
	if o == nil {
		o = r.info.Defs[id]
	}
	name := id.Name
	_, isPackage := o.(*types.PkgName)
	switch {
	case r.living && isPackage:
		name = id.Name + mark
	case r.living && o != nil && o.Pkg() != nil && o.Pkg() != r.pkg && o.Parent() == o.Pkg().Scope() && !r.selected(id):
		name = r.qual(o.Pkg()) + "." + id.Name // imported by a dot
	case r.living && r.own(o):
		if f, ok := o.(*types.Func); ok && r.info.Defs[id] == o && f.Signature().TypeParams() == nil {
			return // the declaration itself: named by whoever writes it out
		}
		name = r.emitName(o)
	case r.living && o != nil:
		if v, ok := o.(*types.Var); ok && v.Embedded() {
			t := v.Type()
			if ptr, ok := t.(*types.Pointer); ok {
				t = ptr.Elem()
			}
			if n, ok := t.(interface{ Obj() *types.TypeName }); ok && r.own(n.Obj()) && n.Obj().Name() == id.Name { // *types.Named or *types.Alias
				name = r.typeName(id.Name)
			}
		}
	}
	if name != id.Name {
		r.e.replace(r.t, r.at(id.Pos()), r.at(id.End()), name)
	}
}

// selected says whether the identifier is the name behind a dot.
func (r *rewriter) selected(id *ast.Ident) bool {
	s, ok := r.stack[len(r.stack)-1].(*ast.SelectorExpr)
	return ok && s.Sel == id
}

// use adds `_ = x` where x is in scope, as the compiler insists.
func (r *rewriter) use(id *ast.Ident) {
	use := "_ = " + id.Name
	for i := len(r.stack) - 1; i >= 0; i-- {
		var outer ast.Node
		if i > 0 {
			outer = r.stack[i-1]
		}
		switch n := r.stack[i].(type) {
		case *ast.RangeStmt:
			r.insert(n.Body.Lbrace+1, use+";")
			return
		case *ast.AssignStmt, *ast.DeclStmt:
			switch o := outer.(type) {
			case *ast.IfStmt:
				r.insert(o.Body.Lbrace+1, use+";")
			case *ast.ForStmt:
				r.insert(o.Body.Lbrace+1, use+";")
			case *ast.SwitchStmt:
				r.firstCase(o.Body, use)
			case *ast.TypeSwitchStmt:
				if o.Assign == n && r.assigned(o) { // but never read
					r.firstCase(o.Body, use)
					return
				}
				if o.Assign == n { // switch x := y.(type): without x
					r.e.replace(r.t, r.at(id.Pos()), r.at(n.(*ast.AssignStmt).Rhs[0].Pos()), "")
					return
				}
				if guard, ok := o.Assign.(*ast.AssignStmt); ok && guard.Lhs[0].(*ast.Ident).Name == id.Name {
					r.unname(id, n.(*ast.AssignStmt)) // the cases see the other one of this name
					return
				}
				r.firstCase(o.Body, use)
			case *ast.CommClause:
				if o.Comm == n {
					r.insert(o.Colon+1, use+";")
				} else {
					r.insert(n.End(), ";"+use)
				}
			default:
				r.insert(n.End(), ";"+use)
			}
			return
		}
	}
}

// assigned says whether a type switch sets the variable that it declares.
func (r *rewriter) assigned(s *ast.TypeSwitchStmt) (found bool) {
	vars := map[types.Object]bool{}
	for _, c := range s.Body.List {
		vars[r.info.Implicits[c]] = true
	}
	ast.Inspect(s.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && r.info.Uses[id] != nil && vars[r.info.Uses[id]]
		return !found
	})
	return found
}

// unname makes a variable that a statement declares a blank.
func (r *rewriter) unname(id *ast.Ident, s *ast.AssignStmt) {
	r.e.replace(r.t, r.at(id.Pos()), r.at(id.End()), "_")
	for _, x := range s.Lhs {
		if other, ok := x.(*ast.Ident); ok && other != id && other.Name != "_" {
			return
		}
	}
	r.e.replace(r.t, r.at(s.TokPos), r.at(s.TokPos)+1, "") // := declares nothing now
}

func (r *rewriter) firstCase(b *ast.BlockStmt, use string) {
	if len(b.List) == 0 {
		if r.empty != b { // not the second variable of one switch
			r.empty = b
			r.insert(b.Lbrace+1, "default:")
		}
		r.insert(b.Lbrace+1, use+";")
		return
	}
	if c, ok := b.List[0].(*ast.CaseClause); ok {
		r.insert(c.Colon+1, use+";")
	}
}

// list puts a place to stop after every statement that may have waited.
func (r *rewriter) list(list []ast.Stmt) {
	if !r.living {
		return
	}
	for i := 1; i < len(list); i++ {
		if r.waits(list[i-1]) {
			r.insert(list[i].Pos(), poll)
		}
	}
}

// clause says whether a statement is a case: the body of a switch or select is
// no list of statements, and what a case ends in may be the end of a function.
func clause(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// pure packages neither wait nor run for long.
var pure = map[string]bool{"math": true, "math/bits": true, "math/cmplx": true, "math/rand": true, "math/rand/v2": true, "strings": true, "strconv": true, "unicode": true, "unicode/utf8": true,
	"bytes": true, "slices": true, "maps": true, "cmp": true, "errors": true, "sort": true, "sync/atomic": true}

// waits says whether a statement may block or take long in code of others.
func (r *rewriter) waits(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SendStmt, *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			var id *ast.Ident
			switch f := ast.Unparen(n.Fun).(type) {
			case *ast.SelectorExpr:
				id = f.Sel
			case *ast.Ident:
				id = f
			}
			if id == nil {
				return true
			}
			if f, ok := r.info.Uses[id].(*types.Func); ok && f.Pkg() != nil && f.Pkg() != r.pkg && !pure[f.Pkg().Path()] {
				found = true
			}
		}
		return !found
	})
	return found
}

// callsBack says whether a body calls anything of the session or a function
// value: only then can it recurse.
func (r *rewriter) callsBack(b *ast.BlockStmt) (found bool) {
	if b == nil {
		return false
	}
	ast.Inspect(b, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if tv := r.info.Types[c.Fun]; tv.IsType() || tv.IsBuiltin() {
			return true
		}
		switch f := ast.Unparen(c.Fun).(type) {
		case *ast.SelectorExpr:
			if o, ok := r.info.Uses[f.Sel].(*types.Func); ok && o.Pkg() != nil && o.Pkg() != r.pkg {
				return true
			}
		case *ast.FuncLit:
			return true
		}
		found = true
		return false
	})
	return found
}
