package conformance

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// largest are the most that the kernel and its worker held.
type largest struct {
	kernel, worker           int64 // bytes
	kernelFiles, workerFiles int
}

func (l *largest) look(k *Kernel) {
	rss, files := resident(k.PID())
	l.kernel, l.kernelFiles = max(l.kernel, rss), max(l.kernelFiles, files)
	for _, p := range descendants(k.PID()) {
		if strings.Contains(p.command, "/workers/") {
			rss, files := resident(p.pid)
			l.worker, l.workerFiles = max(l.worker, rss), max(l.workerFiles, files)
		}
	}
}

func (l largest) String() string {
	return fmt.Sprintf("kernel %d MB, %d files; worker %d MB, %d files", l.kernel>>20, l.kernelFiles, l.worker>>20, l.workerFiles)
}

var cells = flag.Int("cells", 100, "how many cells the long session has")

// A long session: cells that define, redefine, panic, are interrupted and kill
// the worker. Each says what it has to, and nothing grows without bound.
func TestLongSession(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes minutes; make stress runs it")
	}
	tmp := t.TempDir()
	k := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	var most largest
	var first, took time.Duration // of the first 60 cells, of all
	alive, typed := false, false
	x := 0
	for n := 1; n <= *cells; n++ {
		o := Outcome{}
		expect := ""
		switch {
		case n%100 == 99: // a death in a hundred
			o = run(t, k, Request{Code: "os.Exit(7)"})
			if o.Reply["ename"] != "WorkerDied" {
				t.Errorf("cell %d: %v", n, o.Reply)
			}
			alive, typed = false, false
			continue
		case n%10 == 4: // a panic in ten
			o = run(t, k, Request{Code: fmt.Sprintf("func fail%d() { panic(%d) }\nfail%d()", n%3, n, n%3)})
			if o.Reply["ename"] != "Panic" || o.Reply["evalue"] != fmt.Sprint(n) {
				t.Errorf("cell %d: %v", n, o.Reply)
			}
			continue
		case n%25 == 8:
			h := begun(t, k, Request{Code: "fmt.Println(\"begun\")\nfor i := 0; ; i++ {\n}"})
			stop(t, k, h)
			continue
		case n%25 == 12:
			o = run(t, k, Request{Code: fmt.Sprintf("type thing struct{ N%d int }\nit := thing{%d}\nit", n, n)})
			expect, typed = fmt.Sprintf("result| {N%d:%d}\n", n, n), true
		case !alive:
			o, x, alive = run(t, k, Request{Code: fmt.Sprintf("x := %d\nx", n)}), n, true
			expect = fmt.Sprintf("result| %d\n", n)
		case n%25 == 13 && typed:
			o = run(t, k, Request{Code: fmt.Sprintf("it.N%d * 2", n-1)})
			expect = fmt.Sprintf("result| %d\n", 2*(n-1))
		default:
			x++
			o = run(t, k, Request{Code: fmt.Sprintf("x++\nfmt.Println(\"cell\", %d)\nx", n)})
			expect = fmt.Sprintf("stdout| cell %d\nresult| %d\n", n, x)
		}
		got := o.Text(nil)
		if typed && strings.HasPrefix(got, "stderr| it: dropped") {
			_, got, _ = strings.Cut(got, "\n")
		}
		if got != expect {
			t.Fatalf("cell %d says\n%snot\n%s", n, got, expect)
		}
		if n > 1 {
			took += o.Took
		}
		if n%20 == 0 {
			most.look(k)
		}
		if n == 60 {
			first = took / 60
		}
	}
	most.look(k)
	t.Logf("%d cells; mean %v over the first 60, %v over all; %v", *cells, first, took/time.Duration(*cells), most)
	if most.kernel > 400<<20 || most.worker > 600<<20 || most.kernelFiles > 100 || most.workerFiles > 100 {
		t.Errorf("too much: %v", most)
	}
	all := descendants(k.PID())
	if err := k.Shutdown(false, soon); err != nil {
		t.Fatal(err)
	}
	gone(t, all)
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// More than anyone can read: nothing hangs, and what is left out is said.
func TestFloods(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes minutes; make stress runs it")
	}
	k := start(t)
	count := func(o Outcome) (bytes, messages int) {
		for _, m := range o.Messages {
			text, _ := m.Body()["text"].(string)
			bytes += len(text)
		}
		return bytes, len(o.Messages)
	}
	for _, c := range []struct {
		name, code string
		check      func(Outcome) string
	}{
		{"100 MB of output", "line := strings.Repeat(\"x\", 99) + \"\\n\"\nfor range 1_000_000 { os.Stdout.WriteString(line) }", func(o Outcome) string {
			if n, _ := count(o); n < 100_000_000 && !strings.Contains(o.Text(nil), "left out") && !strings.Contains(o.Text(nil), "truncated") && !strings.Contains(o.Text(nil), "dropped") {
				return fmt.Sprintf("%d bytes came, and nothing says that others did not", n)
			}
			return ""
		}},
		{"an image of 20 MB", "import \"github.com/stellarae/lab/kernels/display\"\n\ndisplay.PNG(make([]byte, 20<<20))", func(o Outcome) string {
			if !strings.Contains(o.Text(nil), fmt.Sprintf("%d bytes", 20<<20)) {
				return "the image did not come"
			}
			return ""
		}},
		{"10,000 updates", "import \"github.com/stellarae/lab/kernels/display\"\n\nh := display.HTML(\"0\")\nfor i := range 10_000 { h.Update(fmt.Sprint(i + 1)) }", func(o Outcome) string {
			if got := o.Text(nil); !strings.HasSuffix(got, "update text/html| 10000\n") {
				return "the last update did not come: " + got[max(0, len(got)-200):]
			}
			return ""
		}},
		{"binary garbage", "b := make([]byte, 1<<20)\nfor i := range b { b[i] = byte(i * 7919 >> 3) }\nos.Stdout.Write(b)\nos.Stderr.Write(b)", nil},
		{"a line without an end", "fmt.Print(strings.Repeat(\"y\", 10<<20))", nil},
		{"a cell of 1 MB", "text := `" + strings.Repeat("a line of a long text\n", 1<<20/22) + "`\nlen(text)", func(o Outcome) string {
			if got := o.Text(nil); got != fmt.Sprintf("result| %d\n", 1<<20/22*22) {
				return got
			}
			return ""
		}},
		{"a cell of 20,000 statements", "var n int\n" + strings.Repeat("n++\n", 20_000) + "n", func(o Outcome) string {
			if got := o.Text(nil); got != "result| 20000\n" {
				return got
			}
			return ""
		}},
		{"a value of 50 MB", "strings.Repeat(\"z\", 50<<20)", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := run(t, k, Request{Code: c.code})
			if o.Reply["status"] != "ok" {
				t.Fatalf("%.2000s", o.Text(nil))
			}
			if c.check != nil {
				if wrong := c.check(o); wrong != "" {
					t.Errorf("%.1000s", wrong)
				}
			}
			var l largest
			l.look(k)
			bytes, messages := count(o)
			t.Logf("%v, %d messages, %d bytes of text; %v", o.Took.Round(time.Millisecond), messages, bytes, l)
			want(t, k, "1 + 1", "result| 2\n")
		})
	}
}

// 200 displays at the end of a program: none is lost, and each stands where it
// was made.
func TestDisplaysAtTheEnd(t *testing.T) {
	for _, mode := range []string{"session", "process"} {
		k := start(t, "--mode", mode)
		code := "import \"github.com/stellarae/lab/kernels/display\"\n%%\nfor i := range 200 {\n\tfmt.Println(\"line\", i)\n\tdisplay.HTML(fmt.Sprint(\"shown \", i))\n}"
		var expect strings.Builder
		for i := range 200 {
			fmt.Fprintf(&expect, "stdout| line %d\ndisplay text/html| shown %d\n", i, i)
		}
		want(t, k, code, expect.String())
	}
}
