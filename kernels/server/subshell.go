package server

import (
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/stellarae/lab/kernels/wire"
)

const (
	maxSubshells = 64
	maxWaiting   = 4096 // messages in one queue
)

// subshell is a queue of cells and one of comm messages: the main shell, whose
// id is "", or one that a front end opened
// (https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html).
type subshell struct {
	id           string
	cells, comms chan wire.Message
	closed       chan struct{}
	count        int // execution count; only the queue of cells touches it
}

// shells are the main shell and the subshells that are open.
type shells struct {
	start func(*subshell)

	mu   sync.Mutex
	byID map[string]*subshell
}

func (s *shells) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[id] != nil
}

// put queues a message; it reports false if the queue is full or the subshell
// was closed. Under the lock, so that nothing is queued behind remove's back.
func (s *shells) put(id string, queue func(*subshell) chan wire.Message, m wire.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.byID[id]
	if sh == nil {
		return false
	}
	select {
	case queue(sh) <- m:
		return true
	default:
		return false
	}
}

// open adds a subshell; it reports false if there are too many.
func (s *shells) open(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = map[string]*subshell{}
	}
	if len(s.byID) > maxSubshells {
		return false
	}
	sh := &subshell{
		id:     id,
		cells:  make(chan wire.Message, maxWaiting),
		comms:  make(chan wire.Message, maxWaiting),
		closed: make(chan struct{}),
	}
	s.byID[id] = sh
	s.start(sh)
	return true
}

// remove closes a subshell: the cell that runs ends, those that wait are aborted.
func (s *shells) remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.byID[id]
	if sh == nil || id == "" {
		return false
	}
	delete(s.byID, id)
	close(sh.closed)
	return true
}

// ids of the subshells, without the main shell.
func (s *shells) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := []string{}
	for id := range s.byID {
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// startSubshell serves the two queues of a subshell until it is closed or the
// kernel ends.
func (k *kernel) startSubshell(sh *subshell) {
	serve := func(queue <-chan wire.Message, handle, abort func(*subshell, wire.Message)) {
		for {
			select {
			case <-k.ctx.Done():
				return
			case <-sh.closed:
				for range len(queue) {
					abort(sh, <-queue)
				}
				return
			case m := <-queue:
				select {
				case <-sh.closed: // both were ready
					abort(sh, m)
				default:
					handle(sh, m)
				}
			}
		}
	}
	k.wg.Go(func() { serve(sh.cells, k.execute, k.abort) })
	k.wg.Go(func() { serve(sh.comms, k.comm, k.comm) })
}

func (k *kernel) createSubshell(wire.Message) content {
	id := uuid.NewString()
	if !k.shells.open(id) {
		return failure("Overload", fmt.Errorf("%d subshells are open already", maxSubshells))
	}
	return content{"status": "ok", "subshell_id": id}
}

func (k *kernel) deleteSubshell(m wire.Message) content {
	var req struct {
		ID string `json:"subshell_id"`
	}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	if !k.shells.remove(req.ID) {
		return failure("SubshellNotFound", fmt.Errorf("no subshell %q", req.ID))
	}
	return content{"status": "ok"}
}

func (k *kernel) listSubshells(wire.Message) content {
	return content{"status": "ok", "subshell_id": k.shells.ids()}
}
