package server

import (
	"slices"
	"sync"

	"github.com/stellarae/lab/kernels/wire"
)

// status publishes busy and idle around every request. Front ends show the
// kernel's state from the last status that came, whatever its parent; so when a
// request answered beside a running cell is done, the cell's busy is said again.
type status struct {
	publish func(state string, parent wire.Header)

	mu    sync.Mutex
	cells []wire.Header // the requests whose cells run
}

func (s *status) busy(parent wire.Header, cell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cell {
		s.cells = append(s.cells, parent)
	}
	s.publish("busy", parent)
}

func (s *status) idle(parent wire.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cells = slices.DeleteFunc(s.cells, func(h wire.Header) bool { return h.MsgID == parent.MsgID })
	s.publish("idle", parent)
	if n := len(s.cells); n > 0 {
		s.publish("busy", s.cells[n-1])
	}
}

func (k *kernel) publishStatus(state string, parent wire.Header) {
	k.publish(wire.New("status", parent, map[string]any{"execution_state": state}))
}
