package complete

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stellarae/lab/kernels/server"
)

// lab is a session that some cells have left.
var lab = Session{
	Source: `package main

import "time"

// Star is one star.
type Star struct {
	Name  string
	Ra, Dec float64
	Visits []time.Time
}

// Mean is of the positions.
func (s Star) Mean() float64 { return (s.Ra + s.Dec) / 2 }

const Speed = 299792.458

var (
	star  Star
	stars map[string]*Star
)

func load(path string) ([]Star, error)

func plot() {}

type Grid[T any] struct{ Cells []T }

func (g *Grid[T]) Fill(v T) {}

var grid Grid[float64]
`,
	Imports: map[string]string{"js": "encoding/json"},
	Keys:    []string{"star", "stars", "Star", "Star~Mean", "load"},
}

// TestComplete asks the real gopls. want holds what must be proposed, the first
// of it first; no what must not be.
func TestComplete(t *testing.T) {
	e := warm(t)
	e.SetSession(lab)
	tests := []struct {
		name, text string
		want       string // text type signature, separated by |, several by newlines
		exactly    bool
		no         string
		replaced   string // the text between Start and End
	}{
		{name: "package not imported", text: "fmt.Printl‸", want: "Println|function|func(a ...any) (n int, err error)", exactly: true, replaced: "Printl"},
		{name: "package imported", text: "import \"fmt\"\nfmt.Printl‸", want: "Println|function|func(a ...any) (n int, err error)", exactly: true, replaced: "Printl"},
		{name: "import under a name", text: "import f \"fmt\"\nf.Sprintl‸", want: "Sprintln|function", exactly: true},
		{name: "import of the session", text: "js.Marsh‸", want: "Marshal|function\nMarshalIndent|function\nMarshaler|type"},
		{name: "name of that import", text: "x := j‸", want: "js|module"},
		{name: "which package by what is used", text: "rand.IntN‸", want: "IntN|function|func(n int) int", exactly: true},
		{name: "and by what was used elsewhere", text: "rand.Intn(3)\nrand.Shuf‸", want: "Shuffle|function", exactly: true},
		{name: "package path", text: "import \"encoding/js‸\"", want: "json|module", replaced: "js"},
		{name: "package name", text: "x := strin‸", want: "string|type\nstrings|module"},

		{name: "variable of the session", text: "sta‸", want: "star|variable|Star\nstars|variable|map[string]*Star", replaced: "sta"},
		{name: "function of the session", text: "loa‸", want: "load|function|func(path string) ([]Star, error)"},
		{name: "constant", text: "Spe‸", want: "Speed|constant"},
		{name: "type", text: "var s Sta‸", want: "Star|type|struct{...}"},
		{name: "fields and methods", text: "star.‸", want: "Ra|field|float64\nName|field|string\nMean|method|func() float64"},
		{name: "through a map", text: "stars[\"a\"].Vis‸", want: "Visits|field|[]time.Time", exactly: true},
		{name: "through a call", text: "s, err := load(\"x\")\ns[0].Na‸", want: "Name|field|string", exactly: true},
		{name: "generic", text: "grid.‸", want: "Cells|field|[]float64\nFill|method|func(v float64)"},
		{name: "keyword", text: "retu‸", want: "return|keyword", exactly: true},
		{name: "predeclared", text: "appen‸", want: "append|function"},

		{name: "variable of the cell", text: "wlengths := []float64{1}\nwlen‸", want: "wlengths|variable|[]float64", exactly: true},
		{name: "not before it is defined", text: "flu‸\nfluxes := 1", no: "fluxes"},
		{name: "in a function of the cell", text: "fluxes := []float64{1}\nfunc f() {\n\tflu‸\n}", want: "fluxes|variable|[]float64"},
		{name: "function of the cell", text: "func smooth(w int) int { return w }\nsmo‸", want: "smooth|function|func(w int) int", exactly: true},
		{name: "parameter", text: "func smooth(width int) int { return wid‸ }", want: "width|variable|int"},
		{name: "method on a type of the session", text: "func (s Star) Far() bool { return s.De‸ }", want: "Dec|field|float64"},
		{name: "and its use in the cell", text: "func (s Star) Far() bool { return true }\nstar.Fa‸", want: "Far|method|func() bool", exactly: true},
		{name: "range variable", text: "for _, s := range stars {\n\ts.Na‸\n}", want: "Name|field|string"},
		{name: "type redeclared", text: "type Star struct{ Mass float64 }\nvar s Star\ns.‸", want: "Mass|field|float64", no: "Ra"},
		{name: "variable redeclared", text: "star := \"x\"\nfmt.Println(star.‸)", no: "Ra"},
		{name: "from its own old value", text: "star := star\nstar.R‸", want: "Ra|field|float64"},
		{name: "also where functions are", text: "star := star\nfunc f() { star.R‸ }", want: "Ra|field|float64"},

		{name: "below %%", text: "func f() int { return 1 }\n%% -n 3\nval := f()\nva‸", want: "val|variable|int"},
		{name: "statements above %% below it", text: "above := 1\n%%\nabo‸", want: "above|variable|int"},
		{name: "between special lines", text: "!ls\n%env A=b\nstar.Na‸\n!pwd", want: "Name|field|string", exactly: true},
		{name: "after %time", text: "%time star.Na‸", want: "Name|field|string", exactly: true},
		{name: "with a second %%, which is wrong", text: "%%\n%%\nstar.Na‸", want: "Name|field|string"},

		{name: "cursor within the word", text: "fmt.Pri‸ntf(\"x\")", want: "Print|function\nPrintf|function\nPrintln|function", replaced: "Printf"},
		{name: "cursor before the word", text: "star.‸Name", want: "Ra|field"},
		{name: "letters of the word only", text: "fmt.pln‸", want: "Println|function"},
		{name: "other case", text: "fmt.printl‸", want: "Println|function", exactly: true},
		{name: "not ASCII before it", text: "é := \"日本😀\"; star.Na‸", want: "Name|field|string", exactly: true, replaced: "Na"},
		{name: "not ASCII in it", text: "größe := 1\ngrö‸ + 2", want: "größe|variable|int", exactly: true, replaced: "grö"},
		{name: "bytes that are no UTF-8", text: "x := \"\xff\xfe\"; star.Na‸", want: "Name|field|string", exactly: true, replaced: "Na"},
		{name: "carriage returns", text: "a := 1\r\nstar.Na‸\r\n", want: "Name|field|string", exactly: true, replaced: "Na"},

		{name: "call not closed", text: "fmt.Println(star.Na‸", want: "Name|field|string", exactly: true},
		{name: "with lines after it", text: "fmt.Println(star.Na‸\ny := 3\nz := y", want: "Name|field|string", exactly: true},
		{name: "function not closed", text: "a := 1\nfunc f() {\n\tstar.Na‸", want: "Name|field|string", exactly: true},
		{name: "block not closed", text: "for i := range 3 {\n\tif star.Na‸ {", want: "Name|field|string", exactly: true},
		{name: "errors before it", text: "x := := 3\n)\nstar.Na‸", want: "Name|field|string", exactly: true},
		{name: "a dot and another line", text: "strings.‸\nfoo()", want: "Builder|type\nToUpper|function"},
		{name: "nothing typed", text: "‸", want: "star|variable|Star\nload|function"},
		{name: "after an import", text: "import \"os\"\n\n‸", want: "star|variable|Star"},
		{name: "in a string", text: "x := \"sta‸\"", no: "star"},
		{name: "in a comment", text: "// sta‸", no: "Star.Name"},
		{name: "cell of a comment", text: "// hello\n‸", want: "star|variable|Star"},
		{name: "package clause", text: "package main\n\nstar.Na‸", want: "Name|field|string", exactly: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, complete(t, e, tt.text), tt.text, tt.want, tt.no, tt.replaced, tt.exactly)
		})
	}
}

