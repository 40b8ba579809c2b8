package specs

import "golang.org/x/sys/unix"

// exchange swaps two folders in one step, so that no moment is without a
// kernelspec; file systems that cannot (NFS, some FUSE) get two steps.
func exchange(fresh, place, aside string) error {
	if err := unix.Renameat2(unix.AT_FDCWD, fresh, unix.AT_FDCWD, place, unix.RENAME_EXCHANGE); err == nil {
		return nil
	}
	return replace(fresh, place, aside)
}
