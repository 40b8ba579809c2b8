package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/kernels/session/rt/proto"
	"github.com/stellarae/lab/kernels/session/source"
)

// interruptedError is what an interrupt makes of a cell.
func interruptedError(note string) *server.Error {
	value := "the cell was interrupted"
	if note != "" {
		value += "; " + note
	}
	return &server.Error{Name: "Interrupted", Value: value, Traceback: []string{red + value + reset}}
}

// runGo checks, compiles and runs the Go code of a cell.
func (s *Session) runGo(a *activity, c *cell.Cell, name string, out server.Output) *server.Error {
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		return splitErrors(name, c, diags)
	}
	s.mu.Lock()
	s.remember(name, c)
	program := s.mode == Process || s.whole
	s.mu.Unlock()
	if program {
		return s.runProgram(a, c, items, name, out)
	}
	return s.runLiving(a, c, items, name, out)
}

func splitErrors(name string, c *cell.Cell, diags []cell.Diagnostic) *server.Error {
	t := source.Text{Name: name, Code: c.Text}
	var out []source.Diag
	for _, d := range diags {
		at := offset(c.Text, d.Line, d.Col)
		out = append(out, source.Diag{Text: t, Start: at, End: at + 1, Msg: d.Msg})
	}
	return compileError(out)
}

