package session

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/stellarae/lab/kernels/complete"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
)

// startCompletion starts gopls, if it is there.
func (s *Session) startCompletion(ctx context.Context) {
	path := s.o.Gopls
	if path == "" {
		path = findGopls()
	}
	e, err := complete.Start(ctx, complete.Options{Gopls: path, Dir: s.mod.Dir, Env: s.toolEnviron(), Log: func(line string) { s.log("%s", line) }})
	if err != nil {
		s.log("%v", err)
		return
	}
	s.engine = e
	s.tellCompletion()
}

// findGopls looks beside the kernel's own program, then in PATH.
func findGopls() string {
	if exe, err := os.Executable(); err == nil {
		if p := filepath.Join(filepath.Dir(exe), "gopls"); isProgram(p) {
			return p
		}
	}
	p, err := exec.LookPath("gopls")
	if err != nil {
		return ""
	}
	return p
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// usual are packages that cells name without importing them.
var usual = map[string]string{"display": build.LabModule + "/kernels/display", "widgets": build.LabModule + "/kernels/display/widgets"}

// tellCompletion says what the session declares now. s.cells is held.
func (s *Session) tellCompletion() {
	if s.engine == nil {
		return
	}
	text, imports := s.ledger.Source()
	for name, path := range usual {
		if imports[name] == "" {
			imports[name] = path
		}
	}
	list := s.ledger.List()
	var keys []string
	for _, k := range [][]string{list.Imports, list.Constants, list.Types, list.Variables, list.Functions} {
		keys = append(keys, k...)
	}
	s.engine.SetSession(complete.Session{Source: text, Imports: imports, Keys: keys, Dir: s.dir(), Env: s.environ()})
}

// Complete answers complete_request; it waits for no cell.
func (s *Session) Complete(ctx context.Context, code string, cursor int) (server.Completion, error) {
	if s.engine == nil {
		return server.Completion{Start: cursor, End: cursor}, nil
	}
	return s.engine.Complete(ctx, code, cursor)
}

// Inspect answers inspect_request.
func (s *Session) Inspect(ctx context.Context, code string, cursor, detail int) (server.Inspection, error) {
	if s.engine == nil {
		return server.Inspection{}, nil
	}
	return s.engine.Inspect(ctx, code, cursor, detail)
}
