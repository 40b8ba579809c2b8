package complete

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2"

	"github.com/stellarae/lab/kernels/server"
)

func canceled(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func inspect(t *testing.T, e *Engine, text string, detail int) server.Inspection {
	t.Helper()
	code, cursor := at(t, text)
	i, err := e.Inspect(t.Context(), code, cursor, detail)
	if err != nil {
		t.Fatal(err)
	}
	if i.Found != (i.Data["text/plain"] != "") || i.Found != (i.Data["text/html"] != "") || i.Found != (i.Data["text/markdown"] != "") {
		t.Errorf("found is %v with %q", i.Found, i.Data)
	}
	return i
}

// TestInspect asks the real gopls; want is in the plain text, in order, no is
// nowhere in it. An empty want is nothing found.
func TestInspect(t *testing.T) {
	e := warm(t)
	e.SetSession(lab)
	tests := []struct {
		name, text string
		detail     int
		want, no   string
	}{
		{name: "function", text: "fmt.Print‸ln(1)", want: "func fmt.Println(a ...any) (n int, err error)|Println formats using", no: "Fprintln"},
		{name: "its source", text: "fmt.Print‸ln(1)", detail: 1, want: "func fmt.Println(a ...any)|Println formats using|fmt/print.go:|func Println(a ...any) (n int, err error) {|return Fprintln(os.Stdout, a...)"},
		{name: "word before the cursor", text: "fmt.Println‸", want: "func fmt.Println"},
		{name: "dot before the cursor", text: "strings.‸", want: "package strings|implements simple functions"},
		{name: "package", text: "st‸rings.ToUpper(\"\")", want: "package strings"},
		{name: "variable of the session", text: "st‸ar", want: "var star Star", no: "pkg.go.dev"},
		{name: "field", text: "star.Na‸me", want: "field Name string", no: "pkg.go.dev"},
		{name: "method", text: "star.Me‸an()", want: "func (s Star) Mean() float64|Mean is of the positions.", no: "pkg.go.dev"},
		{name: "method's source", text: "star.Me‸an()", detail: 1, want: "Mean is of|return (s.Ra + s.Dec) / 2"},
		{name: "spec of a group", text: "sta‸rs", detail: 1, want: "var stars map[string]*Star|stars map[string]*Star", no: "star  Star"},
		{name: "type", text: "var s St‸ar", want: "type Star struct|Ra, Dec float64"},
		{name: "constant", text: "Spe‸ed", want: "const Speed"},
		{name: "variable of the cell", text: "x := 3\nx‸", want: "var x int"},
		{name: "its source", text: "x := 3 * 4\nx‸", detail: 1, want: "var x int|x := 3 * 4"},
		{name: "function of the cell", text: "// f is mine.\nfunc f(a int) string { return \"\" }\nf‸(3)", want: "func f(a int) string|f is mine."},
		{name: "predeclared", text: "app‸end(nil)", want: "func append"},
		{name: "not ASCII before it", text: "é := \"日本😀\"; star.Na‸me", want: "field Name string"},
		{name: "broken", text: "x := := )\nfmt.Print‸ln(", want: "func fmt.Println"},

		{name: "in a call", text: "fmt.Println(‸)", want: "func Println(a ...any) (n int, err error)|Println formats using"},
		{name: "in a call not closed", text: "fmt.Println(star.Name, ‸", want: "func Println(a ...any)"},
		{name: "in a string in a call", text: "load(\"ab‸c\")", want: "func load(path string) ([]Star, error)"},

		{name: "nothing", text: "x := 1\n‸\n", want: ""},
		{name: "nobody", text: "nobody‸", want: ""},
		{name: "in a comment", text: "// fmt.Print‸ln", want: ""},

		{name: "command", text: "%en‸v A=b", want: "%env NAME=value|Set an environment variable"},
		{name: "its argument", text: "%cd /t‸mp", want: "%cd [dir]"},
		{name: "shell line", text: "!ls ‸-l", want: "!command|current folder"},
		{name: "shell line in the module", text: "!*ls‸", want: "!*command|go.mod"},
		{name: "cell magic", text: "%%writefile ‸x.go\npackage x", want: "%%writefile [-a] path"},
		{name: "its body", text: "%%bash\nls ‸", want: "%%bash|in bash"},
		{name: "main", text: "%% a‸\nx := 1", want: "%% [args...]|os.Args[1:]"},
		{name: "unknown command", text: "%nob‸ody", want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := inspect(t, e, tt.text, tt.detail)
			if i.Found != (tt.want != "") {
				t.Fatalf("found is %v: %q", i.Found, i.Data["text/plain"])
			}
			inOrder(t, i.Data["text/plain"], tt.want)
			if tt.no != "" && strings.Contains(i.Data["text/plain"], tt.no) {
				t.Errorf("%q is in %q", tt.no, i.Data["text/plain"])
			}
		})
	}
}

