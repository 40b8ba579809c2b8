package server

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/stellarae/lab/kernels/wire"
)

// maxBeside bounds the requests that are answered at the same time beside cells.
const maxBeside = 64

// content of a reply.
type content = map[string]any

// failure is the content of a reply that says what went wrong.
func failure(name string, err error) content {
	return content{"status": "error", "ename": name, "evalue": err.Error(), "traceback": []string{}}
}

// handlers of what is answered beside the cells, on shell.
var handlers = map[string]func(*kernel, wire.Message) content{
	"kernel_info_request": (*kernel).kernelInfo,
	"connect_request":     (*kernel).connect,
	"complete_request":    (*kernel).complete,
	"inspect_request":     (*kernel).inspect,
	"is_complete_request": (*kernel).isComplete,
	"history_request":     (*kernel).searchHistory,
	"comm_info_request":   (*kernel).commInfo,
	"shutdown_request":    (*kernel).shutdown, // on control since 5.4
	"interrupt_request":   (*kernel).interruptRequest,
}

// controlHandlers are answered on control, in order: they are all quick.
var controlHandlers = map[string]func(*kernel, wire.Message) content{
	"kernel_info_request":     (*kernel).kernelInfo,
	"interrupt_request":       (*kernel).interruptRequest,
	"shutdown_request":        (*kernel).shutdown,
	"create_subshell_request": (*kernel).createSubshell,
	"delete_subshell_request": (*kernel).deleteSubshell,
	"list_subshell_request":   (*kernel).listSubshells,
	"debug_request":           (*kernel).debugRequest,
}

// onShell gives cells and comms to the queues of their subshell, and answers
// everything else in a goroutine of its own.
func (k *kernel) onShell(m wire.Message) {
	if !k.shells.has(m.Header.SubshellID) {
		k.answer(k.sockets.Shell, m, func(*kernel, wire.Message) content {
			return failure("SubshellNotFound", fmt.Errorf("no subshell %q", m.Header.SubshellID))
		})
		return
	}
	switch m.Header.MsgType {
	case "execute_request":
		k.enqueue(m, func(sh *subshell) chan wire.Message { return sh.cells })
	case "comm_open", "comm_msg", "comm_close":
		k.enqueue(m, func(sh *subshell) chan wire.Message { return sh.comms })
	default:
		select {
		case k.beside <- struct{}{}:
			k.wg.Go(func() {
				defer func() { <-k.beside }()
				k.answer(k.sockets.Shell, m, handlers[m.Header.MsgType])
			})
		default:
			k.refuse(m)
		}
	}
}

func (k *kernel) enqueue(m wire.Message, queue func(*subshell) chan wire.Message) {
	if !k.shells.put(m.Header.SubshellID, queue, m) {
		k.refuse(m)
	}
}

// refuse answers a request that there is no room for.
func (k *kernel) refuse(m wire.Message) {
	k.answer(k.sockets.Shell, m, func(*kernel, wire.Message) content {
		return failure("Overload", fmt.Errorf("too many requests wait, this %s is not served", m.Header.MsgType))
	})
}

func (k *kernel) onControl(m wire.Message) {
	k.answer(k.sockets.Control, m, controlHandlers[m.Header.MsgType])
}

// answer calls the handler and sends its reply, between busy and idle. A
// message of a type nobody handles gets no reply.
func (k *kernel) answer(router *wire.Router, m wire.Message, handle func(*kernel, wire.Message) content) {
	k.status.busy(m.Header, false)
	var c content
	if handle == nil {
		k.log.Warn("unknown message", "type", m.Header.MsgType)
	} else {
		c = k.protected(m, handle)
		if name, ok := strings.CutSuffix(m.Header.MsgType, "_request"); ok {
			k.reply(router, m.Reply(name+"_reply", c))
		}
	}
	restart, ends := c["restart"].(bool)
	if ends {
		k.publish(wire.New("shutdown_reply", m.Header, c))
	}
	k.status.idle(m.Header)
	if ends {
		k.stop(end{"asked by a front end", restart})
	}
}

// protected turns a panic of the handler into an error reply: the variables of
// a session are worth more than the answer to one request.
func (k *kernel) protected(m wire.Message, handle func(*kernel, wire.Message) content) (c content) {
	defer func() {
		if p := recover(); p != nil {
			k.log.Error("panic in a handler", "type", m.Header.MsgType, "panic", p, "stack", string(debug.Stack()))
			c = failure("KernelPanic", fmt.Errorf("%s: %v", m.Header.MsgType, p))
		}
	}()
	return handle(k, m)
}

// reply sends to the client that asked; one that left gets nothing.
func (k *kernel) reply(router *wire.Router, m wire.Message) {
	if err := router.Send(m); err != nil {
		k.log.Warn("reply not sent", "cause", err)
	}
}

func (k *kernel) interruptRequest(wire.Message) content {
	k.interrupt()
	return content{"status": "ok"}
}

// shutdown replies; answer ends the kernel once that is out.
func (k *kernel) shutdown(m wire.Message) content {
	var req struct {
		Restart bool `json:"restart"`
	}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	return content{"status": "ok", "restart": req.Restart}
}
