package proc

import (
	"runtime"
	"testing"
	"time"
)

// Five hundred starts, of all kinds of ends, leave nothing behind.
func TestNothingIsLeftOpen(t *testing.T) {
	tmp := t.TempDir()
	starts := func(n int) {
		for i := range n {
			o := bash([]string{
				"true", "echo x; echo y >&2; exit 1", "echo x >$GONB_PIPE", "sleep 1000", "sleep 0.01 & echo x", "kill -9 $$",
			}[i%6])
			o.Stdin, o.Display, o.TmpDir = i%2 == 0, i%3 != 0, tmp
			if o.Args[1] == "echo x >$GONB_PIPE" {
				o.Display = true
			}
			p, err := Start(o, &record{})
			if err != nil {
				t.Fatal(err)
			}
			if o.Args[1] == "sleep 1000" {
				p.Kill()
			}
			p.Wait()
		}
	}
	starts(12)
	files, routines := descriptors(t), runtime.NumGoroutine()
	begin := time.Now()
	starts(500)
	t.Logf("%v a process", time.Since(begin)/500)
	eventually(t, "descriptors to be closed", func() bool { return descriptors(t) <= files })
	eventually(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= routines })
}
