package proc

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// rssUnit is the unit of ru_maxrss in bytes (getrusage(2)).
const rssUnit = 1024

// starts are run by one thread that lives as long as the kernel, as the signal
// of a parent's death comes with the death of the thread that started the child
// (prctl(2), PR_SET_PDEATHSIG).
var starts = sync.OnceValue(func() chan func() {
	c := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range c {
			f()
		}
	}()
	return c
})

func startCommand(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	result := make(chan error)
	starts() <- func() { result <- cmd.Start() }
	return <-result
}

// waitExit returns when the child has ended, and leaves it to be reaped.
func waitExit(pid int) {
	for {
		if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != unix.EINTR {
			return
		}
	}
}
