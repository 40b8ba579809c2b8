package lab

import "syscall"

// group puts a process into a group of its own, and ends it when this process
// dies without a word.
func group() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
