package wire

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/go-zeromq/zmq4"
)

// Each of these is dropped or ends its own connection, and the next client is served.
func TestHostilePeers(t *testing.T) {
	s := local(t, Options{})
	greeting := append(append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...), make([]byte, 48)...)
	ready := []byte("\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER")
	for name, say := range map[string][]byte{
		"nothing":            nil,
		"HTTP":               []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + strings.Repeat("x", 64)),
		"old version":        bytes.Replace(greeting, []byte{0x7f, 3}, []byte{0x7f, 1}, 1),
		"other mechanism":    bytes.Replace(greeting, []byte("NULL"), []byte("PLAI"), 1),
		"huge command":       append(bytes.Clone(greeting), 6, 0x40, 0, 0, 0, 0, 0, 0, 0),
		"negative size":      append(bytes.Clone(greeting), 6, 0xff, 0, 0, 0, 0, 0, 0, 0),
		"message first":      append(bytes.Clone(greeting), 0, 1, 'x'),
		"other command":      append(bytes.Clone(greeting), "\x04\x06\x05ERROR"...),
		"torn name":          append(bytes.Clone(greeting), "\x04\x08\x05READY\xffS"...),
		"torn value":         append(bytes.Clone(greeting), "\x04\x0c\x05READY\x01S\xff\xff\xff\xff"...),
		"no type":            append(bytes.Clone(greeting), "\x04\x06\x05READY"...),
		"wrong type":         append(bytes.Clone(greeting), strings.Replace(string(ready), "DEALER", "PUBLIC", 1)...),
		"huge message":       append(append(bytes.Clone(greeting), ready...), 2, 0, 0, 0, 1, 0, 0, 0, 0),
		"command in message": append(append(bytes.Clone(greeting), ready...), 1, 1, 'x', 4, 1, 'x'),
		"endless frames":     append(append(bytes.Clone(greeting), ready...), bytes.Repeat([]byte{1, 0}, maxFrames+1)...),
		"no jupyter":         append(append(bytes.Clone(greeting), ready...), 0, 1, 'x'),
		"torn message":       append(append(bytes.Clone(greeting), ready...), 0, 9, 'x'),
	} {
		t.Run(name, func(t *testing.T) {
			for _, l := range s.all {
				c, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close() // after the good client was served
				if _, err := c.Write(say); err != nil {
					t.Fatal(err)
				}
			}
			good := dial(t, s, s.Connection.ShellPort, zmq4.NewDealer)
			for _, bad := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("x"), 300)} {
				if err := good.Send(zmq4.NewMsgFrom([]byte(delimiter), bad)); err != nil {
					t.Fatal(err)
				}
			}
			if err := good.Send(request(t, "good", nil)); err != nil {
				t.Fatal(err)
			}
			if m := receive(t, s.Shell); m.Header.MsgType != "good" {
				t.Errorf("got %s", m.Header.MsgType)
			}
		})
	}
}

// Whatever a peer says, reading it ends and takes little more memory than it sent.
func FuzzZMTP(f *testing.F) {
	greeting := append(append([]byte{0xff, 9: 0x7f, 10: 3, 11: 0}, "NULL"...), make([]byte, 48)...)
	f.Add(append(bytes.Clone(greeting), "\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x01\x01x\x00\x01y"...))
	f.Add(append(bytes.Clone(greeting), "\x04\x06\x05READY"...))
	f.Fuzz(func(t *testing.T, data []byte) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		go func() {
			theirs.Write(data)
			theirs.Close()
		}()
		go func() { // what we say is read and thrown away
			buf := make([]byte, 256)
			for {
				if _, err := theirs.Read(buf); err != nil {
					return
				}
			}
		}()
		p, err := greet(ours, "ROUTER", []string{"DEALER"})
		if err != nil {
			return
		}
		for {
			frames, _, err := p.read(maxMessage, maxFrames)
			if err != nil {
				return
			}
			if length(frames) > len(data) {
				t.Fatalf("%d bytes from %d", length(frames), len(data))
			}
		}
	})
}
