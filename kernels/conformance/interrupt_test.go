package conformance

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// soon is within a second, on a machine that has nothing else to do.
const soon = 5 * time.Second

// begun starts a cell and waits until it has printed "begun".
func begun(t testing.TB, k *Kernel, r Request) wire.Header {
	t.Helper()
	h, err := k.Begin(r)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, k, h, "begun")
	return h
}

// waitFor waits until a cell has printed a text.
func waitFor(t testing.TB, k *Kernel, h wire.Header, text string) {
	t.Helper()
	said := ""
	_, err := k.Await(patience, func(a Arrived) bool {
		if a.Parent.MsgID != h.MsgID || a.Header.MsgType != "stream" {
			return false
		}
		said, _ = a.Body()["text"].(string)
		return strings.Contains(said, text)
	})
	if err != nil {
		t.Fatalf("%q has %v", text, err)
	}
}

func byMessage(t testing.TB, k *Kernel) {
	t.Helper()
	if r, err := k.Ask(Control, "interrupt_request", nil, patience); err != nil || r["status"] != "ok" {
		t.Fatalf("interrupt: %v %v", r, err)
	}
}

func bySignal(t testing.TB, k *Kernel) {
	t.Helper()
	if err := k.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// Whatever a cell does, an interrupt ends it soon, and its variables live on.
func TestInterrupt(t *testing.T) {
	for _, mode := range []string{"session", "process"} {
		t.Run(mode, func(t *testing.T) {
			k := start(t, "--mode", mode)
			if mode == "session" {
				run(t, k, Request{Code: "kept := 42"})
			}
			for _, c := range []struct{ name, code string }{
				{"tight loop", "fmt.Println(\"begun\")\nfor i := 0; ; i++ {\n}"},
				{"loop in a function", "func spin() { for n := 1; n != 0; n = n*3 + 2 {} }\nfmt.Println(\"begun\")\nspin()"},
				{"sleep", "fmt.Println(\"begun\")\ntime.Sleep(time.Hour)"},
				{"channel; session", "fmt.Println(\"begun\")\n<-make(chan int)"},
				{"select; session", "fmt.Println(\"begun\")\nselect {}"},
				{"mutex; session", "var mu sync.Mutex\nmu.Lock()\nfmt.Println(\"begun\")\nmu.Lock()"},
				{"goroutines", "var wg sync.WaitGroup\nfor range 4 { wg.Go(func() { for {} }) }\nfmt.Println(\"begun\")\nwg.Wait()"},
				{"shell", "!echo begun; sleep 300"},
				{"shell with children", "!(sleep 301; echo) & sleep 302 | cat & echo begun; wait"},
				{"deaf shell", "!trap '' INT; echo begun; while :; do sleep 0.1; done"},
				{"script", "%%bash\necho begun\nsleep 303"},
				{"program", "import \"os/exec\"\nfmt.Println(\"begun\")\nexec.Command(\"sleep\", \"304\").Run()"},
				{"recovering", "fmt.Println(\"begun\")\nfunc() { defer func() { recover() }(); for {} }()\nfor {}"},
				{"reading", "fmt.Println(\"begun\")\nbufio.NewReader(os.Stdin).ReadString('\\n')"},
				{"network", "import \"net\"\nl, err := net.Listen(\"tcp\", \"127.0.0.1:0\")\nfmt.Println(\"begun\", err)\nl.Accept()"},
			} {
				if strings.HasSuffix(c.name, "; session") && mode != "session" {
					continue // Go's runtime sees the deadlock and ends the program
				}
				for name, interrupt := range map[string]func(testing.TB, *Kernel){"message": byMessage, "signal": bySignal} {
					t.Run(c.name+" by "+name, func(t *testing.T) {
						h := begun(t, k, Request{Code: c.code})
						from := time.Now()
						interrupt(t, k)
						o, err := k.Finish(h, nil, patience)
						if err != nil {
							t.Fatal(err)
						}
						took := time.Since(from)
						if o.Reply["status"] != "error" || o.Reply["ename"] != "Interrupted" {
							t.Errorf("the reply is %v", o.Reply)
						}
						t.Logf("%v: %v", took.Round(time.Millisecond), o.Reply["evalue"])
						if took > soon {
							t.Errorf("took %v", took)
						}
					})
				}
			}
			if mode == "session" {
				want(t, k, "kept", "result| 42\n")
			}
			want(t, k, "1 + 1", "result| 2\n")
		})
	}
}

// A second interrupt ends a worker in which the cell goes on.
func TestSecondInterrupt(t *testing.T) {
	k := start(t)
	run(t, k, Request{Code: "lost := 1"})
	h := begun(t, k, Request{Code: "fmt.Println(\"begun\")\nselect {}"})
	byMessage(t, k)
	byMessage(t, k)
	o, err := k.Finish(h, nil, soon)
	if err != nil {
		t.Fatal(err)
	}
	value, _ := o.Reply["evalue"].(string)
	if o.Reply["ename"] != "Interrupted" || !strings.Contains(value, "lost") {
		t.Errorf("the reply is %v", o.Reply)
	}
	want(t, k, "2 + 2", "result| 4\n")
	// The second may come when the first cell has ended already.
	h = begun(t, k, Request{Code: "fmt.Println(\"begun\")\nselect {}"})
	byMessage(t, k)
	if o, err = k.Finish(h, nil, soon); err != nil || o.Reply["ename"] != "Interrupted" {
		t.Fatalf("%v %v", o.Reply, err)
	}
	byMessage(t, k)
	want(t, k, "3 + 3", "result| 6\n")
}

// A build of minutes can be interrupted, and leaves no compiler behind.
func TestInterruptBuild(t *testing.T) {
	for _, mode := range []string{"session", "process"} {
		t.Run(mode, func(t *testing.T) {
			k := start(t, "--mode", mode)
			want(t, k, "1 + 1", "result| 2\n")
			var b strings.Builder
			for i := range 4000 {
				fmt.Fprintf(&b, "func f%d(x int) []int { m := map[int]int{x: %d}; s := []int{}; for k, v := range m { s = append(s, k*v+f%d(k)[0]) }; return s }\n", i, i, max(i-1, 0))
			}
			h, err := k.Begin(Request{Code: b.String() + "f3999(1)"})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			byMessage(t, k)
			from := time.Now()
			o, err := k.Finish(h, nil, patience)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v: %v", time.Since(from), o.Text(nil))
			if o.Reply["ename"] != "Interrupted" || time.Since(from) > soon {
				t.Errorf("after %v the reply is %.500v", time.Since(from), o.Reply)
			}
			for _, p := range descendants(k.PID()) {
				program, _, _ := strings.Cut(p.command, " ") // gopls asks go list for compiled files
				if base := filepath.Base(program); base == "compile" || base == "link" {
					t.Errorf("%s is left", p.command)
				}
			}
			want(t, k, "2 + 2", "result| 4\n")
		})
	}
}
