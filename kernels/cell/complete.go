package cell

import (
	"bytes"
	"go/token"
	"slices"
	"strings"
)

// The answers of IsComplete, as is_complete_reply has them.
const (
	Complete   = "complete"
	Incomplete = "incomplete"
	Invalid    = "invalid"
)

// IsComplete says whether a cell typed so far is ready to run, goes on, or is
// wrong whatever follows; for one that goes on, also the tabs that the next
// line begins with.
//
// A cell magic goes on until a blank line, and so does a %% with nothing below.
func IsComplete(text string) (status, indent string) {
	src := []byte(text)
	if h, ok := magicLine(src); ok {
		if h.end == len(src) || !endsBlank(text) {
			return Incomplete, ""
		}
		if _, err := Parse(text); err != nil {
			return Invalid, ""
		}
		return Complete, ""
	}
	for _, b := range specialLines(src) {
		if b.timing == "" && b.end == len(src) && continues(src[b.start:]) {
			return Incomplete, ""
		}
	}
	c, err := Parse(text)
	if err != nil {
		return Invalid, ""
	}
	_, diags := split(c, false)
	end := readEnd(c.Go)
	if end.comma { // go/parser blames the beginning of "a," for that it may yet become "a, b = 1, 2"
		diags = slices.DeleteFunc(diags, func(d Diagnostic) bool { return d.Msg == "expected 1 expression" })
	}
	lines := lineStarts(text)
	switch {
	case len(diags) > 0 && (!end.open || lines.offset(diags[0]) < end.at):
		return Invalid, ""
	case end.open:
		return Incomplete, strings.Repeat("\t", end.indent)
	case c.Main >= 0 && c.Exec == "" && !endsBlank(text) && strings.TrimSpace(c.Go[lines[c.Main]:]) == "":
		return Incomplete, ""
	}
	return Complete, ""
}

// endsBlank reports whether the last line is blank, and not the only one.
func endsBlank(text string) bool {
	i := strings.LastIndexByte(text, '\n')
	return i >= 0 && strings.TrimSpace(text[i:]) == ""
}

func (s starts) offset(d Diagnostic) int { return s[d.Line] + d.Col }

// ending is how Go code ends.
type ending struct {
	open   bool // in brackets, a raw string, a comment, or where an operand or a block must follow
	at     int  // before this offset an error is an error whatever follows
	indent int  // tabs for the next line
	comma  bool
}

func readEnd(code string) ending {
	src := scannable([]byte(code))
	sc := newScanner(src)
	lines := lineStarts(code)
	var open []int // the lines of the open brackets
	var last tok
	at := 0
	for {
		t := sc.next()
		if t.kind == token.EOF {
			break
		}
		switch t.kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			line, _ := lines.position(t.start)
			open = append(open, line)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(0, len(open)-1)]
		}
		if unterminated(t, src) {
			return ending{open: true, at: t.start}
		}
		if t.kind != token.COMMENT && !(t.auto() && last.kind == token.SEMICOLON) {
			if at = t.start; t.auto() {
				at = last.end
			}
			last = t
		}
	}
	e := ending{at: at, comma: last.kind == token.COMMA}
	for i, line := range open { // brackets opened on one line indent once
		if i == 0 || line != open[i-1] {
			e.indent++
		}
	}
	switch last.kind {
	case token.ILLEGAL: // no token at all, or junk
		e.open = len(open) > 0
	case token.SEMICOLON:
		e.open = len(open) > 0
	case token.LPAREN, token.LBRACK, token.LBRACE, token.COMMA, token.COLON:
		e.open = true
	default:
		e.open = true
		e.indent++
	}
	return e
}

// unterminated reports a raw string or a comment that is not closed.
func unterminated(t tok, src []byte) bool {
	text := src[t.start:t.end]
	switch {
	case t.kind == token.COMMENT && text[1] == '*':
		return len(text) < 4 || !bytes.HasSuffix(text, []byte("*/"))
	case t.kind == token.STRING && text[0] == '`':
		return len(text) < 2 || text[len(text)-1] != '`'
	}
	return false
}
