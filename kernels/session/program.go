package session

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/kernels/session/source"
)

// runProgram runs a cell as a program of its own.
func (s *Session) runProgram(a *activity, c *cell.Cell, items []cell.Item, name string, out server.Output) *server.Error {
	exe, args, capture, e := s.buildProgram(a, c, items, name, nil, false, out)
	if e != nil {
		return e
	}
	return s.runChild(a, exe, args, capture)
}

// runTest runs the tests of a cell, or all that are remembered, as go test does.
func (s *Session) runTest(a *activity, c *cell.Cell, name string, args []string, out server.Output) *server.Error {
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		return splitErrors(name, c, diags)
	}
	s.mu.Lock()
	s.remember(name, c)
	s.mu.Unlock()
	exe, args, capture, e := s.buildProgram(a, c, items, name, args, true, out)
	if e != nil {
		return e
	}
	return s.runChild(a, exe, args, capture)
}

func (s *Session) buildProgram(a *activity, c *cell.Cell, items []cell.Item, name string, testArgs []string, test bool, out server.Output) (exe string, args []string, capture *captured, e *server.Error) {
	s.cells.Lock()
	defer s.cells.Unlock()
	code := c.Go
	if c.Exec != "" {
		var extra []cell.Item
		code, extra = execCall(c)
		items = append(items, extra...)
	}
	s.newsOfModule(out)
	plan, diags, err := s.ledger.Check(a.ctx, source.Text{Name: name, File: fileOf(c), Code: code}, items, &packages{s: s, a: a, out: out}, source.Process)
	if e := s.checkError(a, c, diags, err); e != nil {
		return "", nil, nil, e
	}
	files := plan.Program(test)
	imports := plan.Imports
	if test {
		imports = union(imports, []string{"testing"})
	}
	g, err := s.b.Packages(a.ctx, imports)
	if err != nil {
		return "", nil, nil, s.buildError(a, name, err)
	}
	exe, err = s.b.Program(a.ctx, files, g, build.ProgramOptions{Goflags: s.programFlags(test), Test: test})
	if err != nil {
		return "", nil, nil, s.buildError(a, name, err)
	}
	s.ledger.Commit(plan)
	s.tellCompletion()
	args = c.Args
	if c.Main < 0 || c.Args == nil && s.args != nil {
		args = s.args
	}
	if test {
		args = testArgs
		if len(args) == 0 {
			args = testDefaults(plan)
		}
	}
	capture = s.capture
	s.args, s.capture = nil, nil
	return exe, args, capture, nil
}

// programFlags are those of %goflags; the go command, which builds tests, may
// also note in the session's go.mod what a fetched module needs for its tests.
func (s *Session) programFlags(test bool) []string {
	_, err := os.Stat(filepath.Join(s.mod.Dir, "go.work"))
	if !test || err == nil || !s.autoget {
		return s.goflags
	}
	return append(slices.Clone(s.goflags), "-mod=mod")
}

// testDefaults runs the tests of the cell verbosely, all if it has none.
func testDefaults(plan *source.Plan) []string {
	tests, benchmarks := plan.TestNames()
	args := []string{"-test.v"}
	if names := append(tests, benchmarks...); len(names) > 0 {
		args = append(args, "-test.run=^("+strings.Join(names, "|")+")$")
	}
	if len(benchmarks) > 0 {
		args = append(args, "-test.bench=.")
	}
	return args
}

// runChild runs a program to its end; how it fails is the cell's error.
func (s *Session) runChild(a *activity, exe string, args []string, capture *captured) *server.Error {
	if capture != nil {
		defer func() {
			if err := capture.save(); err != nil {
				s.out().Stream("stderr", fmt.Sprintf("%%capture: %v\n", err))
			}
		}()
	}
	p, err := s.startProgram(exe, args, capture)
	if err != nil {
		return plainError("RunError", "%v", err)
	}
	a.onInterrupt(func(again bool) {
		if again {
			p.p.Kill()
			return
		}
		p.p.Interrupt()
		time.AfterFunc(900*time.Millisecond, p.p.Kill)
	})
	defer a.onInterrupt(nil)
	state, err := p.p.Wait()
	said := strings.TrimSpace(p.taken())
	switch {
	case err != nil:
		return plainError("RunError", "%v", err)
	case a.interrupted():
		return interruptedError("")
	case state.Code == 0 && state.Signal == 0:
		if said != "" {
			s.out().Stream("stderr", string(s.named([]byte(said)))+"\n")
		}
		return nil
	}
	e := plainError("ExitError", "%s", state)
	if said != "" {
		first, _, _ := strings.Cut(said, "\n")
		e.Name, e.Value = "Panic", strings.TrimPrefix(first, "panic: ")
		e.Traceback = append(s.readableStack(said), red+state.String()+reset)
	}
	return e
}

func (s *Session) startProgram(exe string, args []string, capture *captured) (*child, error) {
	var w io.Writer
	if capture != nil {
		w = capture
	}
	return s.start(proc.Options{Path: exe, Args: args, Dir: s.dir(), Env: s.cellEnviron()}, w)
}

var stackLine = regexp.MustCompile(`^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)

// callArgs are the arguments of a call, as numbers that help nobody.
var callArgs = regexp.MustCompile(`\((?:0x|\{0x|\.\.\.).*\)$`)

const mostStack = 60

// readableStack makes what Go's runtime prints when a process dies readable: the
// first goroutine's calls, those in cells with the line itself.
func (s *Session) readableStack(said string) (out []string) {
	lines := strings.Split(said, "\n")
	goroutines, call, before := 0, "", ""
	for i, l := range lines {
		if strings.HasPrefix(l, "goroutine ") {
			if goroutines++; goroutines > 1 {
				break
			}
			continue
		}
		if m := stackLine.FindStringSubmatch(l); m != nil {
			file := m[1][strings.LastIndexByte(m[1], '/')+1:]
			n, _ := strconv.Atoi(m[2])
			if name, code, ok := s.text(file); ok {
				frame := fmt.Sprint(call, file, n)
				if frame == before { // a call of itself, as in a stack that overflowed
					out = out[:len(out)-1]
					continue
				}
				before = frame
				out = append(out, fmt.Sprintf("%s%s:%d%s", bold, name, n, reset))
				out = append(out, sourceLine(code, n, 0)...)
				continue
			}
			if file == "variables.go" {
				continue
			}
			out = append(out, dim+"\t"+shortPath(m[1])+":"+m[2]+reset)
			continue
		}
		if goroutines > 0 && i+1 < len(lines) && strings.Contains(lines[i+1], "kernels/session/rt/") {
			continue
		}
		call = source.Plain(callArgs.ReplaceAllString(l, "(...)"))
		out = append(out, call)
		if len(out) > mostStack {
			break
		}
	}
	return out
}
