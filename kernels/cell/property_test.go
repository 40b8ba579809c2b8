package cell

import (
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
