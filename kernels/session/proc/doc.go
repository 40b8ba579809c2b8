// Package proc runs the kernel's child processes (the session's worker, a
// program of its own, a shell line) and hands over what they say, in the order
// in which they said it. It gives no meaning to what they say, and it does not
// keep a program from doing harm: children run with the user's rights.
//
//	p, err := proc.Start(proc.Options{Path: "bash", Args: []string{"-c", "ls"}}, sink)
//	state, err := p.Wait() // all that bash wrote has been handed to sink
//
// # Order
//
// On Linux the order is exact across standard output, standard error and the
// display pipe, for writes of which one happened before the other. Each of them
// is a pipe in packet mode (pipe(2), O_DIRECT) with room for a single packet,
// so a second write waits for the reader; and the reader takes one packet for
// each event of an edge-triggered epoll(7), whose list of ready descriptors
// keeps the order in which they became ready. Two things weaken this: a signal
// that interrupts a blocked write in the instant between event and read, and a
// program that opens /dev/stdout anew, as that descriptor is not in packet mode.
// Nothing is lost in either. Elsewhere the order is that of reading.
//
// GoNB's display pipe is a FIFO that the program opens, so its writes run
// together. A display comes after all that was printed before it; what is
// printed after it may come before it where the program is ahead of the kernel.
//
// # Ends
//
// Every child leads a process group. Wait returns when the child has ended; a
// process left in the background that still holds its output delays it by
// [Grace] and lives on, and what it says is handed to the sink until it ends or
// Kill is called. On Linux the whole group dies with the kernel, however the
// kernel ends; a process that left the group (setsid, or a shell's set -m) does
// not.
package proc

import (
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Grace is how long Wait waits, once the child has ended, for those in the
// background to let go of its output.
const Grace = 200 * time.Millisecond

// Sink receives what a child says, in order, from one goroutine. While a call
// lasts nothing more is read, so a slow sink slows the child.
type Sink interface {
	// Output is a piece of standard output or standard error, which may end
	// within a character. b is valid during the call.
	Output(stderr bool, b []byte)

	// Message is a message of the display pipe or of GoNB's. The latter's
	// pipe.Input has no Seq: its answer goes to Type.
	Message(m pipe.Message)
}
