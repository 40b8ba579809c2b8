// Package atomicfile writes files that are there whole or not at all: written
// beside their place, flushed to the disk and renamed into it. What was there
// before stays until then, and after an error.
//
// It does not lock: of two writers of one path the last one wins.
//
//	err := atomicfile.Write("codes.npy", func(w io.Writer) error { ... })
package atomicfile

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// Write writes a file that survives a power cut once Write has returned.
func Write(path string, write func(io.Writer) error) error { return put(path, true, write) }

// WriteUnsynced leaves the flush to the system, for many small files that can
// be made again. A crash of the machine may lose them, a crash of the program
// never leaves a torn one.
func WriteUnsynced(path string, write func(io.Writer) error) error { return put(path, false, write) }

const suffix = ".partial"

// temporary matches the names of put's files.
var temporary = regexp.MustCompile(`^\..+\.\d+\` + suffix + `$`)

func put(path string, sync bool, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*"+suffix)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	placed := false
	defer func() {
		if !placed { // also where write panics
			f.Close() // the first error counts
			os.Remove(f.Name())
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}()
	w := bufio.NewWriterSize(file{f}, 1<<18)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return cause(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			return cause(err)
		}
	}
	if err := f.Close(); err != nil {
		return cause(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return cause(err)
	}
	placed = true
	if sync {
		return cause(syncFolder(dir))
	}
	return nil
}

// syncFolder makes a rename in a folder last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// file writes with errors that may be wrapped on their way back through write.
type file struct{ f *os.File }

func (w file) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	return n, cause(err)
}

// cause takes the temporary file's name out of an error of package os: people
// know the path they asked for.
func cause(err error) error {
	switch e := err.(type) {
	case *os.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}

// Clean removes what a killed program left half-written in a folder.
func Clean(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if temporary.MatchString(e.Name()) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
