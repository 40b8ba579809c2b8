package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// both runs a test for Write and for WriteUnsynced.
func both(t *testing.T, test func(t *testing.T, write func(string, func(io.Writer) error) error)) {
	t.Run("synced", func(t *testing.T) { test(t, Write) })
	t.Run("unsynced", func(t *testing.T) { test(t, WriteUnsynced) })
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds fails unless the folder has exactly the given files with their content.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("%s is left over", e.Name())
		}
	}
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != content {
			t.Errorf("%s: %d bytes, %v; want %d bytes", name, len(got), err, len(content))
		}
	}
}

func TestWrite(t *testing.T) {
	both(t, func(t *testing.T, write func(string, func(io.Writer) error) error) {
		dir := t.TempDir()
		path := filepath.Join(dir, "codes.npy")
		large := strings.Repeat("0123456789", 1<<17) // several buffers
		for _, content := range []string{"first", "", large, "last"} {
			if err := write(path, text(content)); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, map[string]string{"codes.npy": content})
		}
		st, err := os.Stat(path)
		if err != nil || st.Mode() != 0o644 {
			t.Errorf("mode %v, %v", st.Mode(), err)
		}
	})
}

// A path without a folder is in the working folder.
func TestWriteHere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Write("codes.npy", text("x")); err != nil {
		t.Fatal(err)
	}
	holds(t, ".", map[string]string{"codes.npy": "x"})
}

// Whatever ends a write early, the old content stays and nothing else is left.
func TestWriteThatFails(t *testing.T) {
	cause := errors.New("the source ran dry")
	both(t, func(t *testing.T, write func(string, func(io.Writer) error) error) {
		for _, written := range []int{0, 10, 1 << 20} {
			dir := t.TempDir()
			path := filepath.Join(dir, "model.ckpt")
			if err := write(path, text("old")); err != nil {
				t.Fatal(err)
			}
			err := write(path, func(w io.Writer) error {
				io.WriteString(w, strings.Repeat("x", written))
				return cause
			})
			if !errors.Is(err, cause) || err.Error() != path+": the source ran dry" {
				t.Errorf("after %d bytes: %v", written, err)
			}
			holds(t, dir, map[string]string{"model.ckpt": "old"})
		}
	})
}

// An error about another file keeps that file's name.
func TestWriteFromAnotherFile(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "copy"), filepath.Join(dir, "original")
	err := Write(path, func(io.Writer) error {
		_, err := os.Open(other)
		return err
	})
	if err == nil || err.Error() != fmt.Sprintf("%s: open %s: no such file or directory", path, other) {
		t.Errorf("got %v", err)
	}
	holds(t, dir, nil)
}

func TestWriteThatPanics(t *testing.T) {
	both(t, func(t *testing.T, write func(string, func(io.Writer) error) error) {
		dir := t.TempDir()
		path := filepath.Join(dir, "model.ckpt")
		if err := write(path, text("old")); err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not come through")
				}
			}()
			write(path, func(io.Writer) error { panic("programmer error") })
		}()
		holds(t, dir, map[string]string{"model.ckpt": "old"})
	})
}

// Places where no file can be: the error names the path asked for and the
// system's cause, and not the temporary file.
func TestWriteNowhere(t *testing.T) {
	both(t, func(t *testing.T, write func(string, func(io.Writer) error) error) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, "full"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := write(filepath.Join(dir, "full", "x"), text("x")); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]syscall.Errno{
			"missing/codes.npy": syscall.ENOENT,
			"file/codes.npy":    syscall.ENOTDIR,
			"full":              syscall.EEXIST, // rename onto a folder
		} {
			path := filepath.Join(dir, name)
			err := write(path, text("x"))
			if !errors.Is(err, want) || err.Error() != fmt.Sprintf("%s: %v", path, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		holds(t, filepath.Join(dir, "full"), map[string]string{"x": "x"})
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("left over: %v, %v", entries, err)
		}
	})
}

// Readers meet the old content or the new, never a part.
func TestReadersSeeWholeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "codes.npy")
	content := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), 300_000) }
	if err := WriteUnsynced(path, text(content(0))); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	reads := 0
	readers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			b, err := os.ReadFile(path)
			if err != nil || len(b) != 300_000 || strings.Count(string(b), string(b[:1])) != len(b) {
				t.Errorf("a reader saw %d bytes, %v", len(b), err)
				return
			}
			reads++
		}
	})
	began := time.Now()
	for i := 0; i < 50 || i < 1000 && time.Since(began) < 100*time.Millisecond; i++ {
		if err := WriteUnsynced(path, text(content(i))); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	readers.Wait()
	if reads == 0 {
		t.Error("nothing was read")
	}
}

// Two writers of one path do not disturb each other: the last one wins.
func TestWritersOfOnePath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "codes.npy")
	var slow sync.WaitGroup
	started, finish := make(chan struct{}), make(chan struct{})
	slow.Go(func() {
		err := Write(path, func(w io.Writer) error {
			close(started)
			<-finish
			_, err := io.WriteString(w, "slow")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-started
	if err := Write(path, text("quick")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != "quick" {
		t.Errorf("%q, %v", b, err)
	}
	close(finish)
	slow.Wait()
	holds(t, dir, map[string]string{"codes.npy": "slow"})
}

// Clean takes what a killed Write leaves, and nothing that only looks like it.
func TestClean(t *testing.T) {
	dir := t.TempDir()
	keep := map[string]string{
		"model.ckpt": "m", "model.ckpt.partial": "a", ".hidden": "b", "x.123.partial": "c",
		".notes.partial": "d", ".download.iso.partial": "e", ".partial": "f", ".model.ckpt.12x.partial": "g",
	}
	for name, content := range keep {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A write that is killed leaves its file: here a second name of it.
	err := Write(filepath.Join(dir, "model.ckpt"), func(io.Writer) error {
		torn, err := filepath.Glob(filepath.Join(dir, ".model.ckpt.*[0-9]"+suffix))
		if err != nil || len(torn) != 1 {
			t.Fatalf("%v, %v", torn, err)
		}
		return errors.Join(os.Link(torn[0], strings.TrimSuffix(torn[0], suffix)+"7"+suffix), errors.New("stop"))
	})
	if err == nil || strings.Contains(err.Error(), "link") {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".folder.1.partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Clean(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, ".folder.1.partial")); err != nil {
		t.Error("Clean took a folder:", err)
	}
	holds(t, dir, keep)
	if err := Clean(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}
