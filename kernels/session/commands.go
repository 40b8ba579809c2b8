package session

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// lines runs the special lines of a cell and keeps what they set for the rest of it.
type lines struct {
	s          *Session
	a          *activity
	out        server.Output
	cell       *cell.Cell
	allowStdin bool

	test     bool
	testArgs []string
	wasm     bool
	ask      bool // the next shell line may ask
	password bool
}

func (l *lines) run(line cell.Special) *server.Error {
	if line.Shell {
		return l.shell(line)
	}
	c := commands[line.Name]
	if c == nil {
		l.say("stderr", "%q unknown or not implemented yet.%s", "%"+line.Name, suggestion(line.Name))
		return nil
	}
	if err := c(l, line.Args); err != nil {
		return plainError("CommandError", "%%%s: %v", line.Name, err)
	}
	return nil
}

func suggestion(name string) string {
	if n := cell.Suggest("%" + name); n != "" {
		return fmt.Sprintf(" Did you mean %s?", n)
	}
	return ""
}

func (l *lines) say(stream, format string, args ...any) {
	l.out.Stream(stream, fmt.Sprintf(format, args...)+"\n")
}

func (l *lines) shell(line cell.Special) *server.Error {
	dir := l.s.dir()
	if line.InTmp {
		dir = l.s.mod.Dir
	}
	o := proc.Options{Path: "bash", Args: []string{"-c", line.Text}, Dir: dir}
	var feed func(*proc.Process)
	if l.ask {
		o.Stdin, l.ask = true, false
		feed = l.s.inputs(l.a.ctx, l.out, l.password)
	}
	return l.s.shell(l.a, l.out, o, feed)
}

// commands are the special commands by name. An error ends the cell.
var commands map[string]func(l *lines, args []string) error

func init() {
	commands = map[string]func(l *lines, args []string) error{
		"args":          (*lines).args,
		"env":           (*lines).env,
		"cd":            (*lines).cd,
		"goflags":       (*lines).goflags,
		"autoget":       func(l *lines, _ []string) error { return l.autoget(true) },
		"noautoget":     func(l *lines, _ []string) error { return l.autoget(false) },
		"reset":         (*lines).reset,
		"ls":            (*lines).ls,
		"list":          (*lines).ls,
		"rm":            (*lines).rm,
		"remove":        (*lines).rm,
		"who":           (*lines).who,
		"mode":          (*lines).mode,
		"track":         (*lines).track,
		"untrack":       (*lines).untrack,
		"goworkfix":     (*lines).goworkfix,
		"test":          func(l *lines, args []string) error { l.test, l.testArgs = true, args; return nil },
		"wasm":          func(l *lines, _ []string) error { l.wasm = true; return nil },
		"with_inputs":   func(l *lines, _ []string) error { return l.inputs(false) },
		"with_password": func(l *lines, _ []string) error { return l.inputs(true) },
		"capture":       (*lines).capture,
		"widgets":       func(*lines, []string) error { return nil }, // comms are always open
		"widgets_hb": func(l *lines, _ []string) error {
			l.say("stdout", "widgets speak through the front end's own comms")
			return nil
		},
		"version": (*lines).version,
		"help":    (*lines).help,
	}
}

func (l *lines) args(args []string) error {
	l.s.cells.Lock()
	defer l.s.cells.Unlock()
	l.s.args = append([]string{}, args...)
	return nil
}

func (l *lines) autoget(on bool) error {
	l.s.cells.Lock()
	defer l.s.cells.Unlock()
	l.s.autoget = on
	return nil
}

func (l *lines) inputs(password bool) error {
	if !l.allowStdin {
		return fmt.Errorf("the front end does not allow input")
	}
	l.ask, l.password = true, password
	return nil
}

func (l *lines) env(args []string) error {
	var name, value string
	switch len(args) {
	case 1:
		var ok bool
		if name, value, ok = strings.Cut(args[0], "="); !ok {
			return fmt.Errorf("NAME=value or NAME value is needed")
		}
	case 2:
		name, value = args[0], args[1]
	default:
		return fmt.Errorf("NAME=value or NAME value is needed; quote a value that has blanks")
	}
	if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
		return fmt.Errorf("%q is not the name of a variable", name)
	}
	l.s.setenv(name, value)
	l.say("stdout", "Set: %s=%q", name, value)
	return nil
}

