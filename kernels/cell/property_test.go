package cell

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// covers checks that the pieces are in order, do not overlap, hold their code,
// and that what is outside of them is blank (or, without any piece, comments
// and semicolons).
func covers(t testing.TB, c *Cell, items []Item) {
	t.Helper()
	at := 0
	for i, it := range items {
		if !(at <= it.Start && it.Start <= it.CodeStart && it.CodeStart < it.CodeEnd && it.CodeEnd <= it.End && it.End <= len(c.Go)) {
			t.Fatalf("item %d is out of order: %+v after %d, in %q", i, it, at, c.Go)
		}
		if gap := c.Go[at:it.Start]; strings.Trim(gap, " \t\r\n;") != "" {
			t.Fatalf("%q before item %d is in none, in %q", gap, i, c.Go)
		}
		at = it.End
	}
	if rest := c.Go[at:]; len(items) > 0 && strings.Trim(rest, " \t\r\n;") != "" {
		t.Fatalf("%q behind the last item is in none, in %q", rest, c.Go)
	}
}

// sameShape checks that Go has the lines and the offsets of Text, and differs
// from it in blanks only.
func sameShape(t testing.TB, c *Cell) {
	t.Helper()
	if len(c.Go) != len(c.Text) {
		t.Fatalf("the Go code has %d bytes, the text %d: %q", len(c.Go), len(c.Text), c.Text)
	}
	for i := range len(c.Go) {
		if c.Go[i] != c.Text[i] && (c.Go[i] != ' ' || c.Text[i] == '\n') {
			t.Fatalf("byte %d became %q in %q", i, c.Go[i], c.Text)
		}
	}
}

// Pieces in any order, with special lines, blank lines and comments between
// them, above and below %%, come out as they went in.
func TestSplitRandom(t *testing.T) {
	pieces := []struct {
		code string
		kind Kind
		expr bool
	}{
		{"import (\n\t\"fmt\"\n)", Import, false},
		{"const a, b = 1, `\n%ls\n!x {\n`", Const, false},
		{"type T[P any] struct {\n\ta P // {\n}", Type, false},
		{"var x = map[string]int{\n\t\"(\": 1,\n}", Var, false},
		{"func (t *T[P]) m(f func(int) int) (n int) {\n\treturn f(1)\n}", Func, false},
		{"func f() {\n\t/* } */\n}", Func, false},
		{"func() {\n\tg()\n}()", Stmt, true},
		{"for i := 0; i < 3; i++ {\n\tg(i);\n}", Stmt, false},
		{"if v, ok := x['\"']; ok {\n} else if v > 1 {\n} else {\n}", Stmt, false},
		{"outer:\nfor {\n\tbreak outer\n}", Stmt, false},
		{"y := f(\n\t1,\n)", Stmt, false},
		{"y", Stmt, true},
		{"z[int](1) +\n\t2", Stmt, true},
		{"switch z := z.(type) {\ncase int:\n\tz++\n}", Stmt, false},
		{"<-c", Stmt, true},
	}
	between := []string{"\n", "\n\n", "\n%ls\n", "\n!echo \"`{(\n", "\n//gonb:!*a \\\n { b\n", ";", "; \n", " // c {\n", "\n/* %%\n%% */\n", "\n// doc\n"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var text strings.Builder
		var want []string
		inMain := false
		for range 1 + rnd.IntN(8) {
			if !inMain && rnd.IntN(6) == 0 {
				text.WriteString("\n%%\n")
				inMain = true
			}
			p := pieces[rnd.IntN(len(pieces))]
			if inMain && (p.kind == Import || p.kind == Func) {
				continue
			}
			kind := p.kind
			if inMain {
				kind = Stmt
			}
			sep := between[rnd.IntN(len(between))]
			text.WriteString(p.code + sep)
			want = append(want, fmt.Sprintf("%v %q %v %v %v", kind, p.code, inMain, p.expr, p.expr && sep[0] == ';'))
		}
		c, err := Parse(text.String())
		if err != nil {
			t.Fatalf("%v in %q", err, text.String())
		}
		sameShape(t, c)
		items, diags := Split(c)
		covers(t, c, items)
		var got []string
		for _, it := range items {
			got = append(got, fmt.Sprintf("%v %q %v %v %v", it.Kind, c.Go[it.CodeStart:it.CodeEnd], it.InMain, it.Expr, it.Silent))
		}
		if len(diags) > 0 || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("of %q\n%v\ngot\n%s\nwant\n%s", text.String(), diags, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if status, _ := IsComplete(text.String()); status == Invalid {
			t.Fatalf("invalid: %q", text.String())
		}
	}
}
