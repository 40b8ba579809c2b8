package complete

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// importLines are the imports a cell does without: the session's, and for each
// x of an x.Name that nobody declares the package of the standard library that
// has what is used of it. What stays open is left to gopls, which looks
// through the module.
func importLines(goCode string, own map[string]bool, d *declared, std *stdlib) string {
	paths := maps.Clone(d.Imports)
	if paths == nil {
		paths = map[string]string{}
	}
	used, imported := qualifiers(goCode)
	for _, q := range used {
		if paths[q.name] == "" && d.names[q.name] == nil {
			paths[q.name] = std.find(q.name, q.selectors)
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if paths[name] != "" && !own[name] && !imported[name] {
			fmt.Fprintf(&b, "import %s %q\n", name, paths[name])
		}
	}
	return b.String()
}

// qualifier is x with all names y of x.y.
type qualifier struct {
	name      string
	selectors []string // "" for an x. with nothing after it
}

// qualifiers lists what stands before a dot, and the names of the code's own
// imports. It goes by tokens, so that no error in the code hides one.
func qualifiers(src string) (used []qualifier, imported map[string]bool) {
	found := map[string]*qualifier{}
	imported = map[string]bool{}
	inImport := false
	var a, b lexeme // the two tokens before
	scan(src, func(t lexeme) bool {
		switch t.tok {
		case token.COMMENT:
			return true
		case token.IMPORT:
			inImport = true
		case token.STRING:
			if inImport && b.tok == token.IDENT {
				imported[b.lit] = true
			} else if inImport {
				imported[packageName(strings.Trim(t.lit, "\"`"))] = true
			}
		case token.LPAREN, token.IDENT, token.PERIOD, token.SEMICOLON:
		default:
			inImport = false
		}
		if q := found[a.lit]; a.tok == token.IDENT && b.tok == token.PERIOD && q != nil {
			if t.tok == token.IDENT && !strings.Contains(src[b.end:t.start], "\n") {
				q.selectors = append(q.selectors, t.lit)
			} else {
				q.selectors = append(q.selectors, "")
			}
		}
		if t.tok == token.PERIOD && b.tok == token.IDENT && a.tok != token.PERIOD && found[b.lit] == nil {
			found[b.lit] = &qualifier{name: b.lit}
		}
		a, b = b, t
		return true
	})
	if q := found[a.lit]; q != nil && b.tok == token.PERIOD { // the code ends there
		q.selectors = append(q.selectors, "")
	}
	for _, q := range found {
		used = append(used, *q)
	}
	return used, imported
}

// packageName guesses a package's name from its path: the last element that is
// no major version.
func packageName(path string) string {
	dir, last := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, last = path[:i], path[i+1:]
	}
	if rest, ok := strings.CutPrefix(last, "v"); ok && dir != "" && rest != "" && strings.Trim(rest, "0123456789") == "" {
		return packageName(dir)
	}
	return last
}
