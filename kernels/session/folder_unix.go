//go:build unix

package session

import (
	"os"
	"syscall"
)

// tryLock locks a file unless another process, of this or of another
// container, has it locked.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// ownFolder reports whether dir is a folder of this user, not a link to one.
func ownFolder(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
