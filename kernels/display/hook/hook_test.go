package hook

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// link is a kernel that answers with answer, in its own goroutine.
type link struct {
	answer func(pipe.Message) *pipe.Message
	sent   chan pipe.Message
}

func (l *link) Write(m pipe.Message) error {
	l.sent <- m
	if l.answer == nil {
		return nil
	}
	if a := l.answer(m); a != nil {
		go Deliver(*a)
	}
	return nil
}

func install(t *testing.T, answer func(pipe.Message) *pipe.Message) *link {
	l := &link{answer, make(chan pipe.Message, 100)}
	Install(l)
	t.Cleanup(func() { Install(nil) })
	return l
}

func TestWithoutLink(t *testing.T) {
	if err := Send(pipe.Message{Kind: pipe.Clear}); !errors.Is(err, ErrNoLink) {
		t.Errorf("Send: %v", err)
	}
	if _, err := Call(t.Context(), pipe.Message{Kind: pipe.Sync}); !errors.Is(err, ErrNoLink) {
		t.Errorf("Call: %v", err)
	}
}

func TestCall(t *testing.T) {
	install(t, func(m pipe.Message) *pipe.Message {
		if m.Prompt == "bad" {
			return &pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Error: "no input here"}
		}
		return &pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Text: "re " + m.Prompt}
	})
	for _, prompt := range []string{"a", "b"} {
		a, err := Call(t.Context(), pipe.Message{Kind: pipe.Input, Prompt: prompt})
		if err != nil || a.Text != "re "+prompt {
			t.Errorf("%s: %q, %v", prompt, a.Text, err)
		}
	}
	if _, err := Call(t.Context(), pipe.Message{Kind: pipe.Input, Prompt: "bad"}); err == nil || !strings.Contains(err.Error(), "no input here") {
		t.Errorf("bad: %v", err)
	}
}

func TestCallEndsWithItsContextOrTheLink(t *testing.T) {
	l := install(t, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("interrupted")
	cancel(cause)
	if _, err := Call(ctx, pipe.Message{Kind: pipe.Sync}); !errors.Is(err, cause) {
		t.Errorf("cancelled: %v", err)
	}
	late := <-l.sent
	if _, ok := Deliver(pipe.Message{Kind: pipe.Ack, Seq: late.Seq}); ok {
		t.Error("an answer was taken that nobody waits for")
	}
	done := make(chan error)
	go func() {
		_, err := Call(context.Background(), pipe.Message{Kind: pipe.Sync})
		done <- err
	}()
	<-l.sent
	Install(nil)
	if err := <-done; !errors.Is(err, ErrNoLink) {
		t.Errorf("link gone: %v", err)
	}
}

func TestComms(t *testing.T) {
	var got []string
	take := func(name string) Handler {
		return func(c pipe.Comm) <-chan struct{} {
			got = append(got, name+" "+c.Kind+" "+c.ID)
			return Done
		}
	}
	Target("t", take("target"))
	Comm("mine", take("comm"))
	steps := []struct {
		kind, id, target string
		ok               bool
	}{
		{pipe.CommMsg, "nobody's", "", false},
		{pipe.CommOpen, "x", "unknown", false},
		{pipe.CommOpen, "x", "t", true},
		{pipe.CommMsg, "x", "", true},
		{pipe.CommMsg, "mine", "", true},
		{pipe.CommClose, "x", "", true},
		{pipe.CommMsg, "x", "", false},
		{pipe.CommClose, "mine", "", true},
		{pipe.CommMsg, "mine", "", false},
	}
	for _, s := range steps {
		done, ok := Deliver(pipe.Message{Kind: s.kind, Comm: &pipe.Comm{ID: s.id, Target: s.target}})
		if ok != s.ok {
			t.Errorf("%v: wanted by somebody: %v", s, ok)
		}
		<-done
	}
	want := "target comm_open x, target comm_msg x, comm comm_msg mine, target comm_close x, comm comm_close mine"
	if g := strings.Join(got, ", "); g != want {
		t.Errorf("got %s\nwant %s", g, want)
	}
	for _, m := range []pipe.Message{{Kind: pipe.CommMsg}, {Kind: "x"}, {}} {
		if _, ok := Deliver(m); ok {
			t.Errorf("%v was taken", m)
		}
	}
}

type key struct{}

func TestContexts(t *testing.T) {
	if Context() != context.Background() {
		t.Error("a context without a cell")
	}
	a, b := context.WithValue(t.Context(), key{}, "a"), context.WithValue(t.Context(), key{}, "b")
	endA := SetContext(a)
	endB := SetContext(b)
	if Context() != b {
		t.Error("not the latest cell's")
	}
	endA()
	if Context() != b {
		t.Error("the end of an earlier cell took the context of the later")
	}
	endB()
	endB()
	if Context() != context.Background() {
		t.Error("a context after the cells")
	}
}

func TestCallsAtOnce(t *testing.T) {
	install(t, func(m pipe.Message) *pipe.Message { return &pipe.Message{Kind: pipe.Ack, Seq: m.Seq, Text: m.Prompt} })
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	errs := make(chan error)
	for i := range 50 {
		go func() {
			prompt := strings.Repeat("p", i)
			a, err := Call(ctx, pipe.Message{Kind: pipe.Sync, Prompt: prompt})
			if err == nil && a.Text != prompt {
				err = errors.New("another's answer")
			}
			errs <- err
		}()
	}
	for range 50 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
