package widgets

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// frontEnd is the far end of the pipe: a kernel with a page behind it.
type frontEnd struct {
	w   *pipe.Writer
	out chan pipe.Message
	seq atomic.Int64

	mu    sync.Mutex
	acked map[int64]chan pipe.Message
}

var page *frontEnd

// TestMain connects the package with a front end over both descriptors, as a
// worker inherits them.
func TestMain(m *testing.M) {
	fromProgram, programOut, err := os.Pipe()
	check(err)
	programIn, toProgram, err := os.Pipe()
	check(err)
	for name, f := range map[string]*os.File{pipe.EnvOut: programOut, pipe.EnvIn: programIn} {
		fd, err := syscall.Dup(int(f.Fd()))
		check(err)
		os.Setenv(name, fmt.Sprint(fd))
	}
	page = &frontEnd{w: pipe.NewWriter(toProgram), out: make(chan pipe.Message, 10_000), acked: map[int64]chan pipe.Message{}}
	go page.read(pipe.NewReader(fromProgram))
	os.Exit(m.Run())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func (p *frontEnd) read(r *pipe.Reader) {
	for {
		m, err := r.Read()
		check(err)
		if m.Kind == pipe.Ack {
			p.mu.Lock()
			p.acked[m.Seq] <- m
			delete(p.acked, m.Seq)
			p.mu.Unlock()
			continue
		}
		p.out <- m
	}
}

// send sends a comm message; the channel has the ack once callbacks have ended.
func (p *frontEnd) send(kind string, c pipe.Comm) <-chan pipe.Message {
	seq := p.seq.Add(1)
	ack := make(chan pipe.Message, 1)
	p.mu.Lock()
	p.acked[seq] = ack
	p.mu.Unlock()
	check(p.w.Write(pipe.Message{Kind: kind, Seq: seq, Comm: &c}))
	return ack
}

func (p *frontEnd) update(id string, state map[string]any, buffers ...[]byte) <-chan pipe.Message {
	data := map[string]any{"method": "update", "state": state, "buffer_paths": []any{}}
	if len(buffers) > 0 {
		data["buffer_paths"] = []any{[]string{"value"}}
	}
	return p.send(pipe.CommMsg, pipe.Comm{ID: id, Data: data, Buffers: buffers})
}

func wait[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// next is the next message of the program, in short.
func (p *frontEnd) next(t *testing.T) string {
	t.Helper()
	return brief(wait(t, p.out))
}

func brief(m pipe.Message) string {
	switch {
	case m.Comm != nil && m.Kind == pipe.CommOpen:
		return fmt.Sprintf("open %v", m.Comm.Data["state"].(map[string]any)["_model_name"])
	case m.Comm != nil:
		return fmt.Sprintf("%v %v", m.Comm.Data["method"], m.Comm.Data["state"])
	case m.Bundle != nil:
		raw, _ := json.Marshal(m.Bundle.Data)
		return m.Kind + " " + string(raw)
	}
	return m.Kind
}

// open shows w and returns what the page was told.
func (p *frontEnd) open(t *testing.T, w Widget) []pipe.Message {
	t.Helper()
	w.Display()
	var got []pipe.Message
	for {
		m := wait(t, p.out)
		got = append(got, m)
		if m.Kind == pipe.Display {
			return got
		}
	}
}

// standardError is what f writes to standard error.
func standardError(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	check(err)
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	f()
	w.Close()
	text, err := io.ReadAll(r)
	check(err)
	return string(text)
}
