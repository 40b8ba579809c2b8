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

// event reads what an event announces: one packet. It reads on after a hang-up,
// which has no event of its own if a packet had none yet, and where the program
// has made the pipe wider, so that one event may announce several packets.
func (l *loop) event(e unix.EpollEvent) {
	switch e.Fd {
	case wakeEvent:
		l.woken = true
		unix.Read(l.wake, l.page[:8])
	case leashEvent:
		l.leashed = false
	case int32(gonbPipe):
		l.readFIFO(l.catchUp)
	default:
		k := kind(e.Fd)
		n := l.readPacket(k)
		for n > 0 && e.Events&unix.EPOLLHUP != 0 {
			n = l.readPacket(k)
		}
		for left := l.surplus(k); n > 0 && left > 0; left -= n {
			n = l.readPacket(k)
		}
	}
}

// readPacket reads one packet, if there is one, and returns its length.
func (l *loop) readPacket(k kind) int {
	if l.fd[k] < 0 {
		return 0
	}
	n, err := read(l.fd[k], l.page)
	if n > 0 {
		l.output(k, l.page[:n])
	} else if err != unix.EAGAIN {
		l.drop(k)
	}
	return n
}

// surplus is what a pipe holds that is wider than one packet.
func (l *loop) surplus(k kind) int {
	if l.fd[k] < 0 {
		return 0
	}
	if size, _ := unix.FcntlInt(uintptr(l.fd[k]), unix.F_GETPIPE_SZ, 0); size <= len(l.page) {
		return 0
	}
	n, _ := unix.IoctlGetInt(l.fd[k], unix.TIOCINQ)
	return n
}

// readFIFO reads a chunk of GoNB's pipe and puts the pipe at the end of the
// list of what is ready. It leaves the list in between, or its old place in it
// would let what the program shows later overtake what it prints before that.
// So the first message in the chunk is in its place, unless the place is that of
// the pipe's opening, which is an event as well.
func (l *loop) readFIFO(catchUp func()) {
	fd := l.fd[gonbPipe]
	if fd < 0 {
		return
	}
	n, err := read(fd, l.fifo)
	if n <= 0 && err != unix.EAGAIN {
		// No program has it open; before the child's end another one may come.
		l.opened = false
		l.gonbEnd()
		if l.over {
			l.drop(gonbPipe)
		}
		return
	}
	opened := l.opened
	l.opened = true
	if n > 0 {
		l.gonb(l.fifo[:n], opened, catchUp)
	}
	if l.fd[gonbPipe] < 0 {
		return // ended meanwhile
	}
	unix.EpollCtl(l.ep, unix.EPOLL_CTL_DEL, fd, nil)
	if err := l.watch(int32(gonbPipe), fd, unix.EPOLLIN); err != nil {
		l.drop(gonbPipe)
	}
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

// end notes that the child has ended. What it left in GoNB's pipe is read as
// one chunk; of the other channels all has been read, as their events came first.
func (l *loop) end() {
	l.over = true
	l.readFIFO(l.catchUp)
}

func read(fd int, b []byte) (int, error) {
	for {
		n, err := unix.Read(fd, b)
		if err != unix.EINTR {
			return n, err
		}
	}
}
