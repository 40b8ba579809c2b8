package cell

import (
	"strings"
	"testing"
)

// seeds are cells with a bit of everything.
var seeds = []string{
	"",
	"%",
	"! ",
	"%args -n 3\nx := 1\nx + 1",
	"//gonb:%env A=\"b c\" \\\n//gonb:d\n!*ls \\\n -l\n%%\nfmt.Println(x);",
	"s := `\n%ls\n` // t\n/*\n!ls */ f()\nok := a &&\n!b",
	"%%time\n%%script sh -e\necho $x\n",
	"%exec f \"a\\n\\\"b\n",
	"package main; import (\n\t\"fmt\"\n)\n// #include <stdio.h>\nimport \"C\"\n",
	"%timeit fib(20)\nfmt.Println??\n?x\n%env?",
	"// doc\nfunc (r *T[K]) m() {\n}\nfunc() {}()\nL: M:\nfor i := 0; i < 3; i++ { goto L }; y;;",
	"if x := (T{}); x.ok {\n} else if f(); y {\n} else {\n}\nswitch x := []int{1}; {}",
	"f(\n//go:noinline\nfunc g() {}\n} x.\n%%\ntype T struct {\n",
	"//line a:3\nvar x, y = f(\r\n1,\r\n)\r\n'\xff\x00\u00e9`",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Line < 0 || e.Col < 0 || e.Line > strings.Count(text, "\n") || e.Msg == "" {
				t.Fatalf("%#v for %q", err, text)
			}
		}
		sameShape(t, c)
		last := -1
		for _, l := range c.Lines {
			if l.Line <= last || l.Line > strings.Count(text, "\n") || l.Shell == (l.Name != "") {
				t.Fatalf("%+v after line %d in %q", l, last, text)
			}
			last = l.Line
		}
		if c.Main > strings.Count(text, "\n") || c.Main < 0 && (len(c.Args) > 0 || c.Exec != "") {
			t.Fatalf("main in line %d of %q", c.Main, text)
		}
	})
}

func FuzzSplit(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, _ := Parse(text)
		items, diags := Split(c)
		covers(t, c, items)
		broken := false
		for _, it := range items {
			if it.Broken && it.Expr || it.InMain && it.Kind != Stmt {
				t.Fatalf("%+v in %q", it, text)
			}
			broken = broken || it.Broken
		}
		if broken && len(diags) == 0 {
			t.Fatalf("a broken piece and no word about it in %q", text)
		}
		for _, d := range diags {
			if d.Line < 0 || d.Col < 0 || d.Msg == "" || lineStarts(text).offset(d) > len(text) {
				t.Fatalf("%+v in %q", d, text)
			}
		}
	})
}

func FuzzIsComplete(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		status, indent := IsComplete(text)
		if strings.Trim(indent, "\t") != "" || indent != "" && status != Incomplete {
			t.Fatalf("%s with indent %q for %q", status, indent, text)
		}
		c, err := Parse(text)
		_, diags := Split(c)
		if status == Complete && (err != nil || len(diags) > 0) {
			t.Fatalf("complete, but %v %v: %q", err, diags, text)
		}
	})
}

func FuzzAt(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, len(s)/2)
	}
	f.Fuzz(func(t *testing.T, text string, cursor int) {
		c := At(text, cursor)
		cursor = min(max(cursor, 0), len(text))
		if c.Start < 0 || c.Start > cursor || c.End < cursor || c.End > len(text) || c.Word < 0 {
			t.Fatalf("%+v at %d of %q", c, cursor, text)
		}
		if c.Place == InGo && (c.Command != "" || c.Start != c.End) {
			t.Fatalf("%+v at %d of %q", c, cursor, text)
		}
	})
}

// Whatever the words are, written in quotes they come out again.
func FuzzWords(f *testing.F) {
	f.Add(`a "b c" "" d"e`, "x\ty")
	f.Add(`"\n\t\"\\"`, "é\n\"")
	f.Fuzz(func(t *testing.T, line, value string) {
		at := 0
		list, open := words(line)
		for _, w := range list {
			if w.start < at || w.end <= w.start || w.end > len(line) || len(w.text) > w.end-w.start {
				t.Fatalf("%+v after %d in %q", w, at, line)
			}
			at = w.end
		}
		if open >= 0 && line[open] != '"' {
			t.Fatalf("no quote at %d of %q", open, line)
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(value) + `"`
		list, open = words("a " + quoted + " b")
		if open >= 0 || len(list) != 3 || list[1].text != value || list[2].text != "b" {
			t.Fatalf("%q became %+v", quoted, list)
		}
	})
}
