package session

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// runUntil runs a cell that prints "on" when it is where it is to be
// interrupted, and interrupts it there; a cell that ends within a tenth of a
// second of that has ended by itself.
func (n *notebook) runUntil(code string, interrupts int) outcome {
	n.t.Helper()
	r := &record{}
	done := make(chan outcome)
	go func() { done <- n.runInto(code, r) }()
	limit := time.After(time.Minute)
	for !strings.Contains(strings.Join(r.said(), ""), "on") {
		select {
		case o := <-done:
			return o
		case <-limit:
			n.t.Fatalf("%s\ndid not come to where it says on", code)
		case <-time.After(2 * time.Millisecond):
		}
	}
	time.Sleep(20 * time.Millisecond)
	for range interrupts {
		n.s.Interrupt()
	}
	select {
	case o := <-done:
		return o
	case <-time.After(time.Minute):
		n.t.Fatalf("%s\ngoes on after an interrupt", code)
		panic("unreachable")
	}
}

// pending is how many cells the worker still has to stop.
func (n *notebook) pending() int {
	n.t.Helper()
	w := n.s.living()
	if w == nil {
		return 0
	}
	m, ok := w.ask(pipe.Message{Kind: proto.Vars}, nil)
	var b proto.VarsBody
	if !ok || json.Unmarshal(m.Raw, &b) != nil {
		n.t.Fatal("the worker does not answer")
	}
	return b.Pending
}

