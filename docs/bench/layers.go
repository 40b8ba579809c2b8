package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/stellarae/lab/stellarae"
)

// layer is what a layer has to do for one spectrum, going forward: operations,
// values taken and given, and its parameters, which a batch shares.
type layer struct {
	Name       string `json:"name"`
	Encoder    bool   `json:"encoder"`
	Operations int    `json:"operations"` // a product and a sum are two
	In         int    `json:"in"`
	Out        int    `json:"out"`
	Parameters int    `json:"parameters"`
}

// layersOf counts them from a configuration, bias and LeakyReLU left out. Of a
// transposed convolution only every stride-th tap meets a sample. The two
// linear layers of the encoder are one.
func layersOf(c stellarae.Config) []layer {
	var all []layer
	length := c.Samples()
	for i, l := range c.Encoder {
		out := length / l.Stride
		all = append(all, layer{
			fmt.Sprint("conv", i+1), true, 2 * out * l.Out * l.In * l.Kernel,
			length * l.In, out * l.Out, l.Out * (l.In*l.Kernel + 1),
		})
		length = out
	}
	flat := length * c.Encoder[len(c.Encoder)-1].Out
	all = append(all,
		layer{"fc11, fc12", true, 4 * flat * c.Nodes, flat, 2 * c.Nodes, 2 * c.Nodes * (flat + 1)},
		layer{"fc2", false, 2 * flat * c.Nodes, c.Nodes, flat, flat * (c.Nodes + 1)},
	)
	for i, l := range slices.Backward(c.Encoder) {
		kernel, out := l.Stride+2, length*l.Stride
		all = append(all, layer{
			fmt.Sprint("deconv", i+1), false, 2 * out * l.Out * l.In * kernel / l.Stride,
			length * l.Out, out * l.In, l.In * (l.Out*kernel + 1),
		})
		length = out
	}
	return append(all, layer{"predict0", false, 2 * length * 3, length, length, 4})
}

func printLayers(w io.Writer, o options) error {
	c, err := config(o)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(layersOf(c))
}
