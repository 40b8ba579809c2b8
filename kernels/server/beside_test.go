package server

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stellarae/lab/kernels/wire"
)

func TestKernelInfo(t *testing.T) {
	c, _, _ := start(t, Options{})
	for _, ask := range []func(string, any) object{
		func(s string, v any) object { return c.ask(s, v) }, c.askControl,
	} {
		got := ask("kernel_info_request", object{})
		wantFields(t, got, object{
			"status": "ok", "protocol_version": "5.5", "implementation": "tiny", "implementation_version": "1.2.3",
			"banner": "a tiny language", "supported_features": []string{"kernel subshells"},
			"language_info": object{
				"name": "go", "version": "1.26", "mimetype": "text/x-go", "file_extension": ".go",
				"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
			},
		})
		for _, l := range got["help_links"].([]any) {
			if l := l.(map[string]any); l["text"] == "" || !strings.HasPrefix(l["url"].(string), "https://") {
				t.Errorf("help link %v", l)
			}
		}
	}
}

func TestConnect(t *testing.T) {
	c, _, _ := start(t, Options{})
	wantFields(t, c.ask("connect_request", object{}), object{
		"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
	})
}

// Cursor positions are code points: π is one of them and two bytes, the face
// one and four (two in JavaScript).
func TestComplete(t *testing.T) {
	c, _, _ := start(t, Options{})
	for _, tt := range []struct {
		code       string
		pos        any
		start, end int
		matches    []string
	}{
		{"p", 1, 0, 1, []string{"print", "panic"}},
		{"π p", 3, 2, 3, []string{"print", "panic"}},
		{"\U0001F600π pr", 5, 3, 5, []string{"print"}},
		{"\U0001F600 πp", 4, 2, 4, []string{"print", "panic"}},
		{"pr ask", 2, 0, 2, []string{"print"}},
		{"π pr", nil, 2, 4, []string{"print"}},
		{"π pr", 99, 2, 4, []string{"print"}},
		{"π pr", -1, 0, 0, []string{"print", "panic", "ask"}},
		{"ππ zz", 4, 4, 4, []string{}},
		{"wild", 2, 0, 4, []string{"print"}}, // offsets of the interpreter that lie outside
	} {
		req := object{"code": tt.code}
		if tt.pos != nil {
			req["cursor_pos"] = tt.pos
		}
		got := c.ask("complete_request", req)
		wantFields(t, got, object{"status": "ok", "matches": tt.matches, "cursor_start": tt.start, "cursor_end": tt.end})
		types, ok := got.at("metadata", "_jupyter_types_experimental").([]any)
		if !ok || len(types) != len(tt.matches) {
			t.Fatalf("%q: types are %v", tt.code, got["metadata"])
		}
		for i, e := range types {
			wantFields(t, e.(map[string]any), object{"text": tt.matches[i], "start": tt.start, "end": tt.end})
			if e := e.(map[string]any); e["text"] == "print" && (e["type"] != "function" || e["signature"] != "(text)") {
				t.Errorf("entry %v", e)
			}
		}
	}
	wantFields(t, c.ask("complete_request", object{"code": "fault"}), object{"status": "error", "ename": "CompletionError"})
	wantFields(t, c.ask("complete_request", object{"code": 1}), object{"status": "error", "ename": "BadRequest"})
}

func TestInspect(t *testing.T) {
	c, _, _ := start(t, Options{})
	wantFields(t, c.ask("inspect_request", object{"code": "print π!", "cursor_pos": 7, "detail_level": 1}), object{
		"status": "ok", "found": true, "metadata": object{}, "data": object{"text/plain": `detail 1, before the cursor "print π"`},
	})
	wantFields(t, c.ask("inspect_request", object{"code": "x", "cursor_pos": 0}), object{"status": "ok", "found": false, "data": object{}})
	wantFields(t, c.ask("inspect_request", object{"code": "fault"}), object{"status": "error", "ename": "InspectionError", "evalue": "nothing to see"})
	wantFields(t, c.ask("inspect_request", object{"code": "boom"}), object{"status": "error", "ename": "KernelPanic"})
	wantFields(t, c.ask("inspect_request", object{"code": nil, "cursor_pos": "x"}), object{"status": "error", "ename": "BadRequest"})
}

func TestIsComplete(t *testing.T) {
	c, _, _ := start(t, Options{})
	wantFields(t, c.ask("is_complete_request", object{"code": "x\\"}), object{"status": "incomplete", "indent": "  "})
	if got := c.ask("is_complete_request", object{"code": "x"}); got["status"] != "complete" || got["indent"] != nil {
		t.Errorf("got %v", got)
	}
	wantFields(t, c.ask("is_complete_request", object{"code": "!"}), object{"status": "invalid"})
	wantFields(t, c.ask("is_complete_request", object{"code": []int{}}), object{"status": "error"})
}

