package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// Positions: all declarations of a cell are parsed as one file, all statements
// as another, each with what is not its own blanked, behind a head; so an
// offset in the file is the head's length more than the offset in the cell.
const (
	declHead = "package main;\n" // a new line, so that a comment on the first line belongs to what follows
	stmtHead = "package main;func " + mark + "(){"
	stmtTail = "\n}"
)

// fresh is what a cell declares and does, parsed but not yet checked.
type fresh struct {
	text    *text
	imports []Import
	decls   []*decl // functions, methods, types, constant groups, in order
	vars    []*varSpec
	actions []action
	main    []action // below %%, or the body of func main
	inits   []*decl
	isMain  bool
	blanks  []Import // import _ "x" and import . "x" of this cell
}

// varSpec is one `var a, b T = x, y`, or `a, b := x, y` at the top of a cell.
type varSpec struct {
	file   *token.File
	lead   int
	spec   *ast.ValueSpec
	define *ast.AssignStmt // the same as a statement, for :=; its nodes are apart from spec's
	names  []string        // those it makes (for := only the new ones)
	at     int
	item   cell.Item
}

// action is one thing a cell does, in order.
type action struct {
	file *token.File
	lead int
	stmt ast.Stmt // nil for a var declaration
	vars *varSpec
	item cell.Item
}

// parse reads the items of a cell, which cell.Split found to be well-formed.
func (l *Ledger) parse(t Text, items []cell.Item) (*fresh, []Diag) {
	f := &fresh{text: &text{Text: t}}
	importCode, declCode, stmtCode, againCode, mainCode := blank(t.Code), blank(t.Code), blank(t.Code), blank(t.Code), blank(t.Code)
	var any, inMain bool
	for _, it := range items {
		switch {
		case it.Kind == cell.Stmt && it.InMain:
			copy(mainCode[it.CodeStart:it.CodeEnd], t.Code[it.CodeStart:it.CodeEnd])
			semicolon(mainCode, it.CodeEnd)
			inMain = true
		case it.Kind == cell.Stmt:
			copy(stmtCode[it.CodeStart:it.CodeEnd], t.Code[it.CodeStart:it.CodeEnd])
			semicolon(stmtCode, it.CodeEnd)
			any = true
		case it.Kind == cell.Import: // wherever it stands
			copy(importCode[it.CodeStart:it.CodeEnd], t.Code[it.CodeStart:it.CodeEnd])
			semicolon(importCode, it.CodeEnd)
		default:
			copy(declCode[it.Start:it.End], t.Code[it.Start:it.End])
			semicolon(declCode, it.End)
		}
	}
	copy(againCode, stmtCode)
	importFile, mf, err := l.parseText(t, declHead, importCode, "")
	if err != nil {
		return nil, err
	}
	if err := f.addDecls(l, importFile, mf, items); err != nil {
		return nil, err
	}
	declFile, df, err := l.parseText(t, declHead, declCode, "")
	if err != nil {
		return nil, err
	}
	f.text.directives(declFile, df, len(declHead))
	if err := f.addDecls(l, declFile, df, items); err != nil {
		return nil, err
	}
	if any {
		first, ff, err := l.parseText(t, stmtHead, stmtCode, stmtTail)
		if err != nil {
			return nil, err
		}
		again, af, err := l.parseText(t, stmtHead, againCode, stmtTail)
		if err != nil {
			return nil, err
		}
		f.text.directives(again, af, len(stmtHead))
		if diags := f.addStmts(l, body(first), ff, body(again), af, items); diags != nil {
			return nil, diags
		}
	}
	if inMain {
		m, mf, err := l.parseText(t, stmtHead, mainCode, stmtTail)
		if err != nil {
			return nil, err
		}
		f.text.directives(m, mf, len(stmtHead))
		f.main = nil
		for _, s := range body(m) {
			f.main = append(f.main, action{file: mf, lead: len(stmtHead), stmt: s, item: itemAt(items, mf.Offset(s.Pos())-len(stmtHead))})
		}
	}
	return f, nil
}

// directives notes where line directives are.
func (t *text) directives(f *ast.File, tf *token.File, lead int) {
	for _, g := range f.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//line ") || strings.HasPrefix(c.Text, "/*line ") {
				t.lines = append(t.lines, tf.Offset(c.Pos())-lead)
			}
		}
	}
}

// blank is as long as code, with the same line breaks.
func blank(code string) []byte {
	b := []byte(code)
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
	return b
}

