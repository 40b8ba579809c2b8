package display

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// clocked is a bar whose time the test moves.
func clocked(t *testing.T, total int) (*Progress, *time.Time, *recorder) {
	r := record(t)
	p := NewProgress(total, "reading")
	now := p.start
	p.now = func() time.Time { return now }
	return p, &now, r
}

func last(r *recorder) string {
	m := r.messages[len(r.messages)-1]
	return m.Kind + " " + m.Bundle.Data["text/plain"].(string)
}

func TestProgress(t *testing.T) {
	p, now, r := clocked(t, 200)
	steps := []struct {
		after time.Duration
		do    func()
		want  string
	}{
		{0, func() {}, "display reading [........................] 0/200, 0 %"},
		{time.Second, func() { p.Add(10) }, "update reading [#.......................] 10/200, 5 %, 10.0/s, 0:19 left"},
		{10 * time.Second, func() { p.Set(110); p.mu.Lock(); p.bar.rate = 10; p.draw(); p.mu.Unlock() }, "update reading [#############...........] 110/200, 55 %, 10.0/s, 0:09 left"},
		{time.Minute, func() { p.Note("loss 0.5") }, "loss 0.5"},
		{time.Second, func() { p.Set(200); p.Done() }, "update reading [########################] 200/200, 100 %, 2.8/s, done in 1:12, loss 0.5"},
		{time.Second, func() { p.Add(7) }, "update reading [########################] 200/200, 100 %, 2.8/s, done in 1:12, loss 0.5"},
	}
	for i, s := range steps {
		*now = now.Add(s.after)
		s.do()
		if got := last(r); !strings.HasSuffix(got, s.want) {
			t.Errorf("step %d: got %s, want %s", i, got, s.want)
		}
	}
	html := r.messages[len(r.messages)-1].Bundle.Data["text/html"].(string)
	if !strings.Contains(html, `<progress max="1" value="1.0000"`) {
		t.Error(html)
	}
	if _, ok := Render(p); ok {
		t.Error("a bar as a cell's value would be shown twice")
	}
}

func TestProgressWithoutTotal(t *testing.T) {
	p, now, r := clocked(t, 0)
	*now = now.Add(10 * time.Second)
	p.Add(5)
	if got, want := last(r), "update reading [........................] 5, 2.0 s each"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if html := r.messages[1].Bundle.Data["text/html"].(string); strings.Contains(html, "value=") {
		t.Errorf("a bar of unknown length with a value: %s", html)
	}
	p.Done()
	if got := last(r); !strings.HasSuffix(got, "5, 0.5 s each, done in 0:10") && !strings.HasSuffix(got, "5, 2.0 s each, done in 0:10") {
		t.Error(got)
	}
}

// TestProgressIsThrottled: a million steps at once are two or three drawings,
// and the last state is drawn without being told again.
func TestProgressIsThrottled(t *testing.T) {
	l := &countingLink{}
	hook.Install(l)
	defer hook.Install(nil)
	p := NewProgress(2_000_000, "fast")
	begin := time.Now()
	for range 1_000_000 {
		p.Add(1)
	}
	most := int(time.Since(begin)/interval) + 2
	if n := l.count(); n > most {
		t.Errorf("%d messages for a million steps, want %d at most", n, most)
	}
	for deadline := time.Now().Add(time.Minute); !strings.Contains(l.lastText(), "1000000/2000000"); {
		if time.Now().After(deadline) {
			t.Fatalf("the last state was not drawn: %s", l.lastText())
		}
		time.Sleep(time.Millisecond)
	}
}

type countingLink struct {
	mu   sync.Mutex
	n    int
	text string
}

func (l *countingLink) Write(m pipe.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	l.text = m.Bundle.Data["text/plain"].(string)
	return nil
}

func (l *countingLink) count() int { l.mu.Lock(); defer l.mu.Unlock(); return l.n }

func (l *countingLink) lastText() string { l.mu.Lock(); defer l.mu.Unlock(); return l.text }

func TestCallback(t *testing.T) {
	p, now, r := clocked(t, 0)
	report := p.Callback()
	for i := 1; i <= 4; i++ {
		*now = now.Add(time.Second)
		report(i, 4, "epoch")
	}
	if got, want := last(r), "update reading [########################] 4/4, 100 %, 1.0/s, done in 0:04, epoch"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTrack(t *testing.T) {
	r := record(t)
	sum := 0
	for i := range Track(5, "sum") {
		sum += i
	}
	if sum != 10 || !strings.Contains(last(r), "5/5, 100 %") || !strings.Contains(last(r), "done in") {
		t.Errorf("sum %d, %s", sum, last(r))
	}
	for i := range Track(5, "break") {
		if i == 2 {
			break
		}
	}
	if !strings.Contains(last(r), "2/5, 40 %") || !strings.Contains(last(r), "stopped after") {
		t.Error(last(r))
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	defer hook.SetContext(ctx)()
	n := 0
	for i := range Track(1000, "interrupted") {
		if n++; i == 3 {
			interrupt()
		}
	}
	if n != 4 || !strings.Contains(last(r), "4/1000") {
		t.Errorf("%d steps, %s", n, last(r))
	}
	for range Track(0, "nothing") {
		t.Error("a step of none")
	}
}

func TestTerminal(t *testing.T) {
	var out bytes.Buffer
	term := &terminal{out: &out, in: strings.NewReader("gopher\r\nrest")}
	term.send(pipe.Display, single("text/plain", "plain\n"))
	term.send(pipe.Update, pipe.Bundle{Data: map[string]any{"text/html": "<b>", "text/markdown": "*m*"}})
	term.send(pipe.Display, single("text/html", "<b>bold</b>"))
	term.send(pipe.Display, single("application/json", 3))
	term.send(pipe.Display, pipe.Bundle{})
	term.progress("half", false)
	term.progress("whole", true)
	name, err := term.input(t.Context(), "name? ", false)
	if name != "gopher" || err != nil {
		t.Errorf("input %q, %v", name, err)
	}
	rest, err := term.input(t.Context(), "", false)
	if rest != "rest" || err != nil {
		t.Errorf("a last line without its end: %q, %v", rest, err)
	}
	if _, err := term.input(t.Context(), "", false); err == nil {
		t.Error("input after the end")
	}
	if _, err := term.input(t.Context(), "secret? ", true); err == nil {
		t.Error("a password would be seen on the screen")
	}
	want := "plain\n*m*\n[text/html, 11 bytes: shown in a notebook]\n[application/json: shown in a notebook]\nwhole\nname? "
	if out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
	out.Reset()
	term.screen = true
	term.progress("half", false)
	term.progress("whole", true)
	if out.String() != "\r\x1b[Khalf\r\x1b[Kwhole\n" {
		t.Errorf("on a screen: %q", out.String())
	}
	if isTerminal(os.NewFile(^uintptr(0), "closed")) {
		t.Error("a closed file is a screen")
	}
}

func BenchmarkProgressAdd(b *testing.B) {
	hook.Install(&countingLink{})
	defer hook.Install(nil)
	p := NewProgress(1<<40, "")
	for b.Loop() {
		p.Add(1)
	}
}
