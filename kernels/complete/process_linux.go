package complete

import (
	"os/exec"
	"syscall"
)

// bind makes the process end with this one, whatever ends it, and gives it a
// process group, so that an interrupt at the terminal passes it by and its
// children can be ended with it. The signal comes when the starting thread
// ends (prctl(2), PR_SET_PDEATHSIG): the caller locks its goroutine to it.
func bind(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends the process and what it started.
func kill(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
