package server

import (
	"testing"

	"github.com/stellarae/lab/kernels/wire"
)

func TestExecute(t *testing.T) {
	c, _, _ := start(t, Options{})
	reply, said := c.execute("1+2")
	wantSaid(t, said, "in[1] 1+2", "out[1] 3")
	wantFields(t, reply, object{"status": "ok", "execution_count": 1, "payload": []any{}, "user_expressions": object{}})

	reply, said = c.execute("print a\nprint b\nerr c\nprint d\n40+2\nshow x y")
	wantSaid(t, said, "in[2] print a\nprint b\nerr c\nprint d\n40+2\nshow x y",
		`stdout "a\nb\n"`, `stderr "c\n"`, `stdout "d\n"`, "out[2] 42", "display x y")
	wantFields(t, reply, object{"status": "ok", "execution_count": 2})
}

func TestExecuteError(t *testing.T) {
	c, _, _ := start(t, Options{})
	reply, said := c.execute("print before\nfail Oops it broke\nprint after")
	wantSaid(t, said, "in[1] print before\nfail Oops it broke\nprint after", `stdout "before\n"`, "error Oops: it broke")
	wantFields(t, reply, object{
		"status": "error", "execution_count": 1, "ename": "Oops", "evalue": "it broke", "traceback": []string{"line 1", "line 2"},
	})
	// A fault of the interpreter fails the cell and nothing else.
	reply, said = c.execute("panic help")
	wantSaid(t, said, "in[2] panic help", "error KernelPanic: help")
	wantFields(t, reply, object{"status": "error", "ename": "KernelPanic", "traceback": []any{}})
	_, said = c.execute("print alive")
	wantSaid(t, said, "in[3] print alive", `stdout "alive\n"`)
}

func TestExecuteFlags(t *testing.T) {
	c, _, _ := start(t, Options{})
	reply, said := c.executeWith(map[string]any{"code": "1+1\nprint x", "silent": true, "store_history": true})
	wantSaid(t, said, `stdout "x\n"`)
	wantFields(t, reply, object{"status": "ok", "execution_count": 1})

	_, said = c.executeWith(map[string]any{"code": "1+1", "store_history": false})
	wantSaid(t, said, "in[1] 1+1", "out[1] 2")

	reply, said = c.executeWith(map[string]any{"code": "1+1", "user_expressions": map[string]string{"a": "b"}})
	wantSaid(t, said, "in[1] 1+1", "out[1] 2")
	if got := reply.at("user_expressions", "a", "data", "text/plain"); got != "b" {
		t.Errorf("got %v", reply)
	}
	if got := c.ask("history_request", map[string]any{"hist_access_type": "tail", "n": 9}); len(got["history"].([]any)) != 1 {
		t.Errorf("history %v", got)
	}

	_, said = c.executeWith(map[string]any{"code": "who"}, func(m *wire.Message) { m.Metadata = map[string]any{"cellId": "c7"} })
	wantSaid(t, said, "in[2] who", `stdout "2 \"\" \"c7\"\n"`)

	for _, bad := range []map[string]any{{"code": 7}, {"code": "1+1", "silent": "yes"}, {"code": "", "user_expressions": []int{1}}} {
		reply, said = c.executeWith(bad)
		wantSaid(t, said)
		wantFields(t, reply, object{"status": "error", "ename": "BadRequest"})
	}
	reply, said = c.executeWith(map[string]any{})
	wantSaid(t, said, "in[3] ")
	wantFields(t, reply, object{"status": "ok", "execution_count": 3})
}

// Requests that a front end sent without waiting are aborted with the cell that fails.
func TestStopOnError(t *testing.T) {
	c, _, _ := start(t, Options{})
	codes := []string{"sleep 100\nfail A a", "print 1", "print 2"}
	var hs []wire.Header
	for _, code := range codes {
		hs = append(hs, c.send(c.shell, "execute_request", map[string]any{"code": code}))
	}
	for i, status := range []string{"error", "aborted", "aborted"} {
		wantFields(t, c.reply("shell", hs[i]), object{"status": status})
	}
	wantSaid(t, c.said(hs[0]), "in[1] sleep 100\nfail A a", "error A: a")
	wantSaid(t, c.said(hs[1]))
	wantSaid(t, c.said(hs[2]))
	// Who has seen the error is served again.
	_, said := c.execute("print 3")
	wantSaid(t, said, "in[2] print 3", `stdout "3\n"`)

	first := c.send(c.shell, "execute_request", map[string]any{"code": "fail B b", "stop_on_error": false})
	second := c.send(c.shell, "execute_request", map[string]any{"code": "print on"})
	wantFields(t, c.reply("shell", first), object{"status": "error"})
	wantFields(t, c.reply("shell", second), object{"status": "ok"})
	c.said(first)
	wantSaid(t, c.said(second), "in[4] print on", `stdout "on\n"`)
}

// Cells end in the order they came, and none begins before the one before is idle.
func TestOrder(t *testing.T) {
	c, _, _ := start(t, Options{})
	var hs []wire.Header
	for range 50 {
		hs = append(hs, c.send(c.shell, "execute_request", map[string]any{"code": "who"}))
	}
	for i, h := range hs {
		wantFields(t, c.reply("shell", h), object{"execution_count": i + 1})
		if said := c.said(h); len(said) != 4 {
			t.Fatalf("cell %d: %q", i, said)
		}
	}
}

func TestReplyTimes(t *testing.T) {
	c, _, _ := start(t, Options{})
	c.send(c.shell, "execute_request", map[string]any{"code": "1+1"})
	m := c.next("shell")
	if m.Metadata["started"] == nil || m.Metadata["status"] != "ok" {
		t.Errorf("metadata %v", m.Metadata)
	}
}
