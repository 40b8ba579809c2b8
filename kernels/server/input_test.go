package server

import (
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

func TestInput(t *testing.T) {
	c, _, _ := start(t, Options{})
	for _, tt := range []struct {
		code     string
		password bool
		parent   bool // whether the reply names the request, as JupyterLab's does and jupyter_client's does not
	}{{"ask your name", false, true}, {"secret your name", true, true}, {"ask your name", false, false}} {
		h := c.send(c.shell, "execute_request", object{"code": "print first\n" + tt.code})
		m := c.next("stdin")
		if m.Header.MsgType != "input_request" || m.Parent.MsgID != h.MsgID {
			t.Fatalf("got %s", m.Header.MsgType)
		}
		wantFields(t, body(t, m), object{"prompt": "your name", "password": tt.password})
		c.send(c.stdin, "input_reply", object{"value": "Ada π"}, func(r *wire.Message) {
			if tt.parent {
				r.Parent = m.Header
			}
		})
		wantFields(t, c.reply("shell", h), object{"status": "ok"})
		said := c.said(h)
		if len(said) != 5 || said[2] != `stdout "first\n"` || said[3] != `stdout "got Ada π\n"` {
			t.Errorf("iopub said %q", said)
		}
	}
}

func TestInputNotAllowed(t *testing.T) {
	c, _, _ := start(t, Options{})
	reply, _ := c.executeWith(object{"code": "ask x", "allow_stdin": false})
	wantFields(t, reply, object{"status": "error", "evalue": ErrNoStdin.Error()})
}

// An interrupt ends the question, and the late answer goes nowhere.
func TestInputInterrupted(t *testing.T) {
	c, _, _ := start(t, Options{})
	h := c.send(c.shell, "execute_request", object{"code": "ask a"})
	stale := c.next("stdin")
	c.askControl("interrupt_request", object{})
	wantFields(t, c.reply("shell", h), object{"status": "error", "evalue": ErrInterrupted.Error()})
	answer := func(value string, parent wire.Header) {
		c.send(c.stdin, "input_reply", object{"value": value}, func(r *wire.Message) { r.Parent = parent })
	}
	answer("stale", stale.Header)
	h = c.send(c.shell, "execute_request", object{"code": "ask b"})
	m := c.next("stdin")
	answer("stale again", stale.Header)
	c.send(c.stdin, "input_reply", object{"value": 7}, func(r *wire.Message) { r.Parent = m.Header }) // not text
	answer("fresh", m.Header)
	wantFields(t, c.reply("shell", h), object{"status": "ok"})
	for _, m := range c.messages(h) {
		if m.Header.MsgType == "stream" {
			if got := body(t, m)["text"]; got != "got fresh\n" {
				t.Errorf("got %q", got)
			}
		}
	}
}

func TestInputFrontEndLeaves(t *testing.T) {
	t.Parallel() // it mostly waits
	c, _, _ := start(t, Options{})
	h := c.send(c.shell, "execute_request", object{"code": "ask a"})
	c.next("stdin")
	c.stdin.Close()
	wantFields(t, c.reply("shell", h), object{"status": "error", "evalue": ErrFrontEnd.Error()})
	// Without a stdin connection from the beginning it is told after a while.
	started := time.Now()
	h = c.send(c.shell, "execute_request", object{"code": "ask a"})
	wantFields(t, c.reply("shell", h), object{"status": "error", "evalue": ErrFrontEnd.Error()})
	if waited := time.Since(started); waited < stdinTime {
		t.Errorf("given up after %v", waited)
	}
}

// Two front ends ask at the same time, each gets its own answer.
func TestInputOfTwo(t *testing.T) {
	a, _, _ := start(t, Options{})
	b := connect(t, a.conn)
	b.subshell = b.askControl("create_subshell_request", object{})["subshell_id"].(string)
	ha := a.send(a.shell, "execute_request", object{"code": "ask a"})
	a.next("stdin")
	hb := b.send(b.shell, "execute_request", object{"code": "ask b"})
	b.next("stdin")
	b.send(b.stdin, "input_reply", object{"value": "from b"})
	wantFields(t, b.reply("shell", hb), object{"status": "ok"})
	a.send(a.stdin, "input_reply", object{"value": "from a"})
	wantFields(t, a.reply("shell", ha), object{"status": "ok"})
}
