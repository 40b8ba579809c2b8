package server

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// streamed is the text of a stream in what iopub said, and the number of messages.
func streamed(t testing.TB, c *client, code, name string) (text string, messages int, reply object) {
	t.Helper()
	h := c.send(c.shell, "execute_request", object{"code": code})
	var b strings.Builder
	for _, m := range c.messages(h) {
		if m.Header.MsgType != "stream" {
			continue
		}
		if o := body(t, m); o["name"] == name {
			b.WriteString(o["text"].(string))
			messages++
		}
	}
	return b.String(), messages, c.reply("shell", h)
}

// 2 MB in lines of 100 bytes arrive whole, in few messages.
func TestStreamsCoalesce(t *testing.T) {
	c, _, _ := start(t, Options{})
	const n = 2_000_000
	for _, r := range []string{"x", "π", "\U0001F600"} {
		text, messages, _ := streamed(t, c, fmt.Sprintf("spam %d %s", n, r), "stdout")
		row := strings.Repeat(r, 99/len(r)) + "\n"
		if want := strings.Repeat(row, n/len(row)) + strings.Repeat("x", n%len(row)); text != want {
			t.Errorf("%s: %d bytes came, and not those that were sent", r, len(text))
		}
		if messages > 10*n/maxText {
			t.Errorf("%s: %d messages", r, messages)
		}
	}
}

func TestStreamBytes(t *testing.T) {
	c, _, _ := start(t, Options{})
	for _, tt := range []struct{ code, want string }{
		{"put cf\nput 80", "π"},
		{"put f09f\nput 98\nput 80", "\U0001F600"},
		{"put 41ff42", "A\uFFFDB"},
		{"put cf\nput 41", "\uFFFDA"},
		{"put 41cf", "A\uFFFD"}, // never came whole
		{"put 00", "\x00"},
		{"put 80", "\uFFFD"},
	} {
		if text, _, _ := streamed(t, c, tt.code, "stdout"); text != tt.want {
			t.Errorf("%q: got %q, want %q", tt.code, text, tt.want)
		}
	}
}

func TestStreamLimit(t *testing.T) {
	c, _, _ := start(t, Options{StreamLimit: 1000, StreamAdvice: "write to a file"})
	text, _, _ := streamed(t, c, "spam 1000", "stdout")
	if len(text) != 1000 {
		t.Errorf("%d bytes came, want all", len(text))
	}
	h := c.send(c.shell, "execute_request", object{"code": "spam 51000\nerr other\nspam 2500000"})
	var out []string
	for _, m := range c.messages(h) {
		if m.Header.MsgType == "stream" {
			o := body(t, m)
			out = append(out, fmt.Sprintf("%s %s", o["name"], o["text"]))
		}
	}
	c.reply("shell", h)
	row := strings.Repeat("x", 99) + "\n"
	want := []string{
		"stdout " + strings.Repeat(row, 10), "stderr other\n",
		"stdout \n[stdout: dropped 2.5 MB after the first 1.0 kB; write to a file]\n",
	}
	if !slices.Equal(out, want) {
		t.Errorf("got %q", out)
	}
	// A character is not cut in two by the limit, and each cell has its own.
	text, _, _ = streamed(t, c, "spam 999 x\nput cf80", "stdout")
	if !strings.HasSuffix(text, "x\n[stdout: dropped 2 bytes after the first 999 bytes; write to a file]\n") {
		t.Errorf("got %q", text)
	}
}

// By default ten megabytes pass, and 100 MB do no harm.
func TestDefaultLimit(t *testing.T) {
	c, _, _ := start(t, Options{})
	text, _, reply := streamed(t, c, "spam 100000000", "stdout")
	notice := "\n[stdout: dropped 90.0 MB after the first 10.0 MB]\n"
	if len(text) != 10_000_000+len(notice) || !strings.HasSuffix(text, notice) {
		t.Errorf("%d bytes came, the last are %q", len(text), text[max(0, len(text)-60):])
	}
	wantFields(t, reply, object{"status": "ok"})
}

