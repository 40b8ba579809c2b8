package proc

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// leashFD is the descriptor of the leash in a child: above those that shell
// scripts use by number.
const leashFD = 99

// leash is a pipe that ties a process group to the kernel. The group holds the
// reading end, which is set to send SIGKILL to the whole group at an event
// (fcntl(2), F_SETSIG and F_SETOWN); the one event is that the kernel's end is
// closed, by its own hand or by its death. The other way round, the kernel sees
// EPOLLERR when the last process of the group has ended. The group is held by
// reference, so that its number, used again, hits no stranger.
type leash struct {
	r, w *os.File
}

func newLeash() (*leash, error) {
	var fd [2]int
	if err := unix.Pipe2(fd[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	return &leash{os.NewFile(uintptr(fd[0]), "leash"), os.NewFile(uintptr(fd[1]), "leash")}, nil
}

// give lets the command inherit the leash.
func (l *leash) give(cmd *exec.Cmd) {
	files := make([]*os.File, leashFD-3+1)
	copy(files, cmd.ExtraFiles)
	files[leashFD-3] = l.r
	cmd.ExtraFiles = files
}

// tie makes the leash that of the group.
func (l *leash) tie(group int) error {
	fd := l.r.Fd()
	for _, c := range []struct{ cmd, arg int }{
		{unix.F_SETSIG, int(unix.SIGKILL)},
		{unix.F_SETOWN, -group},
		{unix.F_SETFL, unix.O_ASYNC},
	} {
		if _, err := unix.FcntlInt(fd, c.cmd, c.arg); err != nil {
			return fmt.Errorf("tie process group %d: %w", group, err)
		}
	}
	return l.r.Close()
}
