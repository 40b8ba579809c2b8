package eso

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// waiter waits for a duration or until the context ends.
type waiter func(context.Context, time.Duration) error

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retry calls attempt until it succeeds, fails for good, or has failed
// Attempts times in a row without telling of progress. Between attempts it
// waits twice as long each time, with jitter, and never less than the archive
// asked for.
func (a *Archive) retry(ctx context.Context, attempt func() (progress bool, err error)) error {
	for failed := 0; ; {
		progress, err := attempt()
		var final permanent
		var own local
		if err == nil || ctx.Err() != nil || errors.As(err, &final) || errors.As(err, &own) {
			return err
		}
		if progress {
			failed = 0
		}
		if failed++; failed >= a.o.Attempts {
			return err
		}
		if e := a.wait(ctx, a.backoff(failed)); e != nil {
			return e
		}
	}
}

// backoff is the wait after a number of failures: exponential, its upper half
// left to chance so that many clients do not come back at once.
func (a *Archive) backoff(failed int) time.Duration {
	d := a.o.MaxBackoff
	if shift := failed - 1; shift < 30 && a.o.Backoff<<shift < d {
		d = a.o.Backoff << shift
	}
	return d/2 + rand.N(d/2+1)
}

// retryAfter reads the header of that name (RFC 9110, section 10.2.3), in
// seconds or as a date. Without a meaning it is 0.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		const most = int64(1<<63-1) / int64(time.Second)
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// gate holds all requests back while the archive asks for patience.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

func (g *gate) close(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := time.Now().Add(d); t.After(g.until) {
		g.until = t
	}
}

// pass waits until the gate is open.
func (g *gate) pass(ctx context.Context, wait waiter) error {
	for waited := (time.Time{}); ; {
		g.mu.Lock()
		until := g.until
		g.mu.Unlock()
		if !until.After(waited) || !until.After(time.Now()) {
			return ctx.Err()
		}
		if err := wait(ctx, time.Until(until)); err != nil {
			return err
		}
		waited = until
	}
}
