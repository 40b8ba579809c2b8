package cell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The cursor is at ‸; «» are around the word from Start to End, where there is one.
func TestAt(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Context // without Start and End
	}{
		{"‸", Context{}},
		{"x := fmt.Pr‸", Context{}},
		{"s := `\n%en‸\n`", Context{}},
		{"%ls\nx‸", Context{}},
		{"%ls\n‸", Context{}},
		{"‸\n%ls", Context{}},
		{" %en‸", Context{}},
		{"//go‸nb:%ls", Context{}},
		{"%time f‸(x)", Context{}},
		{"%%\nx‸", Context{}},

		{"«%‸»", Context{Place: InCommand, Command: "%", Line: "%", Prefix: "%"}},
		{"«‸%env»", Context{Place: InCommand, Command: "%env"}},
		{"x := 1\n«%en‸»", Context{Place: InCommand, Command: "%en", Line: "%en", Prefix: "%en"}},
		{"«%e‸n» a", Context{Place: InCommand, Command: "%en", Line: "%e", Prefix: "%e"}},
		{"«% e‸n» a", Context{Place: InCommand, Command: "%en", Line: "% e", Prefix: "%e"}},
		{"//gonb:«%en‸»", Context{Place: InCommand, Command: "%en", Line: "%en", Prefix: "%en"}},
		{"«%%‸»\nx", Context{Place: InCommand, Command: "%%", Line: "%%", Prefix: "%%"}},
		{"«%ti‸me» f(x)", Context{Place: InCommand, Command: "%time", Line: "%ti", Prefix: "%ti"}},
		{"%mode ‸", Context{Place: InCommand, Command: "%mode", Line: "%mode ", Word: 1}},
		{"%mode «ses‸»", Context{Place: InCommand, Command: "%mode", Line: "%mode ses", Word: 1, Prefix: "ses"}},
		{"%rm a «b‸c» d\nx", Context{Place: InCommand, Command: "%rm", Line: "%rm a b", Word: 2, Prefix: "b"}},
		{"%rm a ‸ b", Context{Place: InCommand, Command: "%rm", Line: "%rm a ", Word: 2}},
		{"%cd «\"a b‸»", Context{Place: InCommand, Command: "%cd", Line: "%cd \"a b", Word: 1, Prefix: "a b"}},
		{"%cd «\"a\\‸\" b\"»", Context{Place: InCommand, Command: "%cd", Line: "%cd \"a\\", Word: 1, Prefix: "a\\"}},
		{"%args é\\\n//gonb:«b‸» c", Context{Place: InCommand, Command: "%args", Line: "%args é b", Word: 2, Prefix: "b"}},
		{"%args a\\\n//go‸nb:b c", Context{Place: InCommand, Command: "%args", Line: "%args a ", Word: 2}},
		{"%ls\r‸\n", Context{Place: InCommand, Command: "%ls", Line: "%ls", Word: 1}},
		{"/* */\n%cd ‸\n", Context{Place: InCommand, Command: "%cd", Line: "%cd ", Word: 1}},

		{"!‸", Context{Place: InShell, Line: "!"}},
		{"!«ls‸»", Context{Place: InShell, Line: "!ls", Prefix: "ls"}},
		{"!*«go‸» get", Context{Place: InShell, InTmp: true, Line: "!*go", Prefix: "go"}},
		{"! ls «a/b‸.go»", Context{Place: InShell, Line: "! ls a/b", Word: 1, Prefix: "a/b"}},
		{"!ls a|«w‸»", Context{Place: InShell, Line: "!ls a|w", Prefix: "w"}},
		{"!ls a;‸", Context{Place: InShell, Line: "!ls a;"}},
		{"!ls a && «ec‸ho» b", Context{Place: InShell, Line: "!ls a && ec", Prefix: "ec"}},
		{"!ls a ‸| b", Context{Place: InShell, Line: "!ls a ", Word: 2}},
		{"!ls «'a | ‸b»", Context{Place: InShell, Line: "!ls 'a | ", Word: 1, Prefix: "a | "}},
		{"!cat «a\\ b‸»", Context{Place: InShell, Line: "!cat a\\ b", Word: 1, Prefix: "a b"}},

		{"«%%ba‸sh»\nls", Context{Place: InCommand, Command: "%%bash", Line: "%%ba", Prefix: "%%ba"}},
		{"%%writefile «a‸»", Context{Place: InCommand, Command: "%%writefile", Line: "%%writefile a", Word: 1, Prefix: "a"}},
		{"%%bash\nls ‸ a", Context{Place: InBody, Command: "%%bash"}},
		{"%%js\n%ls‸", Context{Place: InBody, Command: "%%js"}},
		{"‸\n%%js\n", Context{}},
	} {
		text, cursor, start, end := marked(tc.text)
		got := At(text, cursor)
		if got.Start != start || got.End != end {
			t.Errorf("%s: word %d-%d, want %d-%d", tc.text, got.Start, got.End, start, end)
		}
		got.Start, got.End = 0, 0
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.text, diff)
		}
	}
}

// marked takes the marks out of a text.
func marked(s string) (text string, cursor, start, end int) {
	start = -1
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '‸':
			cursor = b.Len()
		case '«':
			start = b.Len()
		case '»':
			end = b.Len()
		default:
			b.WriteRune(r)
		}
	}
	if start < 0 {
		start, end = cursor, cursor
	}
	return b.String(), cursor, start, end
}

func TestAtOutside(t *testing.T) {
	for _, cursor := range []int{-5, 99} {
		if c := At("%ls", cursor); c.Place != InCommand || c.Word != 0 {
			t.Errorf("%d: %+v", cursor, c)
		}
	}
}
