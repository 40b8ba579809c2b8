package eso

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const maxRedirects = 5

func newClient(a *Archive) *http.Client {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DisableCompression = true // what is counted is what is sent
	base.MaxConnsPerHost = a.o.Connections
	base.MaxIdleConnsPerHost = a.o.Connections
	base.ResponseHeaderTimeout = a.o.Stall
	base.MaxResponseHeaderBytes = 1 << 16
	return &http.Client{
		Transport: &transport{base: base, a: a},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if r.Method != http.MethodGet || via[0].Method != http.MethodGet {
				return http.ErrUseLastResponse // the answer to a new job
			}
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirections", maxRedirects)
			}
			return nil
		},
	}
}

// transport sends every request, redirected ones too. As the token is added
// here, by the address a request really goes to, a redirection cannot carry it
// elsewhere.
type transport struct {
	base http.RoundTripper
	a    *Archive
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := secure(r.URL, isLoopback(t.a.files)); err != nil {
		return nil, permanent{err}
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", t.a.o.UserAgent)
	r.Header.Del("Referer")
	r.Header.Del("Authorization")
	if t.a.o.Token != "" && t.a.isFile(r.URL) {
		r.Header.Set("Authorization", "Bearer "+string(t.a.o.Token))
	}
	return t.base.RoundTrip(r)
}

// isFile tells whether an address is one of the file service's.
func (a *Archive) isFile(u *url.URL) bool {
	path := a.files.Path
	return sameOrigin(u, a.files) && len(u.Path) > len(path) && u.Path[:len(path)] == path
}

// permanent is an error that another attempt would not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// local is an error of this machine, which ends the whole download.
type local struct{ error }

func (l local) Unwrap() error { return l.error }

// statusError is an answer that is none.
type statusError struct {
	code  int
	after time.Duration // of Retry-After, 0 without one
}

func (e statusError) Error() string {
	switch e.code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("status %d: not public, or not for this token (see %s)", e.code, TokenVariable)
	}
	return fmt.Sprintf("status %d %s", e.code, http.StatusText(e.code))
}

// status makes an error of an answer with an unwanted status.
func status(r *http.Response) error {
	err := statusError{code: r.StatusCode}
	switch {
	case r.StatusCode >= 500, r.StatusCode == http.StatusRequestTimeout, r.StatusCode == http.StatusTooEarly,
		r.StatusCode == http.StatusTooManyRequests:
		err.after = retryAfter(r.Header.Get("Retry-After"), time.Now())
		return err
	}
	return permanent{err}
}

var errStalled = errors.New("the connection stalled")

// exchange sends a request and hands the answer to read. A connection that
// brings nothing for a while is given up.
func (a *Archive) exchange(r *http.Request, read func(*http.Response) error) error {
	if err := a.gate.pass(r.Context(), a.wait); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	watch := time.AfterFunc(a.o.Stall, func() { cancel(errStalled) })
	defer watch.Stop()
	resp, err := a.http.Do(r.WithContext(ctx))
	if err == nil {
		defer resp.Body.Close()
		resp.Body = &watched{resp.Body, watch, a.o.Stall}
		err = read(resp)
	}
	switch {
	case err == nil:
		return nil
	case r.Context().Err() != nil:
		return r.Context().Err()
	case errors.Is(context.Cause(ctx), errStalled):
		return fmt.Errorf("%w: nothing came for %s", errStalled, a.o.Stall)
	}
	var s statusError
	if errors.As(err, &s) && s.after > 0 {
		if s.after > a.o.MaxWait {
			return permanent{fmt.Errorf("%w: the archive asks to come back in %s", err, s.after.Round(time.Second))}
		}
		a.gate.close(s.after)
	}
	return bare(err)
}

// bare takes the address out of an error of package http: it may hold more
// than people should see.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// watched is a body whose bytes keep the connection alive.
type watched struct {
	io.ReadCloser
	timer *time.Timer
	d     time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.timer.Reset(w.d)
	}
	return n, err
}
