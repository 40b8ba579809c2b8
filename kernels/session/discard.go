package session

import (
	"context"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
)

// discard is where output goes before the first cell.
type discard struct{}

func (discard) Stream(string, string) {}
func (discard) Display(pipe.Bundle)   {}
func (discard) Update(pipe.Bundle)    {}
func (discard) Result(pipe.Bundle)    {}
func (discard) Clear(bool)            {}
func (discard) Comm(pipe.Comm)        {}
func (discard) Input(context.Context, string, bool) (string, error) {
	return "", server.ErrNoStdin
}

// only passes on what belongs to a user expression: its result.
type only struct {
	discard
	result *pipe.Bundle
}

func (o *only) Result(b pipe.Bundle) { o.result = &b }