func TestNoLimit(t *testing.T) {
	c, _, _ := start(t, Options{StreamLimit: -1})
	if text, _, _ := streamed(t, c, "spam 20000000", "stdout"); len(text) != 20_000_000 {
		t.Errorf("%d bytes came", len(text))
	}
}

func TestDisplays(t *testing.T) {
	c, _, _ := start(t, Options{})
	_, said := c.execute("show d one\nprint a\nclear\nupdate d two\nshow e x")
	wantSaid(t, said, "in[1] show d one\nprint a\nclear\nupdate d two\nshow e x",
		"display d one", `stdout "a\n"`, "clear wait=true", "update_display d two", "display e x")
}

// Of 10,000 updates few are sent, the last among them, and they only go up.
func TestUpdateFlood(t *testing.T) {
	c, _, _ := start(t, Options{UpdateInterval: 20 * time.Millisecond})
	started := time.Now()
	_, said := c.execute("show d start\nflood d 10000\nprint end")
	most := int(time.Since(started)/(20*time.Millisecond)) + 3
	var updates []int
	for _, s := range said {
		if text, ok := strings.CutPrefix(s, "update_display d "); ok {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			updates = append(updates, n)
		}
	}
	if n := len(updates); n == 0 || n > most || updates[n-1] != 9999 || !slices.IsSorted(updates) {
		t.Errorf("%d updates, at most %d wanted: %v", n, most, updates)
	}
	if n := len(said); said[n-2] != `stdout "end\n"` || said[n-3] != "update_display d 9999" {
		t.Errorf("the end is %q", said[n-3:])
	}
}

// Text between updates stays whole and after the updates that came before it.
func TestUpdatesKeepOrder(t *testing.T) {
	c, _, _ := start(t, Options{})
	_, said := c.execute("mixed d 5000")
	next, shown := 0, -1
	for _, s := range said {
		if text, ok := strings.CutPrefix(s, "update_display d "); ok {
			shown, _ = strconv.Atoi(text)
			if shown < next {
				t.Fatalf("update %d came after the text %d", shown, next-1)
			}
		}
		if text, ok := strings.CutPrefix(s, "stdout "); ok {
			text, err := strconv.Unquote(text)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(text) {
				if line != fmt.Sprintln(next) {
					t.Fatalf("got line %q, want %d", line, next)
				}
				next++
			}
		}
	}
	if next != 5000 || shown != 4999 {
		t.Errorf("the last line is %d, the last update %d", next-1, shown)
	}
	if len(said) > 500 {
		t.Errorf("%d messages", len(said))
	}
}

// Every display has its own last update.
func TestUpdatesOfMany(t *testing.T) {
	c, _, _ := start(t, Options{})
	var code strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&code, "update d%d %d\n", i%700, i)
	}
	_, said := c.execute(code.String())
	last := map[string]string{}
	for _, s := range said {
		if f := strings.Fields(s); f[0] == "update_display" {
			last[f[1]] = f[2]
		}
	}
	for i := 2300; i < 3000; i++ {
		if got := last[fmt.Sprint("d", i%700)]; got != strconv.Itoa(i) {
			t.Errorf("display d%d shows %s, want %d", i%700, got, i)
		}
	}
}

// What goroutines say after their cell has ended still arrives.
func TestLateOutput(t *testing.T) {
	c, _, _ := start(t, Options{})
	h := c.send(c.shell, "execute_request", object{"code": "later 50 hello"})
	c.said(h)
	if m := c.next("iopub"); m.Parent.MsgID != h.MsgID || brief(t, m) != `stdout "hello\n"` {
		t.Errorf("got %s", brief(t, m))
	}
}

func TestPace(t *testing.T) {
	t.Parallel() // it mostly waits
	c, _, _ := start(t, Options{MessageRate: 100, StreamRate: -1})
	var code strings.Builder
	for range 120 {
		code.WriteString("show d x\n")
	}
	started := time.Now()
	_, said := c.execute(code.String())
	if took := time.Since(started); len(said) != 123 || took < 400*time.Millisecond {
		t.Errorf("%d messages in %v, of which 70 may come at once and 100 a second later", len(said), took)
	}
}

