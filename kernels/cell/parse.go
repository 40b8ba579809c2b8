package cell

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// Parse reads a cell. On an error, which is an *Error about the first thing
// that is wrong, the Cell holds what could be read, for completion; it must
// not be run. It never panics.
//
// Special lines begin in column 0, or there after "//gonb:", with % or !.
// Such a line within a raw string or a comment belongs to the Go code, and so
// does one with ! that goes on with an expression of the line before.
func Parse(text string) (*Cell, error) {
	p := &reader{src: []byte(text), code: []byte(text), lines: lineStarts(text), Cell: Cell{Text: text, Main: -1}}
	if m, ok := magicLine(p.src); ok {
		p.magic(m)
	} else {
		for _, b := range specialLines(p.src) {
			p.special(b)
		}
		if strings.HasPrefix(text, "\uFEFF") {
			p.blank(0, len("\uFEFF"))
		}
		p.scanGo()
		slices.SortStableFunc(p.Help, func(a, b Help) int { return a.Line - b.Line })
	}
	p.Go = string(p.code)
	if p.err != nil {
		return &p.Cell, p.err
	}
	return &p.Cell, nil
}

type reader struct {
	Cell
	src   []byte
	code  []byte // becomes Cell.Go
	lines starts
	asked int    // end of the last line with a question mark
	err   *Error // the first
}

// fail keeps the first error.
func (p *reader) fail(at int, format string, args ...any) {
	if p.err == nil {
		line, col := p.lines.position(at)
		p.err = &Error{Diagnostic{line, col, fmt.Sprintf(format, args...)}}
	}
}

// blank overwrites a part of the Go code.
func (p *reader) blank(start, end int) {
	for i := start; i < end; i++ {
		if c := p.code[i]; c != '\n' && c != '\r' {
			p.code[i] = ' '
		}
	}
}

func (p *reader) special(b block) {
	p.blank(b.start, b.end)
	line, _ := p.lines.position(b.start)
	if b.timing != "" {
		p.Timed = append(p.Timed, Timed{line, b.end, b.timing == "timeit"})
		return
	}
	j := join(p.src, b.start, b.end)
	text := strings.TrimSpace(j.text[1:])
	if j.text[0] == '!' {
		rest, inTmp := strings.CutPrefix(j.text[1:], "*")
		if rest = strings.TrimSpace(rest); rest == "" {
			p.fail(j.pos[0], "no shell command after !")
		}
		p.Lines = append(p.Lines, Special{Line: line, Shell: true, InTmp: inTmp, Text: rest})
		return
	}
	if m := helpOnCommand.FindStringSubmatch(j.text); m != nil {
		p.Help = append(p.Help, Help{line, m[1], len(m[2]) - 1})
		return
	}
	list, open := words(j.text[1:])
	if open >= 0 {
		p.fail(j.pos[1+open], `double quote is not closed`)
	}
	if len(list) == 0 || list[0].text == "" {
		p.fail(j.pos[0], "no command after %%")
		return
	}
	p.command(j, line, text, list)
}

// command takes the commands that are fields of Cell; the others are the session's.
func (p *reader) command(j joined, line int, text string, list []word) {
	name, args := list[0].text, texts(list[1:])
	at := j.pos[0]
	switch {
	case name == "%" || name == "main" || name == "exec":
		if p.Main >= 0 {
			p.fail(at, "a second %%%s: a cell has one %%%%, %%main or %%exec, this one has it in line %d", name, p.Main+1)
			return
		}
		p.Main = line
		if name == "exec" {
			if len(args) == 0 {
				p.fail(at, "%%exec needs the name of a function")
				return
			}
			if !funcName.MatchString(args[0]) {
				p.fail(j.pos[1+list[1].start], "%%exec: %q is not the name of a function", args[0])
			}
			p.Exec, args = args[0], args[1:]
		}
		p.Args = args
	case name == "time" || name == "%time":
		if len(args) > 0 {
			p.fail(j.pos[1+list[1].start], "%%%%time takes no arguments; %%time does")
		}
		p.Time = true
	case name == "timeit":
		p.fail(at, "%%timeit needs a statement")
	case strings.HasPrefix(name, "%") && magics[name[1:]].name != "":
		p.fail(at, "%%%s can only appear at the start of the cell", name)
	default:
		p.Lines = append(p.Lines, Special{Line: line, Text: text, Name: name, Args: args})
	}
}

var (
	funcName      = regexp.MustCompile(`^[\pL_][\pL_\pN]*(\.[\pL_][\pL_\pN]*)*$`)
	helpOnCommand = regexp.MustCompile(`^(%{1,2}\w*)[ \t]*(\?{1,2})[ \t]*$`)
	helpBehind    = regexp.MustCompile(`^([\pL_][\pL_\pN]*(?:\.[\pL_][\pL_\pN]*)*)[ \t]*(\?{1,2})$`)
	helpBefore    = regexp.MustCompile(`^(\?{1,2})[ \t]*(%{0,2}\w+|[\pL_][\pL_\pN]*(?:\.[\pL_][\pL_\pN]*)*|)$`)
)

// scanGo takes help lines and package clauses out of the Go code.
func (p *reader) scanGo() {
	s := newScanner(scannable(p.code))
	depth := 0
	begins := true // at the beginning of a declaration or statement
	for t := s.next(); t.kind != token.EOF; {
		next := s.next()
		switch t.kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		case token.ILLEGAL:
			if t.lit == "?" {
				p.help(t.start)
			}
		case token.PACKAGE:
			if begins && depth == 0 && next.kind == token.IDENT {
				end := next.end
				if next = s.next(); next.kind == token.SEMICOLON {
					end = next.end
				}
				p.blank(t.start, end)
			}
		}
		begins = t.kind == token.SEMICOLON || begins && t.kind == token.COMMENT
		t = next
	}
}

// help takes the line of the question mark at offset at, if all of it is a question.
func (p *reader) help(at int) {
	row, col := p.lines.position(at)
	start, end := at-col, lineEnd(p.code, at)
	if start < p.asked { // another mark of the same line
		return
	}
	p.asked = end
	line := strings.TrimSpace(string(p.code[start:end]))
	if m := helpBehind.FindStringSubmatch(line); m != nil {
		p.Help = append(p.Help, Help{row, m[1], len(m[2]) - 1})
	} else if m := helpBefore.FindStringSubmatch(line); m != nil {
		p.Help = append(p.Help, Help{row, m[2], len(m[1]) - 1})
	} else {
		return
	}
	p.blank(start, end)
}
