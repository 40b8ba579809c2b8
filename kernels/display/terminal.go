package display

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// terminal shows things outside a notebook, as text.
type terminal struct {
	mu     sync.Mutex
	out    io.Writer
	in     io.Reader
	screen bool // a line can be overwritten
}

// standardOutput is os.Stdout as it is at each write.
type standardOutput struct{}

func (standardOutput) Write(b []byte) (int, error) { return os.Stdout.Write(b) }

// textTypes are the MIME types that read well as they are, the best first.
var textTypes = []string{"text/plain", "text/markdown", "text/latex"}

func (t *terminal) send(_ string, b pipe.Bundle) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, mime := range textTypes {
		if text, ok := b.Data[mime].(string); ok {
			_, err := fmt.Fprintln(t.out, strings.TrimSuffix(text, "\n"))
			return err
		}
	}
	if len(b.Data) == 0 {
		return nil
	}
	mime := slices.Sorted(maps.Keys(b.Data))[0]
	size := ""
	if s, ok := b.Data[mime].(string); ok {
		size = fmt.Sprintf(", %d bytes", len(s))
	}
	_, err := fmt.Fprintf(t.out, "[%s%s: shown in a notebook]\n", mime, size)
	return err
}

// progress overwrites the line of a bar; where lines stay, only the last is written.
func (t *terminal) progress(line string, last bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.screen {
		fmt.Fprint(t.out, "\r\x1b[K", line)
	} else if last {
		fmt.Fprint(t.out, line)
	}
	if last {
		fmt.Fprintln(t.out)
	}
}

func (t *terminal) clear(bool) error { return nil }

func (t *terminal) input(ctx context.Context, prompt string, password bool) (string, error) {
	if password {
		return "", fmt.Errorf("password: %w", errOnlyNotebook)
	}
	t.mu.Lock()
	fmt.Fprint(t.out, prompt)
	t.mu.Unlock()
	return readLine(ctx, t.in)
}

func (t *terminal) sync(context.Context) error { return nil }

// readLine reads a line and not a byte more, as others may read on. After the
// end of ctx the line still under way is lost.
func readLine(ctx context.Context, r io.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	c := make(chan answer, 1)
	go func() {
		var line []byte
		var b [1]byte
		for {
			n, err := r.Read(b[:])
			if n == 1 && b[0] == '\n' {
				c <- answer{string(line), nil}
				return
			}
			line = append(line, b[:n]...)
			if errors.Is(err, io.EOF) && len(line) > 0 {
				err = nil
				c <- answer{string(line), err}
				return
			}
			if err != nil {
				c <- answer{"", err}
				return
			}
			if len(line) > 1<<20 {
				c <- answer{"", errors.New("a line over 1 MB")}
				return
			}
		}
	}()
	select {
	case a := <-c:
		return strings.TrimSuffix(a.line, "\r"), a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// isTerminal reports whether text written to f appears on a screen.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
