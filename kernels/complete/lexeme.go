package complete

import (
	"go/scanner"
	"go/token"
)

// lexeme is one token of Go code, comments among them.
type lexeme struct {
	tok        token.Token
	lit        string
	start, end int
}

// scan hands the tokens of src to each, past all errors, until it returns false.
func scan(src string, each func(lexeme) bool) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), nil, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		start := file.Offset(pos)
		end := start + len(tok.String())
		switch {
		case tok == token.SEMICOLON && lit != ";": // a line's end
			end = start
		case lit != "":
			end = start + len(lit)
		}
		if !each(lexeme{tok, lit, start, min(end, len(src))}) {
			return
		}
	}
}
