// Package proto has the messages between a kernel and its worker, the process
// in which the cells of a session run. They travel as the Raw body of
// pipe.Message. It holds no behaviour.
//
//	pipe.Message{Kind: proto.Run, Raw: proto.Body(proto.RunBody{ID: 1, Plugin: "c.so"})}
package proto

import "encoding/json"

// Kinds of messages beside those of package pipe.
const (
	Run       = "run"       // RunBody: load a plugin and run its cell
	Interrupt = "interrupt" // stop all cells that run
	Vars      = "vars"      // answered by VarsBody under the same kind
	Forget    = "forget"    // ForgetBody
	Chdir     = "chdir"     // PathBody
	Setenv    = "setenv"    // EnvBody
	Ready     = "ready"     // the worker has started
	Done      = "done"      // DoneBody: a cell has ended
	Gone      = "gone"      // GoneBody: an abandoned cell has stopped
	Stray     = "stray"     // StrayBody: a panic after the end of its cell
)

// RunBody says what to run.
type RunBody struct {
	ID     int64    `json:"id"`
	Plugin string   `json:"plugin"`
	Args   []string `json:"args"`  // os.Args[1:]
	Flags  []string `json:"flags"` // flags that the cell defines anew
	Drop   []string `json:"drop"`  // variables whose values go
}

// How a cell ended.
const (
	OK          = "ok"
	Panicked    = "panicked"
	Interrupted = "interrupted" // stopped where it was
	Abandoned   = "abandoned"   // waits inside a call; stops when that returns
	Refused     = "refused"     // the plugin does not fit this worker
	Goexit      = "goexit"      // runtime.Goexit by the cell itself
)

// DoneBody says how a cell ended.
type DoneBody struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"` // of Refused
	Panic  *Panic `json:"panic,omitempty"`
}

// Panic is what a panic said and where it happened, innermost frame first.
type Panic struct {
	Value     string  `json:"value"`
	Type      string  `json:"type"`
	Goroutine bool    `json:"goroutine"` // in a goroutine that the cell started
	Frames    []Frame `json:"frames"`
}

// Frame is one call. File is "cell[3]" for code of a cell.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// GoneBody names a cell.
type GoneBody struct {
	ID int64 `json:"id"`
}

// StrayBody is a panic in a goroutine whose cell had ended.
type StrayBody struct {
	ID    int64 `json:"id"`
	Panic Panic `json:"panic"`
}

// VarsBody lists the variables that live.
type VarsBody struct {
	Vars    []Variable `json:"vars"`
	Pending int        `json:"pending"` // cells abandoned that have not yet stopped
}

// Variable is one of them.
type Variable struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"` // shortened
	Size  string `json:"size"`  // "12 elements", "3 x 4", ""
}

// ForgetBody names variables to clear.
type ForgetBody struct {
	Names []string `json:"names"`
}

// PathBody is a folder.
type PathBody struct {
	Path string `json:"path"`
}

// EnvBody is an environment variable.
type EnvBody struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Body encodes a body; it panics on what is no body, a programmer's error.
func Body(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