func check(t *testing.T, c server.Completion, text, want, no, replaced string, exactly bool) {
	t.Helper()
	have := strings.Join(texts(c), " ")
	lines := strings.Split(want, "\n")
	if want == "" {
		lines = nil
	}
	for i, line := range lines {
		f := append(strings.Split(line, "|"), "", "")
		it, ok := item(c, f[0])
		switch {
		case !ok:
			t.Errorf("%q is not proposed, but %.300s", f[0], have)
		case f[1] != "" && it.Type != f[1]:
			t.Errorf("%q is a %q, want %q", f[0], it.Type, f[1])
		case f[2] != "" && it.Signature != f[2]:
			t.Errorf("%q has signature %q, want %q", f[0], it.Signature, f[2])
		case exactly && c.Items[min(i, len(c.Items)-1)].Text != f[0]:
			t.Errorf("place %d has %q, want %q", i, c.Items[i].Text, f[0])
		}
	}
	if exactly && len(c.Items) != len(lines) {
		t.Errorf("proposed are %.300s; want %d", have, len(lines))
	}
	if no != "" {
		if it, ok := item(c, no); ok {
			t.Errorf("%v is proposed", it)
		}
	}
	code, _ := at(t, text)
	if got := code[c.Start:c.End]; replaced != "" && got != replaced {
		t.Errorf("%q would be replaced, want %q", got, replaced)
	}
	for _, it := range c.Items {
		if it.Text == "" || strings.Contains(it.Text, "\n") || it.Type == "" {
			t.Errorf("item %+v", it)
		}
	}
}

