package server

import (
	"context"
	"errors"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Interpreter is what runs the cells behind the protocol. All methods may be
// called at the same time from several goroutines; Complete, Inspect,
// IsComplete and Comm never wait for a running cell.
type Interpreter interface {
	// Execute runs one cell and returns when it has ended and all its output
	// has been handed to out. ctx ends when the kernel shuts down; a running
	// cell is stopped through Interrupt.
	Execute(ctx context.Context, req Request, out Output) Result

	// Interrupt asks every running cell to stop and returns at once; the
	// cells' Execute calls return soon after with an Error. A second call
	// while the first is still being obeyed kills the worker.
	Interrupt()

	Complete(ctx context.Context, code string, cursor int) (Completion, error)
	Inspect(ctx context.Context, code string, cursor, detail int) (Inspection, error)
	IsComplete(code string) (status, indent string)

	// Comm hands over a comm message of the front end: kind is pipe.CommOpen,
	// pipe.CommMsg or pipe.CommClose. It returns ErrNoTarget for a comm_open
	// that nobody wants. Output of the callbacks goes to out.
	Comm(ctx context.Context, msg pipe.Comm, out Output) error

	// Info adds to kernel_info_reply.
	Info() Info

	// Close ends the worker and its children and removes the session folder.
	// restart says that a new kernel follows in the same place.
	Close(restart bool) error
}

// ErrNoTarget is returned for a comm_open whose target nobody registered.
var ErrNoTarget = errors.New("no such comm target")

// ErrNoStdin is returned by Output.Input where the front end does not allow input.
var ErrNoStdin = errors.New("the front end does not allow input")

// Request is one execute_request. Cursor positions elsewhere in this package
// are bytes in the UTF-8 text; the server converts from the protocol's code points.
type Request struct {
	Code            string
	Count           int // execution count shown for the cell
	Silent          bool
	StoreHistory    bool
	AllowStdin      bool
	Subshell        string // "" is the main shell
	CellID          string // JupyterLab's id of the cell, where it sends one
	UserExpressions map[string]string
}

// Result is what a cell came to.
type Result struct {
	Err             *Error // nil if the cell ended well
	Payload         []map[string]any
	UserExpressions map[string]any // name -> {"status": "ok", "data": ..., "metadata": ...} or {"status": "error", ...}
}

// Error becomes the error message and the error reply.
type Error struct {
	Name      string   // "CompileError", "Panic", "Interrupted", ...
	Value     string   // one line
	Traceback []string // lines, with ANSI colours
}

func (e *Error) Error() string { return e.Name + ": " + e.Value }

// Output receives what a running cell says, in order. Safe for use by several goroutines.
type Output interface {
	Stream(name, text string) // name is "stdout" or "stderr"
	Display(pipe.Bundle)      // display_data; with ID it can be updated later
	Update(pipe.Bundle)       // update_display_data
	Result(pipe.Bundle)       // execute_result
	Clear(wait bool)
	Input(ctx context.Context, prompt string, password bool) (string, error)
	Comm(pipe.Comm)
}

// Completion is the answer to complete_request. Start and End are byte offsets in the code.
type Completion struct {
	Start, End int
	Items      []CompletionItem
}

// CompletionItem is one proposal; Type is function, type, variable, constant,
// module, field, method, keyword, magic or path.
type CompletionItem struct {
	Text      string
	Type      string
	Signature string
}

// Inspection is the answer to inspect_request: MIME type -> text.
type Inspection struct {
	Found bool
	Data  map[string]string
}

// Info is what the interpreter says about itself in kernel_info_reply.
type Info struct {
	Implementation, Version string // "gokernel", "0.1.0"
	GoVersion               string // "1.26.5"
	Banner                  string
}