func (s *Session) setenv(name, value string) {
	s.mu.Lock()
	s.env[name] = value
	s.mu.Unlock()
	if w := s.living(); w != nil {
		w.p.Send(pipe.Message{Kind: proto.Setenv, Raw: proto.Body(proto.EnvBody{Name: name, Value: value})})
	}
}

func (l *lines) cd(args []string) error {
	s := l.s
	if len(args) == 0 {
		l.say("stdout", "Current directory: %q", s.dir())
		return nil
	}
	if len(args) > 1 || args[0] == "" {
		return fmt.Errorf("one folder is needed")
	}
	dir, err := tilde(args[0])
	if err != nil {
		return err
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(s.dir(), dir)
	}
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	s.mu.Lock()
	s.cwd = filepath.Clean(dir)
	s.mu.Unlock()
	s.setenv("GONB_DIR", s.dir())
	if w := s.living(); w != nil {
		w.p.Send(pipe.Message{Kind: proto.Chdir, Raw: proto.Body(proto.PathBody{Path: s.dir()})})
	}
	l.say("stdout", "Changed directory to %q", s.dir())
	return nil
}

func (l *lines) goflags(args []string) error {
	s := l.s
	s.cells.Lock()
	defer s.cells.Unlock()
	if len(args) > 0 {
		s.goflags = slices.DeleteFunc(append([]string{}, args...), func(a string) bool { return a == "" })
		err := s.b.SetFlags(s.goflags)
		s.mu.Lock()
		s.whole = err != nil
		living := s.mode == Living
		s.mu.Unlock()
		if err != nil && living {
			l.say("stderr", "%v: while it is set, cells run as programs of their own", err)
		}
	}
	l.say("stdout", "%%goflags=%q", s.goflags)
	return nil
}

func (l *lines) reset(args []string) error {
	s := l.s
	if len(args) > 1 || len(args) == 1 && args[0] != "go.mod" {
		return fmt.Errorf("only go.mod may follow")
	}
	s.cells.Lock()
	defer s.cells.Unlock()
	if len(args) == 0 {
		names := s.ledger.List().Variables
		s.ledger.Reset()
		if w := s.living(); w != nil {
			w.p.Send(pipe.Message{Kind: proto.Forget, Raw: proto.Body(proto.ForgetBody{Names: names})})
		}
		l.say("stdout", "* State reset: all memorized declarations discarded.")
		s.tellCompletion()
	}
	return s.resetModule()
}

func (l *lines) ls([]string) error {
	l.s.cells.Lock()
	list := l.s.ledger.List()
	l.s.cells.Unlock()
	head := "Memorized Definitions"
	l.out.Display(pipe.Bundle{Data: map[string]any{"text/html": "<h3>" + head + "</h3>\n", "text/plain": head}})
	for _, k := range []struct {
		name string
		keys []string
	}{{"Imports", list.Imports}, {"Constants", list.Constants}, {"Types", list.Types}, {"Variables", list.Variables}, {"Functions", list.Functions}} {
		if len(k.keys) == 0 {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "<h4>%s</h4>\n<ul>\n", k.name)
		for _, key := range k.keys {
			fmt.Fprintf(&b, "<li><pre>%s</pre></li>\n", html.EscapeString(key))
		}
		b.WriteString("</ul>")
		l.out.Display(pipe.Bundle{Data: map[string]any{"text/html": b.String(), "text/plain": k.name + ": " + strings.Join(k.keys, ", ")}})
	}
	return nil
}

func (l *lines) rm(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("the keys to forget are needed; %%ls lists them")
	}
	s := l.s
	s.cells.Lock()
	defer s.cells.Unlock()
	for _, key := range args {
		kind, ok := s.ledger.Remove(key)
		if !ok {
			l.say("stderr", ". key %q not found in any definition, not removed; %%ls lists them", key)
			continue
		}
		if kind == "var" {
			if w := s.living(); w != nil {
				w.p.Send(pipe.Message{Kind: proto.Forget, Raw: proto.Body(proto.ForgetBody{Names: []string{key}})})
			}
		}
		l.say("stdout", ". removed %s %s", kind, key)
	}
	s.tellCompletion()
	return nil
}

