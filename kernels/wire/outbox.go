package wire

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// maxQueued bounds what waits for one peer. A single message may be larger.
	maxQueued = 64 << 20
	// patience is how long a sender waits, unless told otherwise, for a peer
	// whose queue is full. Then the peer is cut off: it holds up everybody else,
	// and dropping messages silently would leave it waiting for an idle that
	// never comes. ZeroMQ peers connect again by themselves and get a new
	// iopub_welcome.
	patience = 10 * time.Second
)

var (
	errGone = errors.New("the peer is gone")
	errSlow = fmt.Errorf("the peer leaves %d MiB unread", maxQueued>>20)
)

// outbox holds what waits to be written to one peer, in order.
type outbox struct {
	mu     sync.Mutex
	queue  [][][]byte
	size   int           // bytes in queue
	moved  chan struct{} // closed and replaced at every change
	closed bool
}

func newOutbox() *outbox { return &outbox{moved: make(chan struct{})} }

func (o *outbox) changed() {
	close(o.moved)
	o.moved = make(chan struct{})
}

func length(frames [][]byte) (n int) {
	for _, f := range frames {
		n += len(f)
	}
	return n
}

// push queues a message; it waits while the queue is full.
func (o *outbox) push(frames [][]byte, patience time.Duration) error {
	n := length(frames)
	var late <-chan time.Time
	for {
		o.mu.Lock()
		if o.closed {
			o.mu.Unlock()
			return errGone
		}
		if len(o.queue) == 0 || o.size+n <= maxQueued {
			o.queue = append(o.queue, frames)
			o.size += n
			o.changed()
			o.mu.Unlock()
			return nil
		}
		moved := o.moved
		o.mu.Unlock()
		if late == nil {
			timer := time.NewTimer(patience)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-moved:
		case <-late:
			return errSlow
		}
	}
}

// drain writes the queue until the outbox is closed or write fails. A message
// leaves the queue after it was written.
func (o *outbox) drain(write func([][]byte) error) error {
	for {
		o.mu.Lock()
		for len(o.queue) == 0 && !o.closed {
			moved := o.moved
			o.mu.Unlock()
			<-moved
			o.mu.Lock()
		}
		if o.closed {
			o.mu.Unlock()
			return nil
		}
		next := o.queue[0]
		o.mu.Unlock()
		if err := write(next); err != nil {
			return err
		}
		o.mu.Lock()
		if !o.closed {
			o.queue[0] = nil
			o.queue = o.queue[1:]
			o.size -= length(next)
			o.changed()
		}
		o.mu.Unlock()
	}
}

// flush waits until everything was written, the outbox is closed, or late.
func (o *outbox) flush(late <-chan struct{}) {
	for {
		o.mu.Lock()
		empty, moved := o.closed || len(o.queue) == 0, o.moved
		o.mu.Unlock()
		if empty {
			return
		}
		select {
		case <-moved:
		case <-late:
			return
		}
	}
}

// close lets go of the queue and of everybody who waits.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed, o.queue, o.size = true, nil, 0
		o.changed()
	}
}
