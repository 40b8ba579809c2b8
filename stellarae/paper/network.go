package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae"
)

// The published network's layers (section 3): channels, kernel and stride of the
// encoder's convolutions, then the decoder's transposed ones.
var (
	publishedEncoder = [][4]int{
		{1, 16, 7, 2}, {16, 16, 5, 2}, {16, 16, 5, 2}, {16, 32, 3, 2}, {32, 32, 3, 2}, {32, 32, 3, 2}, {32, 64, 3, 2}, {64, 64, 3, 2},
		{64, 64, 3, 2}, {64, 128, 3, 2}, {128, 128, 3, 2}, {128, 128, 3, 2}, {128, 256, 3, 2}, {256, 512, 3, 2}, {512, 512, 3, 1},
	}
	publishedDecoder = [][3]int{
		{512, 512, 3}, {512, 256, 4}, {256, 128, 4}, {128, 128, 4}, {128, 128, 4}, {128, 64, 4}, {64, 64, 4}, {64, 64, 4},
		{64, 32, 4}, {32, 32, 4}, {32, 32, 4}, {32, 16, 4}, {16, 16, 4}, {16, 16, 4}, {16, 1, 4},
	}
)

const (
	publishedNodes   = 128
	publishedFlat    = 10240 // 512 channels of 20 samples
	publishedSamples = 327680
	publishedMACs    = 0.64e9
)

// encoderAgrees is whether the parameters are those of the published encoder.
func encoderAgrees(c stellarae.Config) bool {
	if len(c.Encoder) != len(publishedEncoder) {
		return false
	}
	for i, l := range c.Encoder {
		if [4]int{l.In, l.Out, l.Kernel, l.Stride} != publishedEncoder[i] {
			return false
		}
	}
	return true
}

// dims finds a parameter's dimensions.
func dims(shapes []stellarae.Shape, name string) []int {
	for _, s := range shapes {
		if s.Name == name {
			return s.Dims
		}
	}
	return nil
}

func bottleneckAgrees(shapes []stellarae.Shape) bool {
	in, out := []int{publishedNodes, publishedFlat}, []int{publishedFlat, publishedNodes}
	return slices.Equal(dims(shapes, "fc11.weight"), in) && slices.Equal(dims(shapes, "fc12.weight"), in) &&
		slices.Equal(dims(shapes, "fc2.weight"), out)
}

func decoderAgrees(shapes []stellarae.Shape) bool {
	for k, l := range publishedDecoder {
		name := fmt.Sprintf("deconv%d.0.weight", len(publishedDecoder)-k)
		if !slices.Equal(dims(shapes, name), l[:]) {
			return false
		}
	}
	return slices.Equal(dims(shapes, "predict0.weight"), []int{1, 1, 3})
}

// encodedLength is the length of the encoder's output, in samples.
func encodedLength(c stellarae.Config) int {
	length := c.Samples()
	for _, l := range c.Encoder {
		length /= l.Stride
	}
	return length
}

// multiplications of a spectrum's way through the network, to the mean code and
// back: one for every weight and place. A transposed convolution has its places in
// its input.
func multiplications(c stellarae.Config) (n int) {
	length := c.Samples()
	for _, l := range c.Encoder {
		length /= l.Stride
		n += l.In * l.Out * l.Kernel * length
	}
	n += 2 * c.Nodes * c.Encoder[len(c.Encoder)-1].Out * length
	for _, l := range slices.Backward(c.Encoder) {
		n += l.In * l.Out * (l.Stride + 2) * length
		length *= l.Stride
	}
	return n + 3*length
}

// lossGap is by how much the last entry of a training's history is off from
// reconstruction plus weight times divergence, relative to the loss.
func lossGap(m stellarae.Moment) float64 {
	kl := 0.0
	for _, v := range m.KL {
		kl += v
	}
	return math.Abs(m.Total-m.Reconstruction-m.Beta*kl) / m.Total
}
