package stellarae

import (
	"github.com/gomlx/compute/dtypes"
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
func (c Config) encode(p lookup, in Precision, flux *Node) (mu, logVar *Node) {
	x := c.features(p, in, flux)
	return p.linear("fc11", x), p.linear("fc12", x)
}

// mean is encode's mu alone: GoMLX's Go backend runs no graph in which
// something is computed and not used.
func (c Config) mean(p lookup, in Precision, flux *Node) *Node {
	return p.linear("fc11", c.features(p, in, flux))
}

// features are the convolutions' output, flattened channel by channel.
func (c Config) features(p lookup, in Precision, flux *Node) *Node {
	at := forward(p, in.encoder(c), ExpandAxes(flux, -1))
	return channelMajor(at[len(at)-1])
}

// channelMajor puts (batch, length, channels) channel by channel.
func channelMajor(x *Node) *Node {
	return Reshape(TransposeAllAxes(x, 0, 2, 1), x.Shape().Dim(0), -1)
}

// unflatten is its inverse for the bottleneck's features.
func (c Config) unflatten(x *Node) *Node {
	length, channels := c.encoded()
	return TransposeAllAxes(Reshape(x, x.Shape().Dim(0), channels, length), 0, 2, 1)
}

// decode maps codes (batch, nodes) to spectra (batch, samples).
func (c Config) decode(p lookup, in Precision, z *Node) *Node {
	at := forward(p, in.decoder(c), c.unflatten(p.linear("fc2", z)))
	return Squeeze(at[len(at)-1], -1)
}

// losses are the parts of the objective for one batch.
type losses struct {
	Total          *Node // scalar: Reconstruction + beta * sum over KL
	Reconstruction *Node // scalar: squared error, mean over batch and samples
	KL             *Node // (nodes): divergence from N(0, 1) in nats, mean over the batch
}

// loss is that of a beta-VAE (Higgins et al. 2017; Sedaghat et al. 2021,
// section 3) for spectra (batch, samples) and standard normal noise (batch,
// nodes); beta is a scalar. It gives the gradients by all parameters too: the
// layers bring their own derivatives, and GoMLX those of what lies between.
func (c Config) loss(p lookup, in Precision, flux, noise, beta *Node) (l losses, grads map[string]*Node) {
	grads = map[string]*Node{}
	encoder, decoder := in.encoder(c), in.decoder(c)
	spectrum := ExpandAxes(flux, -1)
	encoded := forward(p, encoder, spectrum)
	features := channelMajor(encoded[len(encoded)-1])
	mu, logVar := p.linear("fc11", features), p.linear("fc12", features)
	z := Add(mu, Mul(Exp(MulScalar(logVar, 0.5)), noise))
	h := p.linear("fc2", z)
	decoded := forward(p, decoder, c.unflatten(h))

	residual := Sub(decoded[len(decoded)-1], spectrum)
	l.Reconstruction = ReduceAllMean(Square(residual))
	kl := MulScalar(Sub(Add(Square(mu), Exp(logVar)), AddScalar(logVar, 1)), 0.5)
	l.KL = ReduceMean(kl, 0)
	divergence := Mul(beta, ReduceAllSum(l.KL))
	l.Total = Add(l.Reconstruction, divergence)

	dy := MulScalar(residual, 2/float64(residual.Shape().Size()))
	dh := channelMajor(to(backward(p, decoder, decoded, dy, grads)(), dtypes.Float32))
	var names []string
	for _, layer := range []string{"fc11", "fc12", "fc2"} {
		names = append(names, layer+".weight", layer+".bias")
	}
	between := []*Node{features}
	for _, name := range names {
		between = append(between, p(name))
	}
	// The sum's derivative is that of the loss, which is what h does through dh.
	derivatives := Gradient(Add(ReduceAllSum(Mul(h, StopGradient(dh))), divergence), between...)
	for i, name := range names {
		grads[name] = derivatives[i+1]
	}
	backward(p, encoder, encoded, c.unflatten(derivatives[0]), grads)
	return l, grads
}
