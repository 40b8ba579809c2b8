package cell

import (
	"go/token"
	"slices"
)

// Split takes the Go code of a parsed cell apart into declarations and
// statements, in order. Broken code is split as well as can be: what does not
// parse is a Broken piece, with Diagnostics about it; after a bracket that is
// never closed the next piece begins at a declaration in column 0.
//
// Below %% or %main all pieces are statements of main's body, also const, type
// and var; import and func declarations there are errors.
//
// All of Go but blanks is in some piece, unless no piece follows or precedes:
// a cell of comments has none.
func Split(c *Cell) ([]Item, []Diagnostic) { return split(c, true) }

// split does without the search for a new beginning unless mend is true.
func split(c *Cell, mend bool) ([]Item, []Diagnostic) {
	s := &splitter{
		mend: mend, code: []byte(c.Go), clean: scannable([]byte(c.Go)), lines: lineStarts(c.Go),
		pending: -1, unclosed: -1,
	}
	end := len(c.Go)
	main := end
	if c.Main >= 0 && c.Exec == "" && c.Main < len(s.lines) {
		main = s.lines[c.Main]
	}
	s.section(0, main, false)
	s.section(main, end, true)
	if s.pending >= 0 {
		s.extend(0, end)
	}
	for i := range s.items {
		s.check(&s.items[i])
	}
	if s.unclosed >= 0 {
		s.report(s.unclosed, "comment not terminated")
	}
	s.timing(c.Timed)
	slices.SortStableFunc(s.diags, func(a, b Diagnostic) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	return s.items, s.diags
}

type splitter struct {
	mend        bool
	code, clean []byte // clean is code, scannable
	lines       starts
	items       []Item
	diags       []Diagnostic
	pending     int // offset of comments with no piece on their side of %%, or -1
	unclosed    int // offset of a comment that nothing ends, or -1
}

func (s *splitter) report(at int, msg string) {
	line, col := s.lines.position(min(at, len(s.code)))
	s.diags = append(s.diags, Diagnostic{line, col, msg})
}

// section splits code[from:to]. If brackets are left open at its end, it is
// split again from the piece in which that happened, now beginning a new piece
// at every declaration keyword in column 0.
func (s *splitter) section(from, to int, inMain bool) {
	first, pending := len(s.items), s.pending
	open := s.pieces(from, to, inMain, false)
	if !open || !s.mend {
		return
	}
	last := len(s.items) - 1
	if last > first {
		from = s.items[last].Start
		pending = -1
	}
	s.items = s.items[:last]
	s.pending = pending
	s.pieces(from, to, inMain, true)
}

// pieces appends the pieces of code[from:to], and reports whether the last one
// has open brackets.
func (s *splitter) pieces(from, to int, inMain, eager bool) (open bool) {
	sc := newScanner(s.clean[from:to])
	p := piece{comment: s.pending}
	s.pending = -1
	for {
		t := sc.next()
		t.start += from
		t.end += from
		switch {
		case t.kind == token.EOF:
			open = p.depth > 0
			if p.n > 0 {
				s.add(&p, inMain)
			}
			if p.comment >= 0 && !s.extend(from, to) {
				s.pending = p.comment
			}
			return open
		case t.kind == token.COMMENT:
			s.comment(&p, t, from)
			continue
		case t.kind == token.SEMICOLON && p.n == 0:
			if !t.auto() {
				s.extend(from, t.end) // an empty statement
			}
			continue
		case t.kind == token.SEMICOLON && p.depth == 0 && s.ends(&p, t):
			if !t.auto() {
				p.silent, p.end = true, t.end
			}
			s.add(&p, inMain)
			continue
		case t.auto() && p.depth > 0:
			continue // may stand at a newline within a comment
		case eager && p.depth > 0 && declares(t.kind) && (t.start == 0 || s.clean[t.start-1] == '\n'):
			tail := p.tail
			if p.tailEnd > 0 && slices.Contains(s.clean[p.codeEnd:tail], '\n') {
				p.tailEnd = 0 // stands above the declaration
			}
			below := p.tailEnd == 0
			if s.add(&p, inMain); below && tail > 0 {
				p.comment = tail
			}
		}
		p.take(t)
	}
}

// comment gives a comment to the piece before it if it begins on the line on
// which that ends, otherwise to the one it stands in or to the next.
func (s *splitter) comment(p *piece, t tok, from int) {
	if unterminated(t, s.clean) {
		s.unclosed = t.start
	}
	if p.n > 0 {
		if p.tailEnd == 0 {
			p.tail = t.start
		}
		p.tailEnd = t.end
		return
	}
	if p.comment < 0 && len(s.items) > 0 {
		last := &s.items[len(s.items)-1]
		if last.End > from && slices.Index(s.clean[last.End:t.start], '\n') < 0 {
			last.End = t.end
			return
		}
	}
	if p.comment < 0 {
		p.comment = t.start
	}
}

// extend makes the last piece of the section that begins at from go to end,
// blanks aside. It reports whether there is one.
func (s *splitter) extend(from, end int) bool {
	n := len(s.items)
	if n == 0 || s.items[n-1].CodeStart < from {
		return false
	}
	last := &s.items[n-1]
	for end > last.End && isBlank(s.clean[end-1]) {
		end--
	}
	last.End = end
	return true
}

func declares(k token.Token) bool {
	switch k {
	case token.IMPORT, token.CONST, token.TYPE, token.VAR, token.FUNC:
		return true
	}
	return false
}

// add appends a piece and begins the next.
func (s *splitter) add(p *piece, inMain bool) {
	it := Item{
		Kind: p.kind(), Start: p.code, End: max(p.end, p.codeEnd, p.tailEnd), CodeStart: p.code, CodeEnd: p.codeEnd,
		InMain: inMain, Silent: p.silent,
	}
	if p.comment >= 0 {
		it.Start = p.comment
	}
	s.items = append(s.items, it)
	*p = piece{comment: -1}
}

// timing marks the pieces that %time and %timeit stand before.
func (s *splitter) timing(timed []Timed) {
	for _, t := range timed {
		name := "time"
		if t.Repeat {
			name = "timeit"
		}
		i, found := slices.BinarySearchFunc(s.items, t.At, func(it Item, at int) int { return it.CodeStart - at })
		if !found || s.items[i].Kind != Stmt {
			s.report(t.At, "%"+name+" goes before a statement of its own")
			continue
		}
		s.items[i].Timing = name
	}
}
