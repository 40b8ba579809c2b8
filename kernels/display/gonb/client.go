package gonb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Client is the program's side. Its methods may be called from several goroutines.
type Client struct {
	mu      sync.Mutex // orders what is written
	w       io.Writer
	started bool
	err     error

	acks struct {
		sync.Mutex
		next    int64
		waiting map[int64]chan struct{}
		gone    chan struct{} // closed when no more acks can come
	}
}

// Dial opens the two FIFOs in the order GoNB opens them.
func Dial() (*Client, error) {
	w, err := os.OpenFile(os.Getenv(EnvPipe), os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", EnvPipe, err)
	}
	r, err := os.Open(os.Getenv(EnvBack))
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("%s: %w", EnvBack, err)
	}
	return newClient(r, w), nil
}

func newClient(r io.Reader, w io.Writer) *Client {
	c := &Client{w: w}
	c.acks.waiting = map[int64]chan struct{}{}
	c.acks.gone = make(chan struct{})
	go c.listen(r)
	return c
}

// listen takes in acks until the kernel goes; comm values have no taker here.
func (c *Client) listen(r io.Reader) {
	defer close(c.acks.gone)
	d := newDecoder(r)
	for {
		v, err := d.next()
		if err != nil {
			return
		}
		m, _ := plain(v).(map[string]any)
		if n, ok := m["Value"].(int64); ok && m["Address"] == addressAck {
			c.acks.Lock()
			if done := c.acks.waiting[n]; done != nil {
				close(done)
				delete(c.acks.waiting, n)
			}
			c.acks.Unlock()
		}
	}
}

// Display sends a bundle. With an ID it makes or replaces the display of that id.
func (c *Client) Display(b pipe.Bundle) error {
	data, err := generic(b.Data)
	if err != nil {
		return err
	}
	meta, err := generic(b.Metadata)
	if err != nil {
		return err
	}
	return c.write(data, meta, b.ID)
}

// Ask has the user asked for a line, which arrives on standard input.
func (c *Client) Ask(prompt string, password bool) error {
	return c.write(map[string]any{keyInput: record{nameInput, []any{prompt, password}}}, nil, "")
}

// Sync waits until everything sent so far is published.
func (c *Client) Sync(ctx context.Context) error {
	done := make(chan struct{})
	c.acks.Lock()
	c.acks.next++
	n := c.acks.next
	c.acks.waiting[n] = done
	c.acks.Unlock()
	defer func() {
		c.acks.Lock()
		delete(c.acks.waiting, n)
		c.acks.Unlock()
	}()
	if err := c.write(map[string]any{keyComm: record{nameComm, []any{addressSync, nil, iface{n}}}}, nil, ""); err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-c.acks.gone:
		return errors.New("the kernel closed its pipe")
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *Client) write(data, meta map[string]any, id string) error {
	r := record{fields: []any{data, nil, nil}}
	if len(meta) > 0 {
		r.fields[1] = meta
	}
	if id != "" {
		r.fields[2] = id
	}
	b, err := programSchema.encode(idDisplay, r)
	if err != nil {
		return fmt.Errorf("%s: %w", EnvPipe, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	if !c.started {
		b = append(append([]byte{}, programSchema.definitions...), b...)
		c.started = true
	}
	if _, err := c.w.Write(b); err != nil {
		c.err = fmt.Errorf("%s: %w", EnvPipe, err)
	}
	return c.err
}

// generic makes the values of a bundle those that JSON knows.
func generic(m map[string]any) (map[string]any, error) {
	if m == nil {
		return nil, nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
			continue
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var x any
		if err := d.Decode(&x); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		out[k] = x
	}
	return out, nil
}
