package source

import (
	"errors"
	"fmt"
	"go/scanner"
	"strings"
)

// Diag is an error in the text of a cell. Offsets are bytes of its code.
type Diag struct {
	Text       Text
	Start, End int
	Msg        string
}

// Line and column count from 1, columns in bytes.
func (d Diag) Line() int { return 1 + strings.Count(d.Text.Code[:d.clamp()], "\n") }

// Col is the column of the error in its line.
func (d Diag) Col() int {
	at := d.clamp()
	return at - strings.LastIndexByte(d.Text.Code[:at], '\n')
}

func (d Diag) clamp() int { return min(max(d.Start, 0), len(d.Text.Code)) }

func (d Diag) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", d.Text.Name, d.Line(), d.Col(), d.Msg)
}

func (t *text) diag(start, end int, msg string) Diag {
	return Diag{Text: t.Text, Start: start, End: end, Msg: msg}
}

// syntax converts the parser's errors, whose offsets are lead too large.
func syntax(t Text, err error, lead int) []Diag {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []Diag{{Text: t, Msg: err.Error()}}
	}
	var out []Diag
	for _, e := range list {
		at := e.Pos.Offset - lead
		out = append(out, Diag{Text: t, Start: at, End: at + 1, Msg: e.Msg})
	}
	return out
}
