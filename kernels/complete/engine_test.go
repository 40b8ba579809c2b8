package complete

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAtOnce asks while gopls starts.
func TestAtOnce(t *testing.T) {
	e := start(t)
	e.SetSession(lab)
	for _, tt := range []struct{ text, want string }{
		{"fmt.Printl‸", "Println"},
		{"star.Nam‸", "Name"},
		{"retu‸", "return"},
	} {
		if c := complete(t, e, tt.text); !slices.Equal(texts(c), []string{tt.want}) {
			t.Errorf("%s: %v, want %s", tt.text, texts(c), tt.want)
		}
	}
}

func TestStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"/nonexistent/folder", file} {
		if _, err := Start(t.Context(), Options{Gopls: "gopls", Dir: dir}); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("started in %s: %v", dir, err)
		}
	}
	e := startWith(t, "/bin/false", module(t)) // a gopls that does not stay
	if c := complete(t, e, "fmt.Printl‸"); !slices.Equal(texts(c), []string{"Println"}) {
		t.Errorf("without gopls: %v", texts(c))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := e.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for it: %v", err)
	}
	e.Restart()
}

// TestModule changes the session's module and a local one beneath gopls.
func TestModule(t *testing.T) {
	dir := module(t)
	dep := filepath.Join(dir, "..", "dep")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dep, "go.mod"), "module example.test/dep\n\ngo 1.26\n")
	write(filepath.Join(dep, "dep.go"), "package dep\n\nfunc Alpha() int { return 1 }\n")
	binary, err := goplsBinary()
	if err != nil {
		t.Fatal(err)
	}
	e := startWith(t, binary, dir)
	await(t, e)
	const cell = "import \"example.test/dep\"\ndep.‸"
	if c := complete(t, e, cell); len(c.Items) != 0 {
		t.Fatalf("before it is required: %v", texts(c))
	}
	write(filepath.Join(dir, "go.mod"), "module session\n\ngo 1.26\n\nrequire example.test/dep v0.0.0\n\nreplace example.test/dep => ../dep\n")
	until(t, e, cell, "Alpha")
	write(filepath.Join(dep, "dep.go"), "package dep\n\nfunc Beta() int { return 1 }\n")
	e.Changed(filepath.Join(dep, "dep.go"))
	until(t, e, cell, "Beta")
	e.SetSession(Session{Imports: map[string]string{"d": "example.test/dep"}})
	until(t, e, "d.‸", "Beta")
	if i := inspect(t, e, "d.Be‸ta()", 1); !strings.Contains(i.Data["text/plain"], "dep/dep.go:3") {
		t.Errorf("source: %q", i.Data["text/plain"])
	}
}

// until asks until the answer is want: gopls may be slow to read a module.
func until(t *testing.T, e *Engine, cell, want string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		c := complete(t, e, cell)
		if slices.Equal(texts(c), []string{want}) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%v, want %s", texts(c), want)
		}
	}
}
