package cell

import "go/token"

// piece is a declaration or statement while its tokens come in.
type piece struct {
	comment       int // offset of the first comment before it, or -1
	code, codeEnd int
	end           int // with the semicolon
	tail, tailEnd int // the comments after the last token
	n             int // tokens
	depth         int // open brackets
	silent        bool

	first  token.Token // the token that says what it is: the first one, or that after labels
	label  bool        // the last token was the colon of a label
	labels int
	header int // explicit semicolons that the header of if, for or switch may still hold
	last   tok

	// For a piece that begins with func: what follows it and its first parentheses.
	second, third, fourth token.Token
	parens                int // groups in parentheses closed at depth 0
}

// take adds a token other than a comment.
func (p *piece) take(t tok) {
	if p.n == 0 {
		p.code = t.start
	}
	if p.n == 0 || p.label {
		p.begin(t.kind)
	}
	p.label = t.kind == token.COLON && p.last.kind == token.IDENT && p.n == 2*p.labels+1
	switch {
	case p.label:
		p.labels++
	case p.n == 1:
		p.second = t.kind
	case t.kind == token.IF && p.last.kind == token.ELSE && p.depth == 0:
		p.header = 1
	case p.parens == 1 && p.third == token.ILLEGAL && p.depth == 0:
		p.third = t.kind
	case p.third != token.ILLEGAL && p.fourth == token.ILLEGAL:
		p.fourth = t.kind
	}
	switch t.kind {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		p.depth++
	case token.RPAREN, token.RBRACK, token.RBRACE:
		if p.depth > 0 {
			p.depth--
		}
		if p.depth == 0 && t.kind == token.RPAREN {
			p.parens++
		}
	}
	p.n++
	p.last = t
	p.codeEnd = t.end
	p.tail, p.tailEnd = 0, 0
}

func (p *piece) begin(k token.Token) {
	p.first = k
	switch k {
	case token.FOR:
		p.header = 2
	case token.IF, token.SWITCH:
		p.header = 1
	default:
		p.header = 0
	}
}

// kind says what the piece is from how it begins.
func (p *piece) kind() Kind {
	if p.labels > 0 {
		return Stmt
	}
	switch p.first {
	case token.IMPORT:
		return Import
	case token.CONST:
		return Const
	case token.TYPE:
		return Type
	case token.VAR:
		return Var
	case token.FUNC:
		method := p.second == token.LPAREN && p.third == token.IDENT && p.fourth == token.LPAREN
		if p.second == token.IDENT || method {
			return Func
		}
	}
	return Stmt
}

// ends reports whether a semicolon outside of brackets ends the piece: it may
// stand in the header of if, for or switch. After a closing brace there that
// of a block is told from that of a composite literal by the parser.
func (s *splitter) ends(p *piece, t tok) bool {
	if t.auto() || p.header == 0 {
		return true
	}
	if p.last.kind == token.RBRACE {
		if _, errs := parseStmt(s.code[p.code:p.codeEnd]); len(errs) == 0 {
			return true
		}
	}
	p.header--
	return false
}
