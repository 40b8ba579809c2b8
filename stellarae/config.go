package stellarae

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Conv is one convolution of the encoder: padding (Kernel-1)/2, bias, LeakyReLU.
type Conv struct {
	In     int `json:"in"`
	Out    int `json:"out"`
	Kernel int `json:"kernel"` // odd
	Stride int `json:"stride"` // 1 or 2
}

// Config describes a network and the spectra it takes.
//
// The encoder is the list of convolutions; its output is flattened channel by
// channel and mapped to the means and the log variances of Nodes Gaussian
// latent nodes. The decoder is the encoder's mirror: transposed convolutions
// with kernel 4 where the encoder has stride 2 and kernel 3 where it has
// stride 1, each with LeakyReLU, and a last linear convolution of kernel 3
// (Sedaghat et al. 2021, section 3).
type Config struct {
	Name          string          `json:"name"`
	Grid          spectrum.Grid   `json:"grid"`
	Preprocessing spectrum.Preset `json:"preprocessing"`
	Nodes         int             `json:"nodes"`
	Encoder       []Conv          `json:"encoder"`
	Slope         float64         `json:"slope"` // of LeakyReLU below zero
}

// Presets are the names Preset knows, smallest network first.
func Presets() []string { return []string{"mini", "window", "paper"} }

// Preset returns a network by name: "paper" is the published ae1d (327,680
// samples, 128 nodes); "mini" takes 2,048 samples around Mg b and has 16
// nodes; "window" takes the same window in 16,384 samples and has 32.
func Preset(name string) (Config, error) {
	switch name {
	case "paper":
		c := Config{Name: name, Grid: spectrum.PaperGrid(), Preprocessing: spectrum.Paper, Nodes: 128, Slope: 0.1}
		c.Encoder = halving(1, 7, 16)
		c.Encoder = append(c.Encoder, halving(16, 5, 16, 16)...)
		c.Encoder = append(c.Encoder, halving(16, 3, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 512)...)
		c.Encoder = append(c.Encoder, Conv{In: 512, Out: 512, Kernel: 3, Stride: 1})
		return c, nil
	case "window":
		c := Config{Name: name, Grid: spectrum.WindowGrid(), Preprocessing: spectrum.Paper, Nodes: 32, Slope: 0.1}
		c.Encoder = halving(1, 7, 16)
		c.Encoder = append(c.Encoder, halving(16, 5, 16, 32, 32, 64, 64, 128, 128, 128)...)
		return c, nil
	case "mini":
		c := Config{Name: name, Grid: spectrum.MiniGrid(), Preprocessing: spectrum.Paper, Nodes: 16, Slope: 0.1}
		c.Encoder = halving(1, 5, 16, 16, 32, 32, 64, 64, 128, 128)
		return c, nil
	}
	return Config{}, fmt.Errorf("no preset %q: one of %v", name, Presets())
}

// halving is a run of stride-2 convolutions of one kernel size.
func halving(in, kernel int, outs ...int) []Conv {
	convs := make([]Conv, len(outs))
	for i, out := range outs {
		convs[i] = Conv{In: in, Out: out, Kernel: kernel, Stride: 2}
		in = out
	}
	return convs
}

// Samples is the length of the spectra the network takes.
func (c Config) Samples() int { return c.Grid.Len() }

// encoded is the length and the channels of the encoder's output.
func (c Config) encoded() (length, channels int) {
	length = c.Samples()
	for _, l := range c.Encoder {
		length /= l.Stride
	}
	return length, c.Encoder[len(c.Encoder)-1].Out
}

// maxWidth bounds channels, kernels and nodes far above any use, so that no
// configuration from outside has sizes beyond an int.
const maxWidth = 1 << 16

