package stellarae

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fullAt is the step after whose checkpoint the disk is full.
const fullAt = 10

// tight is the training that meets a full disk.
func tight() (Config, Training, lines) {
	training := Training{Steps: 20, Batch: 2, Seed: 3}
	return tiny(), training, linesFor(tiny(), training)
}

// trainUntilFull trains in dir, new or from where it stands, writes a
// checkpoint every step and fills the disk after one of them.
func trainUntilFull(dir string, fill func()) error {
	config, training, source := tight()
	backend, err := goBackend()
	if err != nil {
		return err
	}
	o := RunOptions{CheckpointEvery: time.Nanosecond, Progress: func(p Progress) {
		if p.Step == fullAt {
			fill()
		}
	}}
	if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
		_, err = Resume(context.Background(), backend, dir, source, o)
		return err
	}
	_, err = Train(context.Background(), backend, dir, config, training, source, o)
	return err
}

// fullDisk runs a training that finds the disk full, looks at what is left,
// tries without room, makes room and goes on to the end. try gives the
// training's error as text; file is what cannot be written, cause why.
func fullDisk(t *testing.T, dir string, try func() string, free func(), file string, cause syscall.Errno) {
	t.Helper()
	config, training, source := tight()
	text := try()
	if !strings.Contains(text, filepath.Join(dir, file)+": "+cause.Error()) || strings.Contains(text, "partial") || strings.Contains(text, "\n") {
		t.Fatalf("want one line with %s and %q, got %q", file, cause, text)
	}
	t.Log(text)
	check := func() {
		t.Helper()
		content(t, dir) // nothing half-written
		_, h, err := readCheckpoint(nil, filepath.Join(dir, CheckpointFile), true)
		if err != nil || h.Step != fullAt {
			t.Fatalf("the checkpoint is that of step %d, %v; want step %d", h.Step, err, fullAt)
		}
		if _, err := ReadHistory(filepath.Join(dir, HistoryFile)); err != nil {
			t.Error(err)
		}
	}
	check()
	if text := try(); !strings.Contains(text, cause.Error()) {
		t.Fatalf("without room it says %q", text)
	}
	check()

	free()
	if _, err := Resume(context.Background(), plain(t), dir, source, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	whole, _ := train(t, plain(t), config, training, source, RunOptions{})
	sameFiles(t, content(t, dir), content(t, whole))
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
	fill := func() {
		f, err := os.Create(filler)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for block := make([]byte, 4096); err == nil; {
			_, err = f.Write(block)
			if err != nil && !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
		}
	}
	dir := filepath.Join(disk, "run")
	try := func() string { return fmt.Sprint(trainUntilFull(dir, fill)) }
	fullDisk(t, dir, try, func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}, CheckpointFile, syscall.ENOSPC)
}

// limitEnv makes the test binary's child let files grow to a size only: "FILE
// MORE" is so many bytes more than that file of the run has.
const limitEnv = "STELLARAE_TEST_TRAIN_LIMIT"

// limitedChild is a process of its own, for the limit is a process's.
func limitedChild(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := func() {
		var file string
		var more int64
		_, err := fmt.Sscan(os.Getenv(limitEnv), &file, &more)
		if err != nil {
			panic(err)
		}
		st, err := os.Stat(filepath.Join(dir, file))
		if err != nil {
			panic(err)
		}
		var l syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			panic(err)
		}
		l.Cur = uint64(st.Size() + more)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			panic(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
		limit() // there is still no room
	}
	return trainUntilFull(dir, limit)
}

func TestFileSizeLimit(t *testing.T) {
	for _, test := range []struct {
		name, file string
		more       int64 // than the file has after the step
	}{
		{"within the checkpoint", CheckpointFile, -1000},
		{"at the checkpoint's end", CheckpointFile, -1},
		{"within a history row", HistoryFile, 10},
		{"before a history row", HistoryFile, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			try := func() string {
				cmd, steps, fault := child(t, dir, fmt.Sprintf("%s=%s %d", limitEnv, test.file, test.more))
				for range steps {
				}
				if err := cmd.Wait(); err == nil {
					t.Fatal("the training did not fail")
				}
				return strings.TrimSuffix(string(fault.text), "\n")
			}
			fullDisk(t, dir, try, func() {}, test.file, syscall.EFBIG)
		})
	}
}
