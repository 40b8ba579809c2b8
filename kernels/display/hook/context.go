package hook

import (
	"context"
	"slices"
	"sync"
)

// running holds the contexts of the cells that run, the latest last.
var running struct {
	sync.Mutex
	cells []*context.Context
}

// SetContext makes ctx what cells see as the context of the running cell until
// the function returned is called.
func SetContext(ctx context.Context) (restore func()) {
	running.Lock()
	defer running.Unlock()
	cell := &ctx
	running.cells = append(running.cells, cell)
	return func() {
		running.Lock()
		defer running.Unlock()
		running.cells = slices.DeleteFunc(running.cells, func(c *context.Context) bool { return c == cell })
	}
}

// Context is the context of the cell that runs, of the latest where several do
// (in subshells), and context.Background where none does.
func Context() context.Context {
	running.Lock()
	defer running.Unlock()
	if n := len(running.cells); n > 0 {
		return *running.cells[n-1]
	}
	return context.Background()
}
