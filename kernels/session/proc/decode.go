package proc

import (
	"errors"
	"io"
	"iter"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// errStopped ends the reader of a decoder that is no longer wanted.
var errStopped = errors.New("decoder stopped")

// decoder turns a reader of messages, which asks for bytes, into one that is
// given bytes: the reader runs as a coroutine that pauses where the bytes end.
type decoder struct {
	next  func() (decoded, bool)
	stop  func()
	chunk []byte
	eof   bool
}

// decoded is a message, an error, or neither where more bytes are needed.
type decoded struct {
	m   pipe.Message
	err error
}

func newDecoder(open func(io.Reader) func() (pipe.Message, error)) *decoder {
	d := &decoder{}
	d.next, d.stop = iter.Pull(func(yield func(decoded) bool) {
		read := open(readFunc(func(b []byte) (int, error) {
			for len(d.chunk) == 0 {
				if d.eof {
					return 0, io.EOF
				}
				if !yield(decoded{}) {
					return 0, errStopped
				}
			}
			n := copy(b, d.chunk)
			d.chunk = d.chunk[n:]
			return n, nil
		}))
		for {
			m, err := read()
			if errors.Is(err, errStopped) || !yield(decoded{m, err}) || err != nil && !readsOn(err) {
				return
			}
		}
	})
	return d
}

// feed hands each message in b, and each error, to got. After an error that
// ends the stream all further bytes are dropped.
func (d *decoder) feed(b []byte, got func(pipe.Message, error)) {
	d.chunk = b
	for {
		x, ok := d.next()
		if !ok || x.err == nil && x.m.Kind == "" {
			d.chunk = nil
			return
		}
		got(x.m, x.err)
	}
}

// end says that the stream has ended: its last message may be complete only now.
func (d *decoder) end(got func(pipe.Message, error)) {
	d.eof = true
	d.feed(nil, got)
	d.stop()
}

// readsOn reports whether the reader that returned err can read on.
func readsOn(err error) bool {
	var frame *pipe.FrameError
	var value *gonb.MessageError
	return errors.As(err, &frame) || errors.As(err, &value)
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }
