package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// frames splits at blanks; the text must not hold any other.
func frames(s string) (fs [][]byte) {
	for _, f := range strings.Fields(s) {
		fs = append(fs, []byte(f))
	}
	return fs
}

const goodHeader = `{"msg_id":"1","msg_type":"x","odd":[1.50]}`

// signed puts a right signature before four parts.
func signed(key Key, parts string) [][]byte {
	ps := frames(parts)
	return append([][]byte{[]byte("id"), []byte(delimiter), sign(key, ps[:4])}, ps...)
}

// The signature was made with Python:
// hmac.new(b"key", b'{"msg_id":"1"}' + b'{}' + b'{}' + b'{"a":1}', hashlib.sha256).hexdigest()
func TestSign(t *testing.T) {
	const want = "b5c3f3f2ae4bdd60a1ea8475a37961c8cc8853392dcee28a7c72f2463bd7f890"
	if got := string(sign("key", frames(`{"msg_id":"1"} {} {} {"a":1}`))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDecode(t *testing.T) {
	forged := signed("key", goodHeader+` {} {} {}`)
	forged[2][0] ^= 1
	for _, tt := range []struct {
		name   string
		frames [][]byte
		want   string // part of the error
	}{
		{"good", signed("key", goodHeader+` {} {} {"a":1} buffer`), ""},
		{"null parent", signed("key", goodHeader+` null null {}`), ""},
		{"other key", signed("yek", goodHeader+` {} {} {}`), "wrong signature"},
		{"forged", forged, "wrong signature"},
		{"upper case", append(frames(delimiter), append([][]byte{bytes.ToUpper(sign("key", frames(goodHeader+` {} {} {}`)))}, frames(goodHeader+` {} {} {}`)...)...), "wrong signature"},
		{"no signature", frames(delimiter + ` - ` + goodHeader + ` {} {} {}`), "wrong signature"},
		{"nothing", nil, "no delimiter"},
		{"no delimiter", frames(`a b c d e f g`), "no delimiter"},
		{"short", frames(`id ` + delimiter + ` sig {} {} {}`), "4 frames"},
		{"header is a list", signed("key", `[] {} {} {}`), "part 1"},
		{"header is null", signed("key", `null {} {} {}`), "without msg_id"},
		{"header without type", signed("key", `{"msg_id":"1"} {} {} {}`), "without msg_id or msg_type"},
		{"number as id", signed("key", `{"msg_id":1} {} {} {}`), "part 1"},
		{"parent is text", signed("key", goodHeader+` "x" {} {}`), "part 2"},
		{"metadata is a list", signed("key", goodHeader+` {} [] {}`), "part 3"},
		{"content is a list", signed("key", goodHeader+` {} {} []`), "content"},
		{"content is cut", signed("key", goodHeader+` {} {} {"a"`), "content"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(tt.frames, "key")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(tt.want, "signature") && !errors.Is(err, ErrSignature) {
				t.Errorf("%v is not ErrSignature", err)
			}
		})
	}
}

func TestReplyKeepsHeader(t *testing.T) {
	m, err := Decode(signed("key", goodHeader+` {} {"deletedCells":[]} {"a":1} b1 b2`), "key")
	if err != nil {
		t.Fatal(err)
	}
	fs, err := Encode(m.Reply("x_reply", map[string]any{"html": "<b>&"}), "key")
	if err != nil {
		t.Fatal(err)
	}
	if string(fs[0]) != "id" || string(fs[4]) != goodHeader || string(fs[6]) != `{"html":"<b>&"}` {
		t.Errorf("got %q", fs)
	}
	reply, err := Decode(fs, "key")
	if err != nil || reply.Parent.MsgID != "1" || len(m.Buffers) != 2 {
		t.Errorf("got %+v, %v", reply, err)
	}
	// Microseconds and a zone, which front ends need to tell how long a cell took.
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`).MatchString(reply.Header.Date) {
		t.Errorf("date %q", reply.Header.Date)
	}
	if reply.Header.Version != Version || reply.Header.Session == "" {
		t.Errorf("header %+v", reply.Header)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, content := range []any{[]int{1}, "x", nil, func() {}} {
		if _, err := Encode(Message{Header: Header{MsgType: "x"}, Content: content}, ""); err == nil {
			t.Errorf("content %T was encoded", content)
		}
	}
}

func TestMessageDecode(t *testing.T) {
	c := struct{ A, B int }{B: 2}
	m := Message{Content: json.RawMessage(`{"a": 1}`)}
	if err := m.Decode(&c); err != nil || c.A != 1 || c.B != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := (Message{Content: json.RawMessage(`{"a": "x"}`)}).Decode(&c); err == nil {
		t.Error("text was read as a number")
	}
	if err := New("x", Header{}, nil).Decode(&c); err == nil {
		t.Error("a message made here was decoded")
	}
}

// What is decoded comes back the same from Encode, and nothing panics.
func FuzzDecode(f *testing.F) {
	for _, parts := range []string{goodHeader + ` {} {} {"a":1} buffer`, `{} null {} {}`, `[] {} {} {}`} {
		p := frames(parts)
		f.Add([]byte("id"), p[0], p[1], p[2], p[3])
	}
	f.Fuzz(func(t *testing.T, id, header, parent, metadata, content []byte) {
		four := [][]byte{header, parent, metadata, content}
		in := append([][]byte{id, []byte(delimiter), sign("key", four)}, append(four, id)...)
		m, err := Decode(in, "key")
		if err != nil {
			return
		}
		out, err := Encode(m, "key")
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		again, err := Decode(out, "key")
		if err != nil || again.Header.MsgID != m.Header.MsgID || again.Parent.MsgID != m.Parent.MsgID {
			t.Fatalf("%q came back as %q: %v", in, out, err)
		}
	})
}

func ExampleEncode() {
	request := Message{Header: Header{MsgID: "7", MsgType: "kernel_info_request"}, Identities: [][]byte{[]byte("client")}}
	frames, _ := Encode(request.Reply("kernel_info_reply", map[string]any{"status": "ok"}), "key")
	fmt.Printf("%s %s %d %s %s", frames[0], frames[1], len(frames[2]), frames[4], frames[6])
	// Output: client <IDS|MSG> 64 {"msg_id":"7","session":"","username":"","date":"","msg_type":"kernel_info_request","version":""} {"status":"ok"}
}
