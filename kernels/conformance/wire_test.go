package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// answered asks while a cell runs, where an answer is due at once.
func answered(t testing.TB, k *Kernel, to Socket, msgType string, content any, edits ...func(*wire.Message)) Object {
	t.Helper()
	from := time.Now()
	r, err := k.Ask(to, msgType, content, patience, edits...)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(from); took > soon {
		t.Errorf("%s took %v", msgType, took)
	}
	return r
}

// stop interrupts a cell that was begun and waits for its end.
func stop(t testing.TB, k *Kernel, h wire.Header) {
	t.Helper()
	byMessage(t, k)
	if o, err := k.Finish(h, nil, patience); err != nil || o.Reply["ename"] != "Interrupted" {
		t.Fatalf("%v %v", o.Reply, err)
	}
}

// What does not run code is answered while a cell runs.
func TestWhileBusy(t *testing.T) {
	k := start(t)
	run(t, k, Request{Code: "speed := 3\ntype ship struct{ Mass int }"})
	h := begun(t, k, Request{Code: "fmt.Println(\"begun\")\nfor {}"})
	if r := answered(t, k, Control, "kernel_info_request", nil); r.At("language_info", "name") != "go" {
		t.Errorf("kernel_info on control: %v", r)
	}
	if r := answered(t, k, Shell, "kernel_info_request", nil); r["status"] != "ok" {
		t.Errorf("kernel_info on shell: %v", r)
	}
	if r := answered(t, k, Shell, "is_complete_request", map[string]any{"code": "for {"}); r["status"] != "incomplete" {
		t.Errorf("is_complete: %v", r)
	}
	if r := answered(t, k, Shell, "complete_request", map[string]any{"code": "é := spe", "cursor_pos": 8}); !strings.Contains(fmt.Sprint(r["matches"]), "speed") || r["cursor_start"] != 5.0 || r["metadata"] == nil {
		t.Errorf("completion: %v", r)
	}
	if r := answered(t, k, Shell, "inspect_request", map[string]any{"code": "speed", "cursor_pos": 2, "detail_level": 0}); r["found"] != true {
		t.Errorf("inspection: %v", r)
	}
	if r := answered(t, k, Shell, "comm_info_request", map[string]any{}); r["comms"] == nil {
		t.Errorf("comm_info: %v", r)
	}
	if r := answered(t, k, Shell, "history_request", map[string]any{"hist_access_type": "tail", "n": 1, "output": false, "raw": true}); r["history"] == nil {
		t.Errorf("history: %v", r)
	}
	stop(t, k, h)
	want(t, k, "speed", "result| 3\n")
}

