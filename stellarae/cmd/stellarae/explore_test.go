package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/explore"
)

// The address is printed when the page is ready, and an interrupt, which ends
// the context, ends the program well.
func TestExplore(t *testing.T) {
	if err := explore.Check(); err != nil {
		t.Skip("the page's plot library is not here: `make build` fetches it with npm")
	}
	config, err := stellarae.Preset("mini")
	if err != nil {
		t.Fatal(err)
	}
	m, err := stellarae.New(nil, config, 1)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := m.SaveRun(folder); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	var stderr bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"explore", "--model", folder, "--json"}, stdout, &stderr)
		stdout.Close()
	}()
	var printed struct{ URL string }
	if err := json.NewDecoder(out).Decode(&printed); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	go io.Copy(io.Discard, out)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Jar: jar}).Get(printed.URL)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "<title>stellarae explore</title>") || answer.Request.URL.RawQuery != "" {
		t.Errorf("%v, status %d at %s: %.200s", err, answer.StatusCode, answer.Request.URL, page)
	}

	// its port is taken now
	_, port, err := net.SplitHostPort(answer.Request.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if got := run(t.Context(), []string{"explore", "--model", folder, "--no-browser", "--port", port}, io.Discard, &again); got != exitFailed || !strings.Contains(again.String(), "port "+port+" is in use") {
		t.Errorf("on port %s again: exit code %d: %s", port, got, again.String())
	}

	interrupt()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d: %s", got, stderr.String())
	}
}