// Nothing but cells waits for a running cell, and its busy is what is seen last.
func TestBesideRunningCell(t *testing.T) {
	c, tiny, _ := start(t, Options{})
	cell := c.send(c.shell, "execute_request", object{"code": "sleep 60000"})
	<-tiny.entered
	for msgType, content := range map[string]object{
		"complete_request":    {"code": "p", "cursor_pos": 1},
		"inspect_request":     {"code": "print"},
		"is_complete_request": {"code": "x"},
		"comm_info_request":   {},
		"kernel_info_request": {},
		"history_request":     {"hist_access_type": "tail"},
		"connect_request":     {},
	} {
		h := c.send(c.shell, msgType, content)
		if got := c.reply("shell", h); got["status"] != "ok" && got["status"] != "complete" {
			t.Errorf("%s: got %v", msgType, got)
		}
		wantSaid(t, c.said(h))
		if m := c.next("iopub"); m.Parent.MsgID != cell.MsgID || brief(t, m) != "busy" {
			t.Errorf("after the idle of %s came %s", msgType, brief(t, m))
		}
	}
	h := c.send(c.shell, "comm_open", object{"comm_id": "c", "target_name": "echo", "data": object{}})
	wantSaid(t, c.said(h), `comm_msg c {"hello":true}`)
	wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
	wantFields(t, c.askControl("interrupt_request", object{}), object{"status": "ok"})
	wantFields(t, c.reply("shell", cell), object{"status": "error", "ename": "Interrupted"})
	for {
		if m := c.next("iopub"); m.Parent.MsgID == cell.MsgID && brief(t, m) == "idle" {
			break
		}
	}
}

// A message of an unknown type gets busy and idle, and no reply.
func TestUnknownMessages(t *testing.T) {
	c, _, _ := start(t, Options{})
	for _, socket := range []string{"shell", "control"} {
		s := c.shell
		if socket == "control" {
			s = c.control
		}
		wantSaid(t, c.said(c.send(s, "usage_request", object{})))
		wantSaid(t, c.said(c.send(s, "no_such_thing", object{})))
	}
	c.send(c.stdin, "no_such_thing", object{})
	wantFields(t, c.ask("connect_request", object{}), object{"status": "ok"}) // the first reply since
	wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
}

func TestDebugRequest(t *testing.T) {
	c, _, _ := start(t, Options{})
	got := c.askControl("debug_request", object{"type": "request", "seq": 4, "command": "initialize"})
	wantFields(t, got, object{"type": "response", "request_seq": 4, "success": false, "command": "initialize"})
	wantFields(t, c.askControl("debug_request", object{}), object{"success": false, "request_seq": 0})
	wantFields(t, c.askControl("debug_request", object{"command": 1}), object{"status": "error"})
}

// The first subscriber learns that the kernel starts, nobody else does.
func TestStarting(t *testing.T) {
	c, _, _ := start(t, Options{})
	if m := c.next("iopub"); brief(t, m) != "starting" || m.Parent.MsgID != "" {
		t.Errorf("got %s", brief(t, m))
	}
	second := connect(t, c.conn)
	h := second.send(second.shell, "kernel_info_request", object{})
	if m := second.next("iopub"); brief(t, m) != "busy" || m.Parent.MsgID != h.MsgID {
		t.Errorf("got %s", brief(t, m))
	}
}

func TestOverload(t *testing.T) {
	c, tiny, _ := start(t, Options{})
	c.send(c.shell, "execute_request", object{"code": "sleep 60000"})
	<-tiny.entered
	var last wire.Header
	for range maxWaiting + 1 {
		last = c.send(c.shell, "execute_request", object{"code": "1+1"})
	}
	wantFields(t, c.reply("shell", last), object{"status": "error", "ename": "Overload"})
	c.askControl("interrupt_request", object{})
	wantFields(t, body(t, c.next("shell")), object{"status": "error"})
	for range maxWaiting {
		wantFields(t, body(t, c.next("shell")), object{"status": "aborted"})
	}
}

func TestInterruptKeepsKernel(t *testing.T) {
	c, tiny, _ := start(t, Options{})
	c.beside = true
	wantFields(t, c.askControl("interrupt_request", object{}), object{"status": "ok"}) // nothing runs
	cell := c.send(c.shell, "execute_request", object{"code": "print a\nsleep 60000"})
	next := c.send(c.shell, "execute_request", object{"code": "print b"})
	<-tiny.entered
	wantFields(t, c.askControl("interrupt_request", object{}), object{"status": "ok"})
	wantFields(t, c.reply("shell", cell), object{"status": "error", "ename": "Interrupted"})
	wantFields(t, c.reply("shell", next), object{"status": "aborted"})
	wantSaid(t, slices.DeleteFunc(c.said(cell), func(s string) bool { return strings.HasPrefix(s, "in[") }),
		`stdout "a\n"`, "error Interrupted: the cell was interrupted")
	_, said := c.execute("print c")
	wantSaid(t, said, "in[2] print c", `stdout "c\n"`)
}

