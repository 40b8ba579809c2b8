// Package pipe is the protocol between a Go program that shows things in a
// notebook and the kernel that runs it: frames of JSON on two inherited file
// descriptors. It does not know what is shown, nor how a front end draws it.
//
// A frame is the length of a JSON text, four bytes with the highest first, and
// the text: one Message.
//
//	w := pipe.NewWriter(f)
//	err := w.Write(pipe.Message{Kind: pipe.Display, Bundle: &pipe.Bundle{Data: map[string]any{"text/html": "<b>hi</b>"}}})
package pipe

import "encoding/json"

// Environment variables that tell a program which descriptors to use: the
// number of the one it writes to, and of the one it reads answers from.
const (
	EnvOut = "GOKERNEL_PIPE"
	EnvIn  = "GOKERNEL_PIPE_BACK"
)

// Kinds of a Message. Program to kernel: all but Ack and Answer; comm kinds go
// both ways. A comm message to the program with a Seq is answered by an Ack with
// the same Seq once its callbacks have ended, with Error if nobody wanted it.
const (
	Display   = "display" // display_data
	Update    = "update"  // update_display_data
	Result    = "result"  // execute_result
	Clear     = "clear"   // clear_output
	Input     = "input"   // input_request; answered by Answer with the same Seq
	Sync      = "sync"    // answered by Ack with the same Seq once all before it is published
	CommOpen  = "comm_open"
	CommMsg   = "comm_msg"
	CommClose = "comm_close"
	Ack       = "ack"
	Answer    = "answer"
)

// Message is one frame.
type Message struct {
	Kind     string  `json:"kind"`
	Seq      int64   `json:"seq,omitempty"`
	Bundle   *Bundle `json:"bundle,omitempty"`   // display, update, result
	Wait     bool    `json:"wait,omitempty"`     // clear
	Prompt   string  `json:"prompt,omitempty"`   // input
	Password bool    `json:"password,omitempty"` // input
	Text     string  `json:"text,omitempty"`     // answer: the line typed
	Error    string  `json:"error,omitempty"`    // answer: why there is none; ack: of a comm nobody wants
	Comm     *Comm   `json:"comm,omitempty"`     // comm kinds

	// Raw is the body of kinds that a kernel and its worker use between themselves.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// Bundle is a MIME bundle. In Data, text types hold strings, JSON types any
// JSON value, binary types base64 text (as the notebook format has it).
type Bundle struct {
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata,omitempty"`
	ID       string         `json:"id,omitempty"` // display id, for Update
}

// Comm is a comm message of either direction.
type Comm struct {
	Kind     string         `json:"kind"` // comm_open, comm_msg, comm_close
	ID       string         `json:"id"`
	Target   string         `json:"target,omitempty"` // comm_open
	Data     map[string]any `json:"data,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
	Buffers  [][]byte       `json:"buffers,omitempty"`
}
