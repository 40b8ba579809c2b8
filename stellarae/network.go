package stellarae

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
)

// lookup gives a parameter's node by its published name.
type lookup func(name string) *Node

func (p lookup) weightAndBias(name string) (weight, bias *Node) {
	return p(name + ".weight"), p(name + ".bias")
}

func (p lookup) linear(name string, x *Node) *Node {
	w, b := p.weightAndBias(name)
	return linear(x, w, b)
}

// encode maps spectra (batch, samples) to the means and log variances of the
// latent nodes, both (batch, nodes).
func (c Config) encode(p lookup, flux *Node) (mu, logVar *Node) {
	x := c.features(p, flux)
	return p.linear("fc11", x), p.linear("fc12", x)
}

// mean is encode's mu alone: GoMLX's Go backend runs no graph in which
// something is computed and not used.
func (c Config) mean(p lookup, flux *Node) *Node { return p.linear("fc11", c.features(p, flux)) }

// features are the convolutions' output, flattened channel by channel.
func (c Config) features(p lookup, flux *Node) *Node {
	x := ExpandAxes(flux, -1)
	for i, l := range c.Encoder {
		w, b := p.weightAndBias(fmt.Sprintf("conv%d.0", i+1))
		x = leakyReLU(convolution(x, w, b, l.Stride), c.Slope)
	}
	x = TransposeAllAxes(x, 0, 2, 1)
	return Reshape(x, x.Shape().Dim(0), -1)
}

// decode maps codes (batch, nodes) to spectra (batch, samples).
func (c Config) decode(p lookup, z *Node) *Node {
	length, channels := c.encoded()
	x := Reshape(p.linear("fc2", z), z.Shape().Dim(0), channels, length)
	x = TransposeAllAxes(x, 0, 2, 1)
	for i, l := range slices.Backward(c.Encoder) {
		w, b := p.weightAndBias(fmt.Sprintf("deconv%d.0", i+1))
		x = leakyReLU(transposed(x, w, b, l.Stride), c.Slope)
	}
	w, b := p.weightAndBias("predict0")
	return Squeeze(convolution(x, w, b, 1), -1)
}

// losses are the parts of the objective for one batch.
type losses struct {
	Total          *Node // scalar: Reconstruction + beta * sum over KL
	Reconstruction *Node // scalar: squared error, mean over batch and samples
	KL             *Node // (nodes): divergence from N(0, 1) in nats, mean over the batch
}

// loss is that of a beta-VAE (Higgins et al. 2017; Sedaghat et al. 2021,
// section 3) for spectra (batch, samples) and standard normal noise (batch,
// nodes); beta is a scalar.
func (c Config) loss(p lookup, flux, noise, beta *Node) losses {
	mu, logVar := c.encode(p, flux)
	z := Add(mu, Mul(Exp(MulScalar(logVar, 0.5)), noise))
	reconstruction := ReduceAllMean(Square(Sub(flux, c.decode(p, z))))
	kl := MulScalar(Sub(Add(Square(mu), Exp(logVar)), AddScalar(logVar, 1)), 0.5)
	klNode := ReduceMean(kl, 0)
	return losses{
		Total:          Add(reconstruction, Mul(beta, ReduceAllSum(klNode))),
		Reconstruction: reconstruction,
		KL:             klNode,
	}
}
