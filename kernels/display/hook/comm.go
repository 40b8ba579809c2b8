package hook

import "github.com/stellarae/lab/kernels/display/pipe"

// Handler takes a comm message of the front end without waiting for anything.
// It returns a channel that is closed when the message is dealt with.
type Handler func(pipe.Comm) <-chan struct{}

// Done is a closed channel, for a Handler that has dealt with its message.
var Done = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Target names who takes the comms the front end opens with that target name,
// and their messages until somebody calls Comm for them.
func Target(name string, h Handler) {
	state.Lock()
	defer state.Unlock()
	state.targets[name] = h
}

// Comm names who takes the messages of one comm; nil, or a comm_close of the
// front end, ends that.
func Comm(id string, h Handler) {
	state.Lock()
	defer state.Unlock()
	if h == nil {
		delete(state.comms, id)
	} else {
		state.comms[id] = h
	}
}

func deliverComm(kind string, c pipe.Comm) (<-chan struct{}, bool) {
	c.Kind = kind
	state.Lock()
	h := state.comms[c.ID]
	switch kind {
	case pipe.CommOpen:
		if h == nil {
			if h = state.targets[c.Target]; h != nil {
				state.comms[c.ID] = h
			}
		}
	case pipe.CommClose:
		delete(state.comms, c.ID)
	}
	state.Unlock()
	if h == nil {
		return Done, false
	}
	return h(c), true
}
