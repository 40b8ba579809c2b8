package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// child is a process that speaks for cells: the session's worker, or a program
// of process mode. It is the sink of what the process says.
type child struct {
	s     *Session
	p     *proc.Process
	ready chan struct{} // closed when a worker has started

	mu      sync.Mutex
	waiting map[int64]chan proto.DoneBody
	answers map[int64]chan pipe.Message // vars and acks, by Seq
	seq     int64
	comms   map[string]bool   // opened by the process
	loaded  map[string]string // package -> fingerprint of what this worker has
	copyTo  io.Writer         // %capture

	tail    strings.Builder // held back of standard error: the death of the process
	holding bool
}

// start runs a process whose output goes to the cells' outputs.
func (s *Session) start(o proc.Options, capture io.Writer) (*child, error) {
	c := &child{s: s, ready: make(chan struct{}), waiting: map[int64]chan proto.DoneBody{}, answers: map[int64]chan pipe.Message{}, comms: map[string]bool{}, loaded: map[string]string{}, copyTo: capture}
	o.Display, o.TmpDir, o.IDs, o.Stdin = true, s.tmp, &s.ids, true
	c.mu.Lock() // Message may come before p is set
	defer c.mu.Unlock()
	p, err := proc.Start(o, c)
	if err != nil {
		return nil, err
	}
	c.p = p
	return c, nil
}

func (c *child) process() *proc.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.p
}

// deadly are the beginnings of lines with which Go's runtime ends a process.
// What follows is held back that long: it becomes the cell's error, if the
// process ends. The calls of a stack that overflowed take seconds to be counted.
var deadly = map[string]time.Duration{"panic: ": brief, "\tpanic: ": brief, "runtime: ": brief, "SIGSEGV": brief, "SIGABRT": brief, "SIGBUS": brief, "SIGFPE": brief,
	"unexpected fault address": brief, "fatal error: ": lengthy, "runtime: goroutine stack exceeds": lengthy}

const (
	brief   = 400 * time.Millisecond
	lengthy = 15 * time.Second
)

const mostTail = 1 << 20

func (c *child) Output(stderr bool, b []byte) {
	raw := b
	c.mu.Lock()
	w := c.copyTo
	hold := false
	if stderr {
		if !c.holding {
			var most time.Duration
			for begin, long := range deadly {
				if strings.HasPrefix(string(b), begin) {
					most = max(most, long)
				}
			}
			if c.holding = most > 0; c.holding {
				time.AfterFunc(most, c.release)
			}
		}
		if hold = c.holding; hold && c.tail.Len() < mostTail {
			c.tail.Write(raw) // with the names by which a cell's text is found
		}
	}
	c.mu.Unlock()
	said := c.s.named(b)
	if w != nil {
		w.Write(said)
	}
	if hold {
		return
	}
	name := "stdout"
	if stderr {
		name = "stderr"
	}
	c.s.out().Stream(name, string(said))
}

var fileName = regexp.MustCompile(`\bcell_[0-9a-f]{12}\b`)

// named calls cells as the user knows them in what tests and loggers print.
func (s *Session) named(b []byte) []byte {
	if !bytes.Contains(b, []byte("cell_")) {
		return b
	}
	return fileName.ReplaceAllFunc(b, func(file []byte) []byte {
		if name, _, ok := s.text(string(file)); ok {
			return []byte(name)
		}
		return file
	})
}

// release gives back what was held, as the process lives on.
func (c *child) release() {
	if p := c.process(); p != nil {
		select {
		case <-p.Done():
			return
		default:
		}
	}
	if t := c.taken(); t != "" {
		c.s.out().Stream("stderr", string(c.s.named([]byte(t))))
	}
}

func (c *child) taken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tail.String()
	c.tail.Reset()
	c.holding = false
	return t
}

