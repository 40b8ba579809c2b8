package pipe

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// FromEnv opens the descriptors that EnvOut and EnvIn name, and removes the two
// variables so that programs started from here do not take them for their own.
// Both files are nil where EnvOut is not set. in is nil where only EnvIn is missing.
func FromEnv() (in, out *os.File, err error) {
	if out, err = descriptor(EnvOut); err != nil || out == nil {
		return nil, nil, err
	}
	in, err = descriptor(EnvIn)
	return in, out, err
}

func descriptor(name string) (*os.File, error) {
	value := os.Getenv(name)
	if value == "" {
		return nil, nil
	}
	os.Unsetenv(name)
	fd, err := strconv.Atoi(value)
	if err != nil || fd < 3 {
		return nil, fmt.Errorf("%s=%s: not the number of a descriptor above 2", name, value)
	}
	syscall.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), name)
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s=%d: not an open descriptor: %w", name, fd, err)
	}
	if info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return nil, fmt.Errorf("%s=%d: neither a pipe nor a socket", name, fd)
	}
	return f, nil
}
