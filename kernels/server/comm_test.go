package server

import (
	"slices"
	"testing"

	"github.com/stellarae/lab/kernels/wire"
)

func (c *client) openComms(target string) object {
	c.t.Helper()
	req := object{}
	if target != "" {
		req["target_name"] = target
	}
	got := c.ask("comm_info_request", req)
	wantFields(c.t, got, object{"status": "ok"})
	return got["comms"].(map[string]any)
}

func TestCommsOfFrontEnd(t *testing.T) {
	c, _, _ := start(t, Options{})
	open := func(id, target string) []string {
		return c.said(c.send(c.shell, "comm_open", object{"comm_id": id, "target_name": target, "data": object{}}))
	}
	wantSaid(t, open("e", "echo"), `comm_msg e {"hello":true}`)
	wantFields(t, c.openComms(""), object{"e": object{"target_name": "echo"}})
	if got := c.openComms("other"); len(got) != 0 {
		t.Errorf("comms of another target: %v", got)
	}

	h := c.send(c.shell, "comm_msg", object{"comm_id": "e", "data": object{"n": []int{1}}}, func(m *wire.Message) {
		m.Buffers, m.Metadata = [][]byte{{1, 0, 255}, {}}, map[string]any{"m": true}
	})
	ms := c.messages(h)
	if got := brief(t, ms[1]); got != `comm_msg e {"n":[1]}` {
		t.Errorf("got %s", got)
	}
	if m := ms[1]; len(m.Buffers) != 2 || !slices.Equal(m.Buffers[0], []byte{1, 0, 255}) || m.Metadata["m"] != true {
		t.Errorf("buffers %v, metadata %v", m.Buffers, m.Metadata)
	}

	wantSaid(t, c.said(c.send(c.shell, "comm_close", object{"comm_id": "e", "data": object{}})))
	if got := c.openComms(""); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	// Nothing happens for comms that are not open.
	wantSaid(t, c.said(c.send(c.shell, "comm_msg", object{"comm_id": "e", "data": object{}})))
	wantSaid(t, c.said(c.send(c.shell, "comm_close", object{"comm_id": "e", "data": object{}})))
	wantSaid(t, c.said(c.send(c.shell, "comm_msg", object{"comm_id": 3})))

	// What nobody wants, or fails, is closed again.
	wantSaid(t, open("u", "unknown"), `comm_close u {}`)
	wantSaid(t, open("b", "bad"), `stderr "comm_open: the callback failed\n"`, `comm_close b {}`)
	wantSaid(t, open("p", "panic"), `stderr "comm_open: kernel panic: in the callback\n"`, `comm_close p {}`)
	if got := c.openComms(""); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	wantFields(t, c.ask("comm_info_request", object{"target_name": 1}), object{"status": "error"})
}

func TestCommsOfKernel(t *testing.T) {
	c, _, _ := start(t, Options{})
	h := c.send(c.shell, "execute_request", object{"code": "open w slider\nsay w hi\nopen v plot"})
	ms := c.messages(h)
	var said []string
	for _, m := range ms[2 : len(ms)-1] {
		said = append(said, brief(t, m))
	}
	want := []string{`comm_open w {"a":1} target=slider`, `comm_msg w {"text":"hi"}`, `comm_open v {"a":1} target=plot`}
	if !slices.Equal(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	if ms[2].Metadata["version"] != "2.1.0" || len(ms[3].Buffers) != 1 {
		t.Errorf("metadata %v, buffers %v", ms[2].Metadata, ms[3].Buffers)
	}
	c.reply("shell", h)
	wantFields(t, c.openComms(""), object{"w": object{"target_name": "slider"}, "v": object{"target_name": "plot"}})
	// The front end may now use it.
	wantSaid(t, c.said(c.send(c.shell, "comm_msg", object{"comm_id": "w", "data": object{"x": 1}})), `comm_msg w {"x":1}`)
	c.execute("close w")
	if got := c.openComms("slider"); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
}

// Messages of one comm are handled in the order in which they came.
func TestCommOrder(t *testing.T) {
	c, _, _ := start(t, Options{})
	c.send(c.shell, "comm_open", object{"comm_id": "e", "target_name": "echo", "data": object{}})
	var hs []wire.Header
	for i := range 100 {
		hs = append(hs, c.send(c.shell, "comm_msg", object{"comm_id": "e", "data": object{"i": i}}))
	}
	for i, h := range hs {
		m := c.messages(h)[1]
		if got := body(t, m).at("data", "i"); got != float64(i) {
			t.Fatalf("message %d says %v", i, got)
		}
	}
}
