package gonb

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// IDs knows which display ids a kernel has shown, over all its programs. It may
// be shared between goroutines. The zero value is ready.
type IDs struct {
	mu   sync.Mutex
	seen map[string]bool
}

// first reports whether id is new, and remembers it.
func (s *IDs) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	known := s.seen[id]
	s.seen[id] = true
	return !known
}

// MessageError is a well-formed value of the stream that means nothing. The
// Reader that returned it can read on.
type MessageError struct{ Err error }

func (e *MessageError) Error() string { return "display data: " + e.Err.Error() }
func (e *MessageError) Unwrap() error { return e.Err }

// Reader is the kernel's end of GONB_PIPE, for one goroutine.
type Reader struct {
	d   *decoder
	ids *IDs
}

// NewReader returns a Reader of what a program writes to r. ids is the kernel's.
func NewReader(r io.Reader, ids *IDs) *Reader { return &Reader{newDecoder(r), ids} }

// Read returns the next message:
//
//   - pipe.Display, and pipe.Update for a display id seen before;
//   - pipe.Sync with a Seq, to be answered through a Writer by pipe.Ack with that
//     Seq once all before it is published;
//   - pipe.Input without a Seq: the answer and a newline go to the program's
//     standard input;
//   - pipe.CommMsg with target CommTarget, the address as comm id and Data
//     {"address", "value"}, {"address", "read_request": true} or {"address",
//     "subscribe": true or false}.
//
// The error is io.EOF where the stream ends, a *MessageError for a value that
// means nothing, and anything else where the stream cannot be read on.
func (r *Reader) Read() (pipe.Message, error) {
	v, err := r.d.next()
	if err == io.EOF {
		return pipe.Message{}, err
	}
	if err != nil {
		return pipe.Message{}, fmt.Errorf("%s: %w", EnvPipe, err)
	}
	m, err := r.message(v)
	if err != nil {
		return pipe.Message{}, &MessageError{err}
	}
	return m, nil
}

func (r *Reader) message(v any) (pipe.Message, error) {
	top, _ := v.(map[string]any)
	data, ok := plain(top["Data"]).(map[string]any)
	if !ok {
		return pipe.Message{}, errors.New("not a DisplayData with Data")
	}
	special := func(key string) (map[string]any, bool, error) {
		v, ok := data[key]
		if !ok {
			return nil, false, nil
		}
		fields, ok := v.(map[string]any)
		if !ok {
			return nil, true, fmt.Errorf("%s holds %T", key, v)
		}
		return fields, true, nil
	}
	if f, ok, err := special(keyInput); ok {
		prompt, _ := f["Prompt"].(string)
		password, _ := f["Password"].(bool)
		return pipe.Message{Kind: pipe.Input, Prompt: prompt, Password: password}, err
	}
	if f, ok, err := special(keyComm); ok {
		address, _ := f["Address"].(string)
		if n, ok := f["Value"].(int64); ok && address == addressSync {
			return pipe.Message{Kind: pipe.Sync, Seq: n}, err
		}
		if request, _ := f["Request"].(bool); request {
			return comm(address, "read_request", true), err
		}
		return comm(address, "value", f["Value"]), err
	}
	if f, ok, err := special(keySubscribe); ok {
		address, _ := f["Address"].(string)
		unsubscribe, _ := f["Unsubscribe"].(bool)
		return comm(address, "subscribe", !unsubscribe), err
	}
	id, _ := top["DisplayID"].(string)
	b := &pipe.Bundle{Data: text(data).(map[string]any), ID: id}
	if meta, ok := plain(top["Metadata"]).(map[string]any); ok && len(meta) > 0 {
		b.Metadata = text(meta).(map[string]any)
	}
	if _, err := json.Marshal(b); err != nil {
		return pipe.Message{}, err
	}
	if id != "" && !r.ids.first(id) {
		return pipe.Message{Kind: pipe.Update, Bundle: b}, nil
	}
	return pipe.Message{Kind: pipe.Display, Bundle: b}, nil
}

func comm(address, key string, value any) pipe.Message {
	return pipe.Message{Kind: pipe.CommMsg, Comm: &pipe.Comm{
		Kind: pipe.CommMsg, ID: address, Target: CommTarget,
		Data: map[string]any{"address": address, key: text(value)},
	}}
}

// plain leaves out the names under which interface values travelled.
func plain(v any) any {
	switch v := v.(type) {
	case named:
		return plain(v.value)
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
		return v
	case []any:
		for i, x := range v {
			v[i] = plain(x)
		}
		return v
	}
	return v
}

// text makes bytes base64, as a bundle has them.
func text(v any) any {
	switch v := v.(type) {
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case map[string]any:
		for k, x := range v {
			v[k] = text(x)
		}
	case []any:
		for i, x := range v {
			v[i] = text(x)
		}
	}
	return v
}

// Writer is the kernel's end of GONB_PIPE_BACK. It may be used by several
// goroutines at once.
type Writer struct {
	mu      sync.Mutex
	w       io.Writer
	started bool
}

// NewWriter returns a Writer of answers to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write sends an answer to a program: pipe.Ack with the Seq of its Sync, or
// pipe.CommMsg with Data {"address", "value"}. A value of a type that GoNB's
// library does not know is made into one that it does (lists of float64 or
// string, maps of string to those) or refused.
func (w *Writer) Write(m pipe.Message) error {
	var address string
	var value any
	switch {
	case m.Kind == pipe.Ack:
		address, value = addressAck, m.Seq
	case m.Kind == pipe.CommMsg && m.Comm != nil:
		address, _ = m.Comm.Data["address"].(string)
		value = known(m.Comm.Data["value"])
	default:
		return fmt.Errorf("%s: a program has no use for it", m.Kind)
	}
	b, err := kernelSchema.encode(idComm, record{fields: []any{address, nil, iface{value}}})
	if err != nil {
		return fmt.Errorf("%s: comm value for %s: %w", EnvBack, address, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.started {
		b = append(append([]byte{}, kernelSchema.definitions...), b...)
	}
	if _, err := w.w.Write(b); err != nil {
		return fmt.Errorf("%s: %w", EnvBack, err)
	}
	w.started = true
	return nil
}

// known makes lists and maps of one type out of those that came as JSON.
func known(v any) any {
	switch v := v.(type) {
	case []any:
		if list, ok := uniform(v, number); ok {
			return list
		}
		list, _ := uniform(v, func(x any) (string, bool) { return fmt.Sprint(x), true })
		return list
	case map[string]any:
		if m, ok := uniformMap(v, number); ok {
			return m
		}
		m, _ := uniformMap(v, func(x any) (string, bool) { return fmt.Sprint(x), true })
		return m
	}
	return v
}

func number(x any) (float64, bool) {
	switch x := x.(type) {
	case float64:
		return x, true
	case json.Number:
		f, err := x.Float64()
		return f, err == nil
	}
	return 0, false
}

func uniform[T any](list []any, as func(any) (T, bool)) ([]T, bool) {
	out := make([]T, len(list))
	for i, x := range list {
		var ok bool
		if out[i], ok = as(x); !ok {
			return nil, false
		}
	}
	return out, true
}

func uniformMap[T any](m map[string]any, as func(any) (T, bool)) (map[string]T, bool) {
	out := make(map[string]T, len(m))
	for k, x := range m {
		var ok bool
		if out[k], ok = as(x); !ok {
			return nil, false
		}
	}
	return out, true
}