// who lists the variables that live.
func (l *lines) who(args []string) error {
	w := l.s.living()
	var body proto.VarsBody
	if w != nil {
		m, ok := w.ask(pipe.Message{Kind: proto.Vars}, l.a.ctx.Done())
		if ok {
			if err := json.Unmarshal(m.Raw, &body); err != nil {
				return err
			}
		}
	}
	var text, rows strings.Builder
	n := 0
	for _, v := range body.Vars {
		if len(args) > 0 && !slices.Contains(args, v.Name) {
			continue
		}
		n++
		fmt.Fprintf(&text, "%-16s %-24s %10s  %s\n", v.Name, v.Type, v.Size, v.Value)
		fmt.Fprintf(&rows, "<tr><td>%s</td><td><code>%s</code></td><td>%s</td><td><code>%s</code></td></tr>\n", html.EscapeString(v.Name), html.EscapeString(v.Type), v.Size, html.EscapeString(v.Value))
	}
	if n == 0 {
		l.say("stdout", "no variables are alive")
		return nil
	}
	l.out.Display(pipe.Bundle{Data: map[string]any{"text/plain": text.String(),
		"text/html": "<table>\n<tr><th>variable</th><th>type</th><th>length</th><th>value</th></tr>\n" + rows.String() + "</table>"}})
	return nil
}

func (l *lines) mode(args []string) error {
	s := l.s
	switch {
	case len(args) == 0:
		l.say("stdout", "mode %s", s.Mode())
	case len(args) == 1 && (args[0] == string(Living) || args[0] == string(Process)):
		s.mu.Lock()
		s.mode = Mode(args[0])
		s.mu.Unlock()
		l.say("stdout", "mode %s", args[0])
	default:
		return fmt.Errorf("session or process is needed")
	}
	return nil
}

// track and untrack: gopls watches the session's module by itself; what is
// named here is told to it at once.
func (l *lines) track(args []string) error {
	s := l.s
	if len(args) == 0 {
		l.showTracked()
		return nil
	}
	for _, p := range args {
		path, err := s.path(p)
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			l.say("stderr", "%v", err)
			continue
		}
		s.mu.Lock()
		s.tracked = append(s.tracked, path)
		s.mu.Unlock()
		if s.engine != nil {
			s.engine.Changed(path)
		}
	}
	return nil
}

func (l *lines) showTracked() {
	list := union(l.s.localFolders(), l.s.trackedList())
	if len(list) == 0 {
		none := "No files or directory being tracked yet"
		l.out.Display(pipe.Bundle{Data: map[string]any{"text/html": "<b>" + none + "</b>\n", "text/plain": none}})
		return
	}
	var b strings.Builder
	b.WriteString("<b>List of files/directories being tracked:</b>\n<ul>\n")
	for _, p := range list {
		fmt.Fprintf(&b, "<li>%s</li>\n", html.EscapeString(p))
	}
	b.WriteString("</ul>\n")
	l.out.Display(pipe.Bundle{Data: map[string]any{"text/html": b.String(), "text/plain": strings.Join(list, "\n")}})
}

func (l *lines) untrack(args []string) error {
	if len(args) == 0 {
		l.showTracked()
		return nil
	}
	s := l.s
	for _, p := range args {
		prefix, all := strings.CutSuffix(p, "...")
		path, err := s.path(prefix)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.tracked = slices.DeleteFunc(s.tracked, func(t string) bool { return t == path || all && strings.HasPrefix(t, path) })
		s.mu.Unlock()
		l.say("stdout", "\tUntracked %q", p)
	}
	return nil
}

func (s *Session) trackedList() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tracked)
}

func (l *lines) goworkfix([]string) error {
	done, err := l.s.workFix()
	if err != nil {
		return err
	}
	for _, d := range done {
		l.say("stdout", "\t- %s", d)
	}
	return nil
}

func (l *lines) capture(args []string) error {
	c := &captured{}
	if len(args) > 0 && args[0] == "-a" {
		c.add, args = true, args[1:]
	}
	if len(args) != 1 {
		return fmt.Errorf("one file is needed")
	}
	var err error
	if c.path, err = l.s.path(args[0]); err != nil {
		return err
	}
	f, err := os.OpenFile(c.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	f.Close()
	l.s.cells.Lock()
	l.s.capture = c
	l.s.cells.Unlock()
	return nil
}

func (l *lines) version([]string) error {
	text := fmt.Sprintf("gokernel %s, Go %s, %s/%s, mode %s", Version, l.s.Info().GoVersion, runtime.GOOS, runtime.GOARCH, l.s.Mode())
	l.out.Display(pipe.Bundle{Data: map[string]any{"text/markdown": text, "text/plain": text}})
	return nil
}
