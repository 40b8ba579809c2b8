package session

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// talk is the sink of a shell line.
type talk struct{ out server.Output }

func (t talk) Output(stderr bool, b []byte) {
	name := "stdout"
	if stderr {
		name = "stderr"
	}
	t.out.Stream(name, string(b))
}

func (t talk) Message(pipe.Message) {}

// shell runs a program for a cell and streams what it says. A failure is said on
// stderr and is not the cell's, as under GoNB.
func (s *Session) shell(a *activity, out server.Output, o proc.Options, feed func(p *proc.Process)) *server.Error {
	o.Env = s.environ()
	p, err := proc.Start(o, talk{out})
	if err != nil {
		return plainError("ShellError", "%v", err)
	}
	a.onInterrupt(func(again bool) {
		if again {
			p.Kill()
			return
		}
		p.Interrupt()
		time.AfterFunc(500*time.Millisecond, p.Kill)
	})
	defer a.onInterrupt(nil)
	if feed != nil {
		go feed(p)
	}
	state, err := p.Wait()
	if err != nil {
		return plainError("ShellError", "%v", err)
	}
	if a.interrupted() {
		return interruptedError("")
	}
	if state.Code != 0 || state.Signal != 0 {
		out.Stream("stderr", state.String()+"\n")
	}
	return nil
}

// inputs asks the user for lines as long as a program runs (%with_inputs).
func (s *Session) inputs(ctx context.Context, out server.Output, password bool) func(p *proc.Process) {
	return func(p *proc.Process) {
		for {
			select {
			case <-p.Done():
				return
			case <-time.After(200 * time.Millisecond):
			}
			ctx, cancel := context.WithCancel(ctx)
			go func() {
				select {
				case <-p.Done():
				case <-ctx.Done():
				}
				cancel()
			}()
			text, err := out.Input(ctx, " ", password)
			cancel()
			if err != nil {
				p.CloseInput()
				return
			}
			if p.Type(text) != nil {
				return
			}
		}
	}
}

// runMagic runs a cell that begins with a magic: %%bash, %%writefile, ...
func (s *Session) runMagic(a *activity, c *cell.Cell, out server.Output) *server.Error {
	m := c.Magic
	show := map[string]string{"html": "text/html", "markdown": "text/markdown", "latex": "text/latex", "svg": "image/svg+xml", "javascript": "application/javascript", "js": "application/javascript"}
	if mime, ok := show[m.Name]; ok {
		out.Display(pipe.Bundle{Data: map[string]any{mime: m.Body, "text/plain": m.Body}})
		return nil
	}
	switch m.Name {
	case "writefile":
		return s.writeFile(m, out)
	case "bash", "sh":
		return s.script(a, m.Name, nil, m.Body, out)
	case "script":
		return s.script(a, m.Args[0], m.Args[1:], m.Body, out)
	}
	return plainError("NotSupported", "%%%%%s is not known", m.Name)
}

func (s *Session) script(a *activity, program string, args []string, body string, out server.Output) *server.Error {
	return s.shell(a, out, proc.Options{Path: program, Args: args, Dir: s.dir(), Stdin: true}, func(p *proc.Process) {
		if body == "" || p.Type(strings.TrimSuffix(body, "\n")) == nil { // Type ends the line
			p.CloseInput()
		}
	})
}

// writeFile writes the rest of a cell into a file, whole or not at all.
func (s *Session) writeFile(m *cell.Magic, out server.Output) *server.Error {
	args := m.Args
	add := len(args) > 0 && args[0] == "-a"
	if add {
		args = args[1:]
	}
	if len(args) != 1 {
		return plainError("UsageError", "%%%%writefile [-a] path: one path is needed")
	}
	path, err := s.path(args[0])
	if err != nil {
		return plainError("UsageError", "%%%%writefile: %v", err)
	}
	text, did := []byte(m.Body), "Cell contents written to"
	if add {
		did = "Cell contents appended to"
		old, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return plainError("FileError", "%%%%writefile: %v", err)
		}
		text = append(old, text...)
	}
	if err := writeWhole(path, text); err != nil {
		return plainError("FileError", "%%%%writefile: %v", err)
	}
	out.Stream("stderr", fmt.Sprintf("%s %q.\n", did, path))
	return nil
}

// path expands ~, ~user and $VAR, and makes a path absolute.
func (s *Session) path(p string) (string, error) {
	p = os.Expand(p, func(name string) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		if v, ok := s.env[name]; ok {
			return v
		}
		return os.Getenv(name)
	})
	p, err := tilde(p)
	if err != nil {
		return "", err
	}
	if p == "" {
		return "", fmt.Errorf("the path is empty")
	}
	if !filepath.IsAbs(p) {
		p = filepath.Join(s.dir(), p)
	}
	return p, nil
}

func tilde(p string) (string, error) {
	if !strings.HasPrefix(p, "~") {
		return p, nil
	}
	name, rest, _ := strings.Cut(p[1:], "/")
	home, err := os.UserHomeDir()
	if name != "" {
		u, e := user.Lookup(name)
		if e != nil {
			return "", e
		}
		home, err = u.HomeDir, nil
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(home, rest), nil
}

// captured copies what a cell's program says into a file (%capture).
type captured struct {
	path string
	add  bool
	buf  bytes.Buffer
}

const mostCaptured = 1 << 30

func (c *captured) Write(b []byte) (int, error) {
	if c.buf.Len()+len(b) > mostCaptured {
		return len(b), nil
	}
	return c.buf.Write(b)
}

// startCapture makes the worker's output go to the file of %capture too, until
// the function returned is called.
func (s *Session) startCapture(w *child) (finish func()) {
	s.cells.Lock()
	c := s.capture
	s.capture = nil
	s.cells.Unlock()
	if c == nil {
		return func() {}
	}
	w.mu.Lock()
	w.copyTo = c
	w.mu.Unlock()
	return func() {
		w.mu.Lock()
		w.copyTo = nil
		w.mu.Unlock()
		if err := c.save(); err != nil {
			s.out().Stream("stderr", fmt.Sprintf("%%capture: %v\n", err))
		}
	}
}

func (c *captured) save() error {
	text := c.buf.Bytes()
	if c.add {
		old, err := os.ReadFile(c.path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		text = append(old, text...)
	}
	return writeWhole(c.path, text)
}

// writeWhole writes a file whole or not at all.
func writeWhole(path string, text []byte) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
