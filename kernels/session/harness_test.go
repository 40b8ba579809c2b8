package session

import (
	"context"
	"fmt"
	"os"
	"regexp"
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

// said is all that was said so far, a line each.
func (r *record) said() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// notebook runs cells in one session, as a front end does.
type notebook struct {
	t testing.TB
	s *Session
	n int
}

// outcome is what came of a cell.
type outcome struct {
	said []string
	err  *server.Error
	took time.Duration
	rec  *record
}

func (n *notebook) run(code string) outcome { return n.runInto(code, &record{}) }

func (n *notebook) runInto(code string, r *record) outcome {
	n.n++
	start := time.Now()
	res := n.s.Execute(n.t.Context(), server.Request{Code: code, Count: n.n, AllowStdin: true}, r)
	return outcome{said: r.said(), err: res.Err, took: time.Since(start), rec: r}
}

func (o outcome) stdout() string { return o.stream("stdout: ") }
func (o outcome) stderr() string { return o.stream("stderr: ") }

func (o outcome) stream(prefix string) string {
	var b strings.Builder
	for _, l := range o.said {
		if text, ok := strings.CutPrefix(l, prefix); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// text is all of an outcome as a script expects it.
func (o outcome) text() string {
	var b strings.Builder
	for _, l := range o.said {
		b.WriteString(strings.TrimSuffix(l, "\n") + "\n")
	}
	if o.err != nil {
		fmt.Fprintf(&b, "error: %s: %s\n", o.err.Name, o.err.Value)
	}
	return b.String()
}

// traceback is the error's, without colours.
func (o outcome) traceback() string {
	if o.err == nil {
		return ""
	}
	return colours.ReplaceAllString(strings.Join(o.err.Traceback, "\n"), "")
}

var one struct {
	sync.Mutex
	s   *Session
	dir string
}

// shared is a notebook on the one session of all tests, emptied.
func shared(t testing.TB) *notebook {
	t.Helper()
	one.Lock()
	defer one.Unlock()
	if one.s == nil {
		var err error
		if one.dir, err = os.MkdirTemp("", "notebook"); err == nil {
			one.s, err = New(context.Background(), Options{Dir: one.dir})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	n := &notebook{t: t, s: one.s}
	if out := n.run("%reset"); out.err != nil {
		t.Fatal(out.err)
	}
	return n
}

func TestMain(m *testing.M) {
	code := m.Run()
	if one.s != nil {
		if err := one.s.Close(false); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		os.RemoveAll(one.dir)
	}
	os.Exit(code)
}