func offset(text string, line, col int) int {
	at := 0
	for range line {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return at + col
}

// runLiving runs a cell in the worker.
func (s *Session) runLiving(a *activity, c *cell.Cell, items []cell.Item, name string, out server.Output) *server.Error {
	so, body, e := s.compile(a, c, items, name, out)
	if e != nil || so == "" {
		return e
	}
	defer os.RemoveAll(filepath.Dir(so)) // it stays mapped
	w := s.living()
	if w == nil {
		return plainError("WorkerDied", "the worker ended before the cell could run; run the cell again")
	}
	a.onInterrupt(func(again bool) {
		if again {
			w.p.Kill()
			return
		}
		w.p.Send(pipe.Message{Kind: proto.Interrupt})
	})
	defer a.onInterrupt(nil)
	finish := s.startCapture(w)
	d, ok := w.run(body)
	finish()
	if !ok {
		return s.buried(w, a)
	}
	switch d.Status {
	case proto.Panicked:
		return s.panicError(*d.Panic)
	case proto.Interrupted:
		return interruptedError("")
	case proto.Abandoned:
		return interruptedError("it waits inside a call and ends when that returns; interrupt again to end the worker, with all variables")
	case proto.Refused:
		s.cells.Lock()
		s.ledger.NotLoaded()
		s.cells.Unlock()
		return plainError("LoadError", "load the compiled cell: %s", d.Reason)
	case proto.Goexit:
		return plainError("Goexit", "the cell ended its goroutine by runtime.Goexit")
	}
	return nil
}

// buried says how the worker ended, and what went with it.
func (s *Session) buried(w *child, a *activity) *server.Error {
	state, _ := w.p.Wait()
	said := strings.TrimSpace(w.taken())
	w.closeComms(s.out())
	s.mu.Lock()
	if s.worker == w {
		s.worker = nil
	}
	clear(s.pending)
	s.mu.Unlock()
	s.cells.Lock()
	lost := s.ledger.NewWorker()
	s.cells.Unlock()
	what := "no variables were alive"
	if len(lost) > 0 {
		what = "lost with it: " + list(lost, 12)
	}
	if state.Code == 0 && a.asked.Load() == 0 {
		s.out().Stream("stderr", fmt.Sprintf("the cell ended the worker by os.Exit(0); %s; declarations are kept\n", what))
		return nil
	}
	e := &server.Error{Name: "WorkerDied", Value: fmt.Sprintf("the worker ended (%s); %s; declarations are kept", state, what)}
	if a.asked.Load() > 1 {
		e.Name, e.Value = "Interrupted", fmt.Sprintf("the worker was ended by a second interrupt; %s; declarations are kept", what)
	}
	if said != "" {
		if first, _, _ := strings.Cut(said, "\n"); first != "" {
			e.Value = first + ": " + e.Value
		}
		e.Traceback = append(e.Traceback, s.readableStack(said)...)
	}
	e.Traceback = append(e.Traceback, red+e.Value+reset)
	return e
}

func list(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// compile makes a plugin of a cell and remembers what it declares. It holds
// s.cells. so is "" for a cell that does nothing.
func (s *Session) compile(a *activity, c *cell.Cell, items []cell.Item, name string, out server.Output) (so string, body proto.RunBody, e *server.Error) {
	s.cells.Lock()
	defer s.cells.Unlock()
	code := c.Go
	if c.Exec != "" {
		var extra []cell.Item
		code, extra = execCall(c)
		items = append(items, extra...)
	}
	pk := &packages{s: s, a: a, out: out}
	s.newsOfModule(out)
	var plan *source.Plan
	var g *build.Graph
	var key string
	for so == "" {
		var diags []source.Diag
		var err error
		plan, diags, err = s.ledger.Check(a.ctx, source.Text{Name: name, File: fileOf(c), Code: code}, items, pk, source.Living)
		if e := s.checkError(a, c, diags, err); e != nil {
			return "", body, e
		}
		if plan.Idle() {
			s.ledger.Commit(plan)
			s.tellCompletion()
			return "", body, nil
		}
		files := plan.Session()
		if g, err = s.b.Packages(a.ctx, plan.Imports); err != nil {
			return "", body, s.buildError(a, name, err)
		}
		fresh, err := s.fitWorker(a.ctx, g, out)
		if err != nil {
			return "", body, s.buildError(a, name, err)
		}
		if fresh { // all must be compiled again for it
			continue
		}
		key = plan.Key(files)
		if so = s.built[key]; so != "" && s.living() != nil {
			break
		}
		if so, err = s.b.Plugin(a.ctx, s.pluginName(), files, g); err != nil {
			return "", body, s.buildError(a, name, err)
		}
		if s.died() { // meanwhile, and what the plugin builds on with it
			os.RemoveAll(filepath.Dir(so))
			so = ""
		}
	}
	w, err := s.ensureWorker(a.ctx)
	if err != nil {
		os.RemoveAll(filepath.Dir(so))
		return "", body, s.buildError(a, name, err)
	}
	s.ledger.Commit(plan)
	maps.Copy(w.loaded, s.b.Fingerprint(g))
	s.built[key] = so
	if len(plan.Dropped) > 0 {
		out.Stream("stderr", fmt.Sprintf("%s: dropped, as the type was redefined\n", list(plan.Dropped, 12)))
	}
	for _, n := range plan.Notes {
		out.Stream("stderr", n+"\n")
	}
	s.tellCompletion()
	args := c.Args
	if c.Main < 0 || c.Args == nil && s.args != nil {
		args = s.args
	}
	s.args = nil
	return so, proto.RunBody{ID: s.nextID.Add(1), Plugin: so, Args: args, Flags: plan.Flags(), Drop: plan.Dropped}, nil
}

// execCall adds the call of %exec to a cell's code, as if below %%.
func execCall(c *cell.Cell) (string, []cell.Item) {
	code := c.Go
	at := len(code) + 1
	call := c.Exec + "()"
	return code + "\n" + call, []cell.Item{{Kind: cell.Stmt, Start: at, End: at + len(call), CodeStart: at, CodeEnd: at + len(call), InMain: true, Expr: true, Silent: true}}
}

func (s *Session) checkError(a *activity, c *cell.Cell, diags []source.Diag, err error) *server.Error {
	switch {
	case a.interrupted():
		return interruptedError("")
	case err != nil:
		return plainError("BuildError", "%v", err)
	case len(diags) > 0:
		for i := range diags { // show the whole line, special ones too
			if diags[i].Text.Code == c.Go {
				diags[i].Text.Code = c.Text
			} else if _, text, ok := s.text(diags[i].Text.File); ok && len(text) == len(diags[i].Text.Code) {
				diags[i].Text.Code = text
			}
		}
		return compileError(diags)
	}
	return nil
}

// buildError makes an error of what the compiler or the linker said.
func (s *Session) buildError(a *activity, name string, err error) *server.Error {
	if a.interrupted() || errors.Is(err, context.Canceled) {
		return interruptedError("")
	}
	var list build.CompileErrors
	if !errors.As(err, &list) || len(list) == 0 {
		return plainError("BuildError", "%v", err)
	}
	var diags []source.Diag
	for _, ce := range list {
		file := ce.File
		if i := strings.LastIndexByte(file, '/'); i >= 0 {
			file = file[i+1:]
		}
		name, text, ok := s.text(file)
		if !ok {
			name, text = ce.File, ""
		}
		at := offset(text, ce.Line-1, 0)
		diags = append(diags, source.Diag{Text: source.Text{Name: name, Code: text}, Start: at, End: at + 1, Msg: ce.Message})
	}
	return compileError(diags)
}

// pluginName is unique in the session, and four characters long.
func (s *Session) pluginName() string {
	s.plugins++
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	n := s.plugins
	b := []byte("c000")
	for i := 3; i > 0; i-- {
		b[i] = digits[n%36]
		n /= 36
	}
	b[0] = 'a' + byte(n)
	return string(b)
}

// living is the worker, nil if there is none.
func (s *Session) living() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worker == nil {
		return nil
	}
	select {
	case <-s.worker.p.Done():
		return nil
	default:
		return s.worker
	}
}

// died says whether a worker has ended, and nobody has noted it yet.
func (s *Session) died() bool {
	w := s.living()
	s.mu.Lock()
	defer s.mu.Unlock()
	return w == nil && s.worker != nil
}

// ensureWorker starts a worker if none lives.
func (s *Session) ensureWorker(ctx context.Context) (*child, error) {
	if w := s.living(); w != nil {
		return w, nil
	}
	exe, host, err := s.b.Worker(ctx, nil)
	if err != nil {
		return nil, err
	}
	w, err := s.start(proc.Options{Path: exe, Dir: s.dir(), Env: s.cellEnviron()}, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(w.loaded, s.b.Fingerprint(host))
	select {
	case <-w.ready:
	case <-w.p.Done():
		return nil, fmt.Errorf("the worker ended at once: %s", strings.TrimSpace(w.taken()))
	case <-ctx.Done():
		w.p.Kill()
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		w.p.Kill()
		return nil, context.Canceled
	}
	s.worker = w
	s.built = map[string]string{}
	clear(s.pending)
	return w, nil
}

// fitWorker replaces a worker that has loaded other versions of packages than
// the cell needs, and one that died unseen; it says so.
func (s *Session) fitWorker(ctx context.Context, g *build.Graph, out server.Output) (fresh bool, err error) {
	w := s.living()
	if w == nil && s.died() {
		if lost := s.ledger.NewWorker(); len(lost) > 0 {
			out.Stream("stderr", fmt.Sprintf("the worker had ended; lost: %s\n", list(lost, 12)))
		}
		s.mu.Lock()
		s.worker = nil
		s.mu.Unlock()
		return true, nil
	}
	if w == nil {
		return false, nil
	}
	var other []string
	for path, id := range s.b.Fingerprint(g) {
		if have := w.loaded[path]; have != "" && have != id {
			other = append(other, path)
		}
	}
	if len(other) == 0 {
		return false, nil
	}
	slices.Sort(other)
	w.p.Kill()
	w.p.Wait()
	w.closeComms(out)
	s.mu.Lock()
	s.worker = nil
	s.mu.Unlock()
	lost := s.ledger.NewWorker()
	note := ""
	if len(lost) > 0 {
		note = "; lost: " + list(lost, 12)
	}
	out.Stream("stderr", fmt.Sprintf("new worker, as %s changed%s\n", list(other, 3), note))
	return true, nil
}

// dir is the current folder.
func (s *Session) dir() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cwd
}
