package stellarae

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// The network once more as one would write it down, its derivatives left to
// GoMLX, to test the layers and their own derivatives against.

// plainForward applies convolutions with padding, and transposed ones as the
// polyphase convolution that GoMLX can derive.
func plainForward(c Config, p lookup, layers []layer, x *Node) *Node {
	for _, l := range layers {
		kernel := l.kernel(p)
		if l.up {
			kernel = TransposeAllAxes(kernel, 0, 2, 1)
			tap := func(j int) *Node { return Slice(kernel, AxisElem(j)) }
			taps := Concatenate([]*Node{tap(2), tap(1), tap(0)}, 0)
			if l.Stride == 2 {
				none := ZerosLike(tap(0))
				even := Concatenate([]*Node{tap(3), tap(1), none}, 0)
				odd := Concatenate([]*Node{none, tap(2), tap(0)}, 0)
				taps = Concatenate([]*Node{even, odd}, 2)
			}
			x = Convolve(x, taps).PaddingPerDim([][2]int{{1, 1}}).Done()
			x = Reshape(x, x.Shape().Dim(0), -1, kernel.Shape().Dim(2))
		} else {
			x = Convolve(x, kernel).Strides(l.Stride).PaddingPerDim([][2]int{{l.Pad, l.Pad}}).Done()
		}
		x = Add(x, ExpandAxes(p(l.name+".bias"), 0, 1))
		if !l.linear {
			x = Max(x, MulScalar(x, c.Slope))
		}
	}
	return x
}

func plainLoss(c Config, p lookup, flux, noise, beta *Node) (losses, map[string]*Node) {
	features := channelMajor(plainForward(c, p, c.encoder(), ExpandAxes(flux, -1)))
	mu, logVar := p.linear("fc11", features), p.linear("fc12", features)
	z := Add(mu, Mul(Exp(MulScalar(logVar, 0.5)), noise))
	decoded := Squeeze(plainForward(c, p, c.decoder(), c.unflatten(p.linear("fc2", z))), -1)
	var l losses
	l.Reconstruction = ReduceAllMean(Square(Sub(flux, decoded)))
	l.KL = ReduceMean(MulScalar(Sub(Add(Square(mu), Exp(logVar)), AddScalar(logVar, 1)), 0.5), 0)
	l.Total = Add(l.Reconstruction, Mul(beta, ReduceAllSum(l.KL)))
	grads := map[string]*Node{}
	var nodes []*Node
	for _, s := range c.Parameters() {
		nodes = append(nodes, p(s.Name))
	}
	for i, g := range Gradient(l.Total, nodes...) {
		grads[c.Parameters()[i].Name] = g
	}
	return l, grads
}

type lossGraph func(c Config, p lookup, flux, noise, beta *Node) (losses, map[string]*Node)

// lossIn is our graph in a precision.
func lossIn(in Precision) lossGraph {
	return func(c Config, p lookup, flux, noise, beta *Node) (losses, map[string]*Node) {
		return c.loss(p, in, flux, noise, beta)
	}
}

// evaluate gives the losses, the KL of every node and all gradients by name.
func evaluate(t *testing.T, m *Model, loss lossGraph, flux, noise []float32) map[string][]float32 {
	t.Helper()
	c := m.Config
	names := []string{"total", "reconstruction", "KL"}
	for _, s := range c.Parameters() {
		names = append(names, s.Name)
	}
	exec, err := gomlx.NewExec(m.backend, m.store, func(_ *gomlx.Scope, flux, noise, beta *Node) []*Node {
		l, grads := loss(c, m.parameters(flux.Graph()), flux, noise, beta)
		out := []*Node{l.Total, l.Reconstruction, l.KL}
		for _, s := range c.Parameters() {
			out = append(out, grads[s.Name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	batch := len(noise) / c.Nodes
	out, err := exec.Call(tensors.FromFlatDataAndDimensions(flux, batch, c.Samples()),
		tensors.FromFlatDataAndDimensions(noise, batch, c.Nodes), float32(0.01))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for i, name := range names {
		if values[name], err = tensors.CopyFlatData[float32](out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

func TestLossAgainstPlainGraph(t *testing.T) {
	preset := func(name string) Config {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	conv := func(in, out, kernel, stride int) Conv { return Conv{In: in, Out: out, Kernel: kernel, Stride: stride} }
	odd := Config{Name: "odd", Grid: spectrum.Grid{Start: 5000, Step: 0.01, Samples: 24}, Nodes: 2, Slope: 0.3,
		Encoder: []Conv{conv(1, 3, 9, 2), conv(3, 1, 1, 2), conv(1, 2, 5, 1), conv(2, 5, 3, 2)}}
	tests := []struct {
		config Config
		batch  int
	}{{odd, 3}, {preset("mini"), 2}, {preset("paper"), 1}}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.config.Name, test.batch), func(t *testing.T) {
			c := test.config
			d := device(t)
			if c.Samples() > 1<<16 && (testing.Short() || d.Platform == "go") {
				t.Skip("full size takes seconds with XLA, minutes without")
			}
			m, err := New(d.Backend, c, 3)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, 1))
			flux, noise := make([]float32, test.batch*c.Samples()), make([]float32, test.batch*c.Nodes)
			for i := range flux {
				flux[i] = 1 + 0.2*float32(random.NormFloat64())
			}
			for i := range noise {
				noise[i] = float32(random.NormFloat64())
			}
			want := evaluate(t, m, plainLoss, flux, noise)
			got := evaluate(t, m, lossIn(Float32), flux, noise)
			worst, where := 0.0, ""
			for name, w := range want {
				scale := float64(slices.Max(w))
				scale = math.Max(scale, -float64(slices.Min(w)))
				for i := range w {
					if off := math.Abs(float64(got[name][i]-w[i])) / scale; !(off <= worst) {
						worst, where = off, name
					}
				}
			}
			t.Logf("off by at most %.2g of the largest value, in %s", worst, where)
			if !(worst < 1e-4) {
				t.Errorf("%s is off by %.3g of its largest value", where, worst)
			}
		})
	}
}
