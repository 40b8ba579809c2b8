package cell

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// check parses one piece: what the parser has to say becomes Diagnostics.
func (s *splitter) check(it *Item) {
	if it.InMain {
		if it.Kind == Import || it.Kind == Func {
			s.report(it.CodeStart, it.Kind.String()+" declarations go above %%")
			it.Kind, it.Broken, it.Silent = Stmt, true, false
			return
		}
		it.Kind = Stmt
	}
	code := s.code[it.CodeStart:it.CodeEnd]
	var errs []finding
	if it.Kind == Stmt {
		var stmt ast.Stmt
		stmt, errs = parseStmt(code)
		_, it.Expr = stmt.(*ast.ExprStmt)
	} else {
		errs = parseDecl(code)
	}
	it.Broken = len(errs) > 0
	it.Silent = it.Silent && it.Expr
	for i, e := range errs {
		if i == 0 || e.at < len(code) { // what is missed at the end follows from what was wrong before
			s.report(it.CodeStart+e.at, e.msg)
		}
	}
}

// finding is an error at an offset in a piece.
type finding struct {
	at  int
	msg string
}

// parseDecl parses one top-level declaration.
func parseDecl(code []byte) []finding {
	f, errs := parse("package p;", code, "\n", "declaration")
	if len(errs) == 0 && len(f.Decls) != 1 {
		errs = append(errs, finding{0, "expected one declaration"})
	}
	return errs
}

// parseStmt parses one statement.
func parseStmt(code []byte) (ast.Stmt, []finding) {
	if at := unmatched(code); at >= 0 { // would end the function around it
		return nil, []finding{{at, "unexpected " + string(code[at])}}
	}
	f, errs := parse("package p;func _(){", code, "\n}\n", "statement")
	if len(errs) > 0 {
		return nil, errs
	}
	if len(f.Decls) == 1 {
		if fn, ok := f.Decls[0].(*ast.FuncDecl); ok && fn.Body != nil && len(fn.Body.List) == 1 {
			return fn.Body.List[0], nil
		}
	}
	return nil, []finding{{0, "expected one statement"}}
}

// parse parses code between head and tail. what it is called in the messages
// about its end.
func parse(head string, code []byte, tail, what string) (*ast.File, []finding) {
	src := make([]byte, 0, len(head)+len(code)+len(tail))
	src = append(append(append(src, head...), code...), tail...)
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err == nil {
		return f, nil
	}
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return f, []finding{{0, err.Error()}}
	}
	var errs []finding
	for _, e := range list {
		// The offset is the raw one, whatever //line directives say.
		at := max(e.Pos.Offset-len(head), 0)
		msg := e.Msg
		if at >= len(code) { // what is found there is ours
			at = len(code)
			if i := strings.Index(msg, ", found "); i >= 0 {
				msg = msg[:i] + ", found end of " + what
			}
		}
		errs = append(errs, finding{at, msg})
	}
	return f, errs
}

// unmatched is the offset of the first closing bracket that nothing opened, or -1.
func unmatched(code []byte) int {
	sc := newScanner(scannable(code))
	depth := 0
	for {
		t := sc.next()
		switch t.kind {
		case token.EOF:
			return -1
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 {
				return t.start
			}
		}
	}
}
