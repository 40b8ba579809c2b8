package cell

import (
	"bytes"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"unicode/utf8"
)

// block is a special line with its continuation lines: src[start:end], the
// last newline not included. For a %time before a statement it ends where the
// statement begins.
type block struct {
	start, end int
	timing     string // "time", "timeit" or ""
}

var timingRE = regexp.MustCompile(`^(?://gonb:)?%[ \t]*(timeit|time)[ \t]+(?:[^ \t\r\n])`)

// specialLines finds the lines that begin with % or ! in column 0. What
// go/scanner takes for part of a raw string or of a comment is not one, nor
// is a line that begins with ! where the Go code before it waits for an operand.
func specialLines(src []byte) []block {
	var found []block
	clean := scannable(src)
	operand := false
	for from := 0; ; {
		var start int
		start, operand = nextSpecial(clean, from, operand)
		if start < 0 {
			return found
		}
		if m := timingRE.FindSubmatchIndex(src[start:lineEnd(src, start)]); m != nil {
			from = start + m[1] - 1
			found = append(found, block{start, from, string(src[start+m[2] : start+m[3]])})
			operand = false
			continue
		}
		from = continuedEnd(src, start)
		found = append(found, block{start: start, end: from})
	}
}

// continuedEnd is the end of the line at start with its continuation lines.
func continuedEnd(src []byte, start int) int {
	for at := start; ; {
		end := lineEnd(src, at)
		if end == len(src) || !continues(src[at:end]) {
			return end
		}
		at = end + 1
	}
}

func continues(line []byte) bool {
	return bytes.HasSuffix(bytes.TrimSuffix(line, []byte("\r")), []byte(`\`))
}

// nextSpecial scans from a place outside of strings and comments to the next
// special line, or to the end: -1.
func nextSpecial(src []byte, from int, operand bool) (int, bool) {
	s := newScanner(src[from:])
	for {
		tok := s.next()
		if tok.kind == token.EOF {
			return -1, false
		}
		at := from + tok.start
		if (at == 0 || src[at-1] == '\n') && isSpecial(src[at:], operand) {
			return at, operand
		}
		switch tok.kind {
		case token.COMMENT:
		case token.LPAREN, token.COMMA, token.ASSIGN, token.DEFINE:
			operand = true
		default:
			operand = tok.kind.Precedence() > token.LowestPrec || token.ADD_ASSIGN <= tok.kind && tok.kind <= token.AND_NOT_ASSIGN
		}
	}
}

func isSpecial(line []byte, operand bool) bool {
	line = bytes.TrimPrefix(line, []byte(prefix))
	return len(line) > 0 && (line[0] == '%' || line[0] == '!' && !operand)
}

// starts holds the offset of the beginning of each line.
type starts []int

func lineStarts(text string) starts {
	s := starts{0}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			s = append(s, i+1)
		}
	}
	return s
}

// position is the line and the column of an offset.
func (s starts) position(at int) (line, col int) {
	line, found := slices.BinarySearch(s, at)
	if !found {
		line--
	}
	return line, at - s[line]
}

// tok is one token of go/scanner; offsets in what is scanned.
type tok struct {
	kind       token.Token
	lit        string
	start, end int
}

// auto reports a semicolon that a newline or the end of the text stands for.
func (t tok) auto() bool { return t.kind == token.SEMICOLON && t.lit != ";" }

type goScanner struct {
	scanner.Scanner
	file *token.File
}

// newScanner scans scannable Go code with comments, past all errors.
func newScanner(src []byte) *goScanner {
	s := new(goScanner)
	s.file = token.NewFileSet().AddFile("", -1, len(src))
	s.Init(s.file, src, nil, scanner.ScanComments)
	return s
}

// scannable is src without what makes go/scanner lose count of bytes: carriage
// returns, which it leaves out of literals, become blanks; byte order marks
// and what is not UTF-8 become "#", which is just as illegal.
func scannable(src []byte) []byte {
	out := bytes.ReplaceAll(src, []byte("\r"), []byte(" "))
	for i := 0; i < len(out); {
		r, size := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && size == 1 || r == '\uFEFF' {
			copy(out[i:i+size], "###")
		}
		i += size
	}
	return out
}

func (s *goScanner) next() tok {
	pos, kind, lit := s.Scan()
	start := s.file.Offset(pos)
	t := tok{kind, lit, start, start}
	switch {
	case kind == token.EOF, t.auto():
	case lit != "":
		t.end += len(lit)
	default:
		t.end += len(kind.String())
	}
	return t
}
