package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/stellarae/lab/kernels/session/build"
)

// warm compiles ahead what notebooks begin with. Ctrl-C ends it; what is
// compiled by then stays. On a terminal its progress is one line.
func warm(ctx context.Context, w io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return build.Warm(ctx, build.Options{}, nil)
	}
	defer fmt.Fprint(w, "\r\x1b[K")
	return build.Warm(ctx, build.Options{}, func(done, total int, note string) {
		fmt.Fprintf(w, "\r\x1b[Kcompiling ahead, %d of %d packages: %s", done, total, note)
	})
}
