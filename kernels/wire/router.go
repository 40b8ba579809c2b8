package wire

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"
)

// Router is a ROUTER socket: shell, control or stdin.
type Router struct {
	*listener
	key Key
	in  chan Message

	mu    sync.Mutex
	peers map[string]*member // by identity
}

// ErrClosed is returned once the sockets are closed.
var ErrClosed = errors.New("socket closed")

// ErrNoPeer is returned for a message to somebody who is not connected.
var ErrNoPeer = errors.New("no such peer")

func newRouter(l *listener, key Key) *Router {
	r := &Router{listener: l, key: key, in: make(chan Message), peers: map[string]*member{}}
	l.serve = r.read
	return r
}

// read hands over the messages of one peer, each under the peer's identity.
// What cannot be read or was not signed with the key is logged and dropped.
func (r *Router) read(m *member) error {
	id := m.identity
	if id == "" {
		name := uuid.New()
		id = "\x00" + string(name[:]) // ZeroMQ leaves a leading zero byte to routers
	}
	r.mu.Lock()
	if r.peers[id] != nil {
		r.mu.Unlock()
		// As libzmq does: the first one stays. One that comes back before its
		// end was noticed here will try again.
		return errors.New("identity is in use")
	}
	r.peers[id] = m
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.peers, id)
		r.mu.Unlock()
	}()
	for {
		frames, command, err := m.peer.read(maxMessage, maxFrames)
		if err != nil {
			return err
		}
		if command {
			continue
		}
		msg, err := Decode(append([][]byte{[]byte(id)}, frames...), r.key)
		if err != nil {
			r.log.Warn("message dropped", "socket", r.name, "cause", err)
			continue
		}
		select {
		case r.in <- msg:
		case <-r.closed:
			return ErrClosed
		}
	}
}

// Recv waits for the next message. It fails when ctx ends or the socket is closed.
func (r *Router) Recv(ctx context.Context) (Message, error) {
	select {
	case m := <-r.in:
		return m, nil
	case <-ctx.Done():
		return Message{}, ctx.Err()
	case <-r.closed:
		return Message{}, ErrClosed
	}
}

func (r *Router) member(identities [][]byte) (*member, error) {
	if len(identities) == 0 {
		return nil, ErrNoPeer
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.peers[string(identities[0])]; m != nil {
		return m, nil
	}
	return nil, ErrNoPeer
}

// Send queues a message for the peer that its first identity names. It fails
// with ErrNoPeer where there is none; a peer that leaves 64 MiB unread for
// Options.Patience is cut off.
func (r *Router) Send(msg Message) error {
	m, err := r.member(msg.Identities)
	if err != nil {
		return fmt.Errorf("%s: %w", msg.Header.MsgType, err)
	}
	frames, err := Encode(msg, r.key)
	if err != nil {
		return err
	}
	if err := m.send(frames[1:]); err != nil {
		return fmt.Errorf("%s: %w", msg.Header.MsgType, err)
	}
	return nil
}

// Gone returns a channel that is closed when the peer named by the first
// identity has disconnected; it fails with ErrNoPeer where there is none.
func (r *Router) Gone(identities [][]byte) (<-chan struct{}, error) {
	m, err := r.member(identities)
	if err != nil {
		return nil, err
	}
	return m.gone, nil
}
