package conformance

import (
	"fmt"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// Request is a cell to run.
type Request struct {
	Code        string
	Silent      bool
	NoHistory   bool
	GoOn        bool              // stop_on_error is false
	Answers     []string          // to what the kernel asks; without any it may not ask
	Expressions map[string]string // user_expressions
	Subshell    string
}

// Outcome is what came of a cell.
type Outcome struct {
	Header   wire.Header
	Reply    Object
	Messages []Arrived // of iopub and stdin, from busy to idle
	Took     time.Duration
}

// Begin sends a cell and does not wait.
func (c *Client) Begin(r Request) (wire.Header, error) {
	expressions := r.Expressions
	if expressions == nil {
		expressions = map[string]string{}
	}
	return c.Send(Shell, "execute_request", map[string]any{
		"code": r.Code, "silent": r.Silent, "store_history": !r.NoHistory && !r.Silent, "user_expressions": expressions,
		"allow_stdin": len(r.Answers) > 0, "stop_on_error": !r.GoOn,
	}, Subshell(r.Subshell))
}

// Execute runs a cell, answers what it asks, and returns when the kernel has
// replied and is idle again. It fails when that takes longer than wait.
func (c *Client) Execute(r Request, wait time.Duration) (Outcome, error) {
	start := time.Now()
	h, err := c.Begin(r)
	if err != nil {
		return Outcome{}, err
	}
	o, err := c.Finish(h, r.Answers, wait)
	o.Took = time.Since(start)
	return o, err
}

// Finish waits for the end of a cell that Begin sent.
func (c *Client) Finish(h wire.Header, answers []string, wait time.Duration) (Outcome, error) {
	o := Outcome{Header: h}
	late := time.Now().Add(wait)
	for {
		a, err := c.Await(time.Until(late), func(a Arrived) bool { return a.Parent.MsgID == h.MsgID })
		if err != nil {
			return o, fmt.Errorf("the end of the cell has %w", err)
		}
		switch {
		case a.From == Shell || a.From == Control:
			o.Reply = a.Body()
		case a.From == Stdin:
			o.Messages = append(o.Messages, a)
			if len(answers) == 0 {
				return o, fmt.Errorf("the kernel asks %q and there is no answer left", a.Body()["prompt"])
			}
			m := wire.New("input_reply", a.Header, map[string]any{"value": answers[0], "status": "ok"})
			answers = answers[1:]
			if _, err := c.sendAs(Stdin, m); err != nil {
				return o, err
			}
		default:
			o.Messages = append(o.Messages, a)
		}
		if n := len(o.Messages); o.Reply != nil && n > 0 && o.Messages[n-1].Body()["execution_state"] == "idle" {
			return o, nil
		}
	}
}

func (c *Client) sendAs(to Socket, m wire.Message) (wire.Header, error) {
	frames, err := wire.Encode(m, c.conn.Key)
	if err != nil {
		return m.Header, err
	}
	return m.Header, c.SendFrames(to, frames...)
}
