package display

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Output is something shown; Update shows something else of the same kind in its
// place. Its methods may be called from several goroutines.
type Output[T any] struct {
	id   string
	draw func(T) (pipe.Bundle, error)
	mu   sync.Mutex
	err  error
}

// show displays v for the first time.
func show[T any](v T, draw func(T) (pipe.Bundle, error)) *Output[T] {
	o := &Output[T]{id: newID(), draw: draw}
	o.publish(pipe.Display, v)
	return o
}

// Update replaces what is shown, everywhere it is shown.
func (o *Output[T]) Update(v T) { o.publish(pipe.Update, v) }

// Err is why the last display or update did not come about, nil if it did. The
// same has been said on standard error.
func (o *Output[T]) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

func (o *Output[T]) publish(kind string, v T) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b pipe.Bundle
	o.err = guard("drawing", func() (err error) {
		b, err = o.draw(v)
		return err
	})
	if o.err == nil {
		b.ID = o.id
		o.err = current().send(kind, b)
	}
	if o.err != nil {
		o.err = fmt.Errorf("display: %w", o.err)
		fmt.Fprintln(os.Stderr, o.err)
	}
}

// shown marks what needs no showing as the value of a cell's last expression.
func (o *Output[T]) shown() {}

// newID is a display id that no other process makes: 128 bits of a generator
// that the system's randomness has seeded. crypto/rand would bring in a third more packages.
func newID() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

// guard runs f and makes its panic an error.
func guard(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s panicked: %v", what, r)
		}
	}()
	return f()
}

// Clear removes what the cell has shown so far; with wait only when the next
// output arrives, which avoids flicker. GoNB and terminals cannot do that: there
// it has no effect.
func Clear(wait bool) error { return current().clear(wait) }

// errOnlyNotebook says that something needs a front end.
var errOnlyNotebook = errors.New("works in a notebook only")
