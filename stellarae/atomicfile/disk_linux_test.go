package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// limitFileSize makes writes beyond a size fail with EFBIG in this process.
func limitFileSize(t *testing.T, size uint64) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = size
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
}

// The disk's own error reaches the caller through what wraps it on the way,
// and does not name the temporary file.
func TestWriteErrorOfTheDisk(t *testing.T) {
	limitFileSize(t, 1<<20)
	dir := t.TempDir()
	path := filepath.Join(dir, "model.ckpt")
	if err := Write(path, text("old")); err != nil {
		t.Fatal(err)
	}
	err := Write(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 2<<20)); err != nil {
			return fmt.Errorf("conv1.0.weight: %w", err)
		}
		return nil
	})
	if !errors.Is(err, syscall.EFBIG) || err.Error() != path+": conv1.0.weight: file too large" {
		t.Errorf("got %v", err)
	}
	holds(t, dir, map[string]string{"model.ckpt": "old"})

	// The last buffer is written by Write itself.
	err = Write(path, func(w io.Writer) error {
		for range 5 {
			w.Write(make([]byte, 250_000))
		}
		return nil
	})
	if !errors.Is(err, syscall.EFBIG) || err.Error() != path+": file too large" {
		t.Errorf("got %v", err)
	}
	holds(t, dir, map[string]string{"model.ckpt": "old"})
}
