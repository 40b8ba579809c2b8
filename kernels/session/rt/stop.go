package rt

import (
	"context"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// execution is one run of a cell. Its goroutines carry its label, which
// goroutines inherit from the one that starts them.
type execution struct {
	id     int64
	label  unsafe.Pointer
	cancel context.CancelFunc
	stop   atomic.Bool
	result chan proto.DoneBody // one value: how it ended

	mu    sync.Mutex
	live  int // goroutines known: the cell's own, and those it started
	ended bool
}

var (
	stops      atomic.Int32 // executions asked to stop that still have goroutines
	executions sync.Map     // label -> *execution
)

//go:linkname getLabel runtime/pprof.runtime_getProfLabel
func getLabel() unsafe.Pointer

//go:linkname setLabel runtime/pprof.runtime_setProfLabel
func setLabel(unsafe.Pointer)

// P is a place where a cell can be stopped. It costs one load while none is
// asked to stop.
func P() {
	if stops.Load() != 0 {
		obey()
	}
}

// obey ends the goroutine if its cell was asked to stop. Deferred functions
// run, undisturbed, as the goroutine loses its label first.
func obey() {
	if e := current(); e != nil && e.stop.Load() {
		setLabel(nil)
		e.leave()
		runtime.Goexit()
	}
}

func current() *execution {
	l := getLabel()
	if l == nil {
		return nil
	}
	e, _ := executions.Load(l)
	x, _ := e.(*execution)
	return x
}

// begin labels the goroutine that calls it as the cell's own.
func begin(id int64) *execution {
	e := &execution{id: id, result: make(chan proto.DoneBody, 2), live: 1}
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.FormatInt(id, 10))))
	e.label = getLabel()
	executions.Store(e.label, e)
	return e
}

// enter counts a goroutine in.
func (e *execution) enter() {
	e.mu.Lock()
	e.live++
	e.mu.Unlock()
}

// leave counts a goroutine out; the last one ends the execution's traces.
func (e *execution) leave() {
	e.mu.Lock()
	e.live--
	last := e.live == 0
	e.mu.Unlock()
	if !last {
		return
	}
	if e.stop.Load() {
		stops.Add(-1)
	}
	executions.Delete(e.label)
}

// end reports how the cell ended; only the first report counts.
func (e *execution) end(d proto.DoneBody) bool {
	e.mu.Lock()
	first := !e.ended
	e.ended = true
	e.mu.Unlock()
	if first {
		d.ID = e.id
		e.result <- d
	}
	return first
}

// halt asks all goroutines of the cell to stop.
func (e *execution) halt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == 0 || !e.stop.CompareAndSwap(false, true) {
		return
	}
	stops.Add(1)
	e.cancel()
}

// grace is how long a cell that was asked to stop may take before it is left to itself.
const grace = 700 * time.Millisecond

// interrupt stops the cells that run; if none does, what earlier ones left
// running in the background.
func interrupt() {
	var running, left []*execution
	executions.Range(func(_, v any) bool {
		e := v.(*execution)
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.ended {
			left = append(left, e)
		} else {
			running = append(running, e)
		}
		return true
	})
	if len(running) == 0 {
		running = left
	}
	for _, e := range running {
		e.halt()
		time.AfterFunc(grace, func() { e.end(proto.DoneBody{Status: proto.Abandoned}) })
	}
}

// pending counts executions that were asked to stop and have not.
func pending() int { return int(stops.Load()) }

// withContext makes a context that ends with an interrupt the one that
// display.Context gives.
func (e *execution) withContext() (restore func()) {
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	back := hook.SetContext(ctx)
	return func() {
		back()
		cancel()
	}
}
