// Package gonb speaks the protocol by which a program shows things in GoNB's
// notebooks: gob streams over the two FIFOs named by GONB_PIPE and
// GONB_PIPE_BACK. Reader and Writer are the kernel's side, Dial the program's.
// It opens no FIFO for the kernel and does not serve GoNB's JavaScript channel
// to the browser: a program's comm values come out of the Reader, and what
// becomes of them is the kernel's business.
//
//	r := gonb.NewReader(fifo, ids)
//	for {
//		m, err := r.Read() // a pipe.Message; io.EOF where the program closed the FIFO
//
// The gob format is read and written here rather than by encoding/gob. That
// package knows types by names registered once in a process, so a library that
// registers GoNB's names could not be linked into a program that uses GoNB's own
// library too; it does not decode a type nobody registered; and hostile nesting
// overflows its stack, which no program survives.
package gonb

// Environment variables that name the FIFOs.
const (
	EnvPipe = "GONB_PIPE"      // the program writes
	EnvBack = "GONB_PIPE_BACK" // the program reads
)

// Keys of DisplayData.Data with a meaning of their own, and the names under
// which their values' types are registered.
const (
	keyInput     = "gonb/jupyter_input"
	keyComm      = "gonb/comm_value"
	keySubscribe = "gonb/comm_subscribe"

	nameComm  = "github.com/janpfeifer/gonb/gonbui/protocol.CommValue"
	nameInput = "github.com/janpfeifer/gonb/gonbui/protocol.InputRequest"
	nameSub   = "github.com/janpfeifer/gonb/gonbui/protocol.CommSubscription"
)

// Addresses of a CommValue with a meaning of their own.
const (
	addressSync = "#gonbui/sync"
	addressAck  = "#gonbui/sync_ack"
)

// CommTarget is the target of the comm messages a Reader returns.
const CommTarget = "gonb_comm"
