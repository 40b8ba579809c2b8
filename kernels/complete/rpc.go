package complete

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of one frame. gopls answers a completion in some 100 kB; the largest
// cell is sent in one frame too.
const (
	maxHeader = 4 << 10
	maxBody   = 64 << 20
)

// errClosed is what calls get once the connection has ended.
var errClosed = errors.New("connection to gopls closed")

// conn is one end of a JSON-RPC 2.0 connection in the framing of the Language
// Server Protocol (3.17, "Base Protocol"). Writes go through a queue, so that a
// peer that does not read delays no caller beyond its context.
type conn struct {
	queue chan []byte
	done  chan struct{} // closed when reading or writing failed

	mu      sync.Mutex
	next    int64
	waiting map[int64]chan message
	unheard time.Time // since when the peer owes a word; zero if it does not
	err     error
}

// message is any of request, notification and response.
type message struct {
	Version string           `json:"jsonrpc"`
	ID      *json.RawMessage `json:"id,omitempty"`
	Method  string           `json:"method,omitempty"`
	Params  any              `json:"params,omitempty"`
	Result  json.RawMessage  `json:"result,omitempty"`
	Error   *rpcError        `json:"error,omitempty"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return fmt.Sprintf("gopls: %s (code %d)", e.Message, e.Code) }

// newConn starts reading r and writing w. notified gets the peer's
// notifications, one at a time; its requests are answered with null, as the
// client offers the server nothing to ask for.
func newConn(r io.Reader, w io.Writer, notified func(method string, params json.RawMessage)) *conn {
	c := &conn{queue: make(chan []byte, 64), done: make(chan struct{}), waiting: map[int64]chan message{}}
	go c.write(w)
	go c.read(bufio.NewReader(r), notified)
	return c
}

// call sends a request and decodes the answer into result. When ctx ends first
// the peer is told to give up.
func (c *conn) call(ctx context.Context, method string, params, result any) error {
	c.mu.Lock()
	c.next++
	id := c.next
	answer := make(chan message, 1)
	c.waiting[id] = answer
	if c.unheard.IsZero() {
		c.unheard = time.Now()
	}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()
	raw := json.RawMessage(strconv.FormatInt(id, 10))
	if err := c.send(ctx, message{ID: &raw, Method: method, Params: params}); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return m.Error
		}
		if result == nil || len(m.Result) == 0 {
			return nil
		}
		if err := json.Unmarshal(m.Result, result); err != nil {
			return fmt.Errorf("answer to %s: %w", method, err)
		}
		return nil
	case <-c.done:
		return c.cause()
	case <-ctx.Done():
		c.sendSoon(message{Method: "$/cancelRequest", Params: map[string]int64{"id": id}})
		return ctx.Err()
	}
}

// notify sends a notification.
func (c *conn) notify(ctx context.Context, method string, params any) error {
	return c.send(ctx, message{Method: method, Params: params})
}

func (c *conn) send(ctx context.Context, m message) error {
	frame, err := encode(m)
	if err != nil {
		return err
	}
	select {
	case c.queue <- frame:
		return nil
	case <-c.done:
		return c.cause()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sendSoon queues m if there is room: for messages the peer can do without.
func (c *conn) sendSoon(m message) {
	frame, err := encode(m)
	if err != nil {
		return
	}
	select {
	case c.queue <- frame:
	default:
	}
}

// silence is how long the peer has said nothing though it was asked.
func (c *conn) silence() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unheard.IsZero() {
		return 0
	}
	return time.Since(c.unheard)
}

func (c *conn) cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *conn) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
		close(c.done)
	}
}

func (c *conn) write(w io.Writer) {
	for {
		select {
		case frame := <-c.queue:
			if _, err := w.Write(frame); err != nil {
				c.fail(fmt.Errorf("%w: %w", errClosed, err))
				return
			}
		case <-c.done:
			return
		}
	}
}

func (c *conn) read(r *bufio.Reader, notified func(string, json.RawMessage)) {
	for {
		body, err := readFrame(r)
		if err != nil {
			c.fail(fmt.Errorf("%w: %w", errClosed, err))
			return
		}
		c.mu.Lock()
		c.unheard = time.Time{}
		c.mu.Unlock()
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			c.fail(fmt.Errorf("%w: %w", errClosed, err))
			return
		}
		switch {
		case m.Method != "" && m.ID != nil:
			c.sendSoon(message{ID: m.ID, Result: json.RawMessage("null")})
		case m.Method != "":
			notified(m.Method, m.Params)
		case m.ID != nil:
			c.deliver(m.message)
		}
	}
}

// deliver hands an answer to its call; answers that nobody awaits are late and dropped.
func (c *conn) deliver(m message) {
	id, err := strconv.ParseInt(string(*m.ID), 10, 64)
	if err != nil {
		return
	}
	c.mu.Lock()
	answer := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	if answer != nil {
		answer <- m
	}
}

func encode(m message) ([]byte, error) {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", m.Method, err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("message %s of %d bytes, %d allowed", m.Method, len(body), maxBody)
	}
	return append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...), nil
}

// readFrame reads one framed body. It returns io.EOF at a clean end, and an
// error for headers over 4 KiB, a missing or repeated length, or a body over
// 64 MiB; memory grows with what has arrived, not with what was announced.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length, seen := -1, 0
	for {
		line, err := readLine(r, maxHeader-seen)
		seen += len(line)
		if err == io.EOF && seen > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, fmt.Errorf("frame header: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("frame header %.40q has no colon", line)
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
		switch {
		case err != nil:
			return nil, fmt.Errorf("frame length %.40q: %w", value, errors.Unwrap(err))
		case length >= 0:
			return nil, errors.New("frame length given twice")
		case n > maxBody:
			return nil, fmt.Errorf("frame of %d bytes, %d allowed", n, maxBody)
		}
		length = int(n)
	}
	if length < 0 {
		return nil, errors.New("frame header without Content-Length")
	}
	var body bytes.Buffer
	if n, err := io.CopyN(&body, r, int64(length)); err != nil {
		return nil, fmt.Errorf("frame body ended after %d of %d bytes: %w", n, length, io.ErrUnexpectedEOF)
	}
	return body.Bytes(), nil
}

// readLine reads a line of at most limit bytes.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var line []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			return string(line), err
		}
		if len(line) == limit {
			return string(line), errors.New("too long")
		}
		line = append(line, b)
		if b == '\n' {
			return string(line), nil
		}
	}
}
