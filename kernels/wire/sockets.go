package wire

import (
	"context"
	"log/slog"
	"net"
	"time"
)

// Sockets are the five sockets of a kernel, listening.
type Sockets struct {
	Shell, Control, Stdin *Router
	IOPub                 *Publisher
	Connection            Connection // with the ports in use

	all []*listener
}

// Options of Listen.
type Options struct {
	Log *slog.Logger // nil: nothing is logged
	// Welcome makes what a new subscriber to a topic of iopub gets first.
	// It must not publish.
	Welcome func(topic string) []Message
	// Patience is how long a sender waits for a peer that leaves 64 MiB unread,
	// before the peer is cut off. 0: ten seconds.
	Patience time.Duration
}

// Listen opens the sockets of a connection, which need not come from a file:
// a tcp port 0 becomes a free one. It fails where the address cannot be had,
// or the connection has an unknown transport or signature scheme.
func Listen(c Connection, o Options) (*Sockets, error) {
	if err := c.check(true); err != nil { // who may listen where was decided on reading
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	s := &Sockets{Connection: c}
	open := func(name, kind string, port *int, theirs ...string) (*listener, error) {
		network, address := c.Endpoint(*port)
		l, err := newListener(name, kind, theirs, network, address, o)
		if err != nil {
			s.Close(0)
			return nil, err
		}
		if tcp, ok := l.Addr().(*net.TCPAddr); ok {
			*port = tcp.Port
		}
		s.all = append(s.all, l)
		return l, nil
	}
	clients := []string{"DEALER", "REQ", "ROUTER"}
	for _, r := range []struct {
		router **Router
		name   string
		port   *int
	}{
		{&s.Shell, "shell", &s.Connection.ShellPort},
		{&s.Control, "control", &s.Connection.ControlPort},
		{&s.Stdin, "stdin", &s.Connection.StdinPort},
	} {
		l, err := open(r.name, "ROUTER", r.port, clients...)
		if err != nil {
			return nil, err
		}
		*r.router = newRouter(l, c.Key)
	}
	l, err := open("iopub", "XPUB", &s.Connection.IOPubPort, "SUB", "XSUB")
	if err != nil {
		return nil, err
	}
	s.IOPub = newPublisher(l, c.Key, o.Welcome)
	if l, err = open("heartbeat", "ROUTER", &s.Connection.HBPort, clients...); err != nil {
		return nil, err
	}
	l.serve = echo
	for _, l := range s.all {
		l.wg.Add(1)
		go l.accept()
	}
	return s, nil
}

// echo answers every heartbeat with itself.
func echo(m *member) error {
	for {
		frames, command, err := m.peer.read(1<<16, 16)
		if err != nil {
			return err
		}
		if command {
			continue
		}
		if err := m.send(frames); err != nil {
			return err
		}
	}
}

// Close ends all connections once what waits for them was written, or after linger.
func (s *Sockets) Close(linger time.Duration) {
	late, cancel := context.WithTimeout(context.Background(), linger)
	defer cancel()
	for _, l := range s.all {
		l.close(late.Done())
	}
}
