package proc

import (
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// channels are the kernel's ends of what a child writes to. Each has a
// goroutine that reads it; the order between them is that of reading.
type channels struct {
	child  [display + 1]*os.File // the child's ends, for start
	r      [kinds]*os.File
	keep   *os.File // keeps GoNB's FIFO from ending before the child does
	open   int
	pieces chan piece
	read   chan struct{} // the piece has been handed over
	quit   chan struct{}

	mu     sync.Mutex
	ended  bool
	killed bool
	state  chan struct{} // ended or killed has changed
}

// piece is what was read, or the end of a channel.
type piece struct {
	k   kind
	b   []byte
	end bool
}

func newChannels(f *fifos) (c *channels, err error) {
	c = &channels{
		pieces: make(chan piece), read: make(chan struct{}),
		quit: make(chan struct{}), state: make(chan struct{}, 1),
	}
	last := stderr
	if f != nil {
		last = display
	}
	for k := stdout; k <= last && err == nil; k++ {
		c.r[k], c.child[k], err = os.Pipe()
	}
	if f != nil && err == nil {
		// Without O_NONBLOCK this would wait for a writer.
		var fd int
		fd, err = unix.Open(f.out, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.SetNonblock(fd, false)
			c.r[gonbPipe] = os.NewFile(uintptr(fd), f.out)
			var errKeep error
			c.keep, errKeep = os.OpenFile(f.out, os.O_WRONLY, 0)
			err = errors.Join(err, errKeep)
		}
	}
	if err != nil {
		for _, f := range c.child {
			f.Close()
		}
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *channels) start(cmd *exec.Cmd) error { return startCommand(cmd) }

// exited says that the child has ended.
func (c *channels) exited() { c.set(&c.ended) }

// kill ends the reading; the group has got its signal.
func (c *channels) kill() { c.set(&c.killed) }

func (c *channels) set(b *bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*b = true
	select {
	case c.state <- struct{}{}:
	default:
	}
}

func (c *channels) close() {
	if c == nil {
		return
	}
	for _, f := range append(c.r[:], c.keep) {
		f.Close()
	}
}

func (c *channels) pump(k kind) {
	b := make([]byte, 32<<10)
	for {
		n, err := c.r[k].Read(b)
		select {
		case c.pieces <- piece{k, b[:n], err != nil}:
		case <-c.quit:
			return
		}
		select {
		case <-c.read:
		case <-c.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// run hands over all that arrives until every channel has ended, or the child
// was killed. It calls finish once the child has ended and what it wrote is
// handed over.
func (c *channels) run(h *handover, finish func()) {
	defer finish()
	defer c.close()
	defer close(c.quit)
	defer h.close()
	for k, f := range c.r {
		if f != nil {
			c.open++
			go c.pump(kind(k))
		}
	}
	var finished, ended, killed bool
	var grace <-chan time.Time
	for !finished || c.open > 0 {
		late := false
		select {
		case p := <-c.pieces:
			switch {
			case len(p.b) > 0 && p.k == gonbPipe:
				h.gonb(p.b, true, nil)
			case len(p.b) > 0:
				h.output(p.k, p.b)
			}
			if p.end {
				c.open--
			}
			c.read <- struct{}{}
		case <-c.state:
			c.mu.Lock()
			ended, killed = c.ended, c.killed
			c.mu.Unlock()
			if ended {
				c.keep.Close()
			}
			grace = time.After(Grace)
		case <-grace:
			late, grace = true, nil
		}
		if ended && !finished && (c.open == 0 || late) {
			finished = true
			finish()
		}
		if late && ended && killed {
			return
		}
	}
}
