package complete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/server"
)

// fallback is the completion without gopls: by the names that the cell, the
// session and the sources of the standard library spell out. at is the
// cursor's place in the overlay.
func (e *Engine) fallback(o *overlay, d *declared, code string, cursor, at int) server.Completion {
	c := server.Completion{}
	c.Start, c.End = replaced(code, cursor)
	prefix := code[c.Start:cursor]
	v := e.view(o, d)
	before := strings.TrimRight(o.text[:at-len(prefix)], " \t\n")
	path, isPath := importAt(o.text, at)
	switch {
	case isPath:
		c.Items = e.importPaths(path, prefix)
	case inLiteral(o.text, at):
	case strings.HasSuffix(before, "."):
		start, end := identAround(before, len(before)-1)
		if !strings.HasSuffix(before[:start], ".") { // x alone, not a.x
			c.Items = proposed(v.members(before[start:end]), prefix)
		}
	default:
		for _, s := range v.scopes {
			c.Items = append(c.Items, proposed(s, prefix)...)
		}
		if prefix != "" {
			for name, paths := range e.std().paths() {
				if strings.HasPrefix(name, prefix) && v.packages[name] == "" {
					c.Items = append(c.Items, server.CompletionItem{Text: name, Type: kindModule, Signature: `"` + paths[0] + `"`})
				}
			}
		}
	}
	seen := map[string]bool{}
	c.Items = slices.DeleteFunc(c.Items, func(it server.CompletionItem) bool {
		twice := seen[it.Text]
		seen[it.Text] = true
		return twice
	})
	c.Items = c.Items[:min(len(c.Items), maxItems)]
	return c
}

// view is what can be seen from a cell without types.
type view struct {
	scopes   []scope           // the nearest first
	packages map[string]string // name -> path
	std      *stdlib
}

func (e *Engine) view(o *overlay, d *declared) view {
	own, session, modules := scope{}, scope{}, scope{}
	v := view{packages: map[string]string{}, std: e.std()}
	all := func(name string) bool { return name != "_" }
	if file, _ := parser.ParseFile(token.NewFileSet(), "", o.text, parser.SkipObjectResolution|parser.ParseComments); file != nil {
		own.add(file, all)
		own.locals(file)
		v.add(file)
	}
	if d.file != nil {
		session.add(d.file, func(name string) bool { return all(name) && !o.names[name] })
	}
	for name, path := range d.Imports {
		if v.packages[name] == "" {
			v.packages[name] = path
		}
	}
	for name, path := range v.packages {
		modules[name] = &symbol{name: name, kind: kindModule, typ: `"` + path + `"`}
	}
	v.scopes = []scope{own, session, modules, predeclared}
	return v
}

// add enters the packages that a file imports.
func (v *view) add(file *ast.File) {
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, "\"`")
		name := packageName(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name != "_" && name != "." {
			v.packages[name] = path
		}
	}
}

func (v *view) lookup(name string) *symbol {
	for _, s := range v.scopes {
		if s[name] != nil {
			return s[name]
		}
	}
	return nil
}

// members are the names after "x.": of a package, a type or a value's type.
func (v *view) members(x string) scope {
	sym := v.lookup(x)
	if sym == nil {
		return nil
	}
	switch sym.kind {
	case kindModule:
		return v.std.pkg(v.packages[x])
	case kindType:
		return sym.members
	}
	name, of, qualified := strings.Cut(sym.of, ".")
	if qualified {
		if t := v.std.pkg(v.packages[name])[of]; t != nil {
			return t.members
		}
		return nil
	}
	if t := v.lookup(name); t != nil {
		return t.members
	}
	return nil
}

// proposed lists the names of a scope that begin with prefix, sorted, those of
// the same case first.
func proposed(s scope, prefix string) []server.CompletionItem {
	var items []server.CompletionItem
	for name, sym := range s {
		if hasPrefixFold(name, prefix) {
			items = append(items, server.CompletionItem{Text: name, Type: sym.kind, Signature: sym.typ})
		}
	}
	slices.SortFunc(items, func(a, b server.CompletionItem) int {
		if same := strings.HasPrefix(a.Text, prefix); same != strings.HasPrefix(b.Text, prefix) {
			if same {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Text, b.Text)
	})
	return items
}

// importAt is what stands before an offset in the path of an import.
func importAt(src string, at int) (path string, ok bool) {
	inImport := false
	scan(src, func(t lexeme) bool {
		switch t.tok {
		case token.IMPORT:
			inImport = true
		case token.STRING:
			if inImport && t.start < at && at <= max(t.end-1, t.start+1) {
				path, ok = src[t.start+1:at], true
			}
		case token.LPAREN, token.RPAREN, token.SEMICOLON, token.IDENT, token.PERIOD, token.COMMENT:
		default:
			inImport = false
		}
		return t.start <= at
	})
	return path, ok
}

// importPaths proposes the elements of the standard library's paths that go on
// from path; prefix is the end of it that is replaced.
func (e *Engine) importPaths(path, prefix string) []server.CompletionItem {
	kept, ok := strings.CutSuffix(path, prefix)
	if !ok {
		return nil
	}
	var items []server.CompletionItem
	for _, paths := range e.std().paths() {
		for _, p := range paths {
			if strings.HasPrefix(p, path) {
				items = append(items, server.CompletionItem{Text: strings.TrimPrefix(p, kept), Type: kindModule, Signature: `"` + p + `"`})
			}
		}
	}
	slices.SortFunc(items, func(a, b server.CompletionItem) int { return strings.Compare(a.Text, b.Text) })
	return items
}

// inLiteral reports whether an offset is in a string, a number or a comment.
func inLiteral(src string, at int) bool {
	found := false
	scan(src, func(t lexeme) bool {
		open := false // what is typed at its end still belongs to it
		switch t.tok {
		case token.STRING, token.CHAR:
		case token.COMMENT:
			open = strings.HasPrefix(src[t.start:], "//")
		case token.INT, token.FLOAT, token.IMAG:
			open = true
		default:
			return t.start <= at
		}
		if t.start < at && (at < t.end || open && at == t.end) {
			found = true
		}
		return t.start <= at
	})
	return found
}

// predeclared are the names of the universe and the keywords.
var predeclared = func() scope {
	s := scope{}
	for _, name := range types.Universe.Names() {
		kind := kindFunction
		switch types.Universe.Lookup(name).(type) {
		case *types.TypeName:
			kind = kindType
		case *types.Const, *types.Nil:
			kind = kindConstant
		}
		s[name] = &symbol{name: name, kind: kind}
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		s[tok.String()] = &symbol{name: tok.String(), kind: kindKeyword}
	}
	return s
}()
