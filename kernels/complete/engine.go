package complete

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/cell"
)

const (
	inTime   = 1500 * time.Millisecond // within which a request is answered, well or less well
	grace    = 100 * time.Millisecond  // of it, to wait for a gopls that is starting
	patience = 30 * time.Second        // for gopls to finish what was asked, answered meanwhile without it
	deaf     = time.Minute             // a gopls this long silent when asked is ended
	maxCode  = 1 << 20                 // bytes of a cell that are looked at
	maxItems = 500

	sessionFile = "gokernel_session.go"
	cellFile    = "gokernel_cell.go"
)

// Options say which gopls to run, and where.
type Options struct {
	Gopls string       // path of the binary; where it does not start, answers come without it
	Dir   string       // folder of the session's module, with go.mod; nothing is written there
	Env   []string     // environment of gopls; nil is the process's own
	Log   func(string) // gets lines about gopls's health and its stderr; may be nil
}

// Engine answers completion and inspection requests. Its methods may be called
// at the same time.
type Engine struct {
	opts  Options
	std   func() *stdlib
	limit time.Duration // within which a request is answered; inTime

	ctx   context.Context // ends with Close
	close context.CancelFunc
	done  chan struct{} // closed when gopls is gone for good
	again chan struct{} // asks for a restart
	turn  chan struct{} // held while talking to gopls

	mu        sync.Mutex
	session   *declared
	live      *gopls               // nil until it is warm
	down      bool                 // it ended by itself and is not yet tried again
	ready     chan struct{}        // closed while live is there
	older     context.CancelFunc   // ends the completion asked for last
	lingering []context.CancelFunc // end what nobody waits for any more
	stamps    map[string]string    // of go.mod and the like, as gopls knows them
}