// semicolon ends a piece where the next one follows on the same line.
func semicolon(code []byte, at int) {
	for ; at < len(code) && code[at] != '\n'; at++ {
		if code[at] == ' ' {
			code[at] = ';'
			return
		}
	}
}

func body(f *ast.File) []ast.Stmt {
	return f.Decls[len(f.Decls)-1].(*ast.FuncDecl).Body.List
}

func (l *Ledger) parseText(t Text, head string, code []byte, tail string) (*ast.File, *token.File, []Diag) {
	src := head + string(code) + tail
	file, err := parser.ParseFile(l.fset, t.Name, src, parser.ParseComments|parser.SkipObjectResolution)
	tf := l.fset.File(file.FileStart)
	if err != nil {
		return nil, nil, syntax(t, err, len(head))
	}
	return file, tf, nil
}

func itemAt(items []cell.Item, at int) cell.Item {
	for _, it := range items {
		if it.CodeStart <= at && at < max(it.CodeEnd, it.CodeStart+1) {
			return it
		}
	}
	return cell.Item{}
}

func (f *fresh) addDecls(l *Ledger, file *ast.File, tf *token.File, items []cell.Item) []Diag {
	lead := len(declHead)
	for _, d := range file.Decls {
		at := tf.Offset(d.Pos()) - lead
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body == nil {
				name := tf.Offset(d.Name.Pos()) - lead
				return []Diag{f.text.diag(name, name+len(d.Name.Name), "missing function body")}
			}
			f.addFunc(&decl{kind: cell.Func, text: f.text, file: tf, lead: lead, node: d}, d, at)
		case *ast.GenDecl:
			switch d.Tok {
			case token.IMPORT:
				for _, s := range d.Specs {
					s := s.(*ast.ImportSpec)
					path, _ := strconv.Unquote(s.Path.Value)
					imp := Import{Path: path, at: tf.Offset(s.Path.Pos()) - lead}
					if s.Name != nil {
						imp.Name = s.Name.Name
					}
					f.imports = append(f.imports, imp)
				}
			case token.CONST:
				g := &decl{kind: cell.Const, text: f.text, file: tf, lead: lead, node: d}
				for _, s := range d.Specs {
					for _, n := range s.(*ast.ValueSpec).Names {
						g.all = append(g.all, n.Name)
					}
				}
				if len(g.all) > 0 { // const () has none
					g.name = g.all[0]
					f.decls = append(f.decls, g)
				}
			case token.TYPE:
				for _, s := range d.Specs {
					ts := s.(*ast.TypeSpec)
					one := &ast.GenDecl{Doc: d.Doc, TokPos: ts.Pos(), Tok: token.TYPE, Specs: []ast.Spec{ts}}
					f.decls = append(f.decls, &decl{kind: cell.Type, name: ts.Name.Name, text: f.text, file: tf, lead: lead, node: one, generic: ts.TypeParams != nil})
				}
			case token.VAR:
				it := itemAt(items, at)
				for _, s := range d.Specs {
					vs := s.(*ast.ValueSpec)
					v := &varSpec{file: tf, lead: lead, spec: vs, at: tf.Offset(vs.Pos()) - lead, item: it}
					for _, n := range vs.Names {
						v.names = append(v.names, n.Name)
					}
					if doc := embedded(d.Doc, vs.Doc); doc != nil {
						return []Diag{f.text.diag(v.at, v.at+1, "go:embed is not for cells: use os.ReadFile")}
					}
					f.vars = append(f.vars, v)
					f.actions = append(f.actions, action{file: tf, lead: lead, vars: v, item: it})
				}
			}
		}
	}
	return nil
}

func embedded(docs ...*ast.CommentGroup) *ast.Comment {
	for _, g := range docs {
		if g == nil {
			continue
		}
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:embed") {
				return c
			}
		}
	}
	return nil
}

// addFunc sorts functions by what the dialect makes of their names: main runs
// once, init and init_name run and init_name is remembered under its name.
func (f *fresh) addFunc(d *decl, fn *ast.FuncDecl, at int) {
	d.name = fn.Name.Name
	if fn.Recv != nil && len(fn.Recv.List) > 0 {
		base, params := receiver(fn.Recv.List[0].Type)
		d.name = base + "." + d.name
		d.generic = params
		f.decls = append(f.decls, d)
		return
	}
	d.generic = fn.Type.TypeParams != nil
	switch {
	case d.name == "main":
		f.isMain, f.main = true, nil
		f.main = append(f.main, action{file: d.file, lead: d.lead, stmt: fn.Body, item: cell.Item{Kind: cell.Stmt, InMain: true}})
	case d.name == "init" || strings.HasPrefix(d.name, "init_"):
		f.inits = append(f.inits, d)
	default:
		f.decls = append(f.decls, d)
	}
}

