package widgets

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"

	"github.com/stellarae/lab/kernels/display"
	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

const (
	target          = "jupyter.widget"
	protocolVersion = "2.1.0"
	controls        = "@jupyter-widgets/controls"
	base            = "@jupyter-widgets/base"
	modulesVersion  = "2.0.0"
)

// Widget is anything this package shows.
type Widget interface {
	Display()
	base() *model
}

// model is the state that the program and the front end share, over a comm that
// is opened when the widget is shown for the first time.
type model struct {
	kind     string // "FloatSlider"
	children []*model
	static   func() (html, text string) // what it looks like without a front end

	// changed takes what the front end sends: it puts right what cannot be in
	// state and returns the names it put right, and a callback or nil. The lock
	// is held.
	changed func(names []string) (corrected []string, callback func())
	custom  func(content map[string]any) (callback func())

	inbox     queue // messages, as they come
	callbacks queue

	mu    sync.Mutex
	id    string
	open  bool
	state map[string]any // JSON values; []byte travels as a buffer
}

func newModel(kind, module, view, viewModule string, state map[string]any) *model {
	m := &model{kind: kind, id: fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()), state: map[string]any{
		"_model_module": module, "_model_module_version": modulesVersion, "_model_name": kind + "Model",
		"_view_module": viewModule, "_view_module_version": modulesVersion, "_view_name": view,
		"_view_count": nil,
	}}
	maps.Copy(m.state, state)
	return m
}

func (m *model) base() *model { return m }

func (m *model) ref() string { return "IPY_MODEL_" + m.id }

// models are all that the front end may ask for.
var models = struct {
	sync.Mutex
	open map[string]*model
}{open: map[string]*model{}}

// connect opens the comms of m and of the models it refers to, those first.
func (m *model) connect() error {
	m.mu.Lock()
	children := m.children
	m.mu.Unlock()
	for _, c := range children {
		if err := c.connect(); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open {
		return nil
	}
	hook.Comm(m.id, m.receive)
	state, paths, buffers := split(m.state, slices.Collect(maps.Keys(m.state)))
	err := m.comm(pipe.CommOpen, pipe.Comm{
		Target:   target,
		Data:     map[string]any{"state": state, "buffer_paths": paths},
		Metadata: map[string]any{"version": protocolVersion},
		Buffers:  buffers,
	})
	if err != nil {
		hook.Comm(m.id, nil)
		return err
	}
	m.open = true
	models.Lock()
	models.open[m.id] = m
	models.Unlock()
	return nil
}

// comm sends a message over the model's comm.
func (m *model) comm(kind string, c pipe.Comm) error {
	c.Kind, c.ID = kind, m.id
	return hook.Send(pipe.Message{Kind: kind, Comm: &c})
}

// split takes the named parts of a state, bytes apart as buffers.
func split(state map[string]any, names []string) (plain map[string]any, paths [][]string, buffers [][]byte) {
	plain = map[string]any{}
	paths = [][]string{}
	slices.Sort(names)
	for _, name := range names {
		if b, ok := state[name].([]byte); ok {
			paths = append(paths, []string{name})
			buffers = append(buffers, b)
			continue
		}
		plain[name] = state[name]
	}
	return plain, paths, buffers
}

// tell sends parts of the state: method is update or echo_update. The caller
// holds the lock, so that the front end gets values in the order they were set.
func (m *model) tell(method string, names []string) {
	if !m.open || len(names) == 0 {
		return
	}
	state, paths, buffers := split(m.state, names)
	err := m.comm(pipe.CommMsg, pipe.Comm{
		Data:    map[string]any{"method": method, "state": state, "buffer_paths": paths},
		Buffers: buffers,
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "widgets: %s: %v\n", m.kind, err)
	}
}

// set changes the state and tells the front end.
func (m *model) set(name string, value any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state[name] = value
	m.tell("update", []string{name})
}

// receive is the hook.Handler of the comm.
func (m *model) receive(c pipe.Comm) <-chan struct{} {
	if c.Kind == pipe.CommClose {
		return m.inbox.put(m.forget)
	}
	done := make(chan struct{})
	m.inbox.put(func() {
		after := m.handle(c)
		go func() {
			<-after
			close(done)
		}()
	})
	return done
}

// handle obeys a message and returns a channel that is closed when its callback
// has ended.
func (m *model) handle(c pipe.Comm) <-chan struct{} {
	var callback func()
	switch method, _ := c.Data["method"].(string); method {
	case "update":
		callback = m.update(c)
	case "request_state":
		m.mu.Lock()
		m.tell("update", slices.Collect(maps.Keys(m.state)))
		m.mu.Unlock()
	case "custom":
		if content, ok := c.Data["content"].(map[string]any); ok && m.custom != nil {
			callback = m.custom(content)
		}
	}
	if callback == nil {
		return hook.Done
	}
	return m.callbacks.put(func() { guard(m.name(), callback) })
}

// update takes in what the front end changed. It is echoed, so that other views
// of the notebook follow (protocol 2.1), and put right where it cannot be.
func (m *model) update(c pipe.Comm) (callback func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	take := func(name string, value any) {
		if _, known := m.state[name]; known && name[0] != '_' {
			m.state[name] = value
			names = append(names, name)
		}
	}
	if state, ok := c.Data["state"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(state)) {
			if name != "" {
				take(name, state[name])
			}
		}
	}
	if paths, ok := c.Data["buffer_paths"].([]any); ok {
		for i, p := range paths {
			path, _ := p.([]any)
			if len(path) == 1 && i < len(c.Buffers) {
				if name, _ := path[0].(string); name != "" {
					take(name, c.Buffers[i])
				}
			}
		}
	}
	var corrected []string
	if m.changed != nil {
		corrected, callback = m.changed(names)
	}
	m.tell("echo_update", names)
	m.tell("update", corrected)
	return callback
}

// forget drops a model whose comm is closed.
func (m *model) forget() {
	m.mu.Lock()
	m.open = false
	m.mu.Unlock()
	hook.Comm(m.id, nil)
	models.Lock()
	delete(models.open, m.id)
	models.Unlock()
}

// Close takes the widget off the page. It can be displayed again.
func (m *model) Close() {
	m.mu.Lock()
	open := m.open
	m.mu.Unlock()
	if !open {
		return
	}
	if err := m.comm(pipe.CommClose, pipe.Comm{}); err != nil {
		fmt.Fprintf(os.Stderr, "widgets: %s: %v\n", m.kind, err)
	}
	m.forget()
}

// name is what messages call the widget.
func (m *model) name() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, _ := m.state["description"].(string); d != "" {
		return fmt.Sprintf("%s %q", m.kind, d)
	}
	return m.kind
}

// Display shows the widget. It may be shown several times; all show one value.
func (m *model) Display() { display.Publish(pipe.Bundle{Data: m.MIMEBundle()}) }

// MIMEBundle is the widget as the value of a cell.
func (m *model) MIMEBundle() map[string]any {
	html, text := m.static()
	if !display.Comms() {
		const note = "not interactive: widgets need the gokernel kernel"
		return map[string]any{
			"text/html":  html + "<div><small>(" + note + ")</small></div>",
			"text/plain": text + " (" + note + ")",
		}
	}
	if err := m.connect(); err != nil {
		return map[string]any{"text/plain": fmt.Sprintf("%s (%v)", text, err)}
	}
	view, _ := json.Marshal(map[string]any{"version_major": 2, "version_minor": 0, "model_id": m.id})
	return map[string]any{
		"application/vnd.jupyter.widget-view+json": json.RawMessage(view),
		"text/plain": text,
	}
}