// Validate tells what keeps the network from being built.
func (c Config) Validate() error {
	if err := c.Grid.Validate(); err != nil {
		return fmt.Errorf("config %q: %w", c.Name, err)
	}
	if c.Nodes < 1 || c.Nodes > maxWidth {
		return fmt.Errorf("config %q: %d nodes; want 1 to %d", c.Name, c.Nodes, maxWidth)
	}
	if math.IsNaN(c.Slope) || math.IsInf(c.Slope, 0) {
		return fmt.Errorf("config %q: slope %v", c.Name, c.Slope)
	}
	if len(c.Encoder) == 0 {
		return fmt.Errorf("config %q: no encoder layers", c.Name)
	}
	length, in := c.Samples(), 1
	for i, l := range c.Encoder {
		switch {
		case l.In != in:
			return fmt.Errorf("config %q: conv%d takes %d channels, but gets %d", c.Name, i+1, l.In, in)
		case l.Out < 1 || l.Out > maxWidth || l.Kernel < 1 || l.Kernel > maxWidth || l.Kernel%2 == 0:
			return fmt.Errorf("config %q: conv%d has %d channels and kernel %d; want 1 to %d and an odd kernel", c.Name, i+1, l.Out, l.Kernel, maxWidth)
		case l.Stride != 1 && l.Stride != 2:
			return fmt.Errorf("config %q: conv%d has stride %d; want 1 or 2", c.Name, i+1, l.Stride)
		case length < l.Stride || length%l.Stride != 0:
			return fmt.Errorf("config %q: conv%d cannot halve %d samples", c.Name, i+1, length)
		}
		length /= l.Stride
		in = l.Out
	}
	return nil
}

// Shape is the name and the dimensions of a parameter, in PyTorch's layout:
// convolution (out, in, kernel), transposed convolution (in, out, kernel),
// linear (out, in).
type Shape struct {
	Name string
	Dims []int
}

// Size is the number of values.
func (s Shape) Size() int {
	n := 1
	for _, d := range s.Dims {
		n *= d
	}
	return n
}

// Parameters lists the network's parameters under the published names, in the
// order in which the data meets them.
func (c Config) Parameters() []Shape {
	var shapes []Shape
	add := func(name string, out int, dims ...int) {
		shapes = append(shapes, Shape{name + ".weight", dims}, Shape{name + ".bias", []int{out}})
	}
	for i, l := range c.Encoder {
		add(fmt.Sprintf("conv%d.0", i+1), l.Out, l.Out, l.In, l.Kernel)
	}
	length, channels := c.encoded()
	add("fc11", c.Nodes, c.Nodes, length*channels)
	add("fc12", c.Nodes, c.Nodes, length*channels)
	add("fc2", length*channels, length*channels, c.Nodes)
	for i, l := range slices.Backward(c.Encoder) {
		add(fmt.Sprintf("deconv%d.0", i+1), l.In, l.Out, l.In, l.Stride+2)
	}
	add("predict0", 1, 1, 1, 3)
	return shapes
}

// gains is the variance at the start of what is not zero then. A weight has one
// over the number of terms in an output, doubled before a LeakyReLU, which
// halves the power. The biases of fc2 are as strong as a code: from them the
// decoder makes what all spectra share, else a node would be spent on it.
func (c Config) gains() map[string]float64 {
	gains := map[string]float64{}
	relu := 2 / (1 + c.Slope*c.Slope)
	for i, l := range c.Encoder {
		gains[fmt.Sprintf("conv%d.0.weight", i+1)] = relu / float64(l.In*l.Kernel)
		// of a transposed convolution only every Stride-th tap meets a sample
		gains[fmt.Sprintf("deconv%d.0.weight", i+1)] = relu * float64(l.Stride) / float64(l.Out*(l.Stride+2))
	}
	length, channels := c.encoded()
	gains["fc11.weight"] = 1 / float64(length*channels)
	gains["fc12.weight"] = 1 / float64(length*channels)
	gains["fc2.weight"] = 1 / float64(c.Nodes)
	gains["fc2.bias"] = 1
	gains["predict0.weight"] = 1. / 3
	return gains
}

// ParameterCount is the number of values in all parameters.
func (c Config) ParameterCount() int {
	n := 0
	for _, s := range c.Parameters() {
		n += s.Size()
	}
	return n
}

// String is the configuration as JSON.
func (c Config) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
