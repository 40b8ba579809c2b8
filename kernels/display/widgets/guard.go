package widgets

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// guard runs a callback. Its panic becomes text on standard error: the cause and
// the calls that led there, from the callback on.
func guard(name string, callback func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(os.Stderr, "widgets: callback of %s panicked: %v\n%s", name, r, calls())
		}
	}()
	callback()
}

// calls lists the functions between the panic and guard.
func calls() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	var b strings.Builder
	for panicked := false; ; {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked = true
		case !panicked || strings.HasPrefix(f.Function, "runtime."):
		case strings.HasSuffix(f.Function, "/display/widgets.guard"):
			return b.String()
		default:
			fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}
