package server

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/uuid"

	"github.com/stellarae/lab/kernels/wire"
)

const patience = time.Minute

// client is a front end: another implementation of ZeroMQ on real sockets.
type client struct {
	t                     testing.TB
	conn                  wire.Connection
	shell, control, stdin zmq4.Socket
	msgs                  map[string]chan wire.Message // what came, by socket
	subshell              string
	beside                bool // requests are made while a cell runs: its busy may come again
}

// start serves the test language and connects a front end.
func start(t testing.TB, opts Options) (*client, *tiny, <-chan error) {
	t.Helper()
	if opts.MessageRate == 0 {
		opts.MessageRate, opts.StreamRate = -1, -1
	}
	conn := freeConnection(t)
	interp := newTiny()
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- Serve(ctx, conn, interp, opts) }()
	ended := make(chan error, 1)
	t.Cleanup(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("Serve does not end")
		}
	})
	result := make(chan error, 1)
	go func() {
		err := <-done
		result <- err
		close(ended)
	}()
	return connect(t, conn), interp, result
}

// freeConnection is a connection by sockets in a folder, which no other test has.
func freeConnection(t testing.TB) wire.Connection {
	dir, err := os.MkdirTemp("", "k") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return wire.Connection{
		Transport: "ipc", IP: dir + "/k", Key: "k3y-of-this-test", SignatureScheme: "hmac-sha256",
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5,
	}
}

func connect(t testing.TB, conn wire.Connection) *client {
	t.Helper()
	c := &client{t: t, conn: conn, msgs: map[string]chan wire.Message{}}
	id := zmq4.WithID(zmq4.SocketIdentity(uuid.NewString()))
	retry := zmq4.WithDialerRetry(10 * time.Millisecond)
	tries := zmq4.WithDialerMaxRetries(500)
	open := func(name string, port int, s zmq4.Socket) zmq4.Socket {
		network, address := conn.Endpoint(port)
		if network == "unix" {
			network = "ipc"
		}
		if err := s.Dial(network + "://" + address); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		msgs := make(chan wire.Message, 200_000)
		c.msgs[name] = msgs
		go func() {
			for {
				m, err := s.Recv()
				if err != nil {
					return
				}
				msg, err := wire.Decode(m.Frames, conn.Key)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				msgs <- msg
			}
		}()
		return s
	}
	ctx := context.Background()
	sub := open("iopub", conn.IOPubPort, zmq4.NewSub(ctx, retry, tries))
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	if m := c.next("iopub"); m.Header.MsgType != "iopub_welcome" {
		t.Fatalf("got %s, want a welcome", m.Header.MsgType)
	}
	c.shell = open("shell", conn.ShellPort, zmq4.NewDealer(ctx, id, retry, tries))
	c.control = open("control", conn.ControlPort, zmq4.NewDealer(ctx, id, retry, tries))
	c.stdin = open("stdin", conn.StdinPort, zmq4.NewDealer(ctx, id, retry, tries))
	return c
}

// next is the next message that comes on a socket.
func (c *client) next(socket string) wire.Message {
	c.t.Helper()
	select {
	case m := <-c.msgs[socket]:
		return m
	case <-time.After(patience):
		c.t.Fatalf("nothing came on %s for %v", socket, patience)
		panic("unreachable")
	}
}

