package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

const testKey = "key"

// local listens on free ports of the loopback interface.
func local(t testing.TB, o Options) *Sockets {
	t.Helper()
	s, err := Listen(Connection{Transport: "tcp", IP: "127.0.0.1", Key: testKey, SignatureScheme: "hmac-sha256"}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(0) })
	return s
}

// dial connects a client of another implementation of ZeroMQ.
func dial(t testing.TB, s *Sockets, port int, newSocket func(context.Context, ...zmq4.Option) zmq4.Socket, o ...zmq4.Option) zmq4.Socket {
	t.Helper()
	c := newSocket(t.Context(), o...)
	network, address := s.Connection.Endpoint(port)
	if network == "unix" {
		network = "ipc"
	}
	if err := c.Dial(network + "://" + address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func request(t testing.TB, msgType string, content any) zmq4.Msg {
	t.Helper()
	frames, err := Encode(New(msgType, Header{}, content), testKey)
	if err != nil {
		t.Fatal(err)
	}
	return zmq4.NewMsgFrom(frames...)
}

func receive(t testing.TB, r *Router) Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := r.Recv(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// next waits for a message at a client.
func next(t testing.TB, c zmq4.Socket) Message {
	t.Helper()
	type result struct {
		msg zmq4.Msg
		err error
	}
	got := make(chan result, 1)
	go func() {
		msg, err := c.Recv()
		got <- result{msg, err}
	}()
	select {
	case r := <-got:
		m, err := Decode(r.msg.Frames, testKey)
		if r.err != nil || err != nil {
			t.Fatal(r.err, err)
		}
		return m
	case <-time.After(time.Minute):
		t.Fatal("nothing came for 10 s")
		panic("unreachable")
	}
}

func TestRouters(t *testing.T) {
	s := local(t, Options{})
	for name, r := range map[string]*Router{"shell": s.Shell, "control": s.Control, "stdin": s.Stdin} {
		t.Run(name, func(t *testing.T) {
			port := r.Addr().(*net.TCPAddr).Port
			a := dial(t, s, port, zmq4.NewDealer)
			b := dial(t, s, port, zmq4.NewDealer, zmq4.WithID(zmq4.SocketIdentity("bee")))
			for client, want := range map[zmq4.Socket]string{a: "from a", b: "from b"} {
				if err := client.Send(request(t, want, nil)); err != nil {
					t.Fatal(err)
				}
				m := receive(t, r)
				if m.Header.MsgType != want {
					t.Errorf("got %s, want %s", m.Header.MsgType, want)
				}
				if client == b && string(m.Identities[0]) != "bee" {
					t.Errorf("identity %q", m.Identities[0])
				}
				if err := r.Send(m.Reply(want+" reply", nil)); err != nil {
					t.Fatal(err)
				}
			}
			for client, want := range map[zmq4.Socket]string{a: "from a reply", b: "from b reply"} {
				if m := next(t, client); m.Header.MsgType != want {
					t.Errorf("got %s, want %s", m.Header.MsgType, want)
				}
			}
		})
	}
}

func TestIdentityInUse(t *testing.T) {
	s := local(t, Options{})
	first := dial(t, s, s.Connection.ShellPort, zmq4.NewDealer, zmq4.WithID(zmq4.SocketIdentity("me")))
	if err := first.Send(request(t, "first", nil)); err != nil {
		t.Fatal(err)
	}
	m := receive(t, s.Shell)
	second := dial(t, s, s.Connection.ShellPort, zmq4.NewDealer, zmq4.WithID(zmq4.SocketIdentity("me")))
	second.Send(request(t, "second", nil))
	if err := s.Shell.Send(m.Reply("to the first", nil)); err != nil {
		t.Fatal(err)
	}
	if got := next(t, first); got.Header.MsgType != "to the first" {
		t.Errorf("got %s", got.Header.MsgType)
	}
	gone, err := s.Shell.Gone(m.Identities)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Fatal("nobody noticed that the peer went")
	}
	if err := s.Shell.Send(m.Reply("late", nil)); !errors.Is(err, ErrNoPeer) {
		t.Errorf("got %v, want %v", err, ErrNoPeer)
	}
	if _, err := s.Shell.Gone(nil); !errors.Is(err, ErrNoPeer) {
		t.Errorf("got %v, want %v", err, ErrNoPeer)
	}
}

func welcome(topic string) []Message {
	return []Message{New("iopub_welcome", Header{}, map[string]any{"subscription": topic})}
}

func subscribe(t testing.TB, s *Sockets, topic string) zmq4.Socket {
	t.Helper()
	sub := dial(t, s, s.Connection.IOPubPort, zmq4.NewSub)
	if err := sub.SetOption(zmq4.OptionSubscribe, topic); err != nil {
		t.Fatal(err)
	}
	return sub
}

func TestWelcome(t *testing.T) {
	s := local(t, Options{Welcome: welcome})
	all := subscribe(t, s, "")
	if m := next(t, all); m.Header.MsgType != "iopub_welcome" || string(m.Content.(json.RawMessage)) != `{"subscription":""}` || m.Parent.MsgID != "" {
		t.Errorf("got %+v", m)
	}
	stream := subscribe(t, s, "stream")
	if m := next(t, stream); string(m.Content.(json.RawMessage)) != `{"subscription":"stream"}` {
		t.Errorf("got %s", m.Content)
	}
	for _, topic := range []string{"status", "stream.stdout"} {
		if err := s.IOPub.Publish(topic, New(topic, Header{}, nil)); err != nil {
			t.Fatal(err)
		}
	}
	// The second subscriber's welcome went to nobody else.
	for _, want := range []string{"status", "stream.stdout"} {
		if m := next(t, all); m.Header.MsgType != want || string(m.Identities[0]) != want {
			t.Errorf("got %s, want %s", m.Header.MsgType, want)
		}
	}
	if m := next(t, stream); m.Header.MsgType != "stream.stdout" {
		t.Errorf("got %s", m.Header.MsgType)
	}
	if err := all.SetOption(zmq4.OptionUnsubscribe, ""); err != nil {
		t.Fatal(err)
	}
	for len(s.IOPub.subscribers("status")) > 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestPublishRefuses(t *testing.T) {
	s := local(t, Options{})
	if err := s.IOPub.Publish("x", New("x", Header{}, []int{1})); err == nil {
		t.Error("a list was published as content")
	}
}

// 20 MB in one message and 100 MB in many arrive whole and in order.
func TestLargeOutput(t *testing.T) {
	s := local(t, Options{Welcome: welcome})
	sub := subscribe(t, s, "")
	next(t, sub)
	image := strings.Repeat("x", 20<<20)
	const many, size = 1600, 64 << 10
	go func() {
		s.IOPub.Publish("image", New("image", Header{}, map[string]string{"data": image}))
		chunk := strings.Repeat("y", size)
		for i := range many {
			s.IOPub.Publish("stream", New(fmt.Sprint(i), Header{}, map[string]string{"text": chunk}))
		}
	}()
	var got struct{ Data, Text string }
	if err := next(t, sub).Decode(&got); err != nil || got.Data != image {
		t.Fatalf("%d bytes came, %v", len(got.Data), err)
	}
	for i := range many {
		m := next(t, sub)
		if err := m.Decode(&got); err != nil || len(got.Text) != size || m.Header.MsgType != fmt.Sprint(i) {
			t.Fatalf("message %d: %d bytes, type %s, %v", i, len(got.Text), m.Header.MsgType, err)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	s := local(t, Options{})
	hb := dial(t, s, s.Connection.HBPort, zmq4.NewReq)
	for _, want := range []string{"ping", strings.Repeat("long", 100)} {
		if err := hb.Send(zmq4.NewMsgString(want)); err != nil {
			t.Fatal(err)
		}
		if m, err := hb.Recv(); err != nil || string(m.Bytes()) != want {
			t.Errorf("got %q, %v", m.Bytes(), err)
		}
	}
}

func TestIPC(t *testing.T) {
	c := Connection{
		Transport: "ipc", IP: filepath.Join(t.TempDir(), "k"), SignatureScheme: "hmac-sha256", Key: testKey,
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5,
	}
	// What a killed kernel leaves is replaced.
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: c.IP + "-1", Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	stale.Close()
	s, err := Listen(c, Options{Welcome: welcome})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0)
	if info, err := os.Stat(c.IP + "-2"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := Listen(c, Options{}); err == nil {
		t.Error("two kernels listen at one place")
	}
	shell := dial(t, s, 1, zmq4.NewDealer)
	if err := shell.Send(request(t, "x", nil)); err != nil {
		t.Fatal(err)
	}
	m := receive(t, s.Shell)
	if err := s.Shell.Send(m.Reply("y", nil)); err != nil {
		t.Fatal(err)
	}
	if m := next(t, shell); m.Header.MsgType != "y" {
		t.Errorf("got %s", m.Header.MsgType)
	}
	next(t, subscribe(t, s, ""))
	s.Close(time.Second)
	if left, _ := filepath.Glob(c.IP + "*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if _, err := s.Shell.Recv(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want %v", err, ErrClosed)
	}
}

// Close lets what was queued go out first.
func TestCloseLingers(t *testing.T) {
	s := local(t, Options{Welcome: welcome})
	sub := subscribe(t, s, "")
	next(t, sub)
	s.IOPub.Publish("x", New("x", Header{}, map[string]string{"a": strings.Repeat("z", 10<<20)}))
	go s.Close(5 * time.Second)
	if m := next(t, sub); m.Header.MsgType != "x" {
		t.Errorf("got %s", m.Header.MsgType)
	}
}

func TestListenRefuses(t *testing.T) {
	s := local(t, Options{})
	taken := s.Connection
	for name, c := range map[string]Connection{
		"taken port": taken,
		"transport":  {Transport: "udp", Key: testKey, SignatureScheme: "hmac-sha256"},
		"scheme":     {Transport: "tcp", IP: "127.0.0.1", Key: testKey},
	} {
		if s, err := Listen(c, Options{}); err == nil {
			s.Close(0)
			t.Errorf("%s: listened", name)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	s := local(b, Options{Welcome: welcome})
	sub := subscribe(b, s, "")
	next(b, sub)
	content := map[string]string{"name": "stdout", "text": strings.Repeat("x", 100)}
	done := make(chan error)
	go func() {
		for range b.N {
			if _, err := sub.Recv(); err != nil {
				done <- err
				return
			}
		}
		close(done)
	}()
	b.ResetTimer()
	for range b.N {
		if err := s.IOPub.Publish("stream", New("stream", Header{}, content)); err != nil {
			b.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
