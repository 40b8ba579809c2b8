package complete

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
)

// Complete proposes what may stand at the cursor, a byte offset in code; one
// outside is moved to the nearest end. A request asked after this one ends the
// wait for gopls, as does a second and a half: then what is known without it
// is the answer. The error is that of ctx.
func (e *Engine) Complete(ctx context.Context, code string, cursor int) (server.Completion, error) {
	cursor = clampOffset(code, cursor)
	if len(code) > maxCode {
		return server.Completion{Start: cursor, End: cursor}, ctx.Err()
	}
	e.mu.Lock()
	d := e.session
	e.mu.Unlock()
	if at := cell.At(code, cursor); at.Place != cell.InGo {
		return e.completeSpecial(d, code, cursor, at), ctx.Err()
	}
	wait, end := context.WithTimeout(ctx, e.limit)
	defer end()
	e.mu.Lock()
	if e.older != nil {
		e.older()
	}
	e.older = end
	e.mu.Unlock()

	o, d := e.read(code)
	p, ok := o.locate(cursor)
	if !ok {
		return server.Completion{Start: cursor, End: cursor}, ctx.Err()
	}
	at := p.toOverlay(cursor)
	session := d.without(o.names)
	without := func() (server.Completion, bool) {
		c := e.fallback(o, d, code, cursor, at)
		return c, len(c.Items) > 0
	}
	found := askOr(wait, e, func(ctx context.Context, g *gopls) (server.Completion, error) {
		if err := e.write(ctx, g, session, o.text); err != nil {
			return server.Completion{}, err
		}
		items, err := g.completion(ctx, cellFile, positionOf(o.text, at))
		return proposals(o, p, code, cursor, items), err
	}, without)
	if _, isPath := importAt(o.text, at); isPath && len(found.Items) == 0 { // gopls had no time to look
		found, _ = without()
	}
	return found, ctx.Err()
}

// proposals turns gopls's items into ours, in its order. Those that begin with
// what is typed hide those that merely contain its letters.
func proposals(o *overlay, p piece, code string, cursor int, items []lspItem) server.Completion {
	c := server.Completion{}
	c.Start, c.End = replaced(code, cursor)
	found := false
	seen := map[string]bool{}
	for _, it := range items {
		kind := kindOf(it)
		if it.TextEdit == nil || kind == "" || strings.ContainsAny(it.TextEdit.NewText, "\n\r") || seen[it.TextEdit.NewText] {
			continue
		}
		start, ok1 := p.toCell(offsetOf(o.text, it.TextEdit.Replace.Start))
		end, ok2 := p.toCell(offsetOf(o.text, it.TextEdit.Replace.End))
		if !ok1 || !ok2 || start > cursor || end < cursor {
			continue
		}
		if !found {
			c.Start, c.End, found = start, end, true
		}
		if start != c.Start || end != c.End {
			continue
		}
		seen[it.TextEdit.NewText] = true
		c.Items = append(c.Items, server.CompletionItem{Text: it.TextEdit.NewText, Type: kind, Signature: it.Detail})
	}
	c.Items = best(c.Items, code[c.Start:cursor])
	return c
}

// best keeps the items that begin with prefix, letters of either case, if there are any.
func best(items []server.CompletionItem, prefix string) []server.CompletionItem {
	var begin []server.CompletionItem
	for _, it := range items {
		if hasPrefixFold(it.Text, prefix) {
			begin = append(begin, it)
		}
	}
	if len(begin) > 0 {
		items = begin
	}
	return items[:min(len(items), maxItems)]
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// kindOf names an item's CompletionItemKind (LSP 3.17); "" for what is not
// offered. gopls calls the types of packages to be imported variables, with a
// detail that begins with "type".
func kindOf(it lspItem) string {
	switch it.Kind {
	case 2:
		return kindMethod
	case 3, 4:
		return kindFunction
	case 5, 10:
		return kindField
	case 6:
		if strings.HasPrefix(it.Detail, "type (from ") {
			return kindType
		}
		return kindVariable
	case 7, 8, 13, 22, 25:
		return kindType
	case 9:
		return kindModule
	case 12, 20, 21:
		return kindConstant
	case 14:
		return kindKeyword
	case 17, 19:
		return kindPath
	}
	return ""
}

// replaced is what a proposal takes the place of: the identifier that is begun
// before the cursor.
func replaced(code string, cursor int) (start, end int) {
	if start, end = identAround(code, cursor); start == cursor {
		end = cursor
	}
	return start, end
}

// identAround is the identifier the cursor is in or at; empty if there is none.
func identAround(code string, cursor int) (start, end int) {
	start, end = cursor, cursor
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(code[:start])
		if !isIdent(r) {
			break
		}
		start -= n
	}
	for end < len(code) {
		r, n := utf8.DecodeRuneInString(code[end:])
		if !isIdent(r) {
			break
		}
		end += n
	}
	return start, end
}

func isIdent(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
