package complete

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// overlay is a cell written out as a Go file of package main: imports and
// declarations at top level, statements in a function, what is below %% in
// main. Every byte of the cell's Go code is in it once.
type overlay struct {
	text   string
	pieces []piece
	names  map[string]bool // what the cell declares, as keys of declared.names
}

// piece is a stretch of the cell: its bytes start to end stand at at in the overlay.
type piece struct {
	start, end, at int
	gap            bool // between items
}

func (p piece) toOverlay(offset int) int { return offset - p.start + p.at }

// toCell is the way back; false outside of the piece.
func (p piece) toCell(offset int) (int, bool) {
	offset += p.start - p.at
	return offset, p.start <= offset && offset <= p.end
}

const clause = "package main\n\n"

// part is where a piece of the cell goes.
type part int

const (
	imports part = iota
	decls
	stmts
	body // of main
	last // a declaration at the cell's end, which may not be closed yet
	parts
)

// lay writes c out; items are those of cell.Split, in order.
func lay(c *cell.Cell, items []cell.Item) *overlay {
	o := &overlay{names: map[string]bool{}}
	var placed [parts][]piece
	put := func(p part, start, end int, gap bool) {
		if start < end || gap {
			placed[p] = append(placed[p], piece{start: start, end: end, gap: gap})
		}
	}
	mainAt := len(c.Go) + 1
	if c.Main >= 0 && c.Exec == "" {
		mainAt = lineStart(c.Go, c.Main)
	}
	space := func(start, end int) {
		if cut := max(start, min(end, mainAt)); cut > start || start < mainAt {
			put(stmts, start, cut, true)
			start = cut
		}
		if start >= mainAt {
			put(body, start, end, true)
		}
	}
	at := 0
	for i, it := range items {
		space(at, it.Start)
		p := stmts
		switch {
		case it.InMain:
			p = body
		case it.Kind == cell.Import:
			p = imports
		case it.Kind != cell.Stmt && i == len(items)-1:
			p = last
		case it.Kind != cell.Stmt:
			p = decls
		}
		put(p, it.Start, it.End, false)
		at = it.End
	}
	space(at, len(c.Go))

	var b strings.Builder
	write := func(p part) {
		for _, pc := range placed[p] {
			pc.at = b.Len()
			b.WriteString(c.Go[pc.start:pc.end])
			if p != stmts && p != body {
				b.WriteByte('\n')
			}
			o.pieces = append(o.pieces, pc)
		}
	}
	b.WriteString(clause)
	write(imports)
	write(decls)
	b.WriteString(hoisted(c, items))
	b.WriteString("func _() {\n")
	write(stmts)
	b.WriteString("\n}\n")
	if mainAt <= len(c.Go) {
		b.WriteString("func main() {\n")
		write(body)
		b.WriteString("\n}\n")
	}
	write(last)
	o.text = b.String()
	if file, _ := parser.ParseFile(token.NewFileSet(), "", o.text, parser.SkipObjectResolution); file != nil {
		for name := range topLevel(file) {
			o.names[name] = true
		}
	}
	return o
}

// hoisted repeats the variables that statements define as package variables:
// what a cell defines lives on, and its functions and its main see it.
func hoisted(c *cell.Cell, items []cell.Item) string {
	var b strings.Builder
	needed := c.Main >= 0
	seen := map[string]bool{}
	for _, it := range items {
		if it.InMain {
			continue
		}
		if it.Kind != cell.Stmt {
			needed = needed || it.Kind != cell.Import && it.Kind != cell.Type
			continue
		}
		const before = "package p; func _() {"
		file, err := parser.ParseFile(token.NewFileSet(), "", before+c.Go[it.Start:it.End]+"\n}", parser.SkipObjectResolution)
		if err != nil || len(file.Decls) != 1 {
			continue
		}
		list := file.Decls[0].(*ast.FuncDecl).Body.List
		if len(list) != 1 {
			continue
		}
		def, ok := list[0].(*ast.AssignStmt)
		if !ok || def.Tok != token.DEFINE {
			continue
		}
		var names []string
		own := map[string]bool{}
		for _, e := range def.Lhs {
			id, ok := e.(*ast.Ident)
			switch {
			case !ok || seen[id.Name]:
				names = append(names, "_")
			default:
				names = append(names, id.Name)
				own[id.Name] = true
			}
		}
		if usesAny(def.Rhs, own) { // x := x + 1 means the session's x
			continue
		}
		maps.Copy(seen, own)
		from := int(def.TokPos) - 1 - len(before) + it.Start + len(":=")
		to := int(def.End()) - 1 - len(before) + it.Start
		b.WriteString("var " + strings.Join(names, ", ") + " =" + c.Go[from:to] + "\n")
	}
	if !needed {
		return ""
	}
	return b.String()
}

func usesAny(list []ast.Expr, names map[string]bool) bool {
	found := false
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && names[id.Name]
			return !found
		})
	}
	return found
}

// prepend puts lines of imports before the cell's own.
func (o *overlay) prepend(lines string) {
	o.text = clause + lines + o.text[len(clause):]
	for i := range o.pieces {
		o.pieces[i].at += len(lines)
	}
}

// locate finds the piece of an offset of the cell. Where two meet, an item wins
// over the space next to it, and of two items the one that ends there.
func (o *overlay) locate(offset int) (piece, bool) {
	var found piece
	ok := false
	for _, p := range o.pieces {
		if p.start > offset || offset > p.end {
			continue
		}
		if !ok || found.gap && !p.gap || found.gap == p.gap && offset == p.end {
			found, ok = p, true
		}
	}
	return found, ok
}

func lineStart(text string, line int) int {
	at := 0
	for range line {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	return at
}
