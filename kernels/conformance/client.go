package conformance

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/uuid"

	"github.com/stellarae/lab/kernels/wire"
)

// Socket is one of a front end's.
type Socket string

const (
	Shell   Socket = "shell"
	Control Socket = "control"
	Stdin   Socket = "stdin"
	IOPub   Socket = "iopub"
)

// Client is a front end: four sockets, and a heap of what came that nobody
// took yet. Its methods may be called from several goroutines.
type Client struct {
	conn    wire.Connection
	sockets map[Socket]zmq4.Socket
	cancel  context.CancelFunc

	mu   sync.Mutex
	came []Arrived
	news chan struct{} // closed and made anew at each arrival
	err  error
}

// Arrived is a message that came.
type Arrived struct {
	wire.Message
	From Socket
}

// Object is the content of a message.
type Object map[string]any

// Body is the content; empty where it is no object.
func (a Arrived) Body() Object {
	o := Object{}
	if a.Decode(&o) != nil {
		return Object{}
	}
	return o
}

// At is the value inside, under one name after the other.
func (o Object) At(names ...string) any {
	var v any = map[string]any(o)
	for _, n := range names {
		m, _ := v.(map[string]any)
		v = m[n]
	}
	return v
}

const dialWait = time.Minute

// Dial connects to a kernel and waits for its welcome on iopub.
func Dial(conn wire.Connection) (*Client, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{conn: conn, cancel: cancel, sockets: map[Socket]zmq4.Socket{}, news: make(chan struct{})}
	id := zmq4.WithID(zmq4.SocketIdentity(uuid.NewString()))
	retry, tries := zmq4.WithDialerRetry(10*time.Millisecond), zmq4.WithDialerMaxRetries(int(dialWait/(10*time.Millisecond)))
	for _, s := range []struct {
		name Socket
		port int
		zmq4.Socket
	}{
		{IOPub, conn.IOPubPort, zmq4.NewSub(ctx, retry, tries)},
		{Shell, conn.ShellPort, zmq4.NewDealer(ctx, id, retry, tries)},
		{Control, conn.ControlPort, zmq4.NewDealer(ctx, id, retry, tries)},
		{Stdin, conn.StdinPort, zmq4.NewDealer(ctx, id, retry, tries)},
	} {
		c.sockets[s.name] = s.Socket
		if err := s.Dial(fmt.Sprintf("tcp://%s:%d", conn.IP, s.port)); err != nil {
			c.Close()
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		if s.name == IOPub {
			if err := s.SetOption(zmq4.OptionSubscribe, ""); err != nil {
				c.Close()
				return nil, err
			}
		}
		go c.receive(s.name, s.Socket)
	}
	_, err := c.Await(dialWait, func(a Arrived) bool { return a.Header.MsgType == "iopub_welcome" })
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connections.
func (c *Client) Close() {
	c.cancel()
	for _, s := range c.sockets {
		s.Close()
	}
}

func (c *Client) receive(name Socket, s zmq4.Socket) {
	for {
		m, err := s.Recv()
		if err != nil {
			return
		}
		msg, err := wire.Decode(m.Frames, c.conn.Key)
		c.mu.Lock()
		if err != nil {
			c.err = fmt.Errorf("%s: %w", name, err)
		} else {
			c.came = append(c.came, Arrived{msg, name})
		}
		close(c.news)
		c.news = make(chan struct{})
		c.mu.Unlock()
	}
}

// Await takes the first message that is wanted, and leaves the others. It fails
// when none has come in time, and when something came that is no message.
func (c *Client) Await(wait time.Duration, wanted func(Arrived) bool) (Arrived, error) {
	late := time.After(wait)
	seen := 0
	for {
		c.mu.Lock()
		for i := seen; i < len(c.came); i++ {
			if a := c.came[i]; wanted(a) {
				c.came = append(c.came[:i:i], c.came[i+1:]...)
				c.mu.Unlock()
				return a, nil
			}
		}
		seen = 0 // another goroutine may take some away
		news, err := c.news, c.err
		c.mu.Unlock()
		if err != nil {
			return Arrived{}, err
		}
		select {
		case <-news:
		case <-late:
			return Arrived{}, fmt.Errorf("not come within %v", wait)
		}
	}
}

// Send sends a request and returns its header. Edits change it before.
func (c *Client) Send(to Socket, msgType string, content any, edits ...func(*wire.Message)) (wire.Header, error) {
	m := wire.New(msgType, wire.Header{}, content)
	for _, edit := range edits {
		edit(&m)
	}
	frames, err := wire.Encode(m, c.conn.Key)
	if err != nil {
		return m.Header, err
	}
	return m.Header, c.sockets[to].Send(zmq4.NewMsgFrom(frames...))
}

// SendFrames sends frames as they are.
func (c *Client) SendFrames(to Socket, frames ...[]byte) error {
	return c.sockets[to].Send(zmq4.NewMsgFrom(frames...))
}

// Subshell makes a request one of a subshell.
func Subshell(id string) func(*wire.Message) {
	return func(m *wire.Message) { m.Header.SubshellID = id }
}

// Reply waits for the answer to a request.
func (c *Client) Reply(h wire.Header, wait time.Duration) (Object, error) {
	a, err := c.Await(wait, func(a Arrived) bool {
		return a.Parent.MsgID == h.MsgID && (a.From == Shell || a.From == Control)
	})
	if err != nil {
		return nil, fmt.Errorf("the reply to %s has %w", h.MsgType, err)
	}
	return a.Body(), nil
}

// Ask sends a request and waits for the answer.
func (c *Client) Ask(to Socket, msgType string, content any, wait time.Duration, edits ...func(*wire.Message)) (Object, error) {
	h, err := c.Send(to, msgType, content, edits...)
	if err != nil {
		return nil, err
	}
	return c.Reply(h, wait)
}