// TestInspectWithoutGopls reads the sources.
func TestInspectWithoutGopls(t *testing.T) {
	e := startWith(t, "/nonexistent/gopls", module(t))
	e.SetSession(lab)
	for _, tt := range []struct{ text, want string }{
		{"fmt.Print‸ln(1)", "func fmt.Println(a ...any) (n int, err error)|Println formats using"},
		{"math.P‸i", "const math.Pi"},
		{"strings.Buil‸der", "type strings.Builder struct{...}|A Builder is used to efficiently"},
		{"st‸ar", "var star Star"},
		{"star.Me‸an()", "func star.Mean() float64|Mean is of the positions."},
		{"St‸ar{}", "type Star struct{...}|Star is one star."},
		{"js‸.X", `import "encoding/json"`},
		{"%en‸v A=b", "%env NAME=value"},
		{"nobody‸", ""},
		{"retur‸n", ""},
		{"fmt.No‸body", ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			i := inspect(t, e, tt.text, 0)
			if i.Found != (tt.want != "") {
				t.Fatalf("found is %v: %q", i.Found, i.Data)
			}
			inOrder(t, i.Data["text/plain"], tt.want)
		})
	}
}

func inOrder(t *testing.T, text, parts string) {
	t.Helper()
	rest := text
	for _, part := range strings.Split(parts, "|") {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Errorf("%q is not in %q, or not in its place", part, text)
			return
		}
		rest = after
	}
}

func TestRender(t *testing.T) {
	i := inspection("```go\nfunc f(a <-chan int) string\n```\n\n---\n\nTakes \\[a] & `b` <script>alert(1)</script>.\n\n- one\n- two\n\n[doc](https://go.dev)")
	html := i.Data["text/html"]
	for _, want := range []string{`<pre style="tab-size:4"><code>`, "font-weight:bold\">func</span>", "&lt;-", "<code>b</code>", "<li>one</li>", `<a href="https://go.dev">doc</a>`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in %s", want, html)
		}
	}
	if strings.Contains(html, "<script") {
		t.Errorf("raw HTML in %s", html)
	}
	if got, want := i.Data["text/plain"], "func f(a <-chan int) string\n\nTakes [a] & b alert(1).\n\n- one\n- two\n\ndoc\n"; got != want {
		t.Errorf("plain text\n%q, want\n%q", got, want)
	}
	if i := inspection(""); i.Found || i.Data != nil {
		t.Errorf("of nothing: %v", i)
	}
}

// TestColours computes WCAG contrast: at least 3.5 to 1 on white and on the
// dark grey of JupyterLab's dark theme.
func TestColours(t *testing.T) {
	light := func(c chroma.Colour) float64 {
		part := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.Red()) + 0.7152*part(c.Green()) + 0.0722*part(c.Blue()) + 0.05
	}
	for _, typ := range colours.Types() {
		entry := colours.Get(typ)
		if !entry.Colour.IsSet() {
			continue
		}
		l := light(entry.Colour)
		for _, page := range []string{"#ffffff", "#212121"} {
			p := light(chroma.MustParseColour(page))
			if ratio := max(l, p) / min(l, p); ratio < 3.5 {
				t.Errorf("%v %v on %s has contrast %.2f", typ, entry.Colour, page, ratio)
			}
		}
		if entry.Background.IsSet() {
			t.Errorf("%v has a background", typ)
		}
	}
}

func TestDeclaration(t *testing.T) {
	const text = "package p\n\n// A is a.\nconst (\n\tA = iota\n\tB\n)\n\ntype T struct{ x int }\n\nfunc f() int {\n\ty := 1\n\tvar z = 2\n\treturn y + z\n}\n\nvar v = func() int {\n\treturn 1\n}()\n"
	for name, want := range map[string]string{
		"A = iota": "A = iota",
		"B\n)":     "B",
		"T struct": "type T struct{ x int }",
		"f() int":  "func f() int {\n\ty := 1\n\tvar z = 2\n\treturn y + z\n}",
		"y := 1":   "y := 1",
		"z = 2":    "var z = 2",
		"v = func": "var v = func() int {\n\treturn 1\n}()",
		"package":  "",
	} {
		if got := declaration(text, strings.Index(text, name)); got != want {
			t.Errorf("declaration of %q is %q, want %q", name, got, want)
		}
	}
	long := "package p\nfunc f() {\n" + strings.Repeat("\tg()\n", 1000) + "}\n"
	if got := declaration(long, strings.Index(long, "f()")); strings.Count(got, "\n") != maxSourceLines || !strings.HasSuffix(got, "more lines") {
		t.Errorf("%d lines of a long function, the end %q", strings.Count(got, "\n"), got[len(got)-30:])
	}
}
