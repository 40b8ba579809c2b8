package complete

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/server"
)

const goplsVersion = "v0.23.0"

// goplsBinary is the real gopls: that of $GOKERNEL_GOPLS, or one built once
// into the user's cache.
var goplsBinary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("GOKERNEL_GOPLS"); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gokernel", "gopls-"+goplsVersion+"-"+runtime.Version())
	binary := filepath.Join(dir, "gopls")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(dir, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	cmd := exec.Command("go", "install", "golang.org/x/tools/gopls@"+goplsVersion)
	cmd.Env = append(os.Environ(), "GOBIN="+fresh, "GOFLAGS=")
	cmd.Dir = fresh
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building gopls: %w\n%s", err, out)
	}
	return binary, os.Rename(filepath.Join(fresh, "gopls"), binary)
})

// module makes a session's module.
func module(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module session\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs an engine with the real gopls in a module of its own.
func start(t testing.TB) *Engine {
	t.Helper()
	binary, err := goplsBinary()
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, binary, module(t))
}

func startWith(t testing.TB, binary, dir string) *Engine {
	t.Helper()
	var mu sync.Mutex
	var log []string
	e, err := Start(context.Background(), Options{Gopls: binary, Dir: dir, Log: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Close()
		mu.Lock()
		defer mu.Unlock()
		if t.Failed() {
			t.Log("gopls said:\n" + strings.Join(log, "\n"))
		}
	})
	return e
}

// warm is an engine that answers with gopls, shared by the tests that change
// nothing but the session. It waits longer than users would, so that a busy
// machine answers too.
func warm(t testing.TB) *Engine {
	t.Helper()
	e := start(t)
	e.limit = time.Minute
	await(t, e)
	return e
}

func await(t testing.TB, e *Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := e.Wait(ctx); err != nil {
		t.Fatalf("gopls is not warm: %v", err)
	}
}

// at splits a cell at its cursor, written as ‸.
func at(t testing.TB, text string) (string, int) {
	t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatalf("no cursor in %q", text)
	}
	return before + after, len(before)
}

// complete asks at the cursor.
func complete(t testing.TB, e *Engine, text string) server.Completion {
	t.Helper()
	code, cursor := at(t, text)
	c, err := e.Complete(t.Context(), code, cursor)
	if err != nil {
		t.Fatal(err)
	}
	if c.Start > cursor || c.End < cursor || c.Start < 0 || c.End > len(code) {
		t.Fatalf("%q: range %d to %d around cursor %d", text, c.Start, c.End, cursor)
	}
	return c
}

func texts(c server.Completion) []string {
	var names []string
	for _, it := range c.Items {
		names = append(names, it.Text)
	}
	return names
}

func item(c server.Completion, text string) (server.CompletionItem, bool) {
	for _, it := range c.Items {
		if it.Text == text {
			return it, true
		}
	}
	return server.CompletionItem{}, false
}