func (c *child) Message(m pipe.Message) {
	out := c.s.out()
	switch m.Kind {
	case pipe.Display, pipe.Update, pipe.Result:
		if m.Bundle == nil {
			return
		}
		c.copy(m.Bundle)
		switch m.Kind {
		case pipe.Display:
			out.Display(*m.Bundle)
		case pipe.Update:
			out.Update(*m.Bundle)
		default:
			out.Result(*m.Bundle)
		}
	case pipe.Clear:
		out.Clear(m.Wait)
	case pipe.Input:
		go c.input(out, m)
	case pipe.Sync:
		go c.process().Send(pipe.Message{Kind: pipe.Ack, Seq: m.Seq})
	case pipe.CommOpen, pipe.CommMsg, pipe.CommClose:
		if m.Comm != nil {
			m.Comm.Kind = m.Kind
			c.mu.Lock()
			if m.Kind == pipe.CommOpen {
				c.comms[m.Comm.ID] = true
			} else if m.Kind == pipe.CommClose {
				delete(c.comms, m.Comm.ID)
			}
			c.mu.Unlock()
			out.Comm(*m.Comm)
		}
	case pipe.Ack, proto.Vars:
		c.mu.Lock()
		ch := c.answers[m.Seq]
		delete(c.answers, m.Seq)
		c.mu.Unlock()
		if ch != nil {
			ch <- m
		}
	case proto.Ready:
		close(c.ready)
	case proto.Done:
		var d proto.DoneBody
		if json.Unmarshal(m.Raw, &d) == nil {
			if d.Status == proto.Abandoned {
				c.s.abandon(d.ID, true)
			}
			c.mu.Lock()
			ch := c.waiting[d.ID]
			delete(c.waiting, d.ID)
			c.mu.Unlock()
			if ch != nil {
				ch <- d
			}
		}
	case proto.Gone:
		var b proto.GoneBody
		if json.Unmarshal(m.Raw, &b) == nil {
			c.s.abandon(b.ID, false)
		}
	case proto.Stray:
		var b proto.StrayBody
		if json.Unmarshal(m.Raw, &b) == nil {
			out.Stream("stderr", strings.Join(c.s.panicError(b.Panic).Traceback, "\n")+"\n")
		}
	default:
		c.s.log("unknown message %q of a program", m.Kind)
	}
}

// copy adds the text of a display to the file of %capture.
func (c *child) copy(b *pipe.Bundle) {
	c.mu.Lock()
	w := c.copyTo
	c.mu.Unlock()
	if w == nil {
		return
	}
	for _, v := range b.Data {
		if t, ok := v.(string); ok && utf8.ValidString(t) {
			fmt.Fprintln(w, t)
		}
	}
}

// input asks the user and hands the answer to the program: to its pipe, or, for
// programs with GoNB's library, to its standard input.
func (c *child) input(out server.Output, m pipe.Message) {
	text, err := out.Input(c.s.inputContext(), m.Prompt, m.Password)
	p := c.process()
	if m.Seq == 0 {
		if err != nil {
			out.Stream("stderr", "input: "+err.Error()+"\n")
			return
		}
		p.Type(text)
		return
	}
	a := pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Text: text}
	if err != nil {
		a.Error = err.Error()
	}
	p.Send(a)
}

// ask sends a message that is answered under its Seq. It returns false when the
// process ends first.
func (c *child) ask(m pipe.Message, done <-chan struct{}) (pipe.Message, bool) {
	c.mu.Lock()
	c.seq++
	m.Seq = c.seq
	ch := make(chan pipe.Message, 1)
	c.answers[m.Seq] = ch
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.answers, m.Seq)
		c.mu.Unlock()
	}()
	if err := c.p.Send(m); err != nil {
		return pipe.Message{}, false
	}
	select {
	case a := <-ch:
		return a, true
	case <-c.p.Done():
	case <-done:
	}
	return pipe.Message{}, false
}

// run runs a plugin's cell to its end; ok is false when the worker died.
func (c *child) run(b proto.RunBody) (d proto.DoneBody, ok bool) {
	ch := make(chan proto.DoneBody, 1)
	c.mu.Lock()
	c.waiting[b.ID] = ch
	c.mu.Unlock()
	if err := c.p.Send(pipe.Message{Kind: proto.Run, Raw: proto.Body(b)}); err != nil {
		c.s.log("send a cell to the worker: %v", err)
	}
	select {
	case d := <-ch:
		return d, true
	case <-c.p.Done():
	}
	select {
	case d := <-ch:
		return d, true
	default:
		return proto.DoneBody{}, false
	}
}

// closeComms tells the front end that nobody is behind the comms of a process
// that has ended.
func (c *child) closeComms(out server.Output) {
	c.mu.Lock()
	ids := slices.Sorted(maps.Keys(c.comms))
	clear(c.comms)
	c.mu.Unlock()
	for _, id := range ids {
		out.Comm(pipe.Comm{Kind: pipe.CommClose, ID: id})
	}
}
