package source

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// Source writes what the session declares as one Go file for completion:
// declarations as the user wrote them, variables with their types; and the
// packages known by name.
func (l *Ledger) Source() (text string, imports map[string]string) {
	imports = map[string]string{}
	add := func(is []Import) {
		for _, i := range is {
			if i.Name != "_" && i.Name != "." && imports[i.key()] == "" {
				imports[i.key()] = i.Path
			}
		}
	}
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(l.vars)) {
		v := l.vars[k]
		add(v.imports)
		fmt.Fprintf(&b, "var %s %s\n", v.name, v.typ)
	}
	e := edits{}
	m := &emission{Plan: &Plan{l: l, mode: Process}, e: e}
	for _, d := range l.unique() {
		add(d.text.imports)
		switch d.kind {
		case cell.Var:
			if len(d.tuple) > 0 && l.vars[d.tuple[0]] != nil {
				continue
			}
			fmt.Fprintf(&b, "var %s\n", m.varText(d.located(), d))
			continue
		case cell.Type:
			b.WriteString("type ")
		}
		a, z := d.span()
		if fn, ok := d.node.(*ast.FuncDecl); ok && fn.Doc != nil {
			a = d.located().at(fn.Doc.Pos())
		}
		b.WriteString(d.text.Code[a:z] + "\n")
	}
	for k, i := range l.imports {
		if i.Name != "." && i.Name != "_" {
			imports[k] = i.Path
		}
	}
	var head strings.Builder
	head.WriteString("package main\n")
	for _, n := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&head, "import %s %q\n", n, imports[n])
	}
	return head.String() + b.String(), imports
}
