// Package hook is where the process that runs the cells and the display library
// meet: it holds the link to the kernel, the context of the running cell and the
// comms that are open. Cells have no business here, and it draws nothing.
//
// A worker that owns the descriptors itself installs its link and hands over
// what the kernel sends:
//
//	hook.Install(writer)
//	done, ok := hook.Deliver(message)
package hook

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Link carries messages to the kernel; *pipe.Writer is one. Write is called by
// several goroutines at once and may block as long as the kernel wants.
type Link interface {
	Write(pipe.Message) error
}

// ErrNoLink says that nothing connects this process with a kernel.
var ErrNoLink = errors.New("not connected to a notebook")

var state = struct {
	sync.Mutex
	link    Link
	seq     int64
	waiting map[int64]chan pipe.Message
	targets map[string]Handler
	comms   map[string]Handler
}{
	waiting: map[int64]chan pipe.Message{},
	targets: map[string]Handler{},
	comms:   map[string]Handler{},
}

// Install makes l the way to the kernel, in place of an earlier one; nil leaves
// none. Calls that wait for an answer over the earlier one fail with ErrNoLink.
func Install(l Link) {
	state.Lock()
	defer state.Unlock()
	state.link = l
	for seq, c := range state.waiting {
		delete(state.waiting, seq)
		close(c)
	}
}

// Installed reports whether there is a link.
func Installed() bool {
	state.Lock()
	defer state.Unlock()
	return state.link != nil
}

// Send writes a message that has no answer.
func Send(m pipe.Message) error {
	state.Lock()
	l := state.link
	state.Unlock()
	if l == nil {
		return ErrNoLink
	}
	return l.Write(m)
}

// Call writes a message that has an answer (pipe.Input, pipe.Sync) and waits
// for it. It fails when ctx ends first, and with the answer's Error.
func Call(ctx context.Context, m pipe.Message) (pipe.Message, error) {
	state.Lock()
	l := state.link
	if l == nil {
		state.Unlock()
		return pipe.Message{}, ErrNoLink
	}
	state.seq++
	m.Seq = state.seq
	answer := make(chan pipe.Message, 1)
	state.waiting[m.Seq] = answer
	state.Unlock()
	defer func() {
		state.Lock()
		delete(state.waiting, m.Seq)
		state.Unlock()
	}()
	if err := l.Write(m); err != nil {
		return pipe.Message{}, err
	}
	select {
	case a, ok := <-answer:
		if !ok {
			return a, ErrNoLink
		}
		if a.Error != "" {
			return a, fmt.Errorf("%s: %s", m.Kind, a.Error)
		}
		return a, nil
	case <-ctx.Done():
		return pipe.Message{}, context.Cause(ctx)
	}
}

// Deliver hands over a message of the kernel: Ack, Answer or a comm kind. It
// never waits for a callback. ok says whether somebody wanted the message; done
// is closed when the callbacks it caused have ended, or were left out because a
// newer message had overtaken it.
func Deliver(m pipe.Message) (done <-chan struct{}, ok bool) {
	switch m.Kind {
	case pipe.Ack, pipe.Answer:
		state.Lock()
		answer, ok := state.waiting[m.Seq]
		delete(state.waiting, m.Seq)
		state.Unlock()
		if ok {
			answer <- m
		}
		return Done, ok
	case pipe.CommOpen, pipe.CommMsg, pipe.CommClose:
		if m.Comm == nil {
			return Done, false
		}
		return deliverComm(m.Kind, *m.Comm)
	}
	return Done, false
}
