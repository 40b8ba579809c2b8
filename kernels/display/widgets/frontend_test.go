package widgets

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stellarae/lab/kernels/display"
	"github.com/stellarae/lab/kernels/display/pipe"
)

func TestOpening(t *testing.T) {
	s := FloatSlider("z", 0, 1, 0.1, 0.5)
	got := page.open(t, s)
	var kinds []string
	for _, m := range got {
		kinds = append(kinds, brief(m))
	}
	want := []string{"open LayoutModel", "open SliderStyleModel", "open FloatSliderModel",
		`display {"application/vnd.jupyter.widget-view+json":{"model_id":"` + s.id + `","version_major":2,"version_minor":0},"text/plain":"FloatSlider \"z\": 0.5"}`}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	last := got[2].Comm
	if last.Target != "jupyter.widget" || last.Metadata["version"] != "2.1.0" || last.ID != s.id {
		t.Errorf("opened as %+v", last)
	}
	state := last.Data["state"].(map[string]any)
	if state["layout"] != "IPY_MODEL_"+got[0].Comm.ID || state["style"] != "IPY_MODEL_"+got[1].Comm.ID {
		t.Error("the slider does not refer to its layout and style")
	}
	if again := page.open(t, s); len(again) != 1 {
		t.Errorf("shown again: %d messages, want the view only", len(again))
	}
}

func TestValuesFromThePage(t *testing.T) {
	slider := FloatSlider("z", 0, 1, 0.1, 0.5)
	seen := make(chan float64, 10)
	slider.OnChange(func(v float64) { seen <- v })
	page.open(t, slider)
	tests := []struct {
		value any
		want  float64
		told  []string
		call  bool
	}{
		{0.7, 0.7, []string{"echo_update map[value:0.7]"}, true},
		{1, 1, []string{"echo_update map[value:1]"}, true},
		{5, 1, []string{"echo_update map[value:1]", "update map[value:1]"}, false},
		{"x", 1, []string{"echo_update map[value:1]", "update map[value:1]"}, false},
		{nil, 1, []string{"echo_update map[value:1]", "update map[value:1]"}, false},
	}
	for _, test := range tests {
		ack := page.update(slider.id, map[string]any{"value": test.value})
		for _, want := range test.told {
			if got := page.next(t); got != want {
				t.Errorf("%v: page was told %s, want %s", test.value, got, want)
			}
		}
		if a := wait(t, ack); a.Error != "" {
			t.Error(a.Error)
		}
		if v := slider.Value(); v != test.want {
			t.Errorf("%v: value is %v, want %v", test.value, v, test.want)
		}
		if called := len(seen) == 1; called != test.call || called && <-seen != test.want {
			t.Errorf("%v: callback ran: %v", test.value, called)
		}
	}
	// Names that are not the page's to change.
	wait(t, page.update(slider.id, map[string]any{"_model_name": "Evil", "unheard": 1, "": 2}))
	if slider.state["_model_name"] != "FloatSliderModel" || slider.state["unheard"] != nil {
		t.Error("the page changed what it may not")
	}
}

func TestValuesOfEveryKind(t *testing.T) {
	integer := IntSlider("i", -5, 5, 1, 0)
	span := FloatRangeSlider("r", 0, 10, 1, [2]float64{2, 3})
	menu := Dropdown("d", []string{"a", "b"}, "a")
	tick := Checkbox("c", false)
	line := Text("t", "")
	bar := IntProgress("p", 0, 10, 0)
	page.open(t, VBox(HBox(integer, span, menu), tick, line, bar))
	steps := []struct {
		w     Widget
		state map[string]any
		value func() any
		want  any
	}{
		{integer, map[string]any{"value": 3}, func() any { return integer.Value() }, 3},
		{integer, map[string]any{"value": 2.5}, func() any { return integer.Value() }, 3},
		{span, map[string]any{"value": []any{4, 5.5}}, func() any { return span.Value() }, [2]float64{4, 5.5}},
		{span, map[string]any{"value": []any{6, 5}}, func() any { return span.Value() }, [2]float64{4, 5.5}},
		{span, map[string]any{"value": []any{6}}, func() any { return span.Value() }, [2]float64{4, 5.5}},
		{menu, map[string]any{"index": 1}, func() any { return menu.Value() }, "b"},
		{menu, map[string]any{"index": 2}, func() any { return menu.Value() }, "b"},
		{menu, map[string]any{"index": nil}, func() any { return menu.Value() }, "b"},
		{tick, map[string]any{"value": true}, func() any { return tick.Value() }, true},
		{tick, map[string]any{"value": 1}, func() any { return tick.Value() }, true},
		{line, map[string]any{"value": "ü"}, func() any { return line.Value() }, "ü"},
	}
	for _, s := range steps {
		wait(t, page.update(s.w.base().id, s.state))
		if got := s.value(); got != s.want {
			t.Errorf("%s after %v: %v, want %v", s.w.base().kind, s.state, got, s.want)
		}
	}
	for len(page.out) > 0 {
		<-page.out
	}
	if err := bar.Set(4); err != nil || page.next(t) != "update map[value:4]" {
		t.Errorf("Set(4): %v", err)
	}
	if err := menu.Set("b"); err != nil || page.next(t) != "update map[index:1]" {
		t.Errorf("Set(b): %v", err)
	}
	line.Width("300px")
	if got := page.next(t); got != "update map[width:300px]" {
		t.Errorf("Width: %s", got)
	}
	errs := standardError(t, func() {
		if bar.Set(11) == nil || menu.Set("z") == nil || bar.Value() != 4 || menu.Value() != "b" {
			t.Error("a value out of range was set")
		}
		line.Attr("nonsense", 1).Attr("_view_name", "x").Attr("rows", 1)
	})
	if n := strings.Count(errs, "\n"); n != 5 {
		t.Errorf("%d lines on standard error, want 5:\n%s", n, errs)
	}
}

