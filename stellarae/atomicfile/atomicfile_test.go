package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var writers = map[string]func(string, func(io.Writer) error) error{
	"Write": Write, "WriteUnsynced": WriteUnsynced,
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds fails unless the folder holds exactly these files, name to content.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("the folder holds %v, want %d files", entries, len(want))
	}
	for name, content := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != content {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
}

func TestWriteReplacesAFile(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "codes.npy")
			for _, content := range []string{"", "old", strings.Repeat("new and longer than the buffer\n", 1<<14)} {
				if err := write(path, text(content)); err != nil {
					t.Fatal(err)
				}
				holds(t, dir, map[string]string{"codes.npy": content})
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		})
	}
}

// Every failure names the path once, never the temporary file, and leaves the
// folder as it was.
func TestFailureLeavesWhatWasThere(t *testing.T) {
	full := errors.New("no room")
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, sub := filepath.Join(dir, "codes.npy"), filepath.Join(dir, "sub")
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			refused := func(path string, content func(io.Writer) error, want error) {
				t.Helper()
				err := write(path, content)
				if !errors.Is(err, want) {
					t.Errorf("error %v, want one that is %v", err, want)
				} else if text := err.Error(); strings.Count(text, filepath.Base(path)) != 1 || strings.Contains(text, suffix) {
					t.Errorf("error %q, want the path once and nothing of the temporary file", text)
				}
			}
			refused(path, func(w io.Writer) error {
				if err := text("half")(w); err != nil {
					return err
				}
				return full
			}, full)
			refused(filepath.Join(dir, "none", "codes.csv"), text("new"), fs.ErrNotExist)
			holds(t, dir, map[string]string{"codes.npy": "old"})

			if err := os.Mkdir(sub, 0o755); err != nil {
				t.Fatal(err)
			}
			refused(sub, text("new"), fs.ErrExist)
			if err := os.Remove(sub); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, map[string]string{"codes.npy": "old"})
		})
	}
}

func TestCleanRemovesOnlyWhatAKilledWriterLeft(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"codes.npy", ".hidden", "notes.partial", ".codes.npy.123.partial"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Clean(dir); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"codes.npy": "codes.npy", ".hidden": ".hidden", "notes.partial": "notes.partial"})
	if err := Clean(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Of many writers of one path one wins, whole.
func TestWritersDoNotMix(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "codes.npy")
	contents := []string{strings.Repeat("a", 1<<19), strings.Repeat("b", 1<<19), strings.Repeat("c", 1<<19)}
	done := make(chan error)
	for _, content := range contents {
		go func() { done <- WriteUnsynced(path, text(content)) }()
	}
	for range contents {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1<<19 || strings.Count(string(got), string(got[:1])) != len(got) {
		t.Errorf("%d bytes of more than one writer", len(got))
	}
}
