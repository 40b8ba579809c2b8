package proc

import (
	"golang.org/x/sys/unix"
)

// loop is the reading of the channels, for one goroutine.
type loop struct {
	*channels
	*handover
	leashed bool // processes of the group are left
	woken   bool // exited or kill was called
	over    bool // the child has ended
	opened  bool // the event of GoNB's pipe being opened has been seen
}

// event reads what an event announces: one packet, and after a hang-up all.
func (l *loop) event(e unix.EpollEvent) {
	switch e.Fd {
	case wakeEvent:
		l.woken = true
		unix.Read(l.wake, l.page[:8])
	case leashEvent:
		l.leashed = false
	case int32(gonbPipe):
		l.readFIFO()
	default:
		k := kind(e.Fd)
		for l.readPacket(k) && e.Events&unix.EPOLLHUP != 0 {
		}
	}
}

// readPacket reads one packet and reports whether there was one.
func (l *loop) readPacket(k kind) bool {
	if l.fd[k] < 0 {
		return false
	}
	n, err := read(l.fd[k], l.page)
	switch {
	case n > 0:
		l.output(k, l.page[:n])
		return true
	case err != unix.EAGAIN:
		l.drop(k)
	}
	return false
}

// readFIFO reads a chunk of GoNB's pipe and puts the pipe at the end of the
// list of what is ready. It leaves the list in between, or its old place in it
// would let what the program shows later overtake what it prints before that.
// So the first message in the chunk is in its place, unless the place is that of
// the pipe's opening, which is an event as well.
func (l *loop) readFIFO() int {
	fd := l.fd[gonbPipe]
	if fd < 0 {
		return 0
	}
	n, err := read(fd, l.fifo)
	if n <= 0 && err != unix.EAGAIN {
		// No program has it open; before the child's end another one may come.
		l.opened = false
		l.gonbEnd()
		if l.over {
			l.drop(gonbPipe)
		}
		return 0
	}
	if n > 0 {
		l.gonb(l.fifo[:n], l.opened, l.catchUp)
	}
	l.opened = true
	unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, fd, nil)
	if err := l.watch(int32(gonbPipe), fd, unix.EPOLLIN); err != nil {
		l.drop(gonbPipe)
	}
	return n
}

// catchUp hands over what was printed before the bytes last read from GoNB's
// pipe: at most one packet of each channel, as they hold no more.
func (l *loop) catchUp() {
	var events [kinds + 2]unix.EpollEvent
	n, _ := unix.EpollWait(l.ep, events[:], 0)
	for _, e := range events[:max(n, 0)] {
		if e.Fd != int32(gonbPipe) {
			l.event(e)
		}
	}
}

// sweep reads what the child, which has ended, left in GoNB's pipe. Of the
// other channels everything has been read: their events came before its end.
func (l *loop) sweep() {
	l.over = true
	if l.fd[gonbPipe] < 0 {
		return
	}
	left, _ := unix.IoctlGetInt(l.fd[gonbPipe], unix.TIOCINQ)
	for {
		n := l.readFIFO()
		if n <= 0 {
			return
		}
		// Others may go on writing: they are not waited for.
		if left -= n; left < 0 {
			return
		}
	}
}

func read(fd int, b []byte) (int, error) {
	for {
		n, err := unix.Read(fd, b)
		if err != unix.EINTR {
			return n, err
		}
	}
}
