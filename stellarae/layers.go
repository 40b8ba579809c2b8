package stellarae

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
)

// layer is a convolution with a bias and, unless it is linear, LeakyReLU. It
// takes and gives (batch, length, channels).
type layer struct {
	sampling
	name   string
	up     bool // from coarse to fine: PyTorch's ConvTranspose1d
	linear bool
	slope  float64      // of LeakyReLU below zero
	format dtypes.DType // of the numbers it multiplies, and of its input
}

// encoder are the layers from the spectrum to the features.
func (c Config) encoder() (layers []layer) {
	for i, l := range c.Encoder {
		s := sampling{Stride: l.Stride, Taps: l.Kernel, Pad: (l.Kernel - 1) / 2}
		layers = append(layers, layer{sampling: s, name: fmt.Sprintf("conv%d.0", i+1), slope: c.Slope})
	}
	return layers
}

// decoder are the layers from the features to the spectrum: transposed
// convolutions with padding 1, kernel 4 for stride 2 and 3 for stride 1, and a
// last linear convolution.
func (c Config) decoder() (layers []layer) {
	for i, l := range slices.Backward(c.Encoder) {
		s := sampling{Stride: l.Stride, Taps: l.Stride + 2, Pad: 1}
		layers = append(layers, layer{sampling: s, name: fmt.Sprintf("deconv%d.0", i+1), up: true, slope: c.Slope})
	}
	return append(layers, layer{sampling: sampling{Stride: 1, Taps: 3, Pad: 1}, name: "predict0", linear: true})
}

// kernel is the weight, which PyTorch stores as (coarse, fine, taps) for both
// directions, turned inside the graph.
func (l layer) kernel(p lookup) *Node { return TransposeAllAxes(p(l.name+".weight"), 2, 1, 0) }

func (l layer) forward(p lookup, x *Node) *Node {
	apply := l.sampling.down
	if l.up {
		apply = l.sampling.up
	}
	y := apply(to(x, l.format), to(l.kernel(p), l.format))
	y = Add(y, to(ExpandAxes(p(l.name+".bias"), 0, 1), l.format))
	if l.linear {
		return y
	}
	return Where(GreaterThan(y, ScalarZero(y.Graph(), y.DType())), y, MulScalar(y, l.slope))
}

// backward takes the input x, the output y and the loss's derivative by the
// output; it gives the derivative by the input and puts those by the
// parameters into grads. The output's sign is that of what LeakyReLU got.
func (l layer) backward(p lookup, x, y, dy *Node, grads map[string]*Node) func() *Node {
	if !l.linear {
		dy = Where(GreaterThan(y, ScalarZero(y.Graph(), y.DType())), dy, MulScalar(dy, l.slope))
	}
	grads[l.name+".bias"] = ReduceSum(to(dy, dtypes.Float32), 0, 1)
	dy = to(dy, l.format)
	fine, coarse, apply := x, dy, l.sampling.up
	if l.up {
		fine, coarse, apply = dy, x, l.sampling.down
	}
	grads[l.name+".weight"] = TransposeAllAxes(l.correlate(fine, coarse), 2, 1, 0)
	return func() *Node { return apply(dy, to(l.kernel(p), l.format)) }
}

// forward gives the input of every layer, in its format, and the last one's
// output, in float32.
func forward(p lookup, layers []layer, x *Node) []*Node {
	at := []*Node{to(x, layers[0].format)}
	for i, l := range layers {
		next := dtypes.Float32
		if i+1 < len(layers) {
			next = layers[i+1].format
		}
		at = append(at, to(l.forward(p, at[i]), next))
	}
	return at
}

// backward goes back from the derivative by the last output. The derivative by
// the first input costs a layer and is computed where it is asked for.
func backward(p lookup, layers []layer, at []*Node, dy *Node, grads map[string]*Node) (first func() *Node) {
	for i, l := range slices.Backward(layers) {
		first = l.backward(p, at[i], at[i+1], dy, grads)
		if i > 0 {
			dy = first()
		}
	}
	return first
}

// linear is PyTorch's Linear, weight (out, in), on (batch, in).
func linear(x, weight, bias *Node) *Node {
	y := DotGeneral(x, []int{1}, nil, weight, []int{1}, nil)
	return Add(y, ExpandAxes(bias, 0))
}
