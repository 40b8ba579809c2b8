package session

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
)

// record keeps what a cell says, in order.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}
func (r *record) Stream(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.lines); n > 0 && strings.HasPrefix(r.lines[n-1], name+": ") {
		r.lines[n-1] += text
		return
	}
	r.lines = append(r.lines, name+": "+text)
}
func (r *record) Display(b pipe.Bundle) { r.add("display: %v", b.Data) }
func (r *record) Update(b pipe.Bundle)  { r.add("update: %v", b.Data) }
func (r *record) Result(b pipe.Bundle)  { r.add("result: %v", b.Data["text/plain"]) }
func (r *record) Clear(wait bool)       { r.add("clear: %v", wait) }
func (r *record) Comm(c pipe.Comm)      { r.add("comm: %v", c.Kind) }
func (r *record) Input(context.Context, string, bool) (string, error) {
	return "typed", nil
}

func TestTry(t *testing.T) {
	s, err := New(t.Context(), Options{Dir: t.TempDir(), Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(false)
	n := 0
	run := func(code string) {
		n++
		out := &record{}
		start := time.Now()
		res := s.Execute(t.Context(), server.Request{Code: code, Count: n, AllowStdin: true}, out)
		t.Logf("--- [%d] %v\n%s\n>>> %v", n, time.Since(start).Round(time.Millisecond), code, strings.Join(out.lines, "\n>>> "))
		if res.Err != nil {
			t.Logf("!!! %v\n%s", res.Err, strings.Join(res.Err.Traceback, "\n"))
		}
	}
	for _, c := range []string{
		"x := 41\nfmt.Println(x)",
		"x++\nx",
		"type circle struct{ r float64 }\nfunc (c circle) Area(k float64) float64 { return c.r*k*float64(x) }\nvar c = circle{2}\nc.Area(2)",
		"func (c circle) Area(k float64) float64 { return -1 }\nc.Area(2)",
		"fmt.Printf(\"%T %v\\n\", c, c)",
		"var xs []int\nfmt.Println(xs[3])",
		"go func() { panic(\"oh\") }()\ntime.Sleep(10*time.Second)",
		"undefined1 + 2\nfoo(",
		"a := undefined1\nb := x.y",
		"x",
		"panic(fmt.Errorf(\"bad %d\", 3))",
		"os.Exit(3)",
		"x",
		"x := 5\nx",
		"!echo hi; exit 3",
		"%who",
		"%ls",
		"for {}",
	} {
		if c == "for {}" {
			time.AfterFunc(time.Second, s.Interrupt)
		}
		run(c)
	}
	run("x")
}
