package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// queued is how many messages may wait for a program of GoNB's to read them.
const queued = 128

// errQueue says that a program of GoNB's does not read what is sent to it.
var errQueue = fmt.Errorf("the program has left %d messages unread", queued)

// fifos are the two FIFOs of GoNB's protocol, in a folder of their own.
type fifos struct {
	dir, out, back string

	mu     sync.Mutex
	queue  chan pipe.Message
	file   *os.File // back, open for writing
	closed bool
}

func newFIFOs(tmp string) (*fifos, error) {
	dir, err := os.MkdirTemp(tmp, "display-")
	if err != nil {
		return nil, err
	}
	f := &fifos{dir: dir, out: filepath.Join(dir, "out"), back: filepath.Join(dir, "back")}
	// Open for reading too, so that neither this nor the program's open blocks.
	if err = errors.Join(mkfifo(f.out), mkfifo(f.back)); err == nil {
		f.file, err = os.OpenFile(f.back, os.O_RDWR|unix.O_NONBLOCK, 0)
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return f, nil
}

func mkfifo(path string) error {
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return &os.PathError{Op: "mkfifo", Path: path, Err: err}
	}
	return nil
}

// send queues a message for the program; it does not wait.
func (f *fifos) send(m pipe.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return os.ErrClosed
	}
	if f.queue == nil {
		f.queue = make(chan pipe.Message, queued)
		go func() {
			w := gonb.NewWriter(f.file)
			for m := range f.queue {
				// A value that the program would not understand is refused, and
				// a pipe closed at its end refuses all.
				w.Write(m)
			}
		}()
	}
	select {
	case f.queue <- m:
		return nil
	default:
		return errQueue
	}
}

func (f *fifos) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	if f.queue != nil {
		close(f.queue)
	}
	f.file.Close()
	os.RemoveAll(f.dir)
}
