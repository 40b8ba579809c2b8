package wire

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// maxPeers bounds the connections of one socket; a browser tab needs one of each.
const maxPeers = 256

// listener takes in the peers of one socket. Each is greeted and read in a
// goroutine of its own, so that a peer that says nothing holds up nobody.
type listener struct {
	net.Listener
	name   string   // for the log
	kind   string   // ZeroMQ socket type
	theirs []string // socket types that may connect
	log    *slog.Logger
	serve  func(*member) error // reads the peer until it fails
	wait   time.Duration       // for a peer whose queue is full

	mu     sync.Mutex
	conns  map[net.Conn]*member // nil until greeted
	closed chan struct{}
	wg     sync.WaitGroup
}

// member is a peer that was let in.
type member struct {
	*peer
	out  *outbox
	wait time.Duration
	gone chan struct{} // closed when the connection has ended
}

// cut ends the connection.
func (m *member) cut() {
	m.out.close()
	m.Close()
}

// send queues a message, or cuts the member off where it does not read.
func (m *member) send(frames [][]byte) error {
	err := m.out.push(frames, m.wait)
	if errors.Is(err, errSlow) {
		m.cut()
	}
	return err
}

func newListener(name, kind string, theirs []string, network, address string, o Options) (*listener, error) {
	if network == "unix" {
		removeStale(address)
	}
	ln, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("%s socket: %w", name, err)
	}
	if network == "unix" {
		if err := os.Chmod(address, 0o600); err != nil {
			ln.Close()
			return nil, fmt.Errorf("%s socket: %w", name, err)
		}
	}
	return &listener{
		Listener: ln, name: name, kind: kind, theirs: theirs, log: o.Log, wait: o.Patience,
		conns: map[net.Conn]*member{}, closed: make(chan struct{}),
	}, nil
}

// removeStale removes a socket that a killed kernel left behind.
func removeStale(path string) {
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeSocket {
		return
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
		return
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(path)
	}
}

func (l *listener) accept() {
	defer l.wg.Done()
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors, say
			l.log.Warn("no connection accepted", "socket", l.name, "cause", err)
			select {
			case <-time.After(100 * time.Millisecond):
			case <-l.closed:
			}
			continue
		}
		l.mu.Lock()
		if len(l.conns) >= maxPeers || l.isClosed() {
			l.mu.Unlock()
			l.log.Warn("connection refused, too many are open", "socket", l.name)
			c.Close()
			continue
		}
		l.conns[c] = nil
		l.wg.Add(1)
		l.mu.Unlock()
		go l.host(c)
	}
}

func (l *listener) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// host looks after one connection from its greeting to its end.
func (l *listener) host(c net.Conn) {
	defer l.wg.Done()
	defer func() {
		c.Close()
		l.mu.Lock()
		delete(l.conns, c)
		l.mu.Unlock()
	}()
	p, err := greet(c, l.kind, l.theirs)
	if err != nil {
		l.log.Debug("connection not let in", "socket", l.name, "cause", err)
		return
	}
	m := &member{peer: p, out: newOutbox(), wait: l.wait, gone: make(chan struct{})}
	defer close(m.gone)
	l.mu.Lock()
	l.conns[c] = m
	l.mu.Unlock()
	l.wg.Add(1)
	go func() {
		defer l.wg.Done()
		if err := m.out.drain(m.write); errors.Is(err, os.ErrDeadlineExceeded) {
			l.log.Warn("peer cut off, it does not read", "socket", l.name)
		}
		m.cut()
	}()
	err = l.serve(m)
	m.cut()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !l.isClosed() {
		l.log.Warn("connection ended", "socket", l.name, "cause", err)
	}
}

// close takes no more peers, gives those there until late to read what waits
// for them, and ends.
func (l *listener) close(late <-chan struct{}) {
	l.mu.Lock()
	if l.isClosed() {
		l.mu.Unlock()
		return
	}
	close(l.closed)
	var members []*member
	for c, m := range l.conns {
		if m == nil {
			c.Close() // still in its greeting
			continue
		}
		members = append(members, m)
	}
	l.mu.Unlock()
	l.Listener.Close()
	for _, m := range members {
		m.out.flush(late)
		m.cut()
	}
	l.wg.Wait()
}
