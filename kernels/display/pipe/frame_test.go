package pipe

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ExampleWriter() {
	var b bytes.Buffer
	NewWriter(&b).Write(Message{Kind: Display, Bundle: &Bundle{Data: map[string]any{"text/html": "<b>hi</b>"}}})
	fmt.Printf("%q", b.String())
	// Output: "\x00\x00\x00>{\"kind\":\"display\",\"bundle\":{\"data\":{\"text/html\":\"<b>hi</b>\"}}}"
}

var messages = []Message{
	{Kind: Display, Bundle: &Bundle{Data: map[string]any{"text/plain": "ü\u2028</script>\n", "x": map[string]any{"n": json.Number("9007199254740993")}}, ID: "d"}},
	{Kind: Update, Bundle: &Bundle{Data: map[string]any{}, Metadata: map[string]any{"k": []any{nil, true}}}},
	{Kind: Clear, Wait: true},
	{Kind: Input, Seq: 7, Prompt: "name? ", Password: true},
	{Kind: Answer, Seq: 7, Text: "gopher", Error: "none"},
	{Kind: CommMsg, Seq: -1, Comm: &Comm{Kind: CommMsg, ID: "c", Target: "t", Data: map[string]any{"a": "b"}, Buffers: [][]byte{{0, 255}, {}}}},
}

func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, m := range messages {
		if err := w.Write(m); err != nil {
			t.Fatal(err)
		}
	}
	r := NewReader(&b)
	for i, want := range messages {
		got, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("message %d (-want +got):\n%s", i, d)
		}
	}
	if _, err := r.Read(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func frame(text string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(text)))) + text
}

func TestUnreadableFrames(t *testing.T) {
	good := frame(`{"kind":"sync","seq":1}`)
	for _, text := range []string{"", "{", `[]`, `{"kind":7}`, `{}`, `{"kind":"x"} {}`, "\xff"} {
		r := NewReader(strings.NewReader(frame(text) + good))
		var bad *FrameError
		if _, err := r.Read(); !errors.As(err, &bad) {
			t.Errorf("%q: %v, want a FrameError", text, err)
		}
		if m, err := r.Read(); err != nil || m.Seq != 1 {
			t.Errorf("after %q: %v, %v", text, m, err)
		}
	}
	ends := map[string]error{
		"":                           io.EOF,
		"\x00\x00":                   io.ErrUnexpectedEOF,
		good[:len(good)-1]:           io.ErrUnexpectedEOF,
		"\x10\x00\x00\x00":           io.ErrUnexpectedEOF, // 256 MB announced
		"\x10\x00\x00\x01and more":   ErrTooLarge,
		"\xff\xff\xff\xff and so on": ErrTooLarge,
	}
	for text, want := range ends {
		if _, err := NewReader(strings.NewReader(text)).Read(); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// counting fails after some writes and counts them.
type counting struct{ n, fail int }

func (c *counting) Write(b []byte) (int, error) {
	if c.n++; c.n == c.fail {
		return 1, errors.New("pipe is gone")
	}
	return len(b), nil
}

func TestWriterRefuses(t *testing.T) {
	c := &counting{fail: 2}
	w := NewWriter(c)
	if err := w.Write(Message{Kind: Display, Bundle: &Bundle{Data: map[string]any{"x": math.NaN()}}}); err == nil || c.n != 0 {
		t.Errorf("NaN: %v, %d writes", err, c.n)
	}
	for i, want := range []bool{true, false, false} {
		if err := w.Write(messages[0]); (err == nil) != want {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if c.n != 2 {
		t.Errorf("%d writes, want one a frame and none after the failure", c.n)
	}
}

func TestLargestFrame(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	w.max = 200 // that of a real frame takes half a minute with -race
	long := Message{Kind: Answer, Text: strings.Repeat("x", 200)}
	if err := w.Write(long); !errors.Is(err, ErrTooLarge) || b.Len() > 0 {
		t.Errorf("too long: %v, %d bytes written", err, b.Len())
	}
	long.Text = long.Text[:200-len(`{"kind":"answer","text":""}`)]
	if err := w.Write(long); err != nil || b.Len() != 204 {
		t.Errorf("the longest: %v, %d bytes written", err, b.Len())
	}
}

func TestWriterForManyGoroutines(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	const writers, each = 8, 200
	w := NewWriter(out)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range each {
				// Frames longer than a pipe takes at once.
				w.Write(Message{Kind: Answer, Seq: int64(i*each + j), Text: strings.Repeat("y", 97*j)})
			}
		})
	}
	go func() {
		all.Wait()
		out.Close()
	}()
	next := [writers]int{}
	r := NewReader(in)
	for range writers * each {
		m, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		i, j := int(m.Seq)/each, int(m.Seq)%each
		if next[i] != j || len(m.Text) != 97*j {
			t.Fatalf("writer %d: message %d of %d bytes, want %d", i, j, len(m.Text), next[i])
		}
		next[i]++
	}
}

func TestFromEnv(t *testing.T) {
	if in, out, err := FromEnv(); in != nil || out != nil || err != nil {
		t.Errorf("nothing set: %v, %v, %v", in, out, err)
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, value := range []string{"x", "-1", "1", "999", strconv.Itoa(int(file.Fd()))} {
		t.Setenv(EnvOut, value)
		if _, out, err := FromEnv(); err == nil || out != nil {
			t.Errorf("%s=%s: %v, %v", EnvOut, value, out, err)
		}
		if os.Getenv(EnvOut) != "" {
			t.Error("children would take the descriptor for theirs")
		}
	}
}

func FuzzReader(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, m := range messages {
		w.Write(m)
	}
	f.Add(b.Bytes())
	f.Add([]byte(frame("{}") + frame(`{"kind":"ack"}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b))
		for {
			m, err := r.Read()
			var bad *FrameError
			if err != nil && !errors.As(err, &bad) {
				return
			}
			if err != nil {
				continue
			}
			// What was read is written and read the same.
			var again bytes.Buffer
			if err := NewWriter(&again).Write(m); err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			back, err := NewReader(&again).Read()
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			a, _ := json.Marshal(m)
			b, _ := json.Marshal(back)
			if !bytes.Equal(a, b) {
				t.Fatalf("%s became %s", a, b)
			}
		}
	})
}

func BenchmarkWriteImage(b *testing.B) {
	m := Message{Kind: Display, Bundle: &Bundle{Data: map[string]any{"image/png": strings.Repeat("iVBO", 250_000)}}}
	w := NewWriter(io.Discard)
	b.SetBytes(1_000_000)
	for b.Loop() {
		w.Write(m)
	}
}
