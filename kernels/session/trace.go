package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/rt/proto"
	"github.com/stellarae/lab/kernels/session/source"
)

// ANSI colours of tracebacks, which front ends draw.
const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	reset = "\x1b[0m"
)

// mostErrors is how many compile errors one cell shows.
const mostErrors = 10

// compileError makes one error of what is wrong with a cell: each message with
// its line and a caret.
func compileError(diags []source.Diag) *server.Error {
	e := &server.Error{Name: "CompileError", Value: diags[0].String()}
	if n := len(diags) - 1; n > 0 {
		e.Value += fmt.Sprintf(" (and %d more)", n)
	}
	for i, d := range diags {
		if i == mostErrors {
			e.Traceback = append(e.Traceback, fmt.Sprintf("... and %d more", len(diags)-i))
			break
		}
		e.Traceback = append(e.Traceback, fmt.Sprintf("%s%s:%d:%d:%s %s%s%s", bold, d.Text.Name, d.Line(), d.Col(), reset, red, d.Msg, reset))
		e.Traceback = append(e.Traceback, sourceLine(d.Text.Code, d.Line(), d.Col())...)
	}
	return e
}

// cellError is an error in the dialect of a cell.
func cellError(name, text string, d cell.Diagnostic) *server.Error {
	return &server.Error{Name: "SyntaxError", Value: fmt.Sprintf("%s:%d:%d: %s", name, d.Line+1, d.Col+1, d.Msg),
		Traceback: append([]string{fmt.Sprintf("%s%s:%d:%d:%s %s%s%s", bold, name, d.Line+1, d.Col+1, reset, red, d.Msg, reset)}, sourceLine(text, d.Line+1, d.Col+1)...)}
}

// sourceLine is a line of a cell with, for col > 0, a caret under that byte.
// Tabs stay tabs in the caret's line so that it stands right.
func sourceLine(code string, line, col int) []string {
	lines := strings.Split(code, "\n")
	if line < 1 || line > len(lines) {
		return nil
	}
	text := strings.TrimRight(lines[line-1], "\r")
	out := []string{fmt.Sprintf("%s%5d |%s %s", dim, line, reset, text)}
	if col > 0 {
		var pad strings.Builder
		for i, r := range text {
			if i >= col-1 {
				break
			}
			if r == '\t' {
				pad.WriteRune('\t')
			} else {
				pad.WriteRune(' ')
			}
		}
		out = append(out, fmt.Sprintf("%s      |%s %s%s^%s", dim, reset, pad.String(), red, reset))
	}
	return out
}

// panicError makes an error of a panic: where it happened, innermost call first,
// cells with the line itself.
func (s *Session) panicError(p proto.Panic) *server.Error {
	value := source.Plain(p.Value) // the runtime names types of the session
	if value != p.Value {
		value += " (types of one name, from different cells, are different)"
	}
	e := &server.Error{Name: "Panic", Value: value}
	if first, _, more := strings.Cut(value, "\n"); more {
		e.Value = first + " ..."
	}
	head := "panic: " + value
	if p.Goroutine {
		head += " (in a goroutine that the cell started)"
	}
	e.Traceback = append(e.Traceback, red+head+reset)
	e.Traceback = append(e.Traceback, s.frames(p.Frames)...)
	return e
}

func (s *Session) frames(frames []proto.Frame) (out []string) {
	for _, f := range frames {
		name := strings.TrimPrefix(source.Caller(f.Func), "main.")
		cell, code, ok := s.text(f.File)
		if !ok {
			out = append(out, fmt.Sprintf("%s%s (%s:%d)%s", dim, name, shortPath(f.File), f.Line, reset))
			continue
		}
		where := fmt.Sprintf("%s%s:%d%s", bold, cell, f.Line, reset)
		if name != "" {
			where += " in " + name
		}
		out = append(out, where)
		out = append(out, sourceLine(code, f.Line, 0)...)
	}
	return out
}

// shortPath is the last three parts of a path, enough to know a package's file.
func shortPath(path string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return strings.Join(parts[max(0, len(parts)-3):], "/")
}

// known is a cell's text, and what it was called when it last ran.
type known struct{ name, code string }

// remember keeps the text of a cell for the positions in errors. s.mu is held.
func (s *Session) remember(name string, c *cell.Cell) {
	s.texts[fileOf(c)] = known{name, c.Text}
}

// fileOf names a cell's text in what is compiled from it; the same text has the
// same name.
func fileOf(c *cell.Cell) string {
	sum := sha256.Sum256([]byte(c.Text))
	return "cell_" + hex.EncodeToString(sum[:6])
}

// text gives a cell by the name its positions have in compiled code.
func (s *Session) text(file string) (name, code string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.texts[file]
	return k.name, k.code, ok
}

func plainError(name, format string, args ...any) *server.Error {
	value := fmt.Sprintf(format, args...)
	return &server.Error{Name: name, Value: value, Traceback: []string{red + value + reset}}
}
