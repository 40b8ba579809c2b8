package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
)

// Execute runs one cell: a magic that takes all of it, or its special lines from
// top to bottom and then its Go code.
func (s *Session) Execute(ctx context.Context, req server.Request, out server.Output) server.Result {
	a, leave := s.enter(ctx, out)
	defer leave()
	var res server.Result
	name := fmt.Sprintf("cell[%d]", req.Count)
	start := time.Now()
	c, err := cell.Parse(req.Code)
	if err != nil {
		var ce *cell.Error
		if errors.As(err, &ce) {
			res.Err = cellError(name, req.Code, ce.Diagnostic)
		} else {
			res.Err = plainError("SyntaxError", "%v", err)
		}
		return res
	}
	for _, h := range c.Help {
		p, e := s.page(ctx, h)
		if e != nil {
			res.Err = e
			return res
		}
		res.Payload = append(res.Payload, p)
	}
	res.Err = s.runCell(a, c, name, req, out)
	if c.Time && res.Err == nil {
		out.Stream("stdout", fmt.Sprintf("Wall time: %v\n", time.Since(start).Round(time.Millisecond)))
	}
	if res.Err == nil && len(req.UserExpressions) > 0 {
		res.UserExpressions = s.expressions(a, req)
	}
	return res
}

func (s *Session) runCell(a *activity, c *cell.Cell, name string, req server.Request, out server.Output) *server.Error {
	if c.Magic != nil {
		return s.runMagic(a, c, out)
	}
	l := &lines{s: s, a: a, out: out, allowStdin: req.AllowStdin, cell: c}
	for _, line := range c.Lines {
		if a.interrupted() {
			return interruptedError("")
		}
		if e := l.run(line); e != nil {
			return e
		}
	}
	if a.interrupted() {
		return interruptedError("")
	}
	if c.Exec == "" && !l.test && !c.HasGo() {
		return nil
	}
	s.mainArgs(c)
	if c.HasGo() || c.Exec != "" || l.test {
		switch {
		case l.test && l.wasm:
			return plainError("UsageError", "%%wasm and %%test exclude each other")
		case l.test:
			return s.runTest(a, c, name, l.testArgs, out)
		case l.wasm:
			return s.runWasm(a, c, name, out)
		}
		return s.runGo(a, c, name, out)
	}
	return nil
}

// mainArgs settles whose arguments a cell with %% gets: its own, even if it has
// none, unless %args stands below.
func (s *Session) mainArgs(c *cell.Cell) {
	if c.Main < 0 || c.Exec != "" {
		return
	}
	if slices.ContainsFunc(c.Lines, func(l cell.Special) bool { return l.Name == "args" && l.Line > c.Main }) {
		c.Args = nil
		return
	}
	s.cells.Lock()
	s.args = nil
	s.cells.Unlock()
}

// expressions evaluates the user_expressions of a request.
func (s *Session) expressions(a *activity, req server.Request) map[string]any {
	values := map[string]any{}
	var names []string
	for n := range req.UserExpressions {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		o := &only{}
		var e *server.Error
		c, err := cell.Parse(req.UserExpressions[n])
		if err != nil {
			e = plainError("SyntaxError", "%v", err)
		} else {
			s.mu.Lock()
			s.outs = append(s.outs, o)
			s.mu.Unlock()
			e = s.runGo(a, c, "expression "+n, o)
			s.mu.Lock()
			s.outs = slices.DeleteFunc(s.outs, func(x server.Output) bool { return x == o })
			s.mu.Unlock()
		}
		switch {
		case e != nil:
			values[n] = map[string]any{"status": "error", "ename": e.Name, "evalue": e.Value, "traceback": e.Traceback}
		case o.result == nil:
			values[n] = map[string]any{"status": "error", "ename": "NoValue", "evalue": "the expression has no value", "traceback": []string{}}
		default:
			meta := o.result.Metadata
			if meta == nil {
				meta = map[string]any{}
			}
			values[n] = map[string]any{"status": "ok", "data": o.result.Data, "metadata": meta}
		}
	}
	return values
}

// page answers `name?` through the front end's pager.
func (s *Session) page(ctx context.Context, h cell.Help) (map[string]any, *server.Error) {
	data := map[string]any{}
	switch {
	case h.Name == "" || h.Name == "%help":
		data["text/plain"], data["text/markdown"] = helpText(), helpMarkdown()
	case strings.HasPrefix(h.Name, "%") || strings.HasPrefix(h.Name, "!"):
		i := slices.IndexFunc(cell.Commands(), func(c cell.Command) bool { return c.Name == h.Name })
		if i < 0 {
			return nil, plainError("NameError", "no command %s", h.Name)
		}
		c := cell.Commands()[i]
		data["text/plain"] = c.Usage + "\n" + c.Help
	default:
		r, err := s.Inspect(ctx, h.Name, len(h.Name), h.Detail)
		if err != nil {
			return nil, plainError("InspectError", "%v", err)
		}
		if !r.Found {
			return nil, plainError("NameError", "nothing is known about %s", h.Name)
		}
		for k, v := range r.Data {
			data[k] = v
		}
	}
	return map[string]any{"source": "page", "data": data, "start": 0}, nil
}

// Comm hands a comm message of the front end to the worker and waits until the
// callbacks it causes have ended.
func (s *Session) Comm(ctx context.Context, m pipe.Comm, out server.Output) error {
	w := s.living()
	if w == nil {
		return server.ErrNoTarget
	}
	s.mu.Lock()
	s.outs = append([]server.Output{out}, s.outs...) // a cell that runs keeps its output
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if i := slices.Index(s.outs, out); i >= 0 {
			s.outs = slices.Delete(s.outs, i, i+1)
		}
		s.idle = out
	}()
	a, ok := w.ask(pipe.Message{Kind: m.Kind, Comm: &m}, ctx.Done())
	if ok && a.Error != "" || !ok && w.p != nil && s.living() == nil {
		return server.ErrNoTarget
	}
	return nil
}
