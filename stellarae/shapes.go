package stellarae

import (
	"fmt"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// ConfigOf reads a network off the shapes of its parameters, as a checkpoint
// of the published code has them. Its axis is that of the preset with as many
// samples, which is an error if there is none.
func ConfigOf(shapes []Shape) (Config, error) {
	dims := map[string][]int{}
	for _, s := range shapes {
		dims[s.Name] = s.Dims
	}
	c := Config{Slope: 0.1}
	shrink := 1
	for i := 1; ; i++ {
		conv, ok := dims[fmt.Sprintf("conv%d.0.weight", i)]
		if !ok {
			break
		}
		deconv := dims[fmt.Sprintf("deconv%d.0.weight", i)]
		if len(conv) != 3 || len(deconv) != 3 || deconv[2] != 3 && deconv[2] != 4 {
			return c, fmt.Errorf("conv%d.0.weight %v and deconv%d.0.weight %v are not a layer and its mirror", i, conv, i, deconv)
		}
		l := Conv{In: conv[1], Out: conv[0], Kernel: conv[2], Stride: deconv[2] - 2}
		shrink *= l.Stride
		c.Encoder = append(c.Encoder, l)
	}
	mu := dims["fc11.weight"]
	if len(c.Encoder) == 0 || len(mu) != 2 {
		return c, fmt.Errorf("no conv1.0.weight or no fc11.weight: not a checkpoint of this network")
	}
	c.Nodes = mu[0]
	channels := c.Encoder[len(c.Encoder)-1].Out
	samples := mu[1] / max(1, channels) * shrink
	for _, name := range Presets() {
		preset, err := Preset(name)
		if err != nil {
			return c, err
		}
		if preset.Samples() == samples {
			c.Name, c.Grid, c.Preprocessing = name, preset.Grid, spectrum.Paper
			return c, c.checkShapes(dims)
		}
	}
	return c, fmt.Errorf("the network takes %d samples: no preset's axis has as many", samples)
}

// checkShapes tells where the network's parameters are not those given.
func (c Config) checkShapes(dims map[string][]int) error {
	if err := c.Validate(); err != nil {
		return err
	}
	for _, s := range c.Parameters() {
		if fmt.Sprint(dims[s.Name]) != fmt.Sprint(s.Dims) {
			return fmt.Errorf("%s is %v: the network wants %v", s.Name, dims[s.Name], s.Dims)
		}
	}
	return nil
}
