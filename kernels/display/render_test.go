package display

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

type star struct {
	Name   string
	Teff   float64
	Visits int
	secret int
}

type withHTML struct{ s string }

func (w withHTML) HTML() string     { return w.s }
func (w withHTML) Markdown() string { return "*" + w.s + "*" }

type withBundle struct{}

func (withBundle) MIMEBundle() map[string]any {
	return map[string]any{"application/x": []byte("x"), "text/plain": "bundle"}
}

type withPNG struct{ err error }

func (w withPNG) PNG() ([]byte, error) { return []byte("\x89PNG"), w.err }
func (w withPNG) SVG() []byte          { return []byte("<svg/>") }

type inkError string

func (e inkError) Error() string { return string(e) }

type panics struct{}

func (panics) HTML() string   { panic("no HTML today") }
func (panics) String() string { panic("no text either") }

type tree struct {
	Name string
	Kids []*tree
}

func TestRender(t *testing.T) {
	matrix := mat.NewDense(2, 2, []float64{1, 2.5, math.NaN(), math.Inf(1)})
	gray := image.NewGray(image.Rect(0, 0, 3, 2))
	gray.SetGray(1, 1, color.Gray{200})
	var none *star
	var missing error
	values := map[string]any{
		"nil":             nil,
		"nil pointer":     none,
		"nil error":       missing,
		"int":             -3,
		"float":           2.5,
		"string":          "tab\t\"quoted\" ü",
		"bool":            true,
		"complex":         1 + 2i,
		"ints":            []int{1, 2},
		"bytes":           []byte("ab"),
		"strings":         []string{"a b", "c"},
		"map":             map[string]int{"b": 2, "a": 1},
		"struct":          star{"Sun", 5772, 1, 2},
		"pointer":         &star{"Sun", 5772, 1, 2},
		"structs":         []star{{"Sun", 5772, 1, 2}, {"<b>Vega</b>", 9602.123456, 20, 3}},
		"pointers":        []*star{{Name: "Sun"}, nil},
		"no structs":      []star{},
		"floats":          [][]float64{{1, 2}, {0.5, 1e-9}},
		"error":           fmt.Errorf("reading: %w", io.EOF),
		"stringer":        3 * time.Second,
		"formatter":       big.NewFloat(1.5),
		"stringers":       []time.Duration{time.Second},
		"struct stringer": netip.MustParseAddr("127.0.0.1"),
		"matrix":          matrix,
		"image":           gray,
		"html":            withHTML{"<b>x</b>"},
		"bundle":          withBundle{},
		"png":             withPNG{},
		"png fails":       withPNG{inkError("no ink")},
		"panics":          panics{},
		"tree":            &tree{"root", []*tree{nil}},
		"chart":           Line([]int{1, 2}, []float64{1, math.NaN()}).Title("T"),
		"broken chart":    Line([]int{1}, []float64{1, 2}),
	}
	out := map[string]any{}
	for name, v := range values {
		b, ok := Render(v)
		if !ok {
			t.Errorf("%s is not shown", name)
		}
		if b.Data["text/plain"] == nil {
			t.Errorf("%s has no text", name)
		}
		out[name] = b.Data
	}
	golden(t, "render.json", out)
}

// TestPlainTextIsThatOfFmt: values small enough look as fmt prints them.
func TestPlainTextIsThatOfFmt(t *testing.T) {
	n := 7
	values := []any{
		1, uint8(200), int64(math.MinInt64), float32(0.1), 1e21, math.NaN(), math.Inf(-1), complex64(1i), 'x', true,
		[]float64{1, 2.5}, [2]bool{true, false}, map[string][]int{"x": {1}, "a": nil}, map[int]string{3: "c", 1: "a"},
		map[float64]bool{2: true, -1: false}, map[any]int{"a": 1}, star{"a", 1, 2, 3}, &star{"a", 1, 2, 3}, &[]int{1}, &map[string]int{"a": 1},
		[]any{1, "a", nil, []string{"b"}}, struct{ X any }{nil}, struct{ P *int }{nil}, []error{io.EOF, nil},
		struct{ T time.Duration }{time.Second}, struct{ t time.Duration }{time.Second}, time.Unix(0, 0).UTC(), &n,
		[]*int{&n}, func() {}, make(chan int), (*int)(nil), []byte{1, 2}, io.EOF, [0]int{}, struct{}{}, big.NewInt(5),
	}
	for _, v := range values {
		want := fmt.Sprintf("%+v", v)
		if _, ok := v.(fmt.Formatter); ok {
			want = fmt.Sprintf("%v", v)
		}
		if got := plainText(v); got != want {
			t.Errorf("%T: got %s, want %s", v, got, want)
		}
	}
}