func (n *notebook) settle() {
	n.t.Helper()
	for range 500 {
		if n.pending() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	n.t.Errorf("%d cells are still to be stopped", n.pending())
}

func TestInterrupts(t *testing.T) {
	n := shared(t)
	if o := n.run(`x := 41
func on() { fmt.Print("on ") }
func earlier() { on(); for { } }
func rec(n int) int { if n > 900 { return 0 }; return rec(n+1) + rec(n+1) }
type slow []int
func (s slow) Len() int { return len(s) }
func (s slow) Less(i, j int) bool { time.Sleep(time.Millisecond); return s[i] < s[j] }
func (s slow) Swap(i, j int) { s[i], s[j] = s[j], s[i] }`); o.err != nil {
		t.Fatal(o.err)
	}
	for name, code := range map[string]string{
		"loop":                  "on()\nfor { }",
		"goto":                  "on()\nL: x += 0\ngoto L",
		"recursion":             "on()\nrec(0)",
		"range over a function": "seq := func(yield func(int) bool) { for yield(1) { } }\non()\nfor range seq { }",
		"earlier cell":          "earlier()",
		"a goroutine waited for": `var wg sync.WaitGroup
wg.Go(earlier)
wg.Wait()`,
		"recovering": "on()\nfor { func() { defer func() { recover() }(); for { } }() }",
		"deferred":   "defer func() { on(); for { } }()",
		"callback":   "on()\nsort.Sort(slow(make([]int, 100000)))",
		"selecting":  "c := time.Tick(time.Millisecond)\non()\nfor { select { case <-c: } }",
		"context":    "on()\n<-display.Context().Done()",
		"timing":     "%timeit x += 0; on(); for { }",
	} {
		t.Run(name, func(t *testing.T) {
			n.t = t
			o := n.runUntil(code, 1)
			if o.err == nil || o.err.Name != "Interrupted" || o.err.Value != "the cell was interrupted" {
				t.Errorf("%s\nends with %v", code, o.err)
			}
			n.settle()
		})
	}
	n.t = t
	if o := n.run("x"); o.text() != "result: 41\n" {
		t.Errorf("after the interrupts, x is\n%s", o.text())
	}
}

// A cell that waits inside a call is left there: it does no more when the call
// returns, and its variables stay.
func TestAbandonedCells(t *testing.T) {
	n := shared(t)
	if o := n.run(`x := 41
func on() { fmt.Print("on ") }
var mu, mu2 sync.Mutex
gate := make(chan int)
mu.Lock()
l, err := net.Listen("tcp", "127.0.0.1:0")`); o.err != nil {
		t.Fatal(o.err)
	}
	for _, c := range []struct{ name, waits, frees string }{
		{"channel", "on()\n<-gate\nfmt.Println(\"goes on\")\nx = 0", "gate <- 1"},
		{"mutex", "on()\nmu.Lock()\nfmt.Println(\"goes on\")\nx = 0", "mu.Unlock()"},
		{"network", "on()\nl.Accept()\nfmt.Println(\"goes on\")\nx = 0", "l.Close()"},
		{"sleep", "on()\ntime.Sleep(1500*time.Millisecond)\nfmt.Println(\"goes on\")\nx = 0", "1"},
	} {
		o := n.runUntil(c.waits, 1)
		if o.err == nil || o.err.Name != "Interrupted" || !strings.Contains(o.err.Value, "interrupt again") {
			t.Errorf("%s: ends with %v", c.name, o.err)
		}
		if n.pending() != 1 {
			t.Errorf("%s: %d cells pending, not 1", c.name, n.pending())
		}
		if free := n.run(c.frees); free.err != nil {
			t.Errorf("%s: %v", c.name, free.err)
		}
		n.settle()
		if said := strings.Join(o.rec.said(), ""); strings.Contains(said, "goes on") {
			t.Errorf("%s: the cell went on: %s", c.name, said)
		}
		// With nothing left to stop, an interrupt of an idle kernel does nothing.
		time.Sleep(20 * time.Millisecond)
		n.s.Interrupt()
		if o := n.run("x"); o.text() != "result: 41\n" {
			t.Fatalf("%s: then x is\n%s", c.name, o.text())
		}
	}
}

func TestSecondInterruptEndsTheWorker(t *testing.T) {
	n := shared(t)
	if o := n.run("x := 41\ny := 2\nfunc keep() int { return 7 }"); o.err != nil {
		t.Fatal(o.err)
	}
	o := n.runUntil("fmt.Print(\"on\")\n<-make(chan int)", 2)
	if o.err == nil || o.err.Name != "Interrupted" || !strings.Contains(o.err.Value, "lost with it: x, y;") {
		t.Errorf("ends with %v", o.err)
	}
	if o := n.run("x"); o.err == nil || !strings.Contains(o.err.Value, "its value was lost; run cell[") {
		t.Errorf("x is\n%s", o.text())
	}
	if o := n.run("keep()"); o.text() != "result: 7\n" {
		t.Errorf("keep() is\n%s", o.text())
	}
	// The cell that waits, left to itself, and then an interrupt of the idle kernel.
	n.run("z := 1")
	if o := n.runUntil("fmt.Print(\"on\")\n<-make(chan int)", 1); o.err == nil {
		t.Error("no error")
	}
	n.s.Interrupt()
	if o := n.run("1"); !strings.Contains(o.stderr(), "lost: z") || !strings.HasSuffix(o.text(), "result: 1\n") {
		t.Errorf("the cell after says\n%s", o.text())
	}
}

func TestInterruptWhileCompiling(t *testing.T) {
	n := shared(t)
	if o := n.run("x := 41"); o.err != nil {
		t.Fatal(o.err)
	}
	var b strings.Builder
	for i := range 3000 {
		b.WriteString("fmt.Println(x, \"")
		b.WriteString(strings.Repeat("a", i%7))
		b.WriteString("\")\n")
	}
	timer := time.AfterFunc(60*time.Millisecond, n.s.Interrupt)
	defer timer.Stop()
	if o := n.run(b.String()); o.err == nil || o.err.Name != "Interrupted" {
		t.Errorf("ends with %v", o.err)
	}
	if o := n.run("x"); o.text() != "result: 41\n" {
		t.Errorf("then x is\n%s", o.text())
	}
}

// What ends the process, and not only the cell.
func TestDeathOfTheWorker(t *testing.T) {
	n := shared(t)
	for _, c := range []struct{ code, name, value, said string }{
		{"os.Exit(0)", "", "", "the cell ended the worker by os.Exit(0); lost with it: x; declarations are kept\n"},
		{"os.Exit(3)", "WorkerDied", "the worker ended (exit status 3); lost with it: x;", ""},
		{"log.SetFlags(0)\nlog.Fatal(\"enough\")", "WorkerDied", "the worker ended (exit status 1); lost with it: x;", "enough\n"},
		{"func over(n int) int { return over(n+1) + 1 }\nover(0)", "WorkerDied", "runtime: goroutine stack exceeds", ""},
		{"m := map[int]int{}\nfor i := range 8 { go func() { for { m[i]++ } }() }\ntime.Sleep(10 * time.Second)", "WorkerDied", "fatal error: concurrent map", ""},
		{"syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(10 * time.Second)", "WorkerDied", "the worker ended (signal: killed); lost with it: x;", ""},
	} {
		if testing.Short() && c.name != "" && !strings.HasPrefix(c.code, "os.") {
			continue
		}
		if o := n.run("x := 41"); o.err != nil {
			t.Fatal(o.err)
		}
		o := n.run(c.code)
		name, value := "", ""
		if o.err != nil {
			name, value = o.err.Name, o.err.Value
		}
		if name != c.name || !strings.HasPrefix(value, c.value) || o.stderr() != c.said {
			t.Errorf("%s\nends with %s: %s\nand says\n%s", c.code, name, value, o.stderr())
		}
		if strings.Contains(c.code, "over(0)") || strings.Contains(c.code, "m[i]++") {
			if trace := o.traceback(); !strings.Contains(trace, "cell[") || strings.Contains(trace, "ʹ") || strings.Contains(trace, "ʺ") {
				t.Errorf("%s\nhas the traceback\n%s", c.code, trace)
			}
		}
		if o := n.run("x"); o.err == nil || !strings.Contains(o.err.Value, "its value was lost; run cell[") {
			t.Errorf("%s\nthen x is\n%s", c.code, o.text())
		}
	}
}