func TestShutdown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		control bool
		restart bool
		running bool
	}{{"control", true, false, false}, {"restart", true, true, false}, {"shell", false, false, false}, {"while a cell runs", true, false, true}} {
		t.Run(tt.name, func(t *testing.T) {
			c, tiny, done := start(t, Options{})
			if tt.running {
				c.send(c.shell, "execute_request", object{"code": "sleep 60000"})
				<-tiny.entered
			}
			s, name := c.shell, "shell"
			if tt.control {
				s, name = c.control, "control"
			}
			h := c.send(s, "shutdown_request", object{"restart": tt.restart})
			wantFields(t, c.reply(name, h), object{"status": "ok", "restart": tt.restart})
			wantSaid(t, c.said(h), "shutdown_reply")
			if err := <-done; err != nil {
				t.Error(err)
			}
			if got := <-tiny.closed; got != tt.restart {
				t.Errorf("the interpreter was closed with restart %v", got)
			}
		})
	}
	c, _, _ := start(t, Options{})
	wantFields(t, c.askControl("shutdown_request", object{"restart": "maybe"}), object{"status": "error"})
	wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
}

// A kernel that cannot listen closes its interpreter.
func TestServeFails(t *testing.T) {
	c, _, _ := start(t, Options{})
	tiny := newTiny()
	if err := Serve(t.Context(), c.conn, tiny, Options{}); err == nil {
		t.Error("two kernels serve one connection")
	}
	select {
	case <-tiny.closed:
	case <-time.After(patience):
		t.Error("the interpreter was left open")
	}
}

func TestSubshells(t *testing.T) {
	c, tiny, _ := start(t, Options{})
	wantFields(t, c.askControl("list_subshell_request", object{}), object{"status": "ok", "subshell_id": []any{}})
	id := c.askControl("create_subshell_request", object{})["subshell_id"].(string)
	other := c.askControl("create_subshell_request", object{})["subshell_id"].(string)
	ids := []string{id, other}
	slices.Sort(ids)
	wantFields(t, c.askControl("list_subshell_request", object{}), object{"subshell_id": ids})

	// A subshell runs beside the main shell, and counts for itself.
	cell := c.send(c.shell, "execute_request", object{"code": "sleep 60000"})
	<-tiny.entered
	c.subshell = id
	for i := range 2 {
		h := c.send(c.shell, "execute_request", object{"code": "who"})
		wantFields(t, c.reply("shell", h), object{"status": "ok", "execution_count": i + 1})
	}
	wantFields(t, c.ask("kernel_info_request", object{}), object{"status": "ok"})

	// What waits when a subshell is closed is aborted.
	first := c.send(c.shell, "execute_request", object{"code": "sleep 300"})
	second := c.send(c.shell, "execute_request", object{"code": "print never"})
	<-tiny.entered
	wantFields(t, c.askControl("delete_subshell_request", object{"subshell_id": id}), object{"status": "ok"})
	wantFields(t, c.reply("shell", first), object{"status": "ok"})
	wantFields(t, c.reply("shell", second), object{"status": "aborted"})
	wantFields(t, c.askControl("list_subshell_request", object{}), object{"subshell_id": []string{other}})

	for _, bad := range []object{{"subshell_id": id}, {"subshell_id": ""}, {}} {
		wantFields(t, c.askControl("delete_subshell_request", bad), object{"status": "error", "ename": "SubshellNotFound"})
	}
	wantFields(t, c.askControl("delete_subshell_request", object{"subshell_id": 1}), object{"status": "error", "ename": "BadRequest"})
	for _, msgType := range []string{"execute_request", "complete_request"} {
		wantFields(t, c.ask(msgType, object{"code": ""}), object{"status": "error", "ename": "SubshellNotFound"})
	}
	c.subshell = ""
	c.askControl("interrupt_request", object{})
	wantFields(t, c.reply("shell", cell), object{"status": "error"})
	for range maxSubshells - 1 {
		wantFields(t, c.askControl("create_subshell_request", object{}), object{"status": "ok"})
	}
	wantFields(t, c.askControl("create_subshell_request", object{}), object{"status": "error", "ename": "Overload"})
}

// byteOffset and codePoints undo each other at every character.
func FuzzCursor(f *testing.F) {
	f.Add("aπ\U0001F600\xffz", 3)
	f.Add("", -1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		i := byteOffset(s, n)
		if i < 0 || i > len(s) {
			t.Fatalf("%q %d: byte %d", s, n, i)
		}
		want := min(max(n, 0), utf8.RuneCountInString(s))
		if got := codePoints(s, i); got != want {
			t.Errorf("%q %d: byte %d, which is code point %d", s, n, i, got)
		}
		if got := codePoints(s, n); got < 0 || got > len(s) {
			t.Errorf("%q: %d code points before byte %d", s, got, n)
		}
	})
}
