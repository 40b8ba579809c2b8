//go:build unix

package build

import (
	"os/exec"
	"syscall"
	"time"
)

// killGroup makes the end of the command's context kill the command with all
// its children: the linker starts a C compiler, which starts a linker.
func killGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
}
