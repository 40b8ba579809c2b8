//go:build !linux

package lab

import "syscall"

// group puts a process into a group of its own.
func group() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
