package proc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

func init() {
	helpers["ask"] = ask
	helpers["large"] = large
	helpers["count"] = count
	helpers["cat"] = func([]string) error { _, err := io.Copy(os.Stdout, os.Stdin); return err }
}

// ask asks through the display pipe and prints the answer.
func ask([]string) error {
	in, out, err := pipe.FromEnv()
	if err != nil {
		return err
	}
	w, r := pipe.NewWriter(out), pipe.NewReader(in)
	for i := range int64(100) {
		if err := w.Write(pipe.Message{Kind: pipe.Input, Seq: i, Prompt: "name? "}); err != nil {
			return err
		}
		m, err := r.Read()
		if err != nil || m.Kind != pipe.Answer || m.Seq != i {
			return fmt.Errorf("answer %+v, %w", m, err)
		}
		fmt.Print(m.Text)
	}
	return nil
}

func large([]string) error {
	_, out, err := pipe.FromEnv()
	if err != nil {
		return err
	}
	w := pipe.NewWriter(out)
	return w.Write(pipe.Message{Kind: pipe.Display, Text: strings.Repeat("x", 30<<20)})
}

func TestSendFromSink(t *testing.T) {
	o := helper("ask")
	o.Display = true
	started := make(chan *Process, 1)
	var r record
	r.on = func(m pipe.Message) {
		p := <-started
		if err := p.Send(pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Text: "x"}); err != nil {
			t.Error(err)
		}
		started <- p
	}
	p, err := Start(o, &r)
	if err != nil {
		t.Fatal(err)
	}
	started <- p
	if s, _ := p.Wait(); s.Code != 0 || r.text("1") != strings.Repeat("x", 100) {
		t.Errorf("%s %q %q", s, r.text("1"), r.text("2"))
	}
}

func TestLargeFrame(t *testing.T) {
	o := helper("large")
	o.Display = true
	var r record
	run(t, o, &r)
	if got := r.all(); len(got) != 1 || len(got[0]) != len("m display ")+30<<20 {
		t.Errorf("%d pieces", len(got))
	}
}

func TestType(t *testing.T) {
	o := helper("cat")
	o.Stdin = true
	var r record
	p, err := Start(o, &r)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("many lines\n", 30000) // more than a pipe holds
	for _, line := range []string{"one", "zwö", body} {
		if err := p.Type(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.CloseInput(); err != nil {
		t.Fatal(err)
	}
	p.Wait()
	if got, want := r.text("1"), "one\nzwö\n"+body+"\n"; got != want {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
	if err := p.Type("more"); err == nil {
		t.Error("typed into a closed input")
	}
}

func TestNoChannels(t *testing.T) {
	os.Setenv(pipe.EnvOut, "77")
	defer os.Unsetenv(pipe.EnvOut)
	var r record
	p, err := Start(bash("cat; env"), &r)
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"Type": p.Type("x"), "CloseInput": p.CloseInput(), "Send": p.Send(pipe.Message{Kind: pipe.Ack}),
	} {
		if !errors.Is(err, ErrNoChannel) {
			t.Errorf("%s: %v", what, err)
		}
	}
	p.Wait()
	for _, name := range []string{pipe.EnvOut, pipe.EnvIn, gonb.EnvPipe, gonb.EnvBack} {
		if strings.Contains(r.text("1"), name+"=") {
			t.Errorf("%s is set", name)
		}
	}
}

// What a program does not read blocks the one who sends, until its end.
func TestBlockedSenders(t *testing.T) {
	o := bash("sleep 1000")
	o.Display, o.Stdin, o.TmpDir = true, true, t.TempDir()
	p, err := Start(o, &record{})
	if err != nil {
		t.Fatal(err)
	}
	ends := make(chan error, 2)
	long := strings.Repeat("x", 1<<20)
	go func() { ends <- p.Type(long) }()
	go func() { ends <- p.Send(pipe.Message{Kind: pipe.Answer, Text: long}) }()
	select {
	case err := <-ends:
		t.Error("did not block: ", err)
	case <-time.After(100 * time.Millisecond):
	}
	p.Kill()
	for range 2 {
		if err := <-ends; err == nil {
			t.Error("a blocked call ended without an error")
		}
	}
	if s, _ := p.Wait(); s.Signal == 0 {
		t.Error(s)
	}
}

// Bytes that are no frames are reported and dropped, and the program goes on.
func TestGarbageFrames(t *testing.T) {
	for script, want := range map[string]string{
		`head -c 5000000 /dev/zero | tr '\0' '\377' >&3; echo done`:                           "display pipe: a frame may have",
		`printf '\0\0\0\2{}\0\0\0\5hello\0\0\0\20{"kind":"clear"}' >&3; sleep 0.1; echo done`: "display pipe: not a message: no kind",
		`printf '\0\0\1' >&3; echo done`:                                                      "",
	} {
		o := bash(script)
		o.Display, o.TmpDir = true, t.TempDir()
		var r record
		run(t, o, &r)
		if r.text("1") != "done\n" || !strings.HasPrefix(r.text("2"), want) || want == "" && r.text("2") != "" {
			t.Errorf("%s: %q", script, r.all())
		}
		if strings.Contains(script, "clear") && !strings.Contains(strings.Join(r.all(), ""), "m clear") {
			t.Errorf("the frame after the bad ones is lost: %q", r.all())
		}
	}
}

// counter is a sink that counts, slowly if need be, and watches memory.
type counter struct {
	bytes, messages int
	delay           time.Duration
	peak            uint64
}

func (c *counter) Output(_ bool, b []byte) {
	time.Sleep(c.delay)
	if c.bytes += len(b); c.bytes%(16<<20) < len(b) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
}

func (c *counter) Message(pipe.Message) { c.messages++ }

func TestMemoryOfLargeOutput(t *testing.T) {
	for script, want := range map[string]int{
		"head -c 100000000 /dev/zero":              100000000,
		"head -c 100000000 /dev/urandom | cat >&2": 100000000,
	} {
		runtime.GC()
		var c counter
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if run(t, bash(script), &c); c.bytes != want {
			t.Errorf("%s: %d bytes of %d", script, c.bytes, want)
		}
		if c.peak > m.HeapAlloc+8<<20 {
			t.Errorf("%s: heap grew from %d to %d", script, m.HeapAlloc, c.peak)
		}
	}
}

// count writes numbers, and after each notes in a file that it is written.
func count(args []string) error {
	for i := range 60 {
		fmt.Println(i)
		if err := os.WriteFile(args[0], []byte(strconv.Itoa(i+1)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// A slow sink slows the child: it gets no further than the pipe is long.
func TestSlowSink(t *testing.T) {
	s := &slow{mark: filepath.Join(t.TempDir(), "mark")}
	run(t, helper("count", s.mark), s)
	if s.n != 60 || s.ahead > 2 {
		t.Errorf("%d numbers, the child up to %d ahead", s.n, s.ahead)
	}
}

type slow struct {
	mark     string
	n, ahead int
}

func (s *slow) Message(pipe.Message) {}

func (s *slow) Output(_ bool, b []byte) {
	time.Sleep(3 * time.Millisecond)
	s.n++
	if b, err := os.ReadFile(s.mark); err == nil {
		written, _ := strconv.Atoi(string(b))
		s.ahead = max(s.ahead, written-s.n)
	}
}
