package cell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// command is a Special for a line with %.
func command(line int, text, name string, args ...string) Special {
	return Special{Line: line, Text: text, Name: name, Args: args}
}

func shell(line int, text string) Special { return Special{Line: line, Shell: true, Text: text} }

func inTmp(line int, text string) Special {
	return Special{Line: line, Shell: true, InTmp: true, Text: text}
}

// The dialect is GoNB's (v0.11.4, as observed by running it).
func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       Cell // Text and, where it is "", Go not compared
	}{
		{"empty", "", Cell{Main: -1}},
		{"go only", "x := 1", Cell{Main: -1, Go: "x := 1"}},
		{"special after go", "f()\n!echo hi", Cell{Main: -1, Go: "f()\n        ", Lines: []Special{shell(1, "echo hi")}}},

		// Where a special line is one.
		{"column 0 only", " %ls\n\t!ls", Cell{Main: -1, Go: " %ls\n\t!ls"}},
		{"prefix", "//gonb:%ls\n//gonb:!ls -l\nx", Cell{Main: -1, Go: "          \n             \nx", Lines: []Special{command(0, "ls", "ls"), shell(1, "ls -l")}}},
		{"other comments", "// gonb:%ls\n//gonb: %ls\n//%ls", Cell{Main: -1, Go: "// gonb:%ls\n//gonb: %ls\n//%ls"}},
		{"blank behind the sign", "% ls\n!  echo", Cell{Main: -1, Lines: []Special{command(0, "ls", "ls"), shell(1, "echo")}}},
		{"carriage returns", "%env A \\\r\nb\r\n!ls\r\nx\r\n", Cell{Main: -1, Go: "        \r\n \r\n   \r\nx\r\n", Lines: []Special{command(0, "env A  b", "env", "A", "b"), shell(2, "ls")}}},
		{"within a function", "func f() {\n%ls\n}", Cell{Main: -1, Go: "func f() {\n   \n}", Lines: []Special{command(1, "ls", "ls")}}},
		{"raw string", "s := `\n%ls\n!ls\n%%\n`\n%cd", Cell{Main: -1, Go: "s := `\n%ls\n!ls\n%%\n`\n   ", Lines: []Special{command(5, "cd", "cd")}}},
		{"comment", "/*\n%ls\n*/ x\n!ls", Cell{Main: -1, Go: "/*\n%ls\n*/ x\n   ", Lines: []Special{shell(3, "ls")}}},
		{"quotes that open nothing", "a := '`' // `\nb := \"`/*\"\n%ls", Cell{Main: -1, Lines: []Special{command(2, "ls", "ls")}}},
		{"quotes in special lines", "!echo \" ' ` /*\n%ls", Cell{Main: -1, Lines: []Special{shell(0, "echo \" ' ` /*"), command(1, "ls", "ls")}}},
		{"negation goes on", "ok := a &&\n!b\nf(\n!c,\n!d)\nx =\n!e", Cell{Main: -1, Go: "ok := a &&\n!b\nf(\n!c,\n!d)\nx =\n!e"}},
		{"no negation", "f(a)\n!b\ng {\n!c\n}", Cell{Main: -1, Go: "f(a)\n  \ng {\n  \n}", Lines: []Special{shell(1, "b"), shell(3, "c")}}},

		// Continuation.
		{"continuation", "!a \\\n b\\\nc\nx", Cell{Main: -1, Go: "    \n   \n \nx", Lines: []Special{shell(0, "a   b c")}}},
		{"continuation of %", "%args a\\\n\"b \\\nc\"", Cell{Main: -1, Lines: []Special{command(0, "args a \"b  c\"", "args", "a", "b  c")}}},
		{"continuation with prefix", "//gonb:!a \\\n//gonb:b", Cell{Main: -1, Lines: []Special{shell(0, "a  b")}}},
		{"continuation at the end", "!a \\", Cell{Main: -1, Lines: []Special{shell(0, "a")}}},
		{"continued line is no special line", "!a \\\n%ls", Cell{Main: -1, Lines: []Special{shell(0, "a  %ls")}}},

		// Arguments.
		{"blanks and tabs", "%args  a\t b ", Cell{Main: -1, Lines: []Special{command(0, "args  a\t b", "args", "a", "b")}}},
		{"quotes", `%args "a b" c"d e"f "" 'g h' i\n`, Cell{Main: -1, Lines: []Special{command(0, `args "a b" c"d e"f "" 'g h' i\n`, "args", "a b", "cd ef", "", "'g", "h'", `i\n`)}}},
		{"escapes", `%args "a\nb\tc\"d\\e\xé"`, Cell{Main: -1, Lines: []Special{command(0, `args "a\nb\tc\"d\\e\xé"`, "args", "a\nb\tc\"d\\exé")}}},
		{"environment", `%env A="b c"`, Cell{Main: -1, Lines: []Special{command(0, `env A="b c"`, "env", "A=b c")}}},
		{"empty arguments are kept", `%cd ""`, Cell{Main: -1, Lines: []Special{command(0, `cd ""`, "cd", "")}}},

		// Shell.
		{"shell", "!ls *.go | wc", Cell{Main: -1, Lines: []Special{shell(0, "ls *.go | wc")}}},
		{"shell in the module", "!*go get a@v1", Cell{Main: -1, Lines: []Special{inTmp(0, "go get a@v1")}}},
		{"shell asks nothing", "!ls a?", Cell{Main: -1, Lines: []Special{shell(0, "ls a?")}}},

		// Main.
		{"main", "var x int\n%%\nx = 1", Cell{Main: 1, Go: "var x int\n  \nx = 1"}},
		{"main with arguments", "%% -n \"3 4\"\nx", Cell{Main: 0, Go: "           \nx", Args: []string{"-n", "3 4"}}},
		{"%main", "%main a\nx", Cell{Main: 0, Args: []string{"a"}}},
		{"args before main", "%args a\n%%\n", Cell{Main: 1, Lines: []Special{command(0, "args a", "args", "a")}}},
		{"args after main", "%% a\n%args b", Cell{Main: 0, Args: []string{"a"}, Lines: []Special{command(1, "args b", "args", "b")}}},
		{"exec", "%exec f -x 1\n// run", Cell{Main: 0, Exec: "f", Args: []string{"-x", "1"}, Go: "            \n// run"}},

		// All other commands are the session's.
		{"unknown", "%foo a\n%%foo\nx", Cell{Main: -1, Go: "      \n     \nx", Lines: []Special{command(0, "foo a", "foo", "a"), command(1, "%foo", "%foo")}}},
		{"begins like main", "%mainly", Cell{Main: -1, Lines: []Special{command(0, "mainly", "mainly")}}},

		// The clause of a package.
		{"package", "package main\nvar a int", Cell{Main: -1, Go: "            \nvar a int"}},
		{"package with comments", "// a\npackage main // b\n", Cell{Main: -1, Go: "// a\n             // b\n"}},
		{"package and semicolon", "  package main; import \"fmt\"", Cell{Main: -1, Go: "                import \"fmt\""}},
		{"letters of package", "packageX := 1\npackages()", Cell{Main: -1, Go: "packageX := 1\npackages()"}},
		{"package in a string", "s := `\npackage main\n`", Cell{Main: -1, Go: "s := `\npackage main\n`"}},
		{"not a clause", "x := package main", Cell{Main: -1, Go: "x := package main"}},

		// Time.
		{"%%time", "%%time\nx", Cell{Main: -1, Time: true, Go: "      \nx"}},
		{"%%time below", "x\n%%time\n%%\ny", Cell{Main: 2, Time: true}},
		{"%time alone", "x\n%time", Cell{Main: -1, Time: true}},
		{"%time statement", "%time s := `\n%ls`", Cell{Main: -1, Go: "      s := `\n%ls`", Timed: []Timed{{0, 6, false}}}},
		{"%timeit", "a\n//gonb:%timeit  f()", Cell{Main: -1, Go: "a\n                f()", Timed: []Timed{{1, 18, true}}}},

		// Questions.
		{"question", "x?", Cell{Main: -1, Go: "  ", Help: []Help{{0, "x", 0}}}},
		{"questions", "y := 1\n\t?fmt.Println\nfmt.Println ??", Cell{Main: -1, Go: "y := 1\n             \n              ", Help: []Help{{1, "fmt.Println", 0}, {2, "fmt.Println", 1}}}},
		{"question about commands", "%env?\n?%cd\n%%bash??\n?", Cell{Main: -1, Help: []Help{{0, "%env", 0}, {1, "%cd", 0}, {2, "%%bash", 1}, {3, "", 0}}}},
		{"no questions", "s := \"x?\" // y?\n`\nz?\n`", Cell{Main: -1, Go: "s := \"x?\" // y?\n`\nz?\n`"}},
		{"question in an expression", "f(x?)", Cell{Main: -1, Go: "f(x?)"}},

		// Cell magics.
		{"writefile", "%%writefile a.txt\nx\n\n%ls", Cell{Main: -1, Magic: &Magic{"writefile", []string{"a.txt"}, "x\n\n%ls\n"}}},
		{"writefile appends", "//gonb:%%writefile -a \"b c\"\nx\n", Cell{Main: -1, Magic: &Magic{"writefile", []string{"-a", "b c"}, "x\n"}}},
		{"writefile nothing", "%%writefile a", Cell{Main: -1, Magic: &Magic{"writefile", []string{"a"}, ""}}},
		{"script", "%%script python3 -u\nprint(1)", Cell{Main: -1, Magic: &Magic{"script", []string{"python3", "-u"}, "print(1)\n"}}},
		{"bash", "%%bash\n!a\n`", Cell{Main: -1, Magic: &Magic{"bash", nil, "!a\n`\n"}}},
		{"sh, timed", "\n%%time\n%%sh\nls", Cell{Main: -1, Time: true, Magic: &Magic{"sh", nil, "ls\n"}}},
		{"html", "%%html\n<b>é</b>", Cell{Main: -1, Magic: &Magic{"html", nil, "<b>é</b>\n"}}},
		{"markdown", "%%markdown\n# a", Cell{Main: -1, Magic: &Magic{"markdown", nil, "# a\n"}}},
		{"latex", "%%latex\n$a$", Cell{Main: -1, Magic: &Magic{"latex", nil, "$a$\n"}}},
		{"svg", "%%svg\n<svg/>", Cell{Main: -1, Magic: &Magic{"svg", nil, "<svg/>\n"}}},
		{"javascript", "%%javascript\na", Cell{Main: -1, Magic: &Magic{"javascript", nil, "a\n"}}},
		{"js", "%%js\na", Cell{Main: -1, Magic: &Magic{"javascript", nil, "a\n"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Parse(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			sameShape(t, got)
			want := tc.want
			want.Text = tc.text
			if want.Go == "" {
				want.Go = got.Go
			}
			if want.Args == nil && len(got.Args) == 0 {
				got.Args = nil
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// What kills GoNB's kernel, or what it does damage with, is an error that says where.
func TestParseErrors(t *testing.T) {
	for _, tc := range []struct {
		text      string
		line, col int
		msg       string
	}{
		{"x\n% ", 1, 0, "no command"},
		{"%", 0, 0, "no command"},
		{"//gonb:% ", 0, 7, "no command"},
		{`% ""`, 0, 0, "no command"},
		{"! ", 0, 0, "no shell command"},
		{"!", 0, 0, "no shell command"},
		{"x\n!* ", 1, 0, "no shell command"},
		{"!\\\n", 0, 0, "no shell command"},
		{"%%\nx\n%%", 2, 0, "this one has it in line 1"},
		{"%main\n%main", 1, 0, "second %main"},
		{"%exec f\n%%", 1, 0, "second %%"},
		{"%%\n%exec f", 1, 0, "second %exec"},
		{"%exec", 0, 0, "name of a function"},
		{"%exec f()", 0, 6, "not the name"},
		{"%args é\"a b", 0, 8, "quote is not closed"},
		{"%args a\\\nb \"c", 1, 2, "quote is not closed"},
		{"%%script", 0, 0, "needs a command"},
		{"%%script \"\"", 0, 0, "needs a command"},
		{"%%script \"a", 0, 9, "quote is not closed"},
		{"%%bash -x\nls", 0, 7, "takes no arguments"},
		{"%%sh -x\nls", 0, 5, "takes no arguments"},
		{"%%writefile\nx", 0, 0, "one path"},
		{"%%writefile -a\nx", 0, 0, "one path"},
		{"%%writefile a b\nx", 0, 0, "one path"},
		{"%%writefile -a b c\nx", 0, 0, "one path"},
		{"%%writefile \"\"\nx", 0, 0, "one path"},
		{"x\n%%writefile a", 1, 0, "start of the cell"},
		{"%ls\n%%bash", 1, 0, "start of the cell"},
		{"%%time f()", 0, 7, "no arguments"},
		{"%timeit", 0, 0, "needs a statement"},
	} {
		c, err := Parse(tc.text)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%q: error %v", tc.text, err)
			continue
		}
		if e.Line != tc.line || e.Col != tc.col || !strings.Contains(e.Msg, tc.msg) {
			t.Errorf("%q: %d:%d %s, want %d:%d %s", tc.text, e.Line, e.Col, e.Msg, tc.line, tc.col, tc.msg)
		}
		sameShape(t, c)
	}
}

// An error leaves the rest of the cell readable for completion.
func TestParseAfterError(t *testing.T) {
	c, err := Parse("%\nimport \"fmt\"\n%%\n%%\nfmt.Pr")
	if err == nil || err.Error() != "line 1, column 1: no command after %" {
		t.Errorf("error %v", err)
	}
	items, _ := Split(c)
	if len(items) != 2 || items[0].Kind != Import || !items[1].InMain {
		t.Errorf("items %+v", items)
	}
}

func TestHasGo(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, " \n\t\r\n": false, "%%": false, "%exec f\n!ls": false, "%%bash\nls": false, "package a\n": false, "x?": false,
		"%%\n// run": true, "x": true, "%time f()": true,
	} {
		if c, err := Parse(text); err != nil || c.HasGo() != want {
			t.Errorf("HasGo of %q is %v, want %v (%v)", text, c.HasGo(), want, err)
		}
	}
}
