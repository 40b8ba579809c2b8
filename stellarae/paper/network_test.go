package paper

import (
	"math"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
)

func TestOnlyThePublishedNetworkAgrees(t *testing.T) {
	for _, name := range stellarae.Presets() {
		c, err := stellarae.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		shapes, want := c.Parameters(), name == "paper"
		if encoderAgrees(c) != want || bottleneckAgrees(shapes) != want || decoderAgrees(shapes) != want {
			t.Errorf("%s: encoder %t, bottleneck %t, decoder %t", name, encoderAgrees(c), bottleneckAgrees(shapes), decoderAgrees(shapes))
		}
	}
	for i := range publishedEncoder { // any one layer that differs is seen
		c, err := stellarae.Preset("paper")
		if err != nil {
			t.Fatal(err)
		}
		c.Encoder = slices.Clone(c.Encoder)
		c.Encoder[i].Kernel += 2
		if encoderAgrees(c) {
			t.Errorf("conv%d with another kernel is not seen", i+1)
		}
		c.Encoder[i].Kernel -= 2
		c.Encoder[i].Out++
		if decoderAgrees(c.Parameters()) {
			t.Errorf("deconv%d with another width is not seen", i+1)
		}
	}
}

// By hand: 8 samples, one layer of 2 channels, kernel 3, stride 2, 3 nodes.
// Encoder 1*2*3 weights at 4 places, 24; means 3*8, 24; back 24; decoder 2*1*4
// weights at 4 places, 32; the last convolution 3 at 8 places, 24.
func TestMultiplications(t *testing.T) {
	c := stellarae.Config{
		Grid: spectrum.Grid{Start: 5000, Step: 1, Samples: 8}, Nodes: 3, Slope: 0.1,
		Encoder: []stellarae.Conv{{In: 1, Out: 2, Kernel: 3, Stride: 2}},
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := multiplications(c); got != 24+24+24+32+24 {
		t.Errorf("%d multiplications, want 128", got)
	}
}

func TestLossGap(t *testing.T) {
	m := stellarae.Moment{Total: 1.5, Reconstruction: 1.2, KL: []float64{100, 200}, Beta: 1e-3}
	if gap := lossGap(m); gap > 1e-12 {
		t.Errorf("gap %v of a sum that holds", gap)
	}
	m.Total = 2
	if gap := lossGap(m); math.Abs(gap-0.25) > 1e-12 {
		t.Errorf("gap %v, want 0.25", gap)
	}
}
