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
	"strings"
)

// Write writes a file that survives a power cut once Write has returned.
func Write(path string, write func(io.Writer) error) error { return put(path, true, write) }

// WriteUnsynced leaves the flush to the system, for many small files that can
// be made again. A crash of the machine may lose them, a crash of the program
// never leaves a torn one.
func WriteUnsynced(path string, write func(io.Writer) error) error { return put(path, false, write) }

const suffix = ".partial"

func put(path string, sync bool, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*"+suffix)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	defer func() {
		if err != nil {
			f.Close() // the first error counts
			os.Remove(f.Name())
			err = fmt.Errorf("%s: %w", path, cause(err))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<18)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if sync {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if !sync {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
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
		if strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), suffix) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
