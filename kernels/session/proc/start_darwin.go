package proc

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// rssUnit is the unit of ru_maxrss in bytes (getrusage(2)).
const rssUnit = 1

func startCommand(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}

// waitExit returns when the child has ended, and leaves it to be reaped.
func waitExit(pid int) {
	q, err := unix.Kqueue()
	if err != nil {
		return
	}
	defer unix.Close(q)
	var event [1]unix.Kevent_t
	unix.SetKevent(&event[0], pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	event[0].Fflags = unix.NOTE_EXIT
	for {
		// A child that has ended already is ESRCH.
		if _, err := unix.Kevent(q, event[:], event[:], nil); err != unix.EINTR {
			return
		}
	}
}