// TestWithoutGopls is what a user gets while gopls starts, and where there is none.
func TestWithoutGopls(t *testing.T) {
	e := startWith(t, "/nonexistent/gopls", module(t))
	e.SetSession(lab)
	tests := []struct {
		name, text, want, no, replaced string
		exactly                        bool
	}{
		{name: "standard library", text: "fmt.Printl‸", want: "Println|function|func(a ...any) (n int, err error)", exactly: true, replaced: "Printl"},
		{name: "type in it", text: "var b strings.Buil‸", want: "Builder|type|struct{...}", exactly: true},
		{name: "constant in it", text: "math.Pi‸", want: "Pi|constant", exactly: true},
		{name: "method of its type", text: "b := strings.Builder{}\nb.WriteS‸", want: "WriteString|method|func(s string) (int, error)", exactly: true},
		{name: "pointer to it", text: "b := &sync.WaitGroup{}\nb.D‸", want: "Done|method|func()", exactly: true},
		{name: "by what is used", text: "rand.IntN‸", want: "IntN|function", exactly: true},
		{name: "deeper package", text: "httputil.Dump‸", want: "DumpRequest|function"},
		{name: "import of the session", text: "js.MarshalI‸", want: "MarshalIndent|function", exactly: true},
		{name: "package names", text: "htt‸", want: "http|module\nhttputil|module"},
		{name: "variables of the session", text: "sta‸", want: "star|variable|Star\nstars|variable|map[string]*Star\nStar|type", replaced: "sta", exactly: true},
		{name: "fields of the session", text: "star.‸", want: "Ra|field|float64\nMean|method|func() float64"},
		{name: "generic type", text: "grid.Ce‸", want: "Cells|field|[]T", exactly: true},
		{name: "variable of the cell", text: "wlengths := []float64{1}\nwlen‸", want: "wlengths|variable", exactly: true},
		{name: "field of the cell", text: "type P struct{ Px int }\np := &P{}\np.P‸", want: "Px|field|int", exactly: true},
		{name: "parameter", text: "func f(width Star) { wid‸ }", want: "width|variable|Star", exactly: true},
		{name: "field of a parameter", text: "func f(width *Star) { width.Na‸ }", want: "Name|field|string", exactly: true},
		{name: "redeclared type", text: "type Star struct{ Mass int }\nvar s Star\ns.‸", want: "Mass|field|int", exactly: true},
		{name: "keyword", text: "retu‸", want: "return|keyword", exactly: true},
		{name: "predeclared", text: "appen‸", want: "append|function", exactly: true},
		{name: "not ASCII", text: "größe := \"日本😀\"; grö‸", want: "größe|variable", exactly: true, replaced: "grö"},
		{name: "broken", text: "x := := )\nfmt.Printl‸", want: "Println|function", exactly: true},
		{name: "in a string", text: "x := \"sta‸\"", no: "star"},
		{name: "in a comment", text: "// sta‸", no: "star"},
		{name: "in a number", text: "x := 0x1f‸", no: "f"},
		{name: "path of an import", text: "import \"net/ht‸\"", want: "http|module|\"net/http\"\nhttp/httptest|module", replaced: "ht"},
		{name: "in a group, not closed", text: "import (\n\t\"os\"\n\tj \"encoding/js‸\n", want: "json|module", replaced: "js"},
		{name: "field of a field", text: "x := star.Ra.‸", no: "Name"},
		{name: "unknown qualifier", text: "nobody.‸", no: "star"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // each waits for gopls for a moment
			check(t, complete(t, e, tt.text), tt.text, tt.want, tt.no, tt.replaced, tt.exactly)
		})
	}
}