// In no three seconds go out more than 3.7 seconds' worth, as the limits of a
// Jupyter server want it.
func TestPaceWindow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	p := pace{rate: 800}
	type sent struct {
		at time.Time
		n  float64
	}
	var all []sent
	now := time.Now()
	for range 20_000 {
		n := rng.Float64() * 100
		now = now.Add(p.take(n, now)).Add(time.Duration(rng.ExpFloat64() * rng.Float64() * float64(100*time.Millisecond)))
		all = append(all, sent{now, n})
	}
	sum, first := 0.0, 0
	for _, s := range all {
		for sum += s.n; s.at.Sub(all[first].at) >= 3*time.Second; first++ {
			sum -= all[first].n
		}
		if sum > 3.7*800+100 {
			t.Fatalf("%v in three seconds", sum)
		}
	}
	if rate := p.take(1e9, now).Seconds(); rate < 1e9/800*0.99 {
		t.Errorf("a billion may go after %v s", rate)
	}
	if unlimited := (&pace{rate: -1}).take(1e9, now); unlimited != 0 {
		t.Errorf("waits %v without a limit", unlimited)
	}
}

func TestEncoded(t *testing.T) {
	for _, s := range []string{"", "abc", "a\nb\tc\r", `say "\"`, "\x1b[31m", "π\U0001F600", "<&>"} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got, want := encoded(s), len(strings.TrimSpace(b.String()))-2; got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}

// However text is cut into pieces, it comes out the same, in whole characters,
// and as much of it as the limit allows.
func FuzzStream(f *testing.F) {
	f.Add([]byte("aπ\U0001F600\xff\xcfz"), []byte{1, 2, 3}, 5)
	f.Add([]byte{0xf0, 0x9f}, []byte{1}, -1)
	f.Fuzz(func(t *testing.T, data, cuts []byte, limit int) {
		whole := stream{limit: -1}
		want := whole.take(string(data)) + whole.rest()
		if !utf8.ValidString(want) {
			t.Fatalf("%q came out as %q", data, want)
		}
		s, got := stream{limit: limit}, ""
		rest := string(data)
		for _, n := range cuts {
			n := min(int(n), len(rest))
			piece := s.take(rest[:n])
			if !utf8.ValidString(piece) {
				t.Fatalf("piece %q", piece)
			}
			got += piece
			rest = rest[n:]
		}
		got += s.take(rest)
		got += s.rest()
		if limit < 0 {
			// Neighbouring bytes that are no text may become one U+FFFD or several.
			if squeeze(got) != squeeze(want) {
				t.Fatalf("%q came out as %q", data, got)
			}
			return
		}
		if len(got) > limit || s.sent != len(got) || !strings.HasPrefix(squeeze(want), squeeze(got)) && s.dropped == 0 {
			t.Fatalf("%q with limit %d came out as %q", data, limit, got)
		}
		if (s.dropped == 0) != (s.notice("stdout", "") == "") {
			t.Fatalf("dropped %d, notice %q", s.dropped, s.notice("stdout", ""))
		}
	})
}

// squeeze makes one U+FFFD of several.
func squeeze(s string) string {
	for strings.Contains(s, "\uFFFD\uFFFD") {
		s = strings.ReplaceAll(s, "\uFFFD\uFFFD", "\uFFFD")
	}
	return s
}

func BenchmarkStream(b *testing.B) {
	c, _, _ := start(b, Options{StreamLimit: -1})
	b.SetBytes(1_000_000)
	for range b.N {
		if text, _, _ := streamed(b, c, "spam 1000000", "stdout"); len(text) != 1_000_000 {
			b.Fatal(len(text))
		}
	}
}

func BenchmarkCell(b *testing.B) {
	c, _, _ := start(b, Options{})
	for range b.N {
		c.execute("1+1")
	}
}