// send sends a request and returns its header. Edits change it before.
func (c *client) send(s zmq4.Socket, msgType string, body any, edits ...func(*wire.Message)) wire.Header {
	c.t.Helper()
	m := wire.New(msgType, wire.Header{}, body)
	m.Header.SubshellID = c.subshell
	for _, edit := range edits {
		edit(&m)
	}
	frames, err := wire.Encode(m, c.conn.Key)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := s.Send(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
	return m.Header
}

// object is the content of a message that came.
type object map[string]any

func body(t testing.TB, m wire.Message) object {
	t.Helper()
	var o object
	if err := m.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

// path reads a value inside, such as "data.text/plain" with / for names of its own.
func (o object) at(names ...string) any {
	var v any = map[string]any(o)
	for _, n := range names {
		m, _ := v.(map[string]any)
		v = m[n]
	}
	return v
}

// ask sends a request, and waits for its reply and for its idle.
func (c *client) ask(msgType string, content any, edits ...func(*wire.Message)) object {
	c.t.Helper()
	h := c.send(c.shell, msgType, content, edits...)
	return c.reply("shell", h)
}

func (c *client) askControl(msgType string, content any) object {
	c.t.Helper()
	h := c.send(c.control, msgType, content)
	return c.reply("control", h)
}

// reply waits for the answer to a request.
func (c *client) reply(socket string, h wire.Header) object {
	c.t.Helper()
	m := c.next(socket)
	if m.Parent.MsgID != h.MsgID {
		c.t.Fatalf("a %s came with parent %s, want the reply to the %s", m.Header.MsgType, m.Parent.MsgType, h.MsgType)
	}
	if want := strings.TrimSuffix(h.MsgType, "_request") + "_reply"; m.Header.MsgType != want {
		c.t.Fatalf("a %s came, want %s", m.Header.MsgType, want)
	}
	return body(c.t, m)
}

// execute runs a cell and returns its reply and what iopub said of it, in short.
func (c *client) execute(code string) (object, []string) {
	c.t.Helper()
	return c.executeWith(map[string]any{"code": code})
}

func (c *client) executeWith(content map[string]any, edits ...func(*wire.Message)) (object, []string) {
	c.t.Helper()
	h := c.send(c.shell, "execute_request", content, edits...)
	said := c.said(h)
	return c.reply("shell", h), said
}

// said collects what iopub says of a request, from busy to idle.
func (c *client) said(h wire.Header) []string {
	c.t.Helper()
	var said []string
	for _, m := range c.messages(h) {
		said = append(said, brief(c.t, m))
	}
	return said
}

func (c *client) messages(h wire.Header) []wire.Message {
	c.t.Helper()
	var ms []wire.Message
	for {
		m := c.next("iopub")
		if m.Parent.MsgID != h.MsgID {
			continue
		}
		if s := brief(c.t, m); s == "busy" && c.beside && len(ms) > 0 {
			continue
		}
		ms = append(ms, m)
		if s := brief(c.t, m); s == "idle" {
			return ms
		} else if (s == "busy") != (len(ms) == 1) {
			c.t.Fatalf("message %d is %s", len(ms), s)
		}
	}
}

// brief is a message of iopub in few words.
func brief(t testing.TB, m wire.Message) string {
	t.Helper()
	o := body(t, m)
	text := o.at("data", "text/plain")
	switch m.Header.MsgType {
	case "status":
		return o["execution_state"].(string)
	case "execute_input":
		return fmt.Sprintf("in[%v] %s", o["execution_count"], o["code"])
	case "execute_result":
		return fmt.Sprintf("out[%v] %s", o["execution_count"], text)
	case "stream":
		return fmt.Sprintf("%s %q", o["name"], o["text"])
	case "display_data", "update_display_data":
		return fmt.Sprintf("%s %v %s", strings.TrimSuffix(m.Header.MsgType, "_data"), o.at("transient", "display_id"), text)
	case "error":
		return fmt.Sprintf("error %s: %s", o["ename"], o["evalue"])
	case "clear_output":
		return fmt.Sprintf("clear wait=%v", o["wait"])
	case "comm_open", "comm_msg", "comm_close":
		data, err := json.Marshal(o["data"])
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("%s %s %s", m.Header.MsgType, o["comm_id"], data)
		if target, ok := o["target_name"]; ok {
			s += fmt.Sprintf(" target=%s", target)
		}
		return s
	}
	return m.Header.MsgType
}

func wantSaid(t testing.TB, got []string, want ...string) {
	t.Helper()
	want = append(append([]string{"busy"}, want...), "idle")
	if !slices.Equal(got, want) {
		t.Errorf("iopub said\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func wantFields(t testing.TB, got object, want object) {
	t.Helper()
	for name, w := range want {
		g, err1 := json.Marshal(got[name])
		j, err2 := json.Marshal(w)
		if _, there := got[name]; !there || err1 != nil || err2 != nil || string(g) != string(j) {
			t.Errorf("%s is %s, want %s (in %v)", name, g, j, got)
		}
	}
}
