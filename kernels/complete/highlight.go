package complete

import (
	"go/scanner"
	"go/token"
	"go/types"

	"github.com/alecthomas/chroma/v2"
)

// goTokens cuts Go text into the tokens that chroma colours. Go's own scanner
// does it, as chroma's collection of languages takes as long to load as the rest
// of the kernel. Together the tokens are the text.
func goTokens(text string) []chroma.Token {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	var out []chroma.Token
	at := 0
	add := func(kind chroma.TokenType, end int) {
		if end > at {
			out = append(out, chroma.Token{Type: kind, Value: text[at:end]})
			at = end
		}
	}
	for {
		pos, tok, lit := s.Scan()
		start := file.Offset(pos)
		add(chroma.Text, min(max(start, at), len(text)))
		if tok == token.EOF {
			add(chroma.Text, len(text))
			return out
		}
		if tok == token.SEMICOLON && lit != ";" {
			continue // Go's own, not the text's
		}
		n := len(lit)
		if n == 0 {
			n = len(tok.String())
		}
		add(tokenType(tok, lit), min(start+n, len(text)))
	}
}

func tokenType(tok token.Token, lit string) chroma.TokenType {
	switch {
	case tok.IsKeyword():
		return chroma.Keyword
	case tok == token.COMMENT:
		return chroma.Comment
	case tok == token.STRING, tok == token.CHAR:
		return chroma.LiteralString
	case tok == token.INT, tok == token.FLOAT, tok == token.IMAG:
		return chroma.LiteralNumber
	case tok == token.IDENT:
		switch types.Universe.Lookup(lit).(type) {
		case *types.TypeName:
			return chroma.KeywordType
		case *types.Const, *types.Nil:
			return chroma.KeywordConstant
		case *types.Builtin:
			return chroma.NameBuiltin
		}
		return chroma.Name
	}
	return chroma.Punctuation
}
