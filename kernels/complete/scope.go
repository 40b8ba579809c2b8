package complete

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/token"
	"strings"
)

// Kinds of an item.
const (
	kindFunction = "function"
	kindType     = "type"
	kindVariable = "variable"
	kindConstant = "constant"
	kindModule   = "module"
	kindField    = "field"
	kindMethod   = "method"
	kindKeyword  = "keyword"
	kindMagic    = "magic"
	kindPath     = "path"
)

// scope is names with what the source says of them.
type scope map[string]*symbol

type symbol struct {
	name, kind string
	typ        string // a function's or a value's type, as written; "" if not written
	of         string // base name of a value's type: T of *T, pkg.T of pkg.T[int]
	doc        string
	members    scope // of a type: fields and methods
}

func (s scope) hasPrefix(prefix string) bool {
	for name := range s {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// add enters the top-level declarations of a file whose names are wanted.
func (s scope) add(file *ast.File, wanted func(string) bool) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			s.addFunc(decl, wanted)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if wanted(spec.Name.Name) {
						s.addType(spec, doc(spec.Doc, decl.Doc), wanted)
					}
				case *ast.ValueSpec:
					kind := kindVariable
					if decl.Tok == token.CONST {
						kind = kindConstant
					}
					s.addValues(spec, kind, doc(spec.Doc, decl.Doc), wanted)
				}
			}
		}
	}
}

func (s scope) addFunc(decl *ast.FuncDecl, wanted func(string) bool) {
	name := decl.Name.Name
	if !wanted(name) {
		return
	}
	sym := &symbol{name: name, kind: kindFunction, typ: text(decl.Type), doc: decl.Doc.Text()}
	if base := receiver(decl); base != "" {
		sym.kind = kindMethod
		if wanted(base) {
			s.typ(base).members[name] = sym
		}
		return
	}
	s[name] = sym
}

// typ is the symbol of a type, made if its methods come first.
func (s scope) typ(name string) *symbol {
	if s[name] == nil || s[name].members == nil {
		s[name] = &symbol{name: name, kind: kindType, members: scope{}}
	}
	return s[name]
}

func (s scope) addType(spec *ast.TypeSpec, doc string, wanted func(string) bool) {
	sym := s.typ(spec.Name.Name)
	sym.doc = doc
	var fields *ast.FieldList
	kind := kindField
	switch t := spec.Type.(type) {
	case *ast.StructType:
		sym.typ, fields = "struct{...}", t.Fields
	case *ast.InterfaceType:
		sym.typ, fields, kind = "interface{...}", t.Methods, kindMethod
	default:
		sym.typ = text(t)
	}
	if fields == nil {
		return
	}
	for _, f := range fields.List {
		names := f.Names
		if len(names) == 0 && kind == kindField { // embedded
			of := strings.Split(namedType(f.Type), ".")
			names = []*ast.Ident{ast.NewIdent(of[len(of)-1])}
		}
		for _, id := range names {
			if wanted(id.Name) {
				sym.members[id.Name] = &symbol{name: id.Name, kind: kind, typ: text(f.Type), of: namedType(f.Type), doc: f.Doc.Text()}
			}
		}
	}
}

func (s scope) addValues(spec *ast.ValueSpec, kind, doc string, wanted func(string) bool) {
	for i, id := range spec.Names {
		if !wanted(id.Name) {
			continue
		}
		sym := &symbol{name: id.Name, kind: kind, doc: doc}
		switch {
		case spec.Type != nil:
			sym.typ, sym.of = text(spec.Type), namedType(spec.Type)
		case i < len(spec.Values):
			sym.of = valueType(spec.Values[i])
			sym.typ = sym.of
		}
		s[id.Name] = sym
	}
}

// locals enters what a file's functions define, at any depth.
func (s scope) locals(file *ast.File) {
	all := func(name string) bool { return name != "_" }
	define := func(e ast.Expr, of string) {
		if id, ok := e.(*ast.Ident); ok && all(id.Name) && s[id.Name] == nil {
			s[id.Name] = &symbol{name: id.Name, kind: kindVariable, of: of, typ: of}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, e := range n.Lhs {
				of := ""
				if len(n.Lhs) == len(n.Rhs) {
					of = valueType(n.Rhs[i])
				}
				if n.Tok == token.DEFINE {
					define(e, of)
				}
			}
		case *ast.RangeStmt:
			define(n.Key, "")
			define(n.Value, "")
		case *ast.ValueSpec:
			s.addValues(n, kindVariable, "", all)
		case *ast.FuncType:
			for _, f := range n.Params.List {
				for _, id := range f.Names {
					define(id, namedType(f.Type))
				}
			}
		}
		return true
	})
}

// valueType is the name of a composite literal's type; "" for other values.
func valueType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.CompositeLit:
		return namedType(e.Type)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return valueType(e.X)
		}
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.Ident); ok && f.Name == "new" && len(e.Args) == 1 {
			return namedType(e.Args[0])
		}
	}
	return ""
}

// namedType is T or pkg.T of a type built on it by *, [] arguments or parentheses.
func namedType(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return namedType(t.X)
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok {
			return x.Name + "." + t.Sel.Name
		}
	case *ast.IndexExpr:
		return namedType(t.X)
	}
	return baseName(t)
}

func doc(first, second *ast.CommentGroup) string {
	if first != nil {
		return first.Text()
	}
	return second.Text()
}

// text prints a type on one line of at most 300 bytes.
func text(n ast.Node) string {
	var b bytes.Buffer
	if printer.Fprint(&b, token.NewFileSet(), n) != nil {
		return ""
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	if len(s) > 300 {
		s = s[:clampOffset(s, 297)] + "..."
	}
	return s
}