// receiver names the type of a receiver, and says whether it has type parameters.
func receiver(e ast.Expr) (name string, generic bool) {
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e, generic = t.X, true
		case *ast.IndexListExpr:
			e, generic = t.X, true
		case *ast.Ident:
			return t.Name, generic
		default:
			return "", generic
		}
	}
}

// addStmts makes actions of statements; `x := f()` declares variables. first
// and again are two parses of the same text: the one gives the types of the
// variables, the other what runs.
func (f *fresh) addStmts(l *Ledger, first []ast.Stmt, ff *token.File, again []ast.Stmt, af *token.File, items []cell.Item) (diags []Diag) {
	lead := len(stmtHead)
	made := map[string]bool{}
	for _, v := range f.vars {
		for _, n := range v.names {
			made[n] = true
		}
	}
	for i, s := range first {
		at := ff.Offset(s.Pos()) - lead
		it := itemAt(items, at)
		a := action{file: af, lead: lead, stmt: again[i], item: it}
		if as, ok := s.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
			v := &varSpec{file: ff, lead: lead, at: at, item: it, define: again[i].(*ast.AssignStmt)}
			spec := &ast.ValueSpec{Values: as.Rhs}
			for _, e := range as.Lhs {
				id, ok := e.(*ast.Ident)
				if !ok {
					name := f.text.Code[ff.Offset(e.Pos())-lead : ff.Offset(e.End())-lead]
					diags = append(diags, f.text.diag(ff.Offset(e.Pos())-lead, ff.Offset(e.End())-lead, fmt.Sprintf("non-name %s on left side of :=", name)))
					continue
				}
				name := id.Name
				if name == "_" || made[name] || l.vars[name] != nil && mentions(as.Rhs, name) {
					id = &ast.Ident{NamePos: id.NamePos, Name: "_"}
				} else {
					made[name] = true
					v.names = append(v.names, name)
				}
				spec.Names = append(spec.Names, id)
			}
			v.spec = spec
			f.vars = append(f.vars, v)
			a.vars = v
		}
		f.actions = append(f.actions, a)
	}
	f.order()
	return diags
}

// mentions says whether x := ... x ... reads the x of an earlier cell; then it
// sets that one. A field or a key of that name is no x, and neither is what a
// function literal declares under it.
func mentions(exprs []ast.Expr, name string) (found bool) {
	var visit func(n ast.Node) bool
	walk := func(n ast.Node) {
		if n != nil {
			ast.Inspect(n, visit)
		}
	}
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			walk(n.X)
			return false
		case *ast.CompositeLit:
			if n.Type != nil {
				walk(n.Type)
			}
			_, isMap := n.Type.(*ast.MapType)
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					walk(e)
					continue
				}
				if _, plain := kv.Key.(*ast.Ident); !plain || isMap {
					walk(kv.Key)
				}
				walk(kv.Value)
			}
			return false
		case *ast.FuncLit:
			return !binds(n, name)
		case *ast.Ident:
			found = found || n.Name == name
		}
		return !found
	}
	for _, e := range exprs {
		walk(e)
	}
	return found
}

// binds says whether a function literal declares a name, anywhere in it.
func binds(f *ast.FuncLit, name string) (found bool) {
	is := func(e ast.Expr) {
		id, ok := e.(*ast.Ident)
		found = found || ok && id.Name == name
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, id := range n.Names {
				is(id)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				is(id)
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					is(e)
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				is(n.Key)
				is(n.Value)
			}
		}
		return !found
	})
	return found
}

// order sorts actions as the cell has them: var declarations come from another file.
func (f *fresh) order() {
	at := func(a action) int {
		if a.stmt != nil {
			return a.file.Offset(a.stmt.Pos()) - a.lead
		}
		return a.vars.at
	}
	for i := 1; i < len(f.actions); i++ {
		for j := i; j > 0 && at(f.actions[j]) < at(f.actions[j-1]); j-- {
			f.actions[j], f.actions[j-1] = f.actions[j-1], f.actions[j]
		}
	}
}