// Start returns at once; gopls starts behind it and is kept running until ctx
// ends or Close. It returns an error if o.Dir is no folder.
func Start(ctx context.Context, o Options) (*Engine, error) {
	dir, err := filepath.Abs(o.Dir)
	if err == nil { // gopls compares names of files, so there must be one for each
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("completion in %s: %w", o.Dir, err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("completion in %s: not a folder", o.Dir)
	}
	o.Dir = dir
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	e := &Engine{opts: o, limit: inTime, done: make(chan struct{}), again: make(chan struct{}, 1), turn: make(chan struct{}, 1),
		ready: make(chan struct{}), session: declare(Session{})}
	e.std = sync.OnceValue(func() *stdlib { return newStdlib(goroot(o)) })
	e.ctx, e.close = context.WithCancel(ctx)
	go e.std()
	go e.keep()
	return e, nil
}

// SetSession says what earlier cells have left; gopls learns of it in the background.
func (e *Engine) SetSession(s Session) {
	d := declare(s)
	e.mu.Lock()
	e.session = d
	e.mu.Unlock()
	e.preload(d)
}

// preload has gopls read what the session uses, and look through the module
// cache for packages, before someone waits for it.
func (e *Engine) preload(d *declared) {
	var b strings.Builder
	b.WriteString(clause)
	for _, name := range slices.Sorted(maps.Keys(d.Imports)) {
		fmt.Fprintf(&b, "import %s %q\n", name, d.Imports[name])
	}
	b.WriteString("func _() {\n\tx")
	begun := b.String()
	e.begin(func(ctx context.Context, g *gopls) error {
		if err := e.write(ctx, g, d.Source, begun+"\n}\n"); err != nil {
			return err
		}
		_, err := g.completion(ctx, cellFile, positionOf(begun, len(begun)))
		return err
	}, true)
}

// Changed tells gopls of files written on the disk, such as those of a local
// module; go.mod, go.sum and go.work in the session's folder are looked after.
func (e *Engine) Changed(paths ...string) {
	go func() {
		if e.Wait(e.ctx) == nil {
			e.begin(func(ctx context.Context, g *gopls) error { return g.changed(ctx, paths) }, false)
		}
	}()
}

// Wait returns when gopls is warm, or with the error of ctx.
func (e *Engine) Wait(ctx context.Context) error {
	select {
	case <-e.whenReady():
		return nil
	case <-e.done:
		return errors.New("completion: closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Restart ends gopls and starts it anew, in the background.
func (e *Engine) Restart() {
	select {
	case e.again <- struct{}{}:
	default: // one is on its way
	}
}

// Close ends gopls and waits until it is gone. Requests after it are answered
// without gopls. A second Close does nothing.
func (e *Engine) Close() {
	e.close()
	<-e.done
}

const afterStart = 60 * time.Millisecond

// keep runs gopls, again and again: at once after a crash, later and later
// when it does not stay.
func (e *Engine) keep() {
	defer close(e.done)
	runtime.LockOSThread() // gopls ends with this thread, see bind
	defer runtime.UnlockOSThread()
	select { // the front end connects first; gopls would take it a core
	case <-time.After(afterStart):
	case <-e.ctx.Done():
		return
	}
	pause := time.Duration(0)
	for {
		began := time.Now()
		e.setDown(false)
		err := e.serve()
		if e.ctx.Err() != nil {
			return
		}
		switch {
		case err == nil:
			continue
		case time.Since(began) > time.Minute:
			pause = 0
		default:
			pause = min(max(2*pause, 250*time.Millisecond), 30*time.Second)
		}
		e.opts.Log("gopls ended: " + err.Error())
		e.setDown(true)
		select {
		case <-time.After(pause):
		case <-e.again:
		case <-e.ctx.Done():
			return
		}
	}
}

// serve runs gopls once. The error says why it ended by itself.
func (e *Engine) serve() error {
	g, err := startGopls(e.opts)
	if err != nil {
		return err
	}
	defer func() {
		e.mu.Lock()
		if e.live != nil {
			e.live, e.ready = nil, make(chan struct{})
		}
		e.mu.Unlock()
		g.stop(time.Second)
	}()
	warm := make(chan error, 1)
	go func() { warm <- e.warm(g) }()
	for {
		select {
		case err := <-warm:
			if err != nil {
				return err
			}
			e.mu.Lock()
			e.live, e.stamps = g, e.stampsNow()
			close(e.ready)
			d := e.session
			e.mu.Unlock()
			e.preload(d)
		case <-g.exited:
			return g.cause()
		case <-e.again:
			return nil
		case <-e.ctx.Done():
			return nil
		}
	}
}

// warm brings gopls to where the next completion is quick: a first one.
func (e *Engine) warm(g *gopls) error {
	ctx, cancel := context.WithTimeout(e.ctx, 2*time.Minute)
	defer cancel()
	if err := g.initialize(ctx); err != nil {
		return err
	}
	const text = clause + "import \"fmt\"\n\nfunc _() {\n\tfmt.P"
	if err := g.write(ctx, sessionFile, clause); err != nil {
		return err
	}
	if err := g.write(ctx, cellFile, text+"\n}\n"); err != nil {
		return err
	}
	_, err := g.completion(ctx, cellFile, positionOf(text, len(text)))
	return err
}

func (e *Engine) setDown(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

// read takes a cell apart: its overlay with the imports it leaves out, and the
// session as this cell leaves it.
func (e *Engine) read(code string) (*overlay, *declared) {
	e.mu.Lock()
	d := e.session
	e.mu.Unlock()
	c, _ := cell.Parse(code) // what is wrong in the cell is for the one who runs it
	items, _ := cell.Split(c)
	o := lay(c, items)
	o.prepend(importLines(c.Go, o.names, d, e.std()))
	return o, d
}

// goroot asks the go command of the session.
func goroot(o Options) string {
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Dir, cmd.Env = o.Dir, o.Env
	out, err := cmd.Output()
	if err != nil {
		o.Log("completion: finding the standard library: " + err.Error())
	}
	return strings.TrimSpace(string(out))
}
