package rt

import (
	"fmt"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// Enter opens a net under a goroutine that a cell starts: `defer rt.Enter()()`.
// A panic in it ends the cell with an error, not the worker.
func Enter() func() {
	e := enter()
	debug.SetPanicOnFault(true)
	return func() {
		if v := recover(); v != nil {
			e.failed(v, true)
		}
		if e != nil && current() == e {
			e.leave()
		}
	}
}

// Go runs f inside a net; it is what `go f(x)` becomes.
func Go(f func()) {
	defer Enter()()
	f()
}

// Net gives f a net, for a function that code of others runs in a goroutine of
// its own: the cell that handed it over answers for it, even where the
// goroutine is not one that inherits the cell's label, as with time.AfterFunc.
func Net[F func() | func() error](f F) F {
	l := getLabel()
	adopt := func() func() {
		if getLabel() == nil {
			if _, runs := executions.Load(l); runs {
				setLabel(l)
			}
		}
		return Enter()
	}
	switch g := any(f).(type) {
	case func():
		if g != nil {
			return any(func() { defer adopt()(); g() }).(F)
		}
	case func() error:
		if g != nil {
			return any(func() error { defer adopt()(); return g() }).(F)
		}
	}
	return f
}

// failed reports a panic while the stack is still that of the panic.
func (e *execution) failed(v any, goroutine bool) {
	p := proto.Panic{Value: describe(v), Type: fmt.Sprintf("%T", v), Goroutine: goroutine, Frames: frames()}
	if e == nil {
		stray(0, p)
		return
	}
	if !e.end(proto.DoneBody{Status: proto.Panicked, Panic: &p}) {
		stray(e.id, p)
		return
	}
	if goroutine {
		e.halt()
	}
}

func stray(id int64, p proto.Panic) {
	hook.Send(pipe.Message{Kind: proto.Stray, Raw: proto.Body(proto.StrayBody{ID: id, Panic: p})})
}

// describe is a panic's value as Go prints it.
func describe(v any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("%T, whose own method panics: %v", v, r)
		}
	}()
	switch v := v.(type) {
	case error:
		s = v.Error()
	case fmt.Stringer:
		s = v.String()
	default:
		s = fmt.Sprint(v)
	}
	const most = 10000
	if len(s) > most {
		s = s[:most] + " ..."
	}
	return s
}

const mostFrames = 64

// frames are the calls from the panic down to the cell.
func frames() []proto.Frame {
	pc := make([]uintptr, 256)
	list := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	var out []proto.Frame
	panicking, fell := true, false
	for {
		f, more := list.Next()
		name := f.Function
		switch {
		case strings.HasPrefix(name, "runtime.gopanic"), strings.HasPrefix(name, "runtime.panic"), strings.HasPrefix(name, "runtime.sigpanic"),
			strings.HasPrefix(name, "runtime.goPanic"), panicking && strings.HasPrefix(name, "runtime."):
			if name == "runtime.gopanic" && !fell {
				fell = true
				out = out[:0] // what came before is the net, not the fall
			}
		case strings.Contains(name, "kernels/session/rt."), path.Base(f.File) == "variables.go", name == "runtime.goexit":
		default:
			panicking = false
			if len(out) < mostFrames {
				file := f.File
				if base := path.Base(file); strings.HasPrefix(name, "main.") {
					file = base
				}
				out = append(out, proto.Frame{Func: name, File: file, Line: f.Line})
			}
		}
		if !more {
			return out
		}
	}
}