// TestMany asks for a list longer than is given.
func TestMany(t *testing.T) {
	var b strings.Builder
	b.WriteString("package main\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "var name%d int\n", i)
	}
	e := startWith(t, "/nonexistent/gopls", module(t))
	e.SetSession(Session{Source: b.String()})
	if c := complete(t, e, "name‸"); len(c.Items) != maxItems {
		t.Errorf("%d items", len(c.Items))
	}
	code := strings.Repeat("x\n", maxCode)
	if c, err := e.Complete(t.Context(), code, 9); err != nil || len(c.Items) != 0 || c.Start != 9 || c.End != 9 {
		t.Errorf("a cell of %d bytes: %v, %v", len(code), c, err)
	}
}

// TestNewest asks faster than gopls answers: all get an answer, and the newest
// that of gopls.
func TestNewest(t *testing.T) {
	e := warm(t)
	e.SetSession(lab)
	var wg sync.WaitGroup
	const n = 12
	answers := make([][]string, n)
	for i := range n {
		wg.Go(func() {
			code := fmt.Sprintf("v%d := 1\nfmt.Printl", i)
			c, err := e.Complete(t.Context(), code, len(code))
			if err != nil {
				t.Error(err)
			}
			answers[i] = texts(c)
			if _, err := e.Inspect(t.Context(), "star.Name", 6, i%2); err != nil {
				t.Error(err)
			}
			e.SetSession(lab)
		})
	}
	wg.Wait()
	for i, have := range answers {
		if !slices.Equal(have, []string{"Println"}) {
			t.Errorf("request %d: %v", i, have)
		}
	}
	if c := complete(t, e, "stars[\"a\"].Vis‸"); !slices.Equal(texts(c), []string{"Visits"}) {
		t.Errorf("after all: %v", texts(c))
	}
}

// TestCursor asks at every offset, and outside, of cells of all kinds.
func TestCursor(t *testing.T) {
	e := startWith(t, "/nonexistent/gopls", module(t))
	for _, code := range []string{"", "é", "%cd /tm\nx := \"😀\"", "%%bash\necho /tm\n", "!*ls \\\n -l", "fmt.P?", "\xff\xfe", "import (", "%", "% ", "!", "//gonb:%env"} {
		for _, cursor := range []int{-1, 0, 1, 2, 3, 5, 8, 13, len(code), len(code) + 1, 1 << 40} {
			c, err := e.Complete(canceled(t), code, cursor)
			if err == nil {
				t.Errorf("%q at %d: no error of a context that has ended", code, cursor)
			}
			if c.Start < 0 || c.End < c.Start || c.End > len(code) {
				t.Errorf("%q at %d: %d to %d", code, cursor, c.Start, c.End)
			}
		}
	}
}
