package complete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
)

// Session is what the cells before this one have left.
type Session struct {
	// Source is a Go file of package main that declares what lives: types,
	// functions with or without bodies, variables with types and no values.
	// A file that does not parse is used as far as it does.
	Source string
	// Imports are the packages cells can use without importing them again,
	// by the name they are used under.
	Imports map[string]string
	Keys    []string // what %rm takes
	Dir     string   // where cells and shell lines run; "" is the process's own directory
	Env     []string // NAME=value, for %env and shell lines; nil is the process's own
}

// declared is a parsed Session: where each top-level name stands in Source.
type declared struct {
	Session
	file  *ast.File
	names map[string][]ident // a method's key is Type.Name
}

type ident struct {
	offset int
	name   string
}

func declare(s Session) *declared {
	s.Imports = maps.Clone(s.Imports)
	s.Keys = slices.Clone(s.Keys)
	d := &declared{Session: s, names: map[string][]ident{}}
	fset := token.NewFileSet()
	d.file, _ = parser.ParseFile(fset, "", s.Source, parser.SkipObjectResolution|parser.ParseComments)
	if d.file == nil {
		return d
	}
	for name, ids := range topLevel(d.file) {
		for _, id := range ids {
			d.names[name] = append(d.names[name], ident{fset.Position(id.Pos()).Offset, id.Name})
		}
	}
	return d
}

// without is Source with names taken out: each becomes "_", which Go allows in
// every declaration, and blanks, so that all positions stay.
func (d *declared) without(names map[string]bool) string {
	text := []byte(d.Source)
	for name := range names {
		for _, id := range d.names[name] {
			for i := range len(id.name) {
				text[id.offset+i] = ' '
			}
			text[id.offset] = '_'
		}
	}
	return string(text)
}

// topLevel lists the names that a file declares at top level; "_" and init are
// declared by nobody.
func topLevel(file *ast.File) map[string][]*ast.Ident {
	names := map[string][]*ast.Ident{}
	add := func(key string, id *ast.Ident) {
		if id.Name != "_" && key != "init" {
			names[key] = append(names[key], id)
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			key := decl.Name.Name
			if base := receiver(decl); base != "" {
				key = base + "." + key
			}
			add(key, decl.Name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name.Name, spec.Name)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						add(id.Name, id)
					}
				}
			}
		}
	}
	return names
}

// receiver is the name of a method's type, "" for a function.
func receiver(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return ""
	}
	return baseName(decl.Recv.List[0].Type)
}

// baseName is the name in a type such as *T, T[A, B] or (T).
func baseName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return baseName(t.X)
	case *ast.ParenExpr:
		return baseName(t.X)
	case *ast.IndexExpr:
		return baseName(t.X)
	case *ast.IndexListExpr:
		return baseName(t.X)
	}
	return ""
}
