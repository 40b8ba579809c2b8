package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

func openFrames(r io.Reader) func() (pipe.Message, error) { return pipe.NewReader(r).Read }

func openValues(r io.Reader) func() (pipe.Message, error) {
	return gonb.NewReader(r, &gonb.IDs{}).Read
}

// whole is what a reader makes of b, pieces what a decoder makes of it in
// pieces of n bytes.
func whole(open func(io.Reader) func() (pipe.Message, error), b []byte) []string {
	var got []string
	read := open(bytes.NewReader(b))
	for {
		m, err := read()
		got = append(got, fmt.Sprintf("%+v %v", m, err))
		if err != nil && !readsOn(err) {
			return got
		}
	}
}

func pieces(open func(io.Reader) func() (pipe.Message, error), b []byte, n int) []string {
	var got []string
	d := newDecoder(open)
	note := func(m pipe.Message, err error) { got = append(got, fmt.Sprintf("%+v %v", m, err)) }
	for len(b) > 0 {
		n = min(n, len(b))
		d.feed(b[:n], note)
		b = b[n:]
	}
	d.end(note)
	return got
}

// A decoder that is fed pieces of any size says what a reader says of the whole.
func FuzzDecoder(f *testing.F) {
	var frames bytes.Buffer
	w := pipe.NewWriter(&frames)
	for _, text := range []string{"", "a", strings.Repeat("long ", 100)} {
		w.Write(pipe.Message{Kind: pipe.Answer, Text: text})
	}
	f.Add(frames.Bytes(), 1, false)
	f.Add(frames.Bytes(), 7, false)
	f.Add(append([]byte("\x00\x00\x00\x02{}"), frames.Bytes()...), 5, false)
	f.Add([]byte("\xff\xff\xff\xff"), 2, false)
	var values bytes.Buffer
	v := gonb.NewWriter(&values)
	v.Write(pipe.Message{Kind: pipe.Ack, Seq: 3})
	v.Write(pipe.Message{Kind: pipe.Ack, Seq: 4})
	f.Add(values.Bytes(), 3, true)
	f.Fuzz(func(t *testing.T, b []byte, n int, fromGoNB bool) {
		open := openFrames
		if fromGoNB {
			open = openValues
		}
		want, got := whole(open, b), pieces(open, b, max(1, n))
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("in pieces of %d:\n%q\nwhole:\n%q", n, got, want)
		}
	})
}

// A decoder that is ended in the middle leaves no coroutine, and one that met a
// fatal error drops the rest.
func TestDecoderAfterFatalError(t *testing.T) {
	d := newDecoder(openFrames)
	var errs []error
	note := func(_ pipe.Message, err error) { errs = append(errs, err) }
	for range 1000 {
		d.feed([]byte("\xff\xff\xff\xffgarbage"), note)
	}
	d.end(note)
	if len(errs) != 1 || !errors.Is(errs[0], pipe.ErrTooLarge) {
		t.Errorf("%d errors: %v", len(errs), errs)
	}
}
