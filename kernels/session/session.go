// Package session runs the cells of one notebook: in the mode session as
// plugins in a worker process, where their variables live on, in the mode
// process as a program each, as GoNB does. It also obeys the special commands
// of the dialect. It does not speak the notebook protocol; package server does,
// through the methods that make up server.Interpreter.
//
//	s, err := session.New(ctx, session.Options{Dir: notebookFolder})
//	result := s.Execute(ctx, server.Request{Code: "1 + 1", Count: 1}, out)
package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/complete"
	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/source"
)

// Version of the kernel.
const Version = "0.1.0"

// Mode says how cells run.
type Mode string

const (
	Living  Mode = "session" // in one worker, where variables live
	Process Mode = "process" // each as a program of its own
)

// Options of a session; all may be left out.
type Options struct {
	Mode     Mode
	Dir      string // where the notebook is; cells run there
	TmpDir   string // parent of the session's folder; "" is os.TempDir
	CacheDir string // compiled packages; "" is gokernel in the user's cache folder
	Gopls    string // path of gopls; "" is one beside the kernel's program, or in PATH
	KernelID string // of the front end, for GONB_JUPYTER_KERNEL_ID
	Log      func(format string, args ...any)
}

// Session is a server.Interpreter.
type Session struct {
	o    Options
	tmp  string
	lock *os.File // tells other kernels that tmp is in use
	mod  *build.Module
	b    *build.Builder
	ids  gonb.IDs
	log  func(format string, args ...any)

	engine *complete.Engine

	// cells is held while a cell is read, checked and compiled, as the ledger
	// changes then; not while it runs.
	cells   sync.Mutex
	ledger  *source.Ledger
	args    []string // of %args, for the next Go cell
	capture *captured
	goflags []string
	whole   bool // goflags has some that only whole programs can have
	autoget bool
	plugins int
	built   map[string]string // what the worker has loaded, by what was compiled

	mu        sync.Mutex
	mode      Mode
	cwd       string
	env       map[string]string
	texts     map[string]known // cells by the name their positions have
	worker    *child
	outs      []server.Output // of the cells that run, the latest last
	idle      server.Output   // of the last one that ran
	active    map[*activity]bool
	nextID    atomic.Int64
	pending   map[int64]bool // abandoned cells that go on in the worker
	warm      sync.WaitGroup
	closed    bool
	tracked   []string
	leftovers []string // folders outside the session's own, removed at its end
}

var _ server.Interpreter = (*Session)(nil)

// New makes a session: its folder, its module, its helpers. The worker starts
// in the background.
func New(ctx context.Context, o Options) (*Session, error) {
	if o.Mode == "" {
		o.Mode = Living
	}
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	tmp, lock, err := newFolder(o.TmpDir)
	if err != nil {
		return nil, err
	}
	s := &Session{o: o, tmp: tmp, lock: lock, log: o.Log, mode: o.Mode, cwd: o.Dir, ledger: source.New(), autoget: true,
		env: map[string]string{}, texts: map[string]known{}, built: map[string]string{}, active: map[*activity]bool{}, pending: map[int64]bool{}, idle: discard{}}
	if s.mod, err = build.NewModule(tmp, o.Dir, build.ModuleOptions{CacheDir: o.CacheDir}); err != nil {
		s.log("%v; the session does without the module", err)
		if s.mod, err = build.NewModule(tmp, "", build.ModuleOptions{CacheDir: o.CacheDir}); err != nil {
			os.RemoveAll(tmp)
			return nil, err
		}
	}
	if s.b, err = build.NewBuilder(s.mod, build.Options{CacheDir: o.CacheDir, Environ: s.toolEnviron, Log: func(line string) { s.log("%s", line) }}); err != nil {
		os.RemoveAll(tmp)
		return nil, err
	}
	s.env["GONB_DIR"], s.env["GONB_TMP_DIR"], s.env["GONB_VERSION"] = s.cwd, s.mod.Dir, "v0.11.4"
	if root := jupyterRoot(); root != "" {
		s.env["GONB_JUPYTER_ROOT"] = root
	}
	if o.KernelID != "" {
		s.env["GONB_JUPYTER_KERNEL_ID"] = o.KernelID
	}
	s.warm.Go(func() {
		if err := removeAbandoned(o.TmpDir); err != nil {
			s.log("folders of kernels that were killed: %v", err)
		}
	})
	s.startCompletion(ctx)
	if o.Mode == Living {
		s.warm.Go(func() {
			s.cells.Lock()
			defer s.cells.Unlock()
			if _, err := s.ensureWorker(ctx); err != nil {
				s.log("start the worker: %v", err)
			}
		})
	}
	return s, nil
}

