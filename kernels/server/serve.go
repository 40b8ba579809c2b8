package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// How long an end may take: the interpreter's, that of the requests being
// answered, and that of the messages on their way out. jupyter_client kills a
// kernel five seconds after its shutdown_request.
const (
	closeTime  = 4 * time.Second
	answerTime = time.Second
	linger     = 500 * time.Millisecond
)

// kernel is one kernel being served.
type kernel struct {
	interp  Interpreter
	opts    Options
	log     *slog.Logger
	sockets *wire.Sockets
	history *history
	shells  shells
	comms   comms
	inputs  inputs
	status  status
	beside  chan struct{} // a slot for each request answered beside the cells

	ctx     context.Context
	wg      sync.WaitGroup
	stop    func(end)
	started sync.Once // the status "starting"
}

// end says how a kernel ends.
type end struct {
	reason  string
	restart bool
}

// Serve answers front ends until one asks for a shutdown, ctx ends or, with
// Options.OwnProcess, the process is told to go. It then closes the
// interpreter, in any case, and the sockets. It fails where the sockets cannot be opened or
// the interpreter not be closed; what a front end sends never makes it fail.
func Serve(ctx context.Context, conn wire.Connection, interp Interpreter, opts Options) error {
	l, err := Listen(conn, opts)
	if err != nil {
		return errors.Join(err, interp.Close(false))
	}
	return l.Serve(ctx, interp)
}

// Listener is a kernel whose sockets are open, and which answers once Serve is
// called. A front end that finds no one listening comes back only after 100 ms.
type Listener struct{ k *kernel }

// Listen opens the sockets of a connection.
func Listen(conn wire.Connection, opts Options) (*Listener, error) {
	opts.setDefaults()
	k := &kernel{opts: opts, log: opts.Log, beside: make(chan struct{}, maxBeside)}
	var err error
	if k.sockets, err = wire.Listen(conn, wire.Options{Log: k.log, Welcome: k.welcome}); err != nil {
		return nil, err
	}
	return &Listener{k}, nil
}

// Close closes the sockets of a Listener that will not serve.
func (l *Listener) Close() { l.k.sockets.Close(0) }

// Serve is the function Serve on sockets that are open.
func (l *Listener) Serve(ctx context.Context, interp Interpreter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ends := make(chan end, 1)
	k, opts := l.k, l.k.opts
	k.interp, k.ctx = interp, ctx
	k.stop = func(e end) {
		select {
		case ends <- e:
		default: // it ends already
		}
	}
	k.history = openHistory(opts.HistoryFile, k.log)
	k.status.publish = k.publishStatus
	k.shells.start = k.startSubshell
	k.shells.open("")
	for router, handle := range map[*wire.Router]func(wire.Message){
		k.sockets.Shell: k.onShell, k.sockets.Control: k.onControl, k.sockets.Stdin: k.onStdin,
	} {
		k.wg.Go(func() {
			for {
				m, err := router.Recv(ctx)
				if err != nil {
					return
				}
				handle(m)
			}
		})
	}
	if opts.OwnProcess {
		defer k.watchSignals()()
		k.wg.Go(k.watchParent)
	}
	var e end
	select {
	case e = <-ends:
	case <-ctx.Done():
		e = end{reason: "cancelled"}
	}
	k.log.Info("shutting down", "reason", e.reason, "restart", e.restart)
	cancel()
	err := within(closeTime, "closing the interpreter", func() error { return interp.Close(e.restart) })
	if late := within(answerTime, "ending requests", func() error { k.wg.Wait(); return nil }); late != nil {
		k.log.Warn("requests are left unanswered", "cause", late)
	}
	k.sockets.Close(linger)
	return err
}

// within runs f, and goes on without it after the time.
func within(d time.Duration, what string, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	case <-time.After(d):
		return fmt.Errorf("%s took more than %v", what, d)
	}
}

// welcome greets a new subscriber of iopub. The first one that would see it
// learns that the kernel starts: before, nobody could.
func (k *kernel) welcome(topic string) []wire.Message {
	ms := []wire.Message{wire.New("iopub_welcome", wire.Header{}, map[string]any{"subscription": topic})}
	if topic == "" {
		k.started.Do(func() {
			ms = append(ms, wire.New("status", wire.Header{}, map[string]any{"execution_state": "starting"}))
		})
	}
	return ms
}

// publish sends a message on iopub; its type is its topic.
func (k *kernel) publish(m wire.Message) {
	if err := k.sockets.IOPub.Publish(m.Header.MsgType, m); err != nil {
		k.log.Error("message not published", "cause", err)
	}
}

// interrupt stops what runs, and what waits for the user.
func (k *kernel) interrupt() {
	k.interp.Interrupt()
	k.inputs.cancel(ErrInterrupted)
}
