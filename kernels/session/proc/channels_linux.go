package proc

import (
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Events beside those of the channels, by the number epoll gives back.
const (
	leashEvent = int32(kinds) + iota
	wakeEvent
)

// chunk is how much is read from GoNB's FIFO at once: what a pipe holds.
const chunk = 64 << 10

// channels are the kernel's ends of what a child writes to.
type channels struct {
	child [display + 1]*os.File // the child's ends, for start
	ep    int
	fd    [kinds]int // to read from; -1 where there is none any more
	open  int        // channels that have not ended
	page  []byte
	fifo  []byte // nil without GoNB's pipes

	mu     sync.Mutex
	leash  *leash
	wake   int // eventfd
	gone   bool
	ended  bool // the child has
	killed bool
}

func newChannels(f *fifos) (c *channels, err error) {
	c = &channels{ep: -1, wake: -1, page: make([]byte, os.Getpagesize())}
	for k := range c.fd {
		c.fd[k] = -1
	}
	defer func() {
		if err != nil {
			for _, f := range c.child {
				f.Close()
			}
			c.close()
			c = nil
		}
	}()
	if c.ep, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return c, err
	}
	if c.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return c, err
	}
	if err = c.watch(wakeEvent, c.wake, unix.EPOLLIN); err != nil {
		return c, err
	}
	if c.leash, err = newLeash(); err != nil {
		return c, err
	}
	if err = c.watch(leashEvent, int(c.leash.w.Fd()), 0); err != nil {
		return c, err
	}
	last := stderr
	if f != nil {
		last = display
	}
	for k := stdout; k <= last; k++ {
		if c.fd[k], c.child[k], err = packetPipe(); err != nil {
			return c, err
		}
		if err = c.watch(int32(k), c.fd[k], unix.EPOLLIN); err != nil {
			return c, err
		}
		c.open++
	}
	if f != nil {
		c.fifo = make([]byte, chunk)
		if c.fd[gonbPipe], err = unix.Open(f.out, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
			return c, &os.PathError{Op: "open", Path: f.out, Err: err}
		}
		if err = c.watch(int32(gonbPipe), c.fd[gonbPipe], unix.EPOLLIN); err != nil {
			return c, err
		}
		c.open++
	}
	return c, nil
}

// packetPipe makes a pipe that holds one packet.
func packetPipe() (r int, w *os.File, err error) {
	var fd [2]int
	if err := unix.Pipe2(fd[:], unix.O_CLOEXEC|unix.O_DIRECT); err != nil {
		return -1, nil, err
	}
	_, err = unix.FcntlInt(uintptr(fd[0]), unix.F_SETPIPE_SZ, os.Getpagesize())
	if err = errors.Join(err, unix.SetNonblock(fd[0], true)); err != nil {
		unix.Close(fd[0])
		unix.Close(fd[1])
		return -1, nil, err
	}
	return fd[0], os.NewFile(uintptr(fd[1]), "pipe"), nil
}

func (c *channels) watch(event int32, fd int, events uint32) error {
	return unix.EpollCtl(c.ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events | unix.EPOLLET, Fd: event})
}

// start runs the command with its end of the leash.
func (c *channels) start(cmd *exec.Cmd) error {
	c.leash.give(cmd)
	if err := startCommand(cmd); err != nil {
		return err
	}
	if err := c.leash.tie(cmd.Process.Pid); err != nil {
		cmd.Process.Kill()
		cmd.Process.Wait()
		return err
	}
	return nil
}

// exited says that the child has ended.
func (c *channels) exited() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.notify()
}

// kill ends what is left of the group, and the reading.
func (c *channels) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed = true
	c.notify()
	if c.leash != nil {
		c.leash.w.Close()
	}
}

func (c *channels) notify() {
	if !c.gone {
		unix.Write(c.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

// close closes all. The leash is let go last and only here or by kill.
func (c *channels) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	for k := range c.fd {
		c.drop(kind(k))
	}
	for _, fd := range []int{c.wake, c.ep} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	if c.leash != nil {
		c.leash.r.Close()
		c.leash.w.Close()
	}
}

// drop ends a channel.
func (c *channels) drop(k kind) {
	if c.fd[k] >= 0 {
		unix.Close(c.fd[k])
		c.fd[k] = -1
		c.open--
	}
}

// run hands over all that arrives until every channel and the group have ended,
// or the child was killed. It calls finish once the child has ended and what it
// wrote is handed over.
func (c *channels) run(h *handover, finish func()) {
	defer finish()
	defer c.close()
	defer h.close()
	l := &loop{channels: c, handover: h, leashed: true}
	h.before = func() { l.readFIFO(nil) } // the packets before the message have been read
	var ended, finished, killed bool
	var deadline time.Time
	for !finished || c.open > 0 || l.leashed {
		timeout := -1
		if !deadline.IsZero() {
			timeout = max(0, int(time.Until(deadline)/time.Millisecond)+1)
		}
		var events [1]unix.EpollEvent
		n, err := unix.EpollWait(c.ep, events[:], timeout)
		if err != nil && err != unix.EINTR {
			panic("proc: epoll_wait: " + err.Error()) // a descriptor closed by a stranger
		}
		if n == 1 {
			l.event(events[0])
		}
		if l.woken {
			l.woken = false
			c.mu.Lock()
			end, kill := c.ended && !ended, c.killed && !killed
			ended, killed = c.ended, c.killed
			c.mu.Unlock()
			if end {
				l.end()
			}
			if kill {
				l.leashed = false
			}
			if end || kill {
				deadline = time.Now().Add(Grace)
			}
		}
		late := !deadline.IsZero() && time.Now().After(deadline)
		if ended && !finished && (c.open == 0 || late) {
			finished = true
			finish()
		}
		if late {
			deadline = time.Time{}
			if ended && killed {
				return
			}
		}
	}
}
