package rt

import (
	"context"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/stellarae/lab/kernels/session/rt/proto"
)

// execution is one run of a cell. Its goroutines carry its label, which
// goroutines inherit from the one that starts them.
type execution struct {
	id     int64
	label  unsafe.Pointer
	ctx    context.Context // ends with an interrupt; display.Context gives it
	cancel context.CancelFunc
	stop   atomic.Bool
	result chan proto.DoneBody // one value: how it ended
	gone   chan struct{}       // closed when the last goroutine has left

	mu    sync.Mutex
	live  int // goroutines known: the cell's own, and those it started; under counting
	ended bool
}

var (
	counting   sync.Mutex                   // who comes and goes
	stopped    atomic.Pointer[[]*execution] // those asked to stop that still have goroutines; nil for none
	executions sync.Map                     // label -> *execution
)

//go:linkname getLabel runtime/pprof.runtime_getProfLabel
func getLabel() unsafe.Pointer

//go:linkname setLabel runtime/pprof.runtime_setProfLabel
func setLabel(unsafe.Pointer)

// P is a place where a cell can be stopped. It costs one load while none is
// asked to stop.
func P() {
	if stopped.Load() != nil {
		obey()
	}
}

// obey ends the goroutine if its cell was asked to stop. Deferred functions
// run, undisturbed, as the goroutine loses its label first. A cell that waits
// for ever keeps the list from being empty, so a look at it must be cheap.
func obey() {
	l := getLabel()
	if list := stopped.Load(); l != nil && list != nil {
		for _, e := range *list {
			if e.label == l {
				setLabel(nil)
				e.leave()
				runtime.Goexit()
			}
		}
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
	ctx, cancel := context.WithCancel(context.Background())
	e := &execution{id: id, ctx: ctx, cancel: cancel, result: make(chan proto.DoneBody, 2), gone: make(chan struct{}), live: 1}
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.FormatInt(id, 10))))
	e.label = getLabel()
	executions.Store(e.label, e)
	return e
}

// enter counts a goroutine in, by the label that it inherited; nil without one.
// A goroutine may come to it after all others of its cell have left.
func enter() *execution {
	l := getLabel()
	if l == nil {
		return nil
	}
	counting.Lock()
	defer counting.Unlock()
	e := current()
	if e == nil {
		e = &execution{label: l, cancel: func() {}, result: make(chan proto.DoneBody, 2), gone: make(chan struct{}), ended: true}
		executions.Store(l, e)
	}
	e.live++
	return e
}

// leave counts a goroutine out; the last one ends the execution's traces.
func (e *execution) leave() {
	counting.Lock()
	defer counting.Unlock()
	if e.live--; e.live > 0 {
		return
	}
	executions.Delete(e.label)
	if list := stopped.Load(); list != nil && e.stop.Load() {
		rest := slices.DeleteFunc(slices.Clone(*list), func(x *execution) bool { return x == e })
		if len(rest) == 0 {
			stopped.Store(nil)
		} else {
			stopped.Store(&rest)
		}
	}
	close(e.gone)
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
	counting.Lock()
	defer counting.Unlock()
	if e.live == 0 || !e.stop.CompareAndSwap(false, true) {
		return
	}
	var list []*execution
	if old := stopped.Load(); old != nil {
		list = slices.Clone(*old)
	}
	list = append(list, e)
	stopped.Store(&list)
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
func pending() int {
	if list := stopped.Load(); list != nil {
		return len(*list)
	}
	return 0
}
