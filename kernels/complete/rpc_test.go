package complete

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestReadFrame(t *testing.T) {
	for _, tt := range []struct{ in, want, err string }{
		{"Content-Length: 2\r\n\r\n{}", "{}", ""},
		{"content-length:2\nX-Other: y\n\n{}rest", "{}", ""},
		{"Content-Length: 0\r\n\r\n", "", ""},
		{"", "", "EOF"},
		{"Content-Length: 2\r\n", "", "unexpected EOF"},
		{"Content-Length: 5\r\n\r\n{}", "", "after 2 of 5 bytes"},
		{"\r\n{}", "", "without Content-Length"},
		{"nothing\r\n\r\n", "", "no colon"},
		{"Content-Length: -1\r\n\r\n", "", "frame length"},
		{"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "", "given twice"},
		{"Content-Length: 99999999999999999999\r\n\r\n", "", "frame length"},
		{"Content-Length: 2000000000\r\n\r\n{}", "", "allowed"},
		{strings.Repeat("x", 1<<20), "", "too long"},
		{strings.Repeat("a:b\n", 1<<12), "", "too long"},
	} {
		got, err := readFrame(bufio.NewReader(strings.NewReader(tt.in)))
		if string(got) != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%.40q: %q, %v; want %q, %s", tt.in, got, err, tt.want, tt.err)
		}
	}
	if _, err := readFrame(bufio.NewReader(strings.NewReader(""))); !errors.Is(err, io.EOF) {
		t.Errorf("a clean end is %v", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n123"))
	f.Add([]byte("Content-Length: 60000000\r\n\r\n{}"))
	f.Add([]byte("a: b\n\n"))
	f.Add([]byte("Content-Length: 2\n\n\x91\x91"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReader(bytes.NewReader(in))
		for {
			body, err := readFrame(r)
			if err != nil {
				return
			}
			frame, err := encode(message{Method: string(body)})
			if err != nil {
				t.Fatal(err)
			}
			again, err := readFrame(bufio.NewReader(bytes.NewReader(frame)))
			var m message
			if err != nil || json.Unmarshal(again, &m) != nil || m.Method != string([]rune(string(body))) { // JSON text is UTF-8
				t.Fatalf("%q comes back as %q, %v", body, again, err)
			}
		}
	})
}

// peer is a server at the other end of real pipes, which answers as told.
func peer(t *testing.T, answer func(m message, write func(string))) *conn {
	t.Helper()
	toPeer, fromUs := io.Pipe()
	toUs, fromPeer := io.Pipe()
	c := newConn(toUs, fromUs, func(string, json.RawMessage) {})
	var wg sync.WaitGroup
	wg.Go(func() {
		r := bufio.NewReader(toPeer)
		for {
			body, err := readFrame(r)
			if err != nil {
				return
			}
			var m message
			if err := json.Unmarshal(body, &m); err != nil {
				t.Error(err)
				return
			}
			answer(m, func(s string) {
				_, _ = fmt.Fprintf(fromPeer, "Content-Length: %d\r\n\r\n%s", len(s), s) // fails when the client has gone
			})
		}
	})
	t.Cleanup(func() {
		toPeer.Close()
		fromPeer.Close()
		wg.Wait()
	})
	return c
}

func TestConn(t *testing.T) {
	canceledID := make(chan string, 1)
	c := peer(t, func(m message, write func(string)) {
		id := ""
		if m.ID != nil {
			id = string(*m.ID)
		}
		switch m.Method {
		case "echo":
			text, _ := json.Marshal(m.Params)
			write(`{"jsonrpc":"2.0","id":"other","result":1}`)
			write(`{"jsonrpc":"2.0","id":77,"method":"client/registerCapability","params":{}}`)
			write(`{"jsonrpc":"2.0","method":"window/logMessage","params":{}}`)
			write(`{"jsonrpc":"2.0","id":` + id + `,"result":` + string(text) + `}`)
		case "fail":
			write(`{"jsonrpc":"2.0","id":` + id + `,"error":{"code":-32601,"message":"no such method"}}`)
		case "$/cancelRequest":
			text, _ := json.Marshal(m.Params)
			canceledID <- string(text)
		case "garbage":
			write(`{"jsonrpc"`)
		}
	})
	var got []string
	if err := c.call(t.Context(), "echo", []string{"é", "b"}, &got); err != nil || len(got) != 2 || got[0] != "é" {
		t.Errorf("echo: %v, %v", got, err)
	}
	var number int
	if err := c.call(t.Context(), "echo", "text", &number); err == nil {
		t.Error("a text read as a number")
	}
	var refused *rpcError
	if err := c.call(t.Context(), "fail", nil, nil); !errors.As(err, &refused) || refused.Code != -32601 {
		t.Errorf("fail: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.call(ctx, "silent", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent: %v", err)
	}
	if id := <-canceledID; id != `{"id":4}` {
		t.Errorf("canceled is %s", id)
	}
	if c.silence() <= 0 {
		t.Error("no silence of a peer that has not answered")
	}
	if err := c.call(t.Context(), "garbage", nil, nil); !errors.Is(err, errClosed) {
		t.Errorf("garbage: %v", err)
	}
	if err := c.call(t.Context(), "echo", nil, nil); !errors.Is(err, errClosed) {
		t.Errorf("after the end: %v", err)
	}
	if err := c.notify(t.Context(), "x", make(chan int)); err == nil {
		t.Error("a channel was sent")
	}
}

// TestStuckPeer writes to a peer that never reads.
func TestStuckPeer(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	_, stuck := io.Pipe()
	defer stuck.Close()
	c := newConn(r, stuck, func(string, json.RawMessage) {})
	for range 100 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if err := c.call(ctx, "x", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		cancel()
	}
}