func TestImageTravelsAsBuffer(t *testing.T) {
	img := Image([]byte("\x89PNG one"))
	got := page.open(t, img)
	open := got[len(got)-2]
	if len(open.Comm.Buffers) != 1 || string(open.Comm.Buffers[0]) != "\x89PNG one" {
		t.Errorf("buffers %q", open.Comm.Buffers)
	}
	if p := fmt.Sprint(open.Comm.Data["buffer_paths"]); p != "[[value]]" {
		t.Errorf("buffer paths %s", p)
	}
	img.Set([]byte("\x89PNG two"))
	if m := wait(t, page.out); string(m.Comm.Buffers[0]) != "\x89PNG two" {
		t.Errorf("set: %+v", m.Comm)
	}
	wait(t, page.update(img.id, nil, []byte("\x89PNG three")))
	if v := img.Value(); string(v) != "\x89PNG three" {
		t.Errorf("from the page: %q", v)
	}
	wait(t, page.out)
}

func TestLatestValueWins(t *testing.T) {
	slider := IntSlider("n", 0, 1000, 1, 0)
	var calls []int
	begun, goOn := make(chan bool, 10), make(chan bool)
	slider.OnChange(func(v int) {
		calls = append(calls, v)
		begun <- true
		<-goOn
	})
	page.open(t, slider)
	first := page.update(slider.id, map[string]any{"value": 1})
	wait(t, begun)
	var last <-chan pipe.Message
	for v := 2; v <= 200; v++ {
		ack := page.update(slider.id, map[string]any{"value": v})
		if last != nil {
			wait(t, last) // overtaken, so over
		}
		last = ack
	}
	for slider.Value() != 200 {
		time.Sleep(time.Millisecond) // the value is there while the callback runs
	}
	select {
	case <-first:
		t.Error("the first message was done before its callback")
	default:
	}
	goOn <- true
	wait(t, first)
	wait(t, begun)
	goOn <- true
	wait(t, last)
	if d := cmp.Diff([]int{1, 200}, calls); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	for len(page.out) > 0 {
		<-page.out
	}
}

func click(b *Button) <-chan pipe.Message {
	return page.send(pipe.CommMsg, pipe.Comm{ID: b.id, Data: map[string]any{"method": "custom", "content": map[string]any{"event": "click"}}})
}

func TestClicks(t *testing.T) {
	n := 0
	button := NewButton("go")
	button.OnClick(func() { n++ })
	page.open(t, button)
	var acks []<-chan pipe.Message
	for range 20 {
		acks = append(acks, click(button))
	}
	for _, a := range acks {
		wait(t, a)
	}
	if n != 20 {
		t.Errorf("%d of 20 clicks", n)
	}
	wait(t, page.send(pipe.CommMsg, pipe.Comm{ID: button.id, Data: map[string]any{"method": "custom", "content": "junk"}}))
	wait(t, page.send(pipe.CommMsg, pipe.Comm{ID: button.id, Data: nil}))
}

func explode(list []int) { list[len(list)] = 1 }

