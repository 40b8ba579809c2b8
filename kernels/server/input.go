package server

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// Errors of Output.Input beside ErrNoStdin and those of its context.
var (
	ErrInterrupted = errors.New("interrupted while waiting for input")
	ErrFrontEnd    = errors.New("the front end left before it gave input")
)

// stdinTime is how long a front end may be later with its stdin connection
// than with the cell that wants input.
const stdinTime = 3 * time.Second

// inputs are the questions to users that are open, oldest first.
type inputs struct {
	mu   sync.Mutex
	open []*question
}

type question struct {
	id     string // of the input_request
	client string // identity
	answer chan string
	cancel chan error
}

func (in *inputs) add(q *question) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.open = append(in.open, q)
}

func (in *inputs) remove(q *question) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.open = slices.DeleteFunc(in.open, func(o *question) bool { return o == q })
}

// cancel ends all questions.
func (in *inputs) cancel(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, q := range in.open {
		q.cancel <- err
	}
	in.open = nil
}

// deliver gives an answer to the question it names, or, where it names none
// (jupyter_client's does not), to the client's oldest. It reports false if
// nobody waits for it.
func (in *inputs) deliver(client, question, value string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, q := range in.open {
		if q.client == client && (question == "" || q.id == question) {
			q.answer <- value
			in.open = slices.Delete(in.open, i, i+1)
			return true
		}
	}
	return false
}

// onStdin takes input_reply.
func (k *kernel) onStdin(m wire.Message) {
	var reply struct {
		Value string `json:"value"`
	}
	if m.Header.MsgType != "input_reply" {
		k.log.Warn("unknown message", "type", m.Header.MsgType, "socket", "stdin")
		return
	}
	if err := m.Decode(&reply); err != nil {
		k.log.Warn("input dropped", "cause", err)
		return
	}
	if !k.inputs.deliver(string(m.Identities[0]), m.Parent.MsgID, reply.Value) {
		k.log.Warn("input dropped, no cell waits for it")
	}
}

// ask sends an input_request to the client whose request is given, and waits
// for the answer, an interrupt, the end of ctx or of the kernel, or of the
// client's stdin connection.
func (k *kernel) ask(ctx context.Context, request wire.Message, prompt string, password bool) (string, error) {
	m := request
	m = m.Reply("input_request", content{"prompt": prompt, "password": password})
	q := &question{
		id: m.Header.MsgID, client: string(request.Identities[0]),
		answer: make(chan string, 1), cancel: make(chan error, 1),
	}
	k.inputs.add(q)
	defer k.inputs.remove(q)
	gone, err := k.stdinOf(ctx, request.Identities)
	if err == nil {
		err = k.sockets.Stdin.Send(m)
	}
	if err != nil {
		return "", err
	}
	select {
	case text := <-q.answer:
		return text, nil
	case err := <-q.cancel:
		return "", err
	case <-gone:
		return "", ErrFrontEnd
	case <-ctx.Done():
		return "", ctx.Err()
	case <-k.ctx.Done():
		return "", k.ctx.Err()
	}
}

// stdinOf waits for a client's stdin connection and returns what tells its end.
func (k *kernel) stdinOf(ctx context.Context, identities [][]byte) (<-chan struct{}, error) {
	for until := time.Now().Add(stdinTime); ; {
		gone, err := k.sockets.Stdin.Gone(identities)
		if err == nil {
			return gone, nil
		}
		if time.Now().After(until) {
			return nil, ErrFrontEnd
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
