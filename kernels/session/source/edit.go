package source

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// edit replaces the bytes from start to end of a cell's code. Edits keep the
// number of line breaks.
type edit struct {
	start, end int
	text       string
}

// edits collects the changes to the texts of cells.
type edits map[*text][]edit

func (e edits) insert(t *text, at int, s string) { e.replace(t, at, at, s) }

func (e edits) replace(t *text, start, end int, s string) {
	if n := strings.Count(t.Code[start:end], "\n"); n > 0 {
		s += strings.Repeat("\n", n)
	}
	e[t] = append(e[t], edit{start, end, s})
}

// render is the code from start to end with its edits. Of those at the same
// place, what is inserted comes first; they stay in the order in which they were made.
func (e edits) render(t *text, start, end int) string {
	list := slices.Clone(e[t])
	slices.SortStableFunc(list, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(min(1, a.end-a.start), min(1, b.end-b.start)))
	})
	var b strings.Builder
	at := start
	for _, x := range list {
		if x.start < at || x.start < start || x.end > end {
			continue
		}
		b.WriteString(t.Code[at:x.start])
		b.WriteString(x.text)
		at = x.end
	}
	b.WriteString(t.Code[at:end])
	return b.String()
}

// source locates nodes of one parse of a cell.
type located struct {
	t    *text
	file *token.File
	lead int
}

func (s located) at(p token.Pos) int { return s.file.Offset(p) - s.lead }

// span ends with the code: where a label has no statement, the parser supposes
// one at the brace behind all the code.
func (s located) span(n ast.Node) (int, int) {
	end := n.End()
	for l, ok := n.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
		if e, empty := l.Stmt.(*ast.EmptyStmt); empty && e.Implicit {
			end = l.Colon + 1
		}
	}
	return s.at(n.Pos()), s.at(end)
}

func (s located) line(p token.Pos) int {
	return 1 + strings.Count(s.t.Code[:min(max(s.at(p), 0), len(s.t.Code))], "\n")
}

func (d *decl) located() located { return located{d.text, d.file, d.lead} }

// replaceAll replaces code together with its edits, which the new text has.
func (e edits) replaceAll(t *text, start, end int, s string) {
	e[t] = slices.DeleteFunc(e[t], func(x edit) bool { return start <= x.start && x.end <= end })
	e[t] = append(e[t], edit{start, end, s + strings.Repeat("\n", max(0, strings.Count(t.Code[start:end], "\n")-strings.Count(s, "\n")))})
}
