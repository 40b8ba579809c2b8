package server

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// settle is how long the reply to a failed cell is held back, so that the
// requests a front end sent without waiting for it are in the queue and can be
// aborted with it. Whoever saw the reply sends later and is served.
const settle = 20 * time.Millisecond

// executeRequest is the content of execute_request
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute).
type executeRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    bool              `json:"store_history"`
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
}

// execute runs one cell, and aborts those that wait behind one that failed.
func (k *kernel) execute(sh *subshell, m wire.Message) {
	k.status.busy(m.Header, true)
	stale := k.cell(sh, m)
	k.status.idle(m.Header)
	for range stale {
		k.abort(sh, <-sh.cells)
	}
}

// cell runs one cell and returns how many of the waiting ones are not to be
// run. A silent one is not counted, not kept in the history, not announced, and
// its value is not shown; what it prints is sent, because front ends that look
// at variables rely on that, as ipykernel does it.
func (k *kernel) cell(sh *subshell, m wire.Message) (stale int) {
	req := executeRequest{StoreHistory: true, AllowStdin: true, StopOnError: true}
	if err := m.Decode(&req); err != nil {
		k.reply(k.sockets.Shell, m.Reply("execute_reply", failure("BadRequest", err)))
		return 0
	}
	req.StoreHistory = req.StoreHistory && !req.Silent
	count := sh.count + 1
	line := 0
	if req.StoreHistory {
		sh.count = count
		line = k.history.add(req.Code)
	}
	if !req.Silent {
		k.publish(wire.New("execute_input", m.Header, content{"code": req.Code, "execution_count": count}))
	}
	started := time.Now()
	out := k.newOutput(m)
	out.count, out.silent, out.allowStdin = count, req.Silent, req.AllowStdin
	cellID, _ := m.Metadata["cellId"].(string)
	res := k.run(Request{
		Code: req.Code, Count: count, Silent: req.Silent, StoreHistory: req.StoreHistory, AllowStdin: req.AllowStdin,
		Subshell: sh.id, CellID: cellID, UserExpressions: req.UserExpressions,
	}, out)
	out.finish()
	if req.StoreHistory {
		k.history.addOutput(line, out.resultText())
	}
	c := content{"status": "ok", "execution_count": count}
	if res.Err == nil {
		c["payload"], c["user_expressions"] = orEmptyList(res.Payload), orEmpty(res.UserExpressions)
	} else {
		e := content{"ename": res.Err.Name, "evalue": res.Err.Value, "traceback": append([]string{}, res.Err.Traceback...)}
		k.publish(wire.New("error", m.Header, e))
		for key, v := range e {
			c[key] = v
		}
		c["status"] = "error"
	}
	reply := m.Reply("execute_reply", c)
	// JupyterLab takes a cell's starting time from here.
	reply.Metadata = content{"started": started.UTC().Format(time.RFC3339Nano), "status": c["status"]}
	if res.Err == nil || !req.StopOnError {
		k.reply(k.sockets.Shell, reply)
		return 0
	}
	select {
	case <-time.After(settle):
	case <-k.ctx.Done():
	}
	stale = len(sh.cells)
	k.reply(k.sockets.Shell, reply)
	return stale
}

// run calls the interpreter; a panic there fails the cell, not the kernel.
func (k *kernel) run(req Request, out *output) (res Result) {
	defer func() {
		if p := recover(); p != nil {
			k.log.Error("panic in the interpreter", "panic", p, "stack", string(debug.Stack()))
			res = Result{Err: &Error{Name: "KernelPanic", Value: fmt.Sprint(p)}}
		}
	}()
	return k.interp.Execute(k.ctx, req, out)
}

// abort answers a cell that is not run.
func (k *kernel) abort(sh *subshell, m wire.Message) {
	k.status.busy(m.Header, false)
	defer k.status.idle(m.Header)
	k.reply(k.sockets.Shell, m.Reply("execute_reply", content{"status": "aborted"}))
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func orEmptyList(l []map[string]any) []map[string]any {
	if l == nil {
		return []map[string]any{}
	}
	return l
}
