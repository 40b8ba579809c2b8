package complete

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Why there is no answer of gopls: it is starting, or it ended and waits to be tried again.
var (
	errWarming = errors.New("gopls is starting")
	errDown    = errors.New("gopls is not there")
)

func (e *Engine) whenReady() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ready
}

// begin lets work talk to the warm gopls, when its turn comes; the error comes
// on the channel. What lingers from before is ended first. Work of which the
// result does not matter lingers from the start.
func (e *Engine) begin(work func(context.Context, *gopls) error, lingers bool) (result <-chan error, cancel context.CancelFunc) {
	ctx, cancel := context.WithTimeout(e.ctx, patience)
	ended := make(chan error, 1)
	e.mu.Lock()
	g := e.live
	if g != nil {
		for _, end := range e.lingering {
			end()
		}
		e.lingering = nil
		if lingers {
			e.lingering = append(e.lingering, cancel)
		}
	}
	e.mu.Unlock()
	if g == nil {
		cancel()
		ended <- errWarming
		return ended, cancel
	}
	go func() {
		defer cancel()
		select {
		case e.turn <- struct{}{}:
		case <-ctx.Done():
			ended <- ctx.Err()
			return
		}
		defer func() { <-e.turn }()
		ended <- work(ctx, g)
	}()
	return ended, cancel
}

// askOr is the answer of work, or else the one without gopls. A gopls that is
// starting has the time of grace, and all time if there is no other answer.
func askOr[T any](ctx context.Context, e *Engine, work func(context.Context, *gopls) (T, error), without func() (answer T, ok bool)) T {
	answer, err := ask(ctx, e, grace, work)
	if err == nil {
		return answer
	}
	other, ok := without()
	if !ok && errors.Is(err, errWarming) {
		if answer, err := ask(ctx, e, e.limit, work); err == nil {
			return answer
		}
	}
	return other
}

// ask lets work talk to gopls and waits for its answer until ctx ends; one
// that is starting gets the time of grace for it. If ctx ends at its deadline,
// work goes on until something else is asked, so that gopls gets to know what
// it was slow to learn.
func ask[T any](ctx context.Context, e *Engine, grace time.Duration, work func(context.Context, *gopls) (T, error)) (answer T, err error) {
	e.mu.Lock()
	ready, down := e.ready, e.down
	e.mu.Unlock()
	if down {
		return answer, errDown
	}
	select {
	case <-ready:
	case <-time.After(grace):
		return answer, errWarming
	case <-ctx.Done():
		return answer, ctx.Err()
	}
	answers := make(chan T, 1)
	ended, cancel := e.begin(func(ctx context.Context, g *gopls) error {
		answer, err := work(ctx, g)
		answers <- answer
		return err
	}, false)
	select {
	case err := <-ended:
		if err != nil {
			return answer, err
		}
		return <-answers, nil
	case <-ctx.Done():
	}
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		cancel()
		return answer, ctx.Err()
	}
	e.linger(cancel)
	return answer, ctx.Err()
}

// linger leaves work going that nobody waits for; if gopls has long been
// silent, it is ended instead, and started again.
func (e *Engine) linger(cancel context.CancelFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lingering = append(e.lingering, cancel)
	if e.live != nil && e.live.silence() > deaf {
		e.live.fail(fmt.Errorf("no word for %v", deaf))
	}
}

// write brings gopls up to date: the module's files, the session and the cell.
func (e *Engine) write(ctx context.Context, g *gopls, session, text string) error {
	now := e.stampsNow()
	e.mu.Lock()
	var changed []string
	for path, stamp := range now {
		if e.stamps[path] != stamp {
			changed = append(changed, path)
		}
	}
	e.mu.Unlock()
	if len(changed) > 0 {
		if err := g.changed(ctx, changed); err != nil {
			return err
		}
		e.mu.Lock()
		e.stamps = now
		e.mu.Unlock()
	}
	if session == "" {
		session = clause
	}
	if err := g.write(ctx, sessionFile, session); err != nil {
		return err
	}
	return g.write(ctx, cellFile, text)
}

// stampsNow tells versions of the module's own files apart.
func (e *Engine) stampsNow() map[string]string {
	stamps := map[string]string{}
	for _, name := range []string{"go.mod", "go.sum", "go.work"} {
		path := filepath.Join(e.opts.Dir, name)
		stamps[path] = "none"
		if info, err := os.Stat(path); err == nil {
			stamps[path] = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamps
}
