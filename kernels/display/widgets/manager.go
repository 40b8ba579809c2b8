package widgets

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// controlTarget is the comm over which a reloaded page asks for all models.
const controlTarget = "jupyter.widget.control"

var controlQueue queue

func init() {
	hook.Target(controlTarget, func(c pipe.Comm) <-chan struct{} {
		if c.Kind != pipe.CommMsg || c.Data["method"] != "request_states" {
			return hook.Done
		}
		return controlQueue.put(func() {
			if err := sendStates(c.ID); err != nil {
				fmt.Fprintln(os.Stderr, "widgets: states:", err)
			}
		})
	})
}

// sendStates answers with the states of all open models.
func sendStates(comm string) error {
	models.Lock()
	open := slices.Collect(maps.Values(models.open))
	models.Unlock()
	states := map[string]any{}
	paths := [][]string{}
	var buffers [][]byte
	for _, m := range open {
		m.mu.Lock()
		state, p, b := split(m.state, slices.Collect(maps.Keys(m.state)))
		m.mu.Unlock()
		states[m.id] = map[string]any{
			"model_name":           state["_model_name"],
			"model_module":         state["_model_module"],
			"model_module_version": state["_model_module_version"],
			"state":                state,
		}
		for _, path := range p {
			paths = append(paths, append([]string{m.id, "state"}, path...))
		}
		buffers = append(buffers, b...)
	}
	return hook.Send(pipe.Message{Kind: pipe.CommMsg, Comm: &pipe.Comm{
		Kind: pipe.CommMsg, ID: comm, Buffers: buffers,
		Data: map[string]any{"method": "update_states", "states": states, "buffer_paths": paths},
	}})
}
