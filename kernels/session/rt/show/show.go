// Package show is what the code written for a cell calls to show the value of
// its last expression and to time a statement. Cells do not call it themselves.
//
//	show.Result(f())
package show

import (
	"fmt"
	"os"
	"time"

	"github.com/stellarae/lab/kernels/display"
	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// Result shows the values of an expression; of several, their text.
func Result(values ...any) {
	if len(values) == 0 {
		return
	}
	b, ok := display.Render(values[0])
	if !ok {
		return
	}
	if len(values) > 1 {
		text := ""
		for i, v := range values {
			b, _ := display.Render(v)
			if i > 0 {
				text += ", "
			}
			text += fmt.Sprint(b.Data["text/plain"])
		}
		b = pipe.Bundle{Data: map[string]any{"text/plain": text}}
	}
	if display.Comms() {
		if err := hook.Send(pipe.Message{Kind: pipe.Result, Bundle: &b}); err == nil {
			return
		}
	}
	display.Publish(b)
}

// ResultOrError shows what a call whose last result is an error returned: the
// error if there is one, the other results if not.
func ResultOrError(values ...any) {
	last := len(values) - 1
	if values[last] == nil {
		Result(values[:last]...)
		return
	}
	fmt.Fprintln(os.Stderr, "error:", values[last])
}

// Time runs f and says how long it took.
func Time(f func()) {
	start := time.Now()
	f()
	fmt.Printf("Wall time: %v\n", round(time.Since(start)))
}

// Timeit runs f as often as fits in about a second, and says how long one took.
func Timeit(f func()) {
	for n := 1; ; n *= 4 {
		start := time.Now()
		for range n {
			f()
		}
		if took := time.Since(start); took > 300*time.Millisecond || n > 1e9 {
			fmt.Printf("%v per loop (%d loops)\n", round(took/time.Duration(n)), n)
			return
		}
	}
}

// Keep takes values so that computing them is not left out.
func Keep(...any) {}

func round(d time.Duration) time.Duration {
	for unit := time.Second; unit > time.Nanosecond; unit /= 10 {
		if d > 100*unit {
			return d.Round(unit / 10)
		}
	}
	return d
}
