package proc

import (
	"errors"
	"fmt"
	"io"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// kind is what a channel from a child carries.
type kind int

const (
	stdout kind = iota
	stderr
	display
	gonbPipe
	kinds
)

// handover gives the sink what arrived, for one goroutine.
type handover struct {
	sink   Sink
	ids    *gonb.IDs
	synced func(pipe.Message) // answers a sync of GoNB's
	before func()             // reads what GoNB's pipe holds; nil where no order is kept
	frames *decoder
	values *decoder

	feeding bool           // messages of GoNB's pipe are being passed on
	late    []pipe.Message // that wait for the last of them
}

// output passes on b, or where k is display, the messages that b completes.
func (h *handover) output(k kind, b []byte) {
	switch {
	case k != display:
		h.sink.Output(k == stderr, b)
	default:
		if h.frames == nil {
			h.frames = newDecoder(func(r io.Reader) func() (pipe.Message, error) { return pipe.NewReader(r).Read })
		}
		pass := h.message("display pipe")
		h.frames.feed(b, func(m pipe.Message, err error) {
			switch {
			case h.before == nil || err != nil || shows(m.Kind) && len(h.late) == 0:
				pass(m, err)
			case h.feeding:
				h.late = append(h.late, m)
			default:
				h.before()
				pass(m, nil)
			}
		})
	}
}

// shows says whether a message is part of what a cell shows. Others may end the
// cell, and what it has shown by GoNB's pipe comes before that.
func shows(kind string) bool {
	switch kind {
	case pipe.Display, pipe.Update, pipe.Result, pipe.Clear:
		return true
	}
	return false
}

// gonb passes on the messages that b completes. What was printed before them may
// still be unread: catchUp is called once before the first of which that is so,
// the second, or the first if prompt does not vouch for it.
func (h *handover) gonb(b []byte, prompt bool, catchUp func()) {
	if h.values == nil {
		h.values = newDecoder(func(r io.Reader) func() (pipe.Message, error) { return gonb.NewReader(r, h.ids).Read })
	}
	pass := h.message("GoNB's display pipe")
	h.feeding = true
	h.values.feed(b, func(m pipe.Message, err error) {
		if !prompt && catchUp != nil {
			catchUp()
			catchUp = nil
		}
		prompt = false
		if err == nil && m.Kind == pipe.Sync {
			h.synced(pipe.Message{Kind: pipe.Ack, Seq: m.Seq})
			return
		}
		pass(m, err)
	})
	h.feeding = false
	for late := h.late; len(late) > 0; late = late[1:] {
		h.late = nil
		h.before()
		h.sink.Message(late[0])
	}
}

// gonbEnd says that nobody has GoNB's pipe open; who opens it next begins anew.
func (h *handover) gonbEnd() {
	if h.values != nil {
		h.values.end(h.message("GoNB's display pipe"))
		h.values = nil
	}
}

// message passes on a message, and an error as a line of standard error. A
// stream that ends within a message is a program that was ended: no news.
func (h *handover) message(source string) func(pipe.Message, error) {
	return func(m pipe.Message, err error) {
		switch {
		case err == nil:
			h.sink.Message(m)
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		default:
			h.sink.Output(true, fmt.Appendf(nil, "%s: %v\n", source, err))
		}
	}
}

// close releases the decoders.
func (h *handover) close() {
	if h.frames != nil {
		h.frames.end(h.message("display pipe"))
	}
	h.gonbEnd()
}
