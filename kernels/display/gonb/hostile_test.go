package gonb

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// nest is a map of a map of a map…, as a client's message.
func nest(t *testing.T, depth int) []byte {
	t.Helper()
	inner := []byte{0, 0} // an empty map
	name := "map[string]interface {}"
	for range depth {
		b := appendString(appendString([]byte{0, 1}, "k"), name)
		b = appendInt(b, idMap)
		b = append(appendUint(b, uint64(len(inner))), inner...)
		inner = b
	}
	b := appendInt(nil, idDisplay)
	b = append(b, 1)            // field Data
	b = append(b, inner[1:]...) // a map within needs no zero before it
	return append(append([]byte{}, programSchema.definitions...), message(append(b, 0))...)
}

func TestHostileStreams(t *testing.T) {
	good := gobBytes(t, displayData{Data: map[string]any{"text/html": "x"}})
	tests := []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"nothing a gob begins with", []byte("hello, world, this is text"), "EOF"},
		{"cut in a message", good[:len(good)-3], "EOF"},
		{"a length of 8 EB", append([]byte{0xf8, 0x7f}, bytes.Repeat([]byte{0xff}, 7)...), "MB"},
		{"a length of 200 MB with nothing behind", []byte{0xfc, 0x0c, 0x00, 0x00, 0x00, 1}, "EOF"},
		{"an integer of 100 bytes", []byte{0x9c, 1, 2, 3}, "100 bytes"},
		{"an unknown type", message(append(appendInt(nil, 99), 0, 1)), "not defined"},
		{"a type defined twice", append(define(70, sliceType(idInt)), define(70, sliceType(idInt))...), "twice"},
		{"a built-in type defined", define(2, sliceType(idInt)), "twice"},
		{"a list longer than allowed", append(define(70, sliceType(idInt)), message(append(appendInt(nil, 70), 0, 0xfc, 0x7f, 0xff, 0xff, 0xff))...), "values"},
		{"a list longer than its message", append(define(70, sliceType(idInt)), message(append(appendInt(nil, 70), 0, 5, 2))...), "message"},
		{"a slice of itself without end", append(define(70, sliceType(70)), message(append(append(appendInt(nil, 70), 0), bytes.Repeat([]byte{1}, 5000)...))...), "deep"},
		{"a map within a map, thousands deep", nest(t, 5_000), "deep"},
		{"a struct with many fields in a long list", manyFields(), "values"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := NewReader(bytes.NewReader(test.bytes), &IDs{})
			var err error
			for err == nil {
				_, err = r.Read()
			}
			runtime.ReadMemStats(&after)
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
				t.Errorf("%d MB were claimed", grown>>20)
			}
		})
	}
}

// manyFields is a list of millions of structs with thousands of fields each, of
// which none is sent.
func manyFields() []byte {
	fields := make([]field, 5000)
	for i := range fields {
		fields[i] = field{fmt.Sprint("F", i), idInt}
	}
	b := append(define(70, structType("S", fields)), define(71, sliceType(70))...)
	list := append(appendInt(nil, 71), 0)
	list = appendUint(list, 1<<20)
	list = append(list, make([]byte, 1<<20)...)
	return append(b, message(list)...)
}

func TestDepthAllowed(t *testing.T) {
	m, err := NewReader(bytes.NewReader(nest(t, 300)), &IDs{}).Read()
	if err != nil || m.Bundle == nil {
		t.Errorf("300 levels: %v", err)
	}
}

func TestMessagesThatMeanNothing(t *testing.T) {
	stream := gobBytes(t,
		displayData{Data: map[string]any{keyComm: "no comm value"}},
		displayData{Data: map[string]any{keyInput: 1}},
		displayData{},
		displayData{Data: map[string]any{"x": complexValue}},
		displayData{Data: map[string]any{"text/plain": "still here"}},
	)
	r := NewReader(bytes.NewReader(stream), &IDs{})
	for i := range 4 {
		_, err := r.Read()
		var m *MessageError
		if !errors.As(err, &m) {
			t.Errorf("message %d: %v, want a MessageError", i, err)
		}
	}
	m, err := r.Read()
	if err != nil || m.Bundle.Data["text/plain"] != "still here" {
		t.Errorf("after them: %v, %v", m, err)
	}
	if _, err := r.Read(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

var complexValue = complex(1, 2)

func TestDisplayIDs(t *testing.T) {
	var ids IDs
	show := func() string {
		stream := gobBytes(t, displayData{Data: map[string]any{"text/plain": "x"}, DisplayID: "d"})
		m, err := NewReader(bytes.NewReader(stream), &ids).Read()
		if err != nil {
			t.Fatal(err)
		}
		return m.Kind
	}
	if a, b := show(), show(); a != "display" || b != "update" {
		t.Errorf("first %s, in the next program %s", a, b)
	}
}

// FuzzReader: whatever comes, Read ends with an error and never panics; what
// encoding/gob can read, it reads too.
func FuzzReader(f *testing.F) {
	f.Add(gobBytes(f, displayData{Data: map[string]any{"text/html": "x", "l": []any{1, "a", nil}}, DisplayID: "d"}))
	f.Add(gobBytes(f, displayData{Data: map[string]any{keyComm: commValue{Address: addressSync, Value: 3}}}))
	f.Add(programSchema.definitions)
	f.Add([]byte{3, 1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			t.Skip()
		}
		r := NewReader(bytes.NewReader(b), &IDs{})
		for n := 0; ; n++ {
			_, err := r.Read()
			var m *MessageError
			if err != nil && !errors.As(err, &m) {
				break
			}
			if n > len(b) {
				t.Fatal("more messages than bytes")
			}
		}
	})
}

// FuzzValues: what encoding/gob writes is read here, and the other way round.
func FuzzValues(f *testing.F) {
	f.Add("a", 1, 2.5, true, []byte{1})
	f.Add("", -1<<63, -0.5, false, []byte{})
	f.Fuzz(func(t *testing.T, s string, i int, x float64, b bool, raw []byte) {
		if x != x {
			t.Skip() // NaN is not equal to itself
		}
		raw = append([]byte{}, raw...)
		value := func(i any) map[string]any {
			return map[string]any{"list": []any{s, i, x, b, raw, map[string]any{s: nil, s + "i": i}, []any{}}}
		}
		got, err := newDecoder(bytes.NewReader(gobBytes(t, value(i)))).next()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := plain(got), any(value(int64(i))); !reflect.DeepEqual(got, want) {
			t.Errorf("read here %#v, want %#v", got, want)
		}
		data, err := programSchema.encode(idDisplay, record{fields: []any{value(i), nil, nil}})
		if err != nil {
			t.Fatal(err)
		}
		var back displayData
		if err := gob.NewDecoder(bytes.NewReader(append(append([]byte{}, programSchema.definitions...), data...))).Decode(&back); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(back.Data, value(i), cmpopts.EquateEmpty()) {
			t.Errorf("read by encoding/gob %#v, want %#v", back.Data, value(i))
		}
	})
}

func init() { gob.Register(complexValue) }