// A slider of ipywidgets moves, and its callback runs, while a cell of the main
// shell does: comm messages of a subshell, as JupyterLab sends them.
func TestSliderWhileBusy(t *testing.T) {
	k := start(t)
	o := run(t, k, Request{Code: `import "github.com/stellarae/lab/kernels/display/widgets"

moved := 0
slider := widgets.IntSlider("n", 0, 100, 1, 10)
label := widgets.Label("not moved")
slider.OnChange(func(v int) { moved = v; label.Set(fmt.Sprint("moved to ", v)); fmt.Println("callback", v) })
slider.Display()
label.Display()`})
	var slider, label string
	for _, m := range o.Messages {
		b := m.Body()
		switch state, _ := b.At("data", "state").(map[string]any); state["_model_name"] {
		case "IntSliderModel":
			slider, _ = b["comm_id"].(string)
		case "LabelModel":
			label, _ = b["comm_id"].(string)
		}
	}
	if slider == "" || label == "" {
		t.Fatalf("no slider:\n%s", o.Text(nil))
	}
	comms := answered(t, k, Shell, "comm_info_request", map[string]any{"target_name": "jupyter.widget"})
	if comms.At("comms", slider, "target_name") != "jupyter.widget" {
		t.Errorf("comm_info: %v", comms)
	}
	sub := answered(t, k, Control, "create_subshell_request", map[string]any{})
	id, _ := sub["subshell_id"].(string)
	if id == "" {
		t.Fatalf("no subshell: %v", sub)
	}
	h := begun(t, k, Request{Code: "fmt.Println(\"begun\")\nfor moved < 30 { time.Sleep(time.Millisecond) }\nmoved"})
	move := func(to int, edits ...func(*wire.Message)) {
		t.Helper()
		mh, err := k.Send(Shell, "comm_msg", map[string]any{"comm_id": slider, "data": map[string]any{"method": "update", "state": map[string]any{"value": to}, "buffer_paths": []any{}}}, edits...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Await(soon, func(a Arrived) bool {
			return a.Header.MsgType == "comm_msg" && a.Body()["comm_id"] == label && strings.Contains(fmt.Sprint(a.Body()["data"]), fmt.Sprint("moved to ", to))
		}); err != nil {
			t.Fatalf("the label's new text has %v", err)
		}
		if _, err := k.Await(soon, func(a Arrived) bool {
			return a.Parent.MsgID == mh.MsgID && a.Header.MsgType == "status" && a.Body()["execution_state"] == "idle"
		}); err != nil {
			t.Fatalf("idle has %v", err)
		}
	}
	move(20, Subshell(id))
	move(30, Subshell(id))
	end, err := k.Finish(h, nil, patience)
	if err != nil || !strings.Contains(end.Text(nil), "result| 30\n") {
		t.Errorf("%v\n%s", err, end.Text(nil))
	}
	move(40) // by the main shell, when nothing runs
	want(t, k, "moved", "result| 40\n")

	// A cell of a subshell runs beside one of the main shell.
	h = begun(t, k, Request{Code: "fmt.Println(\"begun\")\nfor {}"})
	o, err = k.Execute(Request{Code: "moved + 1", Subshell: id}, patience)
	if err != nil || o.Text(nil) != "result| 41\n" {
		t.Errorf("in the subshell: %v\n%s", err, o.Text(nil))
	}
	stop(t, k, h)
	if r := answered(t, k, Control, "list_subshell_request", nil); !slices.Contains(r["subshell_id"].([]any), any(id)) {
		t.Errorf("subshells: %v", r)
	}
	if r := answered(t, k, Control, "delete_subshell_request", map[string]any{"subshell_id": id}); r["status"] != "ok" {
		t.Errorf("delete the subshell: %v", r)
	}
	want(t, k, "moved", "result| 40\n")
}

// Messages that are none, or that nobody understands, harm nothing.
func TestMalformedMessages(t *testing.T) {
	k := start(t)
	header := func(msgType string) string {
		text, err := json.Marshal(wire.New(msgType, wire.Header{}, nil).Header)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	frames := func(texts ...string) (f [][]byte) {
		for _, x := range texts {
			f = append(f, []byte(x))
		}
		return f
	}
	for _, bad := range [][][]byte{
		frames(""), frames("<IDS|MSG>"), frames("<IDS|MSG>", "00"), frames("x", "y", "z"),
		frames("<IDS|MSG>", "not a signature", header("execute_request"), "{}", "{}", `{"code":"1"}`),
		frames("<IDS|MSG>", "", header("execute_request"), "{}", "{}", `{"code":"1"}`),
		frames("<IDS|MSG>", strings.Repeat("0", 64), "{", "{", "{", "{"),
		frames(strings.Repeat("x", 1<<20)),
	} {
		for _, to := range []Socket{Shell, Control, Stdin} {
			if err := k.SendFrames(to, bad...); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		msgType string
		content any
	}{
		{"nonsense_request", nil}, {"", nil}, {"execute_request", nil}, {"execute_request", []int{1}}, {"execute_request", "text"},
		{"execute_request", map[string]any{"code": 7}}, {"execute_request", map[string]any{"code": "1", "user_expressions": 3}},
		{"complete_request", map[string]any{"code": "fmt.", "cursor_pos": -5}}, {"complete_request", map[string]any{"code": "fmt.", "cursor_pos": 1 << 40}},
		{"complete_request", map[string]any{}}, {"inspect_request", map[string]any{"code": "x", "cursor_pos": 99}}, {"inspect_request", map[string]any{"code": "fmt.Println", "cursor_pos": 5}},
		{"is_complete_request", nil}, {"history_request", nil}, {"history_request", map[string]any{"hist_access_type": "range", "session": -9, "start": 5, "stop": -1}},
		{"comm_open", map[string]any{"comm_id": "a", "target_name": "nobody", "data": map[string]any{}}}, {"comm_open", nil}, {"comm_msg", map[string]any{"comm_id": "nobody"}}, {"comm_close", nil},
		{"comm_info_request", nil}, {"input_reply", map[string]any{"value": "unasked"}}, {"debug_request", map[string]any{"command": "x"}}, {"usage_request", nil}, {"connect_request", nil},
		{"create_subshell_request", 1}, {"delete_subshell_request", map[string]any{"subshell_id": "nobody"}}, {"execute_reply", nil},
	} {
		for _, to := range []Socket{Shell, Control} {
			content, err := json.Marshal(c.content)
			if err != nil {
				t.Fatal(err)
			}
			parts := frames(header(c.msgType), "{}", "{}", string(content))
			mac := hmac.New(sha256.New, []byte(k.Conn.Key))
			for _, p := range parts {
				mac.Write(p)
			}
			if err := k.SendFrames(to, append(frames("<IDS|MSG>", hex.EncodeToString(mac.Sum(nil))), parts...)...); err != nil {
				t.Fatal(err)
			}
		}
	}
	unknown := func(m *wire.Message) { m.Header.SubshellID = "nobody" }
	if r := answered(t, k, Shell, "execute_request", map[string]any{"code": "1"}, unknown); r["status"] != "error" {
		t.Errorf("in an unknown subshell: %v", r)
	}
	// An execute_request needs its code alone.
	if r := answered(t, k, Shell, "execute_request", map[string]any{"code": "40 + 2"}); r["status"] != "ok" {
		t.Errorf("a short execute_request: %v", r)
	}
	want(t, k, "1 + 1", "result| 2\n")
	if rss, _ := resident(k.PID()); rss > 200<<20 {
		t.Errorf("the kernel holds %d MB", rss>>20)
	}
}

// Cells that wait behind one that fails are not run, unless it said to go on.
func TestStopOnError(t *testing.T) {
	k := start(t)
	for _, goOn := range []bool{false, true} {
		first, err := k.Begin(Request{Code: "time.Sleep(300 * time.Millisecond)\npanic(1)", GoOn: goOn})
		if err != nil {
			t.Fatal(err)
		}
		second, err := k.Begin(Request{Code: "fmt.Println(\"ran\")"})
		if err != nil {
			t.Fatal(err)
		}
		if o, err := k.Finish(first, nil, patience); err != nil || o.Reply["ename"] != "Panic" {
			t.Fatal(o.Reply, err)
		}
		o, err := k.Finish(second, nil, patience)
		if err != nil {
			t.Fatal(err)
		}
		status := map[bool]string{false: "aborted", true: "ok"}[goOn]
		if s := o.Reply["status"]; s != status && !(s == "error" && !goOn) {
			t.Errorf("going on %v: the second cell is %v", goOn, o.Reply)
		}
		if ran := strings.Contains(o.Text(nil), "ran"); ran != goOn {
			t.Errorf("going on %v: the second cell ran: %v", goOn, ran)
		}
	}
	want(t, k, "1 + 1", "result| 2\n")
}
