package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// What a peer may make us hold. A peer is not known to be who it says before
// its first signature was checked, so nothing is set aside on its word: memory
// grows with the bytes that really arrive.
const (
	maxMessage    = 256 << 20 // bytes of one message, all frames together
	maxFrames     = 4096      // frames of one message
	maxCommand    = 4096      // bytes of a handshake command
	handshakeTime = 10 * time.Second
	writeTime     = 30 * time.Second // for one message to go out
)

// Flags of a frame (https://rfc.zeromq.org/spec/23/#framing).
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// peer is one ZMTP 3.0 connection after its handshake, seen from the
// listening side, mechanism NULL.
type peer struct {
	net.Conn
	r        *bufio.Reader
	identity string
}

// greet shakes hands as a socket of kind own with a peer whose kind must be
// one of theirs (https://rfc.zeromq.org/spec/23/#the-null-security-mechanism).
func greet(c net.Conn, own string, theirs []string) (*peer, error) {
	if err := c.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return nil, err
	}
	greeting := [64]byte{0: 0xff, 9: 0x7f, 10: 3, 11: 0} // version 3.0: subscriptions come as messages
	copy(greeting[12:32], "NULL")
	if _, err := c.Write(greeting[:]); err != nil {
		return nil, err
	}
	p := &peer{Conn: c, r: bufio.NewReaderSize(c, 1<<16)}
	var got [64]byte
	if _, err := io.ReadFull(p.r, got[:]); err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if got[0] != 0xff || got[9] != 0x7f || got[10] < 3 {
		return nil, errors.New("greeting is not ZMTP 3")
	}
	if !bytes.Equal(got[12:32], greeting[12:32]) {
		return nil, errors.New("greeting asks for a security mechanism other than NULL")
	}
	ready := properties{{"Socket-Type", own}, {"Identity", ""}}.append([]byte("\x05READY"))
	if _, err := c.Write(append([]byte{flagCommand, byte(len(ready))}, ready...)); err != nil {
		return nil, err
	}
	command, isCommand, err := p.read(maxCommand, 1)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	body, ok := bytes.CutPrefix(command[0], []byte("\x05READY"))
	if !isCommand || !ok {
		return nil, errors.New("handshake: the peer is not ready")
	}
	props, err := parseProperties(body)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if kind := props.get("Socket-Type"); !slices.Contains(theirs, kind) {
		return nil, fmt.Errorf("handshake: a %s socket cannot serve a %.20q", own, kind)
	}
	p.identity = props.get("Identity")
	return p, c.SetDeadline(time.Time{})
}

// properties are the metadata of a READY command; names do not heed case.
type properties [][2]string

func (ps properties) get(name string) string {
	for _, p := range ps {
		if strings.EqualFold(p[0], name) {
			return p[1]
		}
	}
	return ""
}

func (ps properties) append(b []byte) []byte {
	for _, p := range ps {
		b = append(b, byte(len(p[0])))
		b = append(b, p[0]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(p[1])))
		b = append(b, p[1]...)
	}
	return b
}

func parseProperties(b []byte) (properties, error) {
	var ps properties
	for len(b) > 0 {
		n := 1 + int(b[0])
		if len(b) < n+4 {
			return nil, errors.New("metadata ends inside a name")
		}
		size := int64(binary.BigEndian.Uint32(b[n:]))
		if int64(len(b)-n-4) < size {
			return nil, errors.New("metadata ends inside a value")
		}
		end := n + 4 + int(size)
		ps = append(ps, [2]string{string(b[1:n]), string(b[n+4 : end])})
		b = b[end:]
	}
	return ps, nil
}

// read returns the frames of the next message, or one command. It fails on a
// message of more than limit bytes or frames, before taking them in.
func (p *peer) read(limit int64, frames int) (msg [][]byte, command bool, err error) {
	for {
		flags, err := p.r.ReadByte()
		if err != nil {
			return nil, false, err
		}
		size := int64(0)
		if flags&flagLong != 0 {
			var long [8]byte
			if _, err = io.ReadFull(p.r, long[:]); err == nil {
				size = int64(binary.BigEndian.Uint64(long[:]))
			}
		} else {
			var short byte
			short, err = p.r.ReadByte()
			size = int64(short)
		}
		if err != nil {
			return nil, false, err
		}
		if limit -= size; size < 0 || limit < 0 || len(msg) == frames {
			return nil, false, errors.New("message too large")
		}
		body, err := readBody(p.r, int(size))
		if err != nil {
			return nil, false, err
		}
		msg = append(msg, body)
		command = flags&flagCommand != 0
		if command && (len(msg) > 1 || flags&flagMore != 0) {
			return nil, false, errors.New("command inside a message")
		}
		if flags&flagMore == 0 {
			return msg, command, nil
		}
	}
}

// readBody reads size bytes, and sets aside twice what has come rather than what was announced.
func readBody(r io.Reader, size int) ([]byte, error) {
	body := make([]byte, min(size, 1<<16))
	for have := 0; ; {
		n, err := io.ReadFull(r, body[have:])
		if err != nil {
			return nil, err
		}
		if have += n; have == size {
			return body, nil
		}
		grown := make([]byte, min(size, 2*have))
		copy(grown, body)
		body = grown
	}
}

// write sends one message; the peer has writeTime to take it.
func (p *peer) write(frames [][]byte) error {
	if err := p.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	out := make(net.Buffers, 0, 2*len(frames))
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		if len(f) > 255 {
			out = append(out, binary.BigEndian.AppendUint64([]byte{flags | flagLong}, uint64(len(f))), f)
		} else {
			out = append(out, []byte{flags, byte(len(f))}, f)
		}
	}
	_, err := out.WriteTo(p.Conn)
	return err
}
