package display

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// transport is a way to the eyes of the user.
type transport interface {
	send(kind string, b pipe.Bundle) error // pipe.Display or pipe.Update
	clear(wait bool) error
	input(ctx context.Context, prompt string, password bool) (string, error)
	sync(ctx context.Context) error
}

var choose = sync.OnceValue(func() transport {
	in, out, err := pipe.FromEnv()
	if err != nil {
		fmt.Fprintln(os.Stderr, "display:", err)
	}
	if out != nil {
		connect(in, out)
		return linked{}
	}
	if os.Getenv(gonb.EnvPipe) != "" {
		client, err := gonb.Dial()
		if err == nil {
			return viaGoNB{client}
		}
		fmt.Fprintln(os.Stderr, "display:", err)
	}
	return &terminal{out: standardOutput{}, in: os.Stdin, screen: isTerminal(os.Stdout)}
})

// current is the link a worker installed, or else what the environment says at
// the first use.
func current() transport {
	if hook.Installed() {
		return linked{}
	}
	return choose()
}

// Comms reports whether the front end can be reached by comm messages, which is
// what widgets need.
func Comms() bool {
	_, ok := current().(linked)
	return ok
}

// Sync waits until everything shown so far is published.
func Sync(ctx context.Context) error { return current().sync(ctx) }

// Context ends when the cell that runs is interrupted.
func Context() context.Context { return hook.Context() }

// connect makes two descriptors the link. The goroutine that reads answers ends
// with the kernel.
func connect(in, out *os.File) {
	w := pipe.NewWriter(out)
	if in == nil {
		hook.Install(oneWay{w})
		return
	}
	hook.Install(w)
	go func() {
		defer hook.Install(nil)
		r := pipe.NewReader(in)
		for {
			m, err := r.Read()
			var bad *pipe.FrameError
			if errors.As(err, &bad) {
				fmt.Fprintln(os.Stderr, "display:", err)
				continue
			}
			if err != nil {
				return
			}
			done, ok := hook.Deliver(m)
			if m.Comm == nil || m.Seq == 0 {
				continue
			}
			ack := pipe.Message{Kind: pipe.Ack, Seq: m.Seq}
			if !ok {
				ack.Error = "nobody wants it"
			}
			go func() {
				<-done
				w.Write(ack)
			}()
		}
	}()
}

// oneWay is a link over which no answers come.
type oneWay struct{ w *pipe.Writer }

func (o oneWay) Write(m pipe.Message) error {
	if m.Kind == pipe.Input || m.Kind == pipe.Sync {
		return fmt.Errorf("%s: %s is not set, so no answer can come", m.Kind, pipe.EnvIn)
	}
	return o.w.Write(m)
}

// linked is the pipe to this project's kernel.
type linked struct{}

func (linked) send(kind string, b pipe.Bundle) error {
	return hook.Send(pipe.Message{Kind: kind, Bundle: &b})
}

func (linked) clear(wait bool) error {
	return hook.Send(pipe.Message{Kind: pipe.Clear, Wait: wait})
}

func (linked) input(ctx context.Context, prompt string, password bool) (string, error) {
	m, err := hook.Call(ctx, pipe.Message{Kind: pipe.Input, Prompt: prompt, Password: password})
	return m.Text, err
}

func (linked) sync(ctx context.Context) error {
	_, err := hook.Call(ctx, pipe.Message{Kind: pipe.Sync})
	return err
}

// viaGoNB is the pair of pipes to GoNB. It waits after each display until that is
// published, because GoNB drops what is under way when the program ends.
type viaGoNB struct{ c *gonb.Client }

func (t viaGoNB) send(_ string, b pipe.Bundle) error {
	if err := t.c.Display(b); err != nil {
		return err
	}
	return t.c.Sync(Context())
}

func (viaGoNB) clear(bool) error { return nil }

func (t viaGoNB) input(ctx context.Context, prompt string, password bool) (string, error) {
	if err := t.c.Ask(prompt, password); err != nil {
		return "", err
	}
	return readLine(ctx, os.Stdin)
}

func (t viaGoNB) sync(ctx context.Context) error { return t.c.Sync(ctx) }
