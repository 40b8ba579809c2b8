package wire

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// A subscriber that never reads is cut off, and another misses nothing.
func TestDeadSubscriber(t *testing.T) {
	s := local(t, Options{Welcome: welcome, Patience: 100 * time.Millisecond})
	dead, err := net.Dial("tcp", s.IOPub.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	hello := append([]byte{0xff, 9: 0x7f, 10: 3, 11: 0}, "NULL"...)
	hello = append(append(hello, make([]byte, 48)...), "\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB\x00\x01\x01"...)
	if _, err := dead.Write(hello); err != nil {
		t.Fatal(err)
	}
	sub := subscribe(t, s, "")
	next(t, sub)
	for len(s.IOPub.subscribers("")) < 2 {
		time.Sleep(time.Millisecond)
	}
	const many = 100
	go func() {
		for i := range many {
			s.IOPub.Publish("x", New(fmt.Sprint(i), Header{}, map[string]string{"a": strings.Repeat("z", 1<<20)}))
		}
	}()
	for i := range many {
		if m := next(t, sub); m.Header.MsgType != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, m.Header.MsgType)
		}
	}
	if n := len(s.IOPub.subscribers("")); n != 1 {
		t.Errorf("%d subscribers are left", n)
	}
}

// A queue holds a bounded amount, and lets go of who waits for it.
func TestOutbox(t *testing.T) {
	o := newOutbox()
	defer o.close()
	chunk := [][]byte{make([]byte, 1<<20)}
	started := time.Now()
	n := 0
	var err error
	for ; err == nil; n++ {
		err = o.push(chunk, 50*time.Millisecond)
	}
	if !errors.Is(err, errSlow) || n != maxQueued>>20+1 {
		t.Errorf("%d MiB were taken, then %v", n-1, err)
	}
	if waited := time.Since(started); waited < 50*time.Millisecond {
		t.Errorf("gave up after %v", waited)
	}
	m := &member{peer: &peer{Conn: func() net.Conn { a, _ := net.Pipe(); return a }()}, out: o}
	m.cut()
	if err := m.send(chunk); !errors.Is(err, errGone) {
		t.Errorf("got %v, want %v", err, errGone)
	}
}

// Somebody who waits for room gets on when the peer reads.
func TestSlowSubscriber(t *testing.T) {
	s := local(t, Options{Welcome: welcome})
	sub := subscribe(t, s, "")
	next(t, sub)
	const many = 150 // MiB: more than queue and kernel buffers hold
	sent := make(chan bool, many)
	go func() {
		for range many {
			s.IOPub.Publish("x", New("x", Header{}, map[string]string{"a": strings.Repeat("z", 1<<20)}))
			sent <- true
		}
	}()
	time.Sleep(300 * time.Millisecond)
	if len(sent) == many {
		t.Fatal("all was sent though nobody read")
	}
	for range many {
		next(t, sub)
	}
}