// activity is one thing that runs for a cell and can be interrupted.
type activity struct {
	ctx    context.Context
	cancel context.CancelFunc
	asked  atomic.Int32     // how often it was interrupted
	stop   func(again bool) // told of an interrupt; may be nil
	mu     sync.Mutex
}

func (a *activity) onInterrupt(f func(again bool)) {
	a.mu.Lock()
	a.stop = f
	a.mu.Unlock()
	if f != nil && a.asked.Load() > 0 {
		f(false)
	}
}

func (a *activity) interrupted() bool { return a.asked.Load() > 0 }

// enter makes out the place where output goes, until leave is called.
func (s *Session) enter(ctx context.Context, out server.Output) (a *activity, leave func()) {
	ctx, cancel := context.WithCancel(ctx)
	a = &activity{ctx: ctx, cancel: cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outs = append(s.outs, out)
	s.active[a] = true
	return a, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.active, a)
		for i, o := range s.outs {
			if o == out {
				s.outs = append(s.outs[:i:i], s.outs[i+1:]...)
				break
			}
		}
		s.idle = out
	}
}

// out is where what a process says goes now.
func (s *Session) out() server.Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.outs); n > 0 {
		return s.outs[n-1]
	}
	return s.idle
}

// inputContext ends when what runs now is interrupted.
func (s *Session) inputContext() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a := range s.active {
		return a.ctx
	}
	return context.Background()
}

// Interrupt stops what runs. With nothing running it ends a worker in which an
// abandoned cell goes on.
func (s *Session) Interrupt() {
	s.mu.Lock()
	var all []*activity
	for a := range s.active {
		all = append(all, a)
	}
	w, pending := s.worker, len(s.pending) > 0
	s.mu.Unlock()
	for _, a := range all {
		n := a.asked.Add(1)
		a.cancel()
		a.mu.Lock()
		stop := a.stop
		a.mu.Unlock()
		if stop != nil {
			stop(n > 1)
		}
	}
	if len(all) == 0 && pending && w != nil {
		w.p.Kill()
	}
}

// abandon notes that a cell goes on after its end, or that it has stopped.
func (s *Session) abandon(id int64, goesOn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if goesOn {
		s.pending[id] = true
	} else {
		delete(s.pending, id)
	}
}

// Info is for kernel_info_reply.
func (s *Session) Info() server.Info {
	v := strings.TrimPrefix(runtime.Version(), "go")
	return server.Info{Implementation: "gokernel", Version: Version, GoVersion: v,
		Banner: fmt.Sprintf("Go %s, mode %s; %%help explains the commands", v, s.Mode())}
}

// Mode says how cells run now.
func (s *Session) Mode() Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode
}

// IsComplete answers is_complete_request.
func (s *Session) IsComplete(code string) (status, indent string) { return cell.IsComplete(code) }

// Close ends the worker and all that cells started, and removes the folder.
func (s *Session) Close(bool) error {
	s.mu.Lock()
	s.closed = true
	w := s.worker
	s.mu.Unlock()
	s.Interrupt()
	if w != nil {
		w.p.Kill()
	}
	if s.engine != nil {
		s.engine.Close()
	}
	s.warm.Wait()
	s.mu.Lock()
	w = s.worker
	s.mu.Unlock()
	if w != nil {
		w.p.Kill()
		w.p.Wait()
	}
	for _, dir := range s.leftovers {
		os.RemoveAll(dir)
		os.Remove(filepath.Dir(dir)) // if nobody else has one in it
	}
	err := os.RemoveAll(s.tmp)
	s.lock.Close()
	if err != nil {
		return fmt.Errorf("remove the session's folder: %w", err)
	}
	return nil
}

// environ is the environment of processes that cells start.
func (s *Session) environ() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	env := os.Environ()
	for k, v := range s.env {
		env = append(env, k+"="+v)
	}
	return env
}

// cellEnviron is the environment of cells. glibc is asked for huge pages
// unless the user has set it: XLA, which cells may load, takes fresh memory for
// every call, and a program can only be told before it begins. What package xla
// does about it comes too late in a cell, whose plugin is loaded after glibc.
func (s *Session) cellEnviron() []string {
	env, name := s.environ(), "GLIBC_TUNABLES="
	if slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, name) }) {
		return env
	}
	return append(env, name+"glibc.malloc.hugetlb=1")
}

// toolEnviron is the environment of the go command: what it leaves when it is
// killed goes with the session's folder.
func (s *Session) toolEnviron() []string { return append(s.environ(), "GOTMPDIR="+s.tmp) }

// jupyterRoot is the folder in which the Jupyter server runs, "" if it cannot be told.
func jupyterRoot() string {
	root, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", os.Getppid()))
	if err != nil {
		return ""
	}
	return root
}
