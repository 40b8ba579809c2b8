// Package rt is the worker: the process in which the cells of a session run. It
// loads the plugins that the kernel compiles, runs them, catches their panics
// and stops them. It does not compile, and knows nothing of notebooks.
//
//	package main
//
//	import "github.com/stellarae/lab/kernels/session/rt"
//
//	func main() { rt.Main() }
//
// Its other exported functions are for the code written for cells.
package rt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"plugin"
	"runtime/debug"
	"sync"

	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/session/rt/proto"
	"github.com/stellarae/lab/kernels/session/rt/show"
)

// For the code written for cells; see package show.
var (
	Result        = show.Result
	ResultOrError = show.ResultOrError
	Time          = show.Time
	Timeit        = show.Timeit
	Keep          = show.Keep
)

var loading struct {
	sync.Mutex
	entry  func()
	loaded map[string]func() // cells by their plugin's path
}

// Register is called by a plugin's init with the function that is its cell.
func Register(f func()) { loading.entry = f }

// Main runs the worker until the kernel goes. The descriptors are those of
// package pipe.
func Main() {
	in, out, err := pipe.FromEnv()
	if err != nil || in == nil || out == nil {
		fmt.Fprintln(os.Stderr, "this program is the worker of a notebook kernel; it is not run by hand:", err)
		os.Exit(2)
	}
	debug.SetMaxStack(256 << 20)
	w := pipe.NewWriter(out)
	hook.Install(w)
	send(w, proto.Ready, nil)
	r := pipe.NewReader(in)
	for {
		m, err := r.Read()
		var bad *pipe.FrameError
		switch {
		case errors.As(err, &bad):
			fmt.Fprintln(os.Stderr, "worker:", err)
			continue
		case err == io.EOF:
			os.Exit(0)
		case err != nil:
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		handle(w, m)
	}
}

func send(w *pipe.Writer, kind string, body any) {
	m := pipe.Message{Kind: kind}
	if body != nil {
		m.Raw = proto.Body(body)
	}
	w.Write(m)
}

func handle(w *pipe.Writer, m pipe.Message) {
	switch m.Kind {
	case proto.Run:
		var b proto.RunBody
		if decode(m, &b) {
			go func() {
				e, d := run(b)
				send(w, proto.Done, d)
				if d.Status == proto.Abandoned {
					<-e.gone
					send(w, proto.Gone, proto.GoneBody{ID: e.id})
				}
			}()
		}
	case proto.Interrupt:
		interrupt()
	case proto.Vars:
		go func() { w.Write(pipe.Message{Kind: proto.Vars, Seq: m.Seq, Raw: proto.Body(variables())}) }()
	case proto.Forget:
		var b proto.ForgetBody
		if decode(m, &b) {
			forget(b.Names)
		}
	case proto.Chdir:
		var b proto.PathBody
		if decode(m, &b) {
			if err := os.Chdir(b.Path); err != nil {
				fmt.Fprintln(os.Stderr, "worker:", err)
			}
			os.Setenv("PWD", b.Path)
		}
	case proto.Setenv:
		var b proto.EnvBody
		if decode(m, &b) {
			os.Setenv(b.Name, b.Value)
		}
	default:
		done, ok := hook.Deliver(m)
		if m.Comm == nil || m.Seq == 0 {
			return
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
}

func decode(m pipe.Message, v any) bool {
	if err := json.Unmarshal(m.Raw, v); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %s: %v\n", m.Kind, err)
		return false
	}
	return true
}

// run loads a plugin and runs its cell to its end.
func run(b proto.RunBody) (*execution, proto.DoneBody) {
	forget(b.Drop)
	started := make(chan *execution)
	go func() {
		e := begin(b.ID)
		started <- e
		defer e.cancel()
		defer hook.SetContext(e.ctx)()
		finished := false
		defer func() {
			v := recover()
			switch {
			case v != nil:
				e.failed(v, false)
			case e.stop.Load(): // also when its goroutines stopped, and it had only waited for them
				e.end(proto.DoneBody{Status: proto.Interrupted})
			case finished:
				e.end(proto.DoneBody{Status: proto.OK})
			default:
				e.end(proto.DoneBody{Status: proto.Goexit})
			}
			if current() == e {
				e.leave()
			}
		}()
		debug.SetPanicOnFault(true)
		cell, err := load(b)
		if err != nil {
			e.end(proto.DoneBody{Status: proto.Refused, Reason: err.Error()})
			return
		}
		setArgs(b.Args, b.Flags)
		cell()
		finished = true
	}()
	e := <-started
	return e, <-e.result
}

// load opens a plugin; initialisers of packages that are new run in it.
func load(b proto.RunBody) (func(), error) {
	loading.Lock()
	defer loading.Unlock()
	if f := loading.loaded[b.Plugin]; f != nil {
		return f, nil
	}
	loading.entry = nil
	if _, err := plugin.Open(b.Plugin); err != nil {
		return nil, err
	}
	if loading.entry == nil {
		return nil, fmt.Errorf("%s: no cell in it", b.Plugin)
	}
	if loading.loaded == nil {
		loading.loaded = map[string]func(){}
	}
	loading.loaded[b.Plugin] = loading.entry
	return loading.entry, nil
}
