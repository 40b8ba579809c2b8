package paper

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae"
)

// networkClaims are about the published network as it is built here; they need no
// data. The loss is that of the run.
func networkClaims() []asked[*simulation] {
	claim := func(what, heading, paper, criterion string) Claim {
		return Claim{Part: checkpointPart, What: what, Notebook: "02_autoencoder", Heading: heading, Paper: paper, Criterion: criterion}
	}
	const layers = "The layers"
	return []asked[*simulation]{
		{claim("Encoder", layers, "15 convolutions, 1 to 512 channels, kernels 7, 5, 5, then 3, all but the last halving; output 512 × 20 = 10,240", "every layer's channels, kernel and stride, and the output"),
			func(s *simulation) (Answer, error) {
				length, last := encodedLength(s.full), s.full.Encoder[len(s.full.Encoder)-1]
				ok := encoderAgrees(s.full) && length*last.Out == publishedFlat
				return Answer{
					Published: fmt.Sprintf("%d convolutions; output %d × %d = %s", len(s.full.Encoder), last.Out, length, thousands(length*last.Out)),
					Verdict:   verdict(ok, Reproduced),
				}, nil
			}},
		{claim("Bottleneck", "What the encoder says: a mean and a width", "means and log variances of 128 nodes, 10,240 → 128, and back", "shapes of fc11, fc12 and fc2"),
			func(s *simulation) (Answer, error) {
				shapes := s.full.Parameters()
				return Answer{
					Published: fmt.Sprintf("fc11, fc12 %v, fc2 %v (out, in)", dims(shapes, "fc11.weight"), dims(shapes, "fc2.weight")),
					Verdict:   verdict(bottleneckAgrees(shapes), Reproduced),
				}, nil
			}},
		{claim("Decoder", layers, "15 transposed convolutions, kernel 3, then 4 doubling; a last linear convolution of kernel 3", "shape of every layer"),
			func(s *simulation) (Answer, error) {
				shapes := s.full.Parameters()
				return Answer{
					Published: fmt.Sprintf("%d transposed convolutions and one of %v; %s parameters in all", len(publishedDecoder), dims(shapes, "predict0.weight"), thousands(s.full.ParameterCount())),
					Verdict:   verdict(decoderAgrees(shapes), Reproduced),
				}, nil
			}},
		{claim("A spectrum goes through", layers, "327,680 samples in, 128 numbers, 327,680 samples out; the code is the mean, so the same each time", "run once, with untrained parameters; lengths, and two codes equal to the bit"),
			func(s *simulation) (Answer, error) { return s.passThrough() }},
		{claim("Cost", layers, "about 0.64 GMAC forward, about 4 GFLOP a training step", "within 10 %, as \"about\" allows; a step is three passes of two operations a multiplication"),
			func(s *simulation) (Answer, error) {
				n := float64(multiplications(s.full))
				flop := 3 * 2 * n
				ok := math.Abs(n/publishedMACs-1) < 0.1 && math.Abs(flop/4e9-1) < 0.1
				return Answer{
					Published: fmt.Sprintf("%.3f GMAC, %.2f GFLOP", n/1e9, flop/1e9),
					Verdict:   verdict(ok, Reproduced),
				}, nil
			}},
		{claim("Loss", "The loss: draw well, and be brief", "reconstruction + λ × divergence from N(0, I), λ small", "the run's loss is that sum to 1e-4, and λ is 0.01 or less"),
			func(s *simulation) (Answer, error) {
				m := s.history[len(s.history)-1]
				return Answer{
					Published: fmt.Sprintf("%.4f = %.4f + %g × %.2f nat in the last steps", m.Total, m.Reconstruction, m.Beta, sum(m.KL)),
					Verdict:   verdict(lossGap(m) < 1e-4 && m.Beta > 0 && m.Beta <= 0.01, Reproduced),
				}, nil
			}},
		{claim("Training", "The long training: nodes fall asleep", "epoch 182, 1.5 million iterations on about 270,000 spectra", "a laptop trains a small network on simulated spectra instead; the authors' checkpoint is below"),
			notTestable(func(s *simulation) string {
				return fmt.Sprintf("%s steps of %d spectra of %s samples, %d nodes", thousands(s.training.Steps), s.training.Batch, thousands(s.model.Config.Samples()), s.model.Config.Nodes)
			})},
	}
}

// passThrough sends one simulated spectrum through an untrained network of the
// published size, twice.
func (s *simulation) passThrough() (Answer, error) {
	m, err := stellarae.New(s.backend, s.full, 1)
	if err != nil {
		return Answer{}, err
	}
	row, err := s.fullRow()
	if err != nil {
		return Answer{}, err
	}
	codes, err := m.Encode([][]float32{row, row})
	if err != nil {
		return Answer{}, err
	}
	again, err := m.Decode(codes[:1])
	if err != nil {
		return Answer{}, err
	}
	ok := len(row) == publishedSamples && len(codes[0]) == publishedNodes && len(again[0]) == publishedSamples
	for i, z := range codes[0] {
		ok = ok && z == codes[1][i] && z-z == 0
	}
	return Answer{
		Published: fmt.Sprintf("%s → %d → %s", thousands(len(row)), len(codes[0]), thousands(len(again[0]))),
		Verdict:   verdict(ok, Reproduced),
	}, nil
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