func TestPlainTextIsBounded(t *testing.T) {
	self := map[string]any{}
	self["a"], self["b"] = self, self
	var loop any
	loop = []any{&loop, 1}
	list := []any{nil, nil}
	list[0], list[1] = list, list
	ring := &tree{Name: "ring"}
	ring.Kids = []*tree{ring}
	big := map[int]int{}
	for i := range 200_000 {
		big[i] = i
	}
	values := map[string]any{
		"map of itself": self, "pointer to itself": loop, "list of itself": list, "ring": ring,
		"long list": make([]int, 50_000_000), "large map": big, "long string": strings.Repeat("ü", 1_000_000),
		"long text in a list": []string{strings.Repeat("x", 1_000_000)}, "wide matrix": make([][]float64, 1_000_000),
		"many structs": make([]star, 1_000_000),
	}
	for name, v := range values {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b, _ := Render(v)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
			t.Errorf("%s takes %d bytes", name, n)
		}
		for mime, x := range b.Data {
			if s, ok := x.(string); !ok || len(s) > 4*maxText {
				t.Errorf("%s: %s of %d bytes", name, mime, len(s))
			}
		}
	}
	for name, want := range map[string]string{
		"long list": "… (50000000 in all)", "large map": "… (200000 in all)", "long string": "… (2000000 bytes in all)", "many structs": "… 999940 more rows",
	} {
		b, _ := Render(values[name])
		if s := b.Data["text/plain"].(string); !strings.HasSuffix(s, want) {
			t.Errorf("%s ends with %q, want %q", name, s[len(s)-40:], want)
		}
	}
	if s := plainText([]string{strings.Repeat("ü", maxText)}); strings.ContainsRune(s, '\uFFFD') {
		t.Error("a character was cut in two")
	}
}

func TestRenderPlot(t *testing.T) {
	p := plot.New()
	p.Title.Text = "A plot"
	line, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		t.Fatal(err)
	}
	p.Add(line)
	b, _ := Render(p)
	svg, _ := b.Data["image/svg+xml"].(string)
	if !strings.Contains(svg, "<svg") || !strings.Contains(svg, `width="432pt"`) || b.Data["text/plain"] != "*plot.Plot of 432 x 288 points" {
		t.Errorf("%v: %.200s", b.Data["text/plain"], svg)
	}
	for _, f := range []figure{{size: maxSVG + 1}, {fail: "svg"}, {fail: "svg png"}} {
		b, _ := Render(f)
		text := b.Data["text/plain"].(string)
		switch {
		case f.size > 0 && (len(b.Data) != 1 || !strings.Contains(text, "a figure of 16 MB is too large to show")),
			f.fail == "svg" && b.Data["image/png"] != base64.StdEncoding.EncodeToString([]byte("png")),
			f.fail == "svg png" && (len(b.Data) != 1 || !strings.Contains(text, "no png here")):
			t.Errorf("%+v: %v", f, b.Data)
		}
	}
}

// figure draws size bytes, or the name of the format, and fails for some formats.
type figure struct {
	size int
	fail string
}

type points float64

func (f figure) WriterTo(w, h points, format string) (io.WriterTo, error) {
	if strings.Contains(f.fail, format) {
		return nil, fmt.Errorf("no %s here", format)
	}
	if f.size > 0 {
		return bytes.NewReader(make([]byte, f.size)), nil
	}
	return strings.NewReader(format), nil
}

func TestRenderedImageIsTheImage(t *testing.T) {
	img := image.NewNRGBA(image.Rect(-1, -1, 4, 3))
	img.Set(2, 1, color.NRGBA{10, 20, 30, 200})
	b, _ := Render(img)
	data, err := base64.StdEncoding.DecodeString(b.Data["image/png"].(string))
	if err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.At(3, 2); got != (color.NRGBA{10, 20, 30, 200}) {
		t.Errorf("a pixel came back as %v", got)
	}
	b, _ = Render(image.NewUniform(color.Black))
	if s := b.Data["text/plain"].(string); !strings.Contains(s, "too large to show") || b.Data["image/png"] != nil {
		t.Errorf("an endless image: %v", b.Data)
	}
}

func TestRenderDoesNotModify(t *testing.T) {
	v := map[string][]star{"x": {{"b", 2, 1, 0}, {"a", 1, 2, 0}}}
	numbers := []float64{3, 1, 2}
	before := fmt.Sprintf("%#v", v)
	Render(v)
	newGrid(v)
	Histogram(numbers, 2).Spec()
	if fmt.Sprintf("%#v", v) != before || !reflect.DeepEqual(numbers, []float64{3, 1, 2}) {
		t.Error("the value was modified")
	}
}

func BenchmarkRenderSmall(b *testing.B) {
	v := star{"Sun", 5772, 1, 2}
	for b.Loop() {
		Render(v)
	}
}

func BenchmarkRenderLongList(b *testing.B) {
	v := make([]int, 10_000_000)
	for b.Loop() {
		Render(v)
	}
}
