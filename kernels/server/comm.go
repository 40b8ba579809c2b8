package server

import (
	"errors"
	"fmt"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/wire"
)

// comms are the comms that are open, whichever side opened them
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages).
type comms struct {
	mu      sync.Mutex
	targets map[string]string // by comm id
}

func (c *comms) add(id, target string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.targets == nil {
		c.targets = map[string]string{}
	}
	c.targets[id] = target
}

// remove reports whether the comm was open.
func (c *comms) remove(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.targets[id]
	delete(c.targets, id)
	return ok
}

func (c *comms) isOpen(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.targets[id]
	return ok
}

// commContent is the content of the three comm messages.
type commContent struct {
	ID     string         `json:"comm_id"`
	Target string         `json:"target_name,omitempty"`
	Data   map[string]any `json:"data"`
}

// comm hands a comm message of the front end to the interpreter. Messages for
// comms that are not open are dropped; a comm_open that fails is answered with
// comm_close.
func (k *kernel) comm(_ *subshell, m wire.Message) {
	k.status.busy(m.Header, false)
	defer k.status.idle(m.Header)
	var req commContent
	if err := m.Decode(&req); err != nil {
		k.log.Warn("comm message dropped", "cause", err)
		return
	}
	msg := pipe.Comm{
		Kind: m.Header.MsgType, ID: req.ID, Target: req.Target,
		Data: req.Data, Metadata: m.Metadata, Buffers: m.Buffers,
	}
	known := true
	switch msg.Kind {
	case pipe.CommOpen:
		k.comms.add(msg.ID, msg.Target) // before its callback may ask for it
	case pipe.CommMsg:
		known = k.comms.isOpen(msg.ID)
	case pipe.CommClose:
		known = k.comms.remove(msg.ID)
	}
	if !known {
		k.log.Warn("comm message dropped, the comm is not open", "type", msg.Kind)
		return
	}
	out := k.newOutput(m)
	err := k.callComm(msg, out)
	if err != nil && !errors.Is(err, ErrNoTarget) {
		out.Stream("stderr", fmt.Sprintf("%s: %v\n", msg.Kind, err))
	}
	if err != nil && msg.Kind == pipe.CommOpen {
		out.Comm(pipe.Comm{Kind: pipe.CommClose, ID: msg.ID})
	}
	out.finish()
}

// callComm turns a panic of the interpreter into an error.
func (k *kernel) callComm(msg pipe.Comm, out *output) (err error) {
	defer func() {
		if p := recover(); p != nil {
			k.log.Error("panic in the interpreter", "panic", p)
			err = fmt.Errorf("kernel panic: %v", p)
		}
	}()
	return k.interp.Comm(k.ctx, msg, out)
}

func (k *kernel) commInfo(m wire.Message) content {
	var req struct {
		Target string `json:"target_name"`
	}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	k.comms.mu.Lock()
	defer k.comms.mu.Unlock()
	open := map[string]content{}
	for id, target := range k.comms.targets {
		if req.Target == "" || req.Target == target {
			open[id] = content{"target_name": target}
		}
	}
	return content{"status": "ok", "comms": open}
}
