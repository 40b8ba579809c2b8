package display

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

var regen = flag.Bool("regen", false, "write the golden files anew")

// recorder is a kernel that keeps what it is sent and answers input.
type recorder struct {
	messages []pipe.Message
	fail     error
	answer   func(pipe.Message) pipe.Message
}

func (r *recorder) Write(m pipe.Message) error {
	if r.fail != nil {
		return r.fail
	}
	r.messages = append(r.messages, m)
	if r.answer != nil {
		go hook.Deliver(r.answer(m))
	}
	return nil
}

func record(t *testing.T) *recorder {
	r := &recorder{}
	hook.Install(r)
	t.Cleanup(func() { hook.Install(nil) })
	return r
}

// quiet sends standard error elsewhere and returns what was written.
func quiet(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	f()
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// golden compares v as JSON with a file in testdata.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *regen {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func TestOutputsAreUpdatedInPlace(t *testing.T) {
	r := record(t)
	o := HTML("<b>one</b>")
	p := Markdown("two")
	o.Update("<b>three</b>")
	if len(r.messages) != 3 {
		t.Fatalf("%d messages", len(r.messages))
	}
	a, b, c := r.messages[0], r.messages[1], r.messages[2]
	if a.Kind != pipe.Display || b.Kind != pipe.Display || c.Kind != pipe.Update {
		t.Errorf("kinds %s, %s, %s", a.Kind, b.Kind, c.Kind)
	}
	if a.Bundle.ID == "" || a.Bundle.ID == b.Bundle.ID || a.Bundle.ID != c.Bundle.ID {
		t.Errorf("ids %q, %q, %q", a.Bundle.ID, b.Bundle.ID, c.Bundle.ID)
	}
	if c.Bundle.Data["text/html"] != "<b>three</b>" {
		t.Errorf("updated to %v", c.Bundle.Data)
	}
	if _, again := Render(o); again {
		t.Error("an Output as a cell's value would be shown twice")
	}
	if err := p.Err(); err != nil {
		t.Error(err)
	}
}

func TestFailuresAreSaid(t *testing.T) {
	r := record(t)
	for name, f := range map[string]func() interface{ Err() error }{
		"JSON of a channel": func() interface{ Err() error } { return JSON(make(chan int)) },
		"PNG of text":       func() interface{ Err() error } { return PNG("text") },
		"JPEG of nothing":   func() interface{ Err() error } { return JPEG([]byte(nil)) },
		"picture of text":   func() interface{ Err() error } { return Picture([]byte("text")) },
		"image of nothing":  func() interface{ Err() error } { return Image(nil) },
		"empty bundle":      func() interface{ Err() error } { return Publish(pipe.Bundle{}) },
		"table of a number": func() interface{ Err() error } { return Table(3) },
		"table of nothing":  func() interface{ Err() error } { return Table(nil) },
		"Vega-Lite of text": func() interface{ Err() error } { return VegaLite("mark: bar") },
		"Vega-Lite list":    func() interface{ Err() error } { return VegaLite("[]") },
		"Vega-Lite null":    func() interface{ Err() error } { return VegaLite(nil) },
		"uneven line":       func() interface{ Err() error } { return Line([]int{1}, []int{1, 2}).Show() },
		"line of words":     func() interface{ Err() error } { return Line(nil, []string{"a"}).Show() },
		"line of both": func() interface{ Err() error } {
			return Line([]string{"a"}, []int{1}).Add("b", []int{1}, []int{1}).Show()
		},
		"ragged heat map": func() interface{ Err() error } { return Heatmap([][]float64{{1}, {1, 2}}).Show() },
		"empty heat map":  func() interface{ Err() error } { return Heatmap([][]float64{}).Show() },
		"flat chart":      func() interface{ Err() error } { return Line(nil, []int{1}).Size(0, 1).Show() },
	} {
		var err error
		text := quiet(t, func() { err = f().Err() })
		if err == nil || text != err.Error()+"\n" {
			t.Errorf("%s: error %v, said %q", name, err, text)
		}
	}
	if len(r.messages) > 0 {
		t.Errorf("shown all the same: %v", r.messages)
	}
	r.fail = errors.New("the kernel has gone")
	if text := quiet(t, func() { Text("x") }); text != "display: the kernel has gone\n" {
		t.Errorf("said %q", text)
	}
}

func TestClearAndInput(t *testing.T) {
	r := record(t)
	if err := Clear(true); err != nil || r.messages[0].Kind != pipe.Clear || !r.messages[0].Wait {
		t.Errorf("Clear: %v, %v", err, r.messages)
	}
	r.answer = func(m pipe.Message) pipe.Message {
		if m.Password {
			return pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Error: "no input allowed"}
		}
		return pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Text: "re " + m.Prompt}
	}
	if s, err := Input("name? "); s != "re name? " || err != nil {
		t.Errorf("Input: %q, %v", s, err)
	}
	if s, err := Password("pass? "); s != "" || err == nil {
		t.Errorf("Password: %q, %v", s, err)
	}
	r.answer = nil
	ctx, cancel := context.WithCancelCause(t.Context())
	defer hook.SetContext(ctx)()
	cause := errors.New("interrupted")
	cancel(cause)
	if _, err := Input("again? "); !errors.Is(err, cause) {
		t.Errorf("Input in an interrupted cell: %v", err)
	}
	if Context().Err() == nil {
		t.Error("the context of an interrupted cell goes on")
	}
}