func TestPanickingCallback(t *testing.T) {
	calm := 0
	button := NewButton("boom")
	button.OnClick(func() {
		if calm++; calm == 1 {
			explode(nil)
		}
	})
	page.open(t, button)
	text := standardError(t, func() { wait(t, click(button)) })
	for _, want := range []string{`callback of Button "boom" panicked: runtime error: index out of range`, "widgets.explode\n", "frontend_test.go:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "queue") || strings.Contains(text, "runtime.") {
		t.Errorf("more than the callback's calls:\n%s", text)
	}
	wait(t, click(button))
	if calm != 2 {
		t.Error("no callback after the one that panicked")
	}
}

func TestReload(t *testing.T) {
	slider := IntSlider("n", 0, 10, 1, 3)
	img := Image([]byte("\x89PNG"))
	page.open(t, HBox(slider, img))
	ask := func() pipe.Message {
		if a := wait(t, page.send(pipe.CommOpen, pipe.Comm{ID: "ctl", Target: controlTarget})); a.Error != "" {
			t.Fatal(a.Error)
		}
		page.send(pipe.CommMsg, pipe.Comm{ID: "ctl", Data: map[string]any{"method": "request_states"}})
		return wait(t, page.out)
	}
	m := ask()
	if m.Comm.ID != "ctl" || m.Comm.Data["method"] != "update_states" {
		t.Fatalf("answer %+v", m.Comm)
	}
	states := m.Comm.Data["states"].(map[string]any)
	got := states[slider.id].(map[string]any)
	if got["model_name"] != "IntSliderModel" || fmt.Sprint(got["state"].(map[string]any)["value"]) != "3" {
		t.Errorf("slider: %v", got)
	}
	found := false
	for i, p := range m.Comm.Data["buffer_paths"].([]any) {
		if fmt.Sprint(p) == fmt.Sprintf("[%s state value]", img.id) {
			found = bytes.Equal(m.Comm.Buffers[i], []byte("\x89PNG"))
		}
	}
	if !found {
		t.Error("the image's bytes are missing")
	}
	// One model may be asked for alone.
	page.send(pipe.CommMsg, pipe.Comm{ID: slider.id, Data: map[string]any{"method": "request_state"}})
	if m := wait(t, page.out); m.Comm.Data["method"] != "update" || len(m.Comm.Data["state"].(map[string]any)) != len(slider.state) {
		t.Errorf("request_state: %+v", m.Comm)
	}
	slider.Close()
	if m := wait(t, page.out); m.Kind != pipe.CommClose || m.Comm.ID != slider.id {
		t.Errorf("Close: %+v", m)
	}
	if _, still := ask().Comm.Data["states"].(map[string]any)[slider.id]; still {
		t.Error("a closed widget is still among the states")
	}
	if a := wait(t, page.update(slider.id, map[string]any{"value": 1})); a.Error == "" {
		t.Error("a closed widget took a message")
	}
	wait(t, page.send(pipe.CommClose, pipe.Comm{ID: img.id}))
	if a := wait(t, page.update(img.id, nil)); a.Error == "" {
		t.Error("a widget the page closed took a message")
	}
}

func TestInteract(t *testing.T) {
	n := IntSlider("n", 0, 10, 1, 2)
	word := Text("w", "go")
	Interact(func(n int, w string) string {
		if n == 7 {
			panic("seven")
		}
		return strings.Repeat(w, n)
	}, n, word)
	var got pipe.Message
	for got.Kind != pipe.Display || got.Bundle.Data["text/plain"] != `"gogo"` {
		got = wait(t, page.out)
	}
	id := got.Bundle.ID
	ack := page.update(n.id, map[string]any{"value": 3})
	wait(t, page.out) // echo
	if m := wait(t, page.out); m.Kind != pipe.Update || m.Bundle.ID != id || m.Bundle.Data["text/plain"] != `"gogogo"` {
		t.Errorf("after the slider: %s", brief(m))
	}
	wait(t, ack)
	text := standardError(t, func() { wait(t, page.update(n.id, map[string]any{"value": 7})) })
	if !strings.Contains(text, "callback of Interact panicked: seven") {
		t.Errorf("standard error: %s", text)
	}
	wait(t, page.out)
	for name, wrong := range map[string]func(){
		"parameters": func() { Interact(func() {}, n) },
		"types":      func() { Interact(func(s string) {}, n) },
		"no value":   func() { Interact(func(s string) {}, NewButton("b")) },
		"no func":    func() { Interact(3) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			wrong()
		}()
	}
}

func TestWidgetIsAValue(t *testing.T) {
	b, ok := display.Render(Checkbox("on", true))
	if !ok || b.Data["application/vnd.jupyter.widget-view+json"] == nil || b.Data["text/plain"] != `Checkbox "on": true` {
		t.Errorf("%v %v", b, ok)
	}
	for len(page.out) > 0 {
		<-page.out
	}
}
