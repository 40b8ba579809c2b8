package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	folderPrefix = "gonb_" // as GoNB's are called
	lockName     = ".lock" // in the folder; its lock goes when the kernel's process does
)

// newFolder makes a session's folder, locked as long as this process lives.
func newFolder(parent string) (dir string, lock *os.File, err error) {
	if dir, err = os.MkdirTemp(parent, folderPrefix); err != nil {
		return "", nil, fmt.Errorf("session folder: %w", err)
	}
	// The lock is taken before the file has its name: nobody sees it without.
	if lock, err = os.CreateTemp(dir, lockName); err == nil {
		if err = tryLock(lock); err == nil || errors.Is(err, errors.ErrUnsupported) {
			err = os.Rename(lock.Name(), filepath.Join(dir, lockName))
		}
	}
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("session folder: %w", err)
	}
	return dir, lock, nil
}

// removeAbandoned removes the folders of kernels that were killed. Folders
// without a lock are somebody else's, and those of other users stay.
func removeAbandoned(parent string) error {
	if parent == "" {
		parent = os.TempDir()
	}
	locks, err := filepath.Glob(filepath.Join(parent, folderPrefix+"*", lockName))
	for _, path := range locks {
		dir := filepath.Dir(path)
		if !ownFolder(dir) {
			continue
		}
		f, e := os.OpenFile(path, os.O_RDWR, 0)
		if e != nil {
			continue // gone meanwhile
		}
		if tryLock(f) == nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		f.Close()
	}
	return err
}
