package eso

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2015, 10, 21, 7, 28, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"120": 120 * time.Second, " 3 ": 3 * time.Second, "0": 0, "-5": 0, "": 0, "soon": 0, "1.5": 0,
		"Wed, 21 Oct 2015 07:29:30 GMT":     90 * time.Second, // the form of RFC 9110, section 10.2.3
		"Wednesday, 21-Oct-15 07:28:10 GMT": 10 * time.Second,
		"Wed Oct 21 07:28:01 2015":          time.Second,
		"Wed, 21 Oct 2015 07:00:00 GMT":     0,
		"9223372036854775807":               9223372036 * time.Second,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Duration]bool{}
	for failed, most := range []time.Duration{0, 1, 2, 4, 8, 16, 32, 60, 60} {
		if failed == 0 {
			continue
		}
		for range 100 {
			d := a.backoff(failed)
			if d < most*time.Second/2 || d > most*time.Second {
				t.Fatalf("after %d failures %s; want %d/2 to %d s", failed, d, most, most)
			}
			seen[d] = true
		}
	}
	if len(seen) < 700 {
		t.Errorf("%d different waits of 800: little jitter", len(seen))
	}
	if d := a.backoff(1 << 20); d > time.Minute {
		t.Error(d)
	}
}

// An archive that asks for more patience than there is gets none, and no more
// requests for the file.
func TestRetryAfterTooLong(t *testing.T) {
	n := 0
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("Retry-After", "100000")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	report, err := a.Download(t.Context(), []Product{{ID: "A"}}, t.TempDir(), nil)
	if err != nil || n != 1 || len(report.Failures) != 1 {
		t.Fatalf("%d requests, %+v, %v", n, report, err)
	}
	if got := report.Failures[0].Err.Error(); got != "status 503 Service Unavailable: the archive asks to come back in 27h46m40s" {
		t.Error(got)
	}
}

// While the archive asks for patience nobody sends anything, and new requests
// for patience prolong it.
func TestGate(t *testing.T) {
	var g gate
	wait := func(context.Context, time.Duration) error { t.Error("waits at an open gate"); return nil }
	if err := g.pass(t.Context(), wait); err != nil {
		t.Fatal(err)
	}
	g.close(time.Hour)
	g.close(time.Minute)
	n := 0
	wait = func(_ context.Context, d time.Duration) error {
		switch n++; {
		case n == 1 && (d < 59*time.Minute || d > time.Hour):
			t.Errorf("waits %s", d)
		case n == 1:
			g.close(2 * time.Hour) // meanwhile, by another
		case d < 119*time.Minute:
			t.Errorf("waits %s", d)
		}
		return nil
	}
	if err := g.pass(t.Context(), wait); err != nil || n != 2 {
		t.Errorf("%d waits, %v", n, err)
	}
	stop := errors.New("stop")
	if err := g.pass(t.Context(), func(context.Context, time.Duration) error { return stop }); err != stop {
		t.Error(err)
	}
}
