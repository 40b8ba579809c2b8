package stellarae

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fullDisk trains until the disk is full at step 10, looks at what is left,
// makes room and goes on to the end. file is what cannot be written, cause why.
func fullDisk(t *testing.T, dir string, fill, free func(), file string, cause syscall.Errno) {
	t.Helper()
	defer free()
	training := Training{Steps: 20, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	var good []byte // the last checkpoint
	o := RunOptions{
		CheckpointEvery: time.Nanosecond,
		Checkpoint: func(int) {
			var err error
			if good, err = os.ReadFile(filepath.Join(dir, CheckpointFile)); err != nil {
				t.Error(err)
			}
		},
		Progress: func(p Progress) {
			if p.Step == 10 {
				fill()
			}
		},
	}
	_, err := Train(context.Background(), plain(t), dir, tiny(), training, source, o)
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), filepath.Join(dir, file)+": ") || strings.Contains(err.Error(), "partial") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("want one line with %s and %q, got %v", file, cause, err)
	}
	t.Log(err)
	if files := content(t, dir); files[CheckpointFile] != string(good) {
		t.Error("the last good checkpoint is not there any more")
	}
	m, err := OpenRun(plain(t), dir)
	if err != nil {
		t.Fatal("the last good checkpoint:", err)
	}
	if _, err := m.Encode(rows(tiny(), 1, 1)); err != nil {
		t.Error(err)
	}
	if _, err := ReadHistory(filepath.Join(dir, HistoryFile)); err != nil {
		t.Error(err)
	}
	if _, err := Resume(context.Background(), plain(t), dir, source, RunOptions{}); !errors.Is(err, cause) {
		t.Errorf("went on without room: %v", err)
	}
	content(t, dir) // nothing half-written

	free()
	if _, err := Resume(context.Background(), plain(t), dir, source, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	whole, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	sameFiles(t, content(t, dir), content(t, whole))
}

// limitFileSize makes writes beyond a size fail with EFBIG in this process.
func limitFileSize(t *testing.T, size uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = size
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
}

func TestFileSizeLimit(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	defer limitFileSize(t, before.Cur)
	for _, test := range []struct {
		name, file string
		more       int64 // than the file has at step 10
	}{
		{"within the checkpoint", CheckpointFile, -1000},
		{"at the checkpoint's end", CheckpointFile, -1},
		{"within a history row", HistoryFile, 10},
		{"before a history row", HistoryFile, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			fullDisk(t, dir, func() {
				st, err := os.Stat(filepath.Join(dir, test.file))
				if err != nil {
					t.Fatal(err)
				}
				limitFileSize(t, uint64(st.Size()+test.more))
			}, func() { limitFileSize(t, before.Cur) }, test.file, syscall.EFBIG)
		})
	}
}

func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small file system cannot be mounted here (%v): skipping the check with a full one", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(disk, "filler")
	fullDisk(t, filepath.Join(disk, "run"), func() {
		f, err := os.Create(filler)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for block := make([]byte, 4096); ; {
			if _, err := f.Write(block); err != nil {
				if !errors.Is(err, syscall.ENOSPC) {
					t.Fatal(err)
				}
				return
			}
		}
	}, func() {
		if err := os.Remove(filler); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}, CheckpointFile, syscall.ENOSPC)
}
