package explore

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/stellarae/lab/stellarae"
)

// coder lets one request after the other use the model, which bears no more,
// and remembers what was decoded: a page that zooms asks for the same code
// again and again.
type coder struct {
	model   *stellarae.Model
	turn    chan struct{} // held while the model computes
	decoded *cache[string, []float32]
}

func newCoder(m *stellarae.Model) *coder {
	return &coder{model: m, turn: make(chan struct{}, 1), decoded: newCache[string, []float32](remembered(m.Config))}
}

// encode gives the code of a row; decode the row of a code, which is not to be
// changed. Both give up waiting for their turn when the page has gone.
func (c *coder) encode(ctx context.Context, row []float32) ([]float32, error) {
	return c.compute(ctx, c.model.Encode, row)
}

func (c *coder) decode(ctx context.Context, code []float32) ([]float32, error) {
	key := make([]byte, 0, 4*len(code))
	for _, v := range code {
		key = binary.LittleEndian.AppendUint32(key, math.Float32bits(v))
	}
	if row, ok := c.decoded.get(string(key)); ok {
		return row, nil
	}
	row, err := c.compute(ctx, c.model.Decode, code)
	if err == nil {
		c.decoded.put(string(key), row)
	}
	return row, err
}

func (c *coder) compute(ctx context.Context, f func([][]float32) ([][]float32, error), in []float32) ([]float32, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.turn }()
	if err := ctx.Err(); err != nil { // both were ready
		return nil, err
	}
	out, err := f([][]float32{in})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}
