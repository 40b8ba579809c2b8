package pipe

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// MaxFrame is the greatest length of a frame's JSON text, in bytes.
const MaxFrame = 256 << 20

// ErrTooLarge says that a frame is longer than MaxFrame.
var ErrTooLarge = fmt.Errorf("a frame may have %d MB at most", MaxFrame>>20)

// FrameError is a frame whose text is not a Message. The Reader that returned
// it stays in step and can read on.
type FrameError struct{ Err error }

func (e *FrameError) Error() string { return "not a message: " + e.Err.Error() }
func (e *FrameError) Unwrap() error { return e.Err }

// Writer writes messages. It may be used by several goroutines at once.
type Writer struct {
	mu  sync.Mutex
	w   io.Writer
	max int
	err error
}

// NewWriter returns a Writer of frames to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w, max: MaxFrame} }

// Write writes m as one frame, with one call of the underlying Write. A message
// that is too long or has no JSON form is refused and leaves nothing behind;
// after a failed write all later ones fail, as the reader is out of step.
func (w *Writer) Write(m Message) error {
	frame, err := encode(m, w.max)
	if err != nil {
		return fmt.Errorf("%s message: %w", m.Kind, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		if _, err := w.w.Write(frame); err != nil {
			w.err = fmt.Errorf("%s message: %w", m.Kind, err)
		}
	}
	return w.err
}

func encode(m Message, longest int) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, 4))
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	frame := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(frame)-4 > longest {
		return nil, ErrTooLarge
	}
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame, nil
}

// Reader reads messages, for one goroutine.
type Reader struct {
	r    io.Reader
	text bytes.Buffer
}

// NewReader returns a Reader of frames from r.
func NewReader(r io.Reader) *Reader { return &Reader{r: r} }

// Read returns the next message; numbers in it are json.Number, so that they
// pass on as they came. The error is io.EOF where the frames end, a *FrameError
// where one is unreadable, and anything else where no more can be read:
// io.ErrUnexpectedEOF in the middle of a frame, ErrTooLarge.
func (r *Reader) Read() (Message, error) {
	var head [4]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return Message{}, err
	}
	n := int64(binary.BigEndian.Uint32(head[:]))
	if n > MaxFrame {
		return Message{}, ErrTooLarge
	}
	// The buffer grows with what arrives: a length alone claims no memory.
	r.text.Reset()
	if r.text.Cap() > 1<<20 {
		r.text = bytes.Buffer{}
	}
	switch _, err := io.CopyN(&r.text, r.r, n); {
	case errors.Is(err, io.EOF):
		return Message{}, io.ErrUnexpectedEOF
	case err != nil:
		return Message{}, err
	}
	var m Message
	d := json.NewDecoder(&r.text)
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		return Message{}, &FrameError{err}
	}
	if _, err := d.Token(); err != io.EOF {
		return Message{}, &FrameError{errors.New("text after the message")}
	}
	if m.Kind == "" {
		return Message{}, &FrameError{errors.New("no kind")}
	}
	return m, nil
}
