package server

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// parentPoll is how often the parent is looked for.
const parentPoll = time.Second

// watchSignals obeys signals until the function it returns is called.
func (k *kernel) watchSignals() (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	k.wg.Go(func() {
		for {
			select {
			case s := <-signals:
				if s == os.Interrupt {
					k.interrupt()
				} else {
					k.stop(end{reason: s.String()})
				}
			case <-k.ctx.Done():
				return
			}
		}
	})
	return func() { signal.Stop(signals) }
}

// watchParent ends the kernel when the process that JPY_PARENT_PID names is
// gone. A child sees that it has another parent; a kernel further down, that
// there is no such process.
func (k *kernel) watchParent() {
	pid, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || pid <= 0 {
		return
	}
	child := os.Getppid() == pid
	tick := time.NewTicker(parentPoll)
	defer tick.Stop()
	for {
		if child && os.Getppid() != pid || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			k.stop(end{reason: "the parent process is gone"})
			return
		}
		select {
		case <-tick.C:
		case <-k.ctx.Done():
			return
		}
	}
}
