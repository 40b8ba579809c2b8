package intervene

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Derivative is how a spectrum changes with a physical quantity: the flux of
// every sample per unit of it, NaN where a sample takes no part. row is the
// place of the spectrum among the codes, decoded what the decoder makes of its
// code.
type Derivative func(row int, decoded []float32) ([]float32, error)

// DopplerDerivative is the derivative of the decoded spectrum itself with
// radial velocity, per km/s, from shifts by step km/s to both sides; a step of 0
// means 1. Samples that a Shifter does not move take no part, nor do the margin
// outermost ones at both ends of the spectrum: a convolutional decoder rings
// there, and the derivative of that is large and means nothing.
func DopplerDerivative(g spectrum.Grid, step float64, margin int) (Derivative, error) {
	if step == 0 {
		step = 1
	}
	if margin < 0 || margin > g.Samples {
		return nil, fmt.Errorf("intervene: margin of %d samples: the grid has %d", margin, g.Samples)
	}
	shifter, err := NewShifter(g, -step, step)
	if err != nil {
		return nil, err
	}
	up, err := shifter.By(step)
	if err != nil {
		return nil, err
	}
	down, err := shifter.By(-step)
	if err != nil {
		return nil, err
	}
	return func(_ int, decoded []float32) ([]float32, error) {
		high, err := up(decoded)
		if err != nil {
			return nil, err
		}
		low, err := down(decoded)
		if err != nil {
			return nil, err
		}
		for i := range high {
			high[i] = float32((float64(high[i]) - float64(low[i])) / (2 * step))
			if !shifter.Moves(i) || i < g.PadLeft+margin || i >= g.PadLeft+g.Samples-margin {
				high[i] = float32(math.NaN())
			}
		}
		return high, nil
	}, nil
}

// Given is a derivative known beforehand: one for every row, or a single one
// for all.
func Given(derivatives [][]float32) Derivative {
	return func(row int, _ []float32) ([]float32, error) {
		if len(derivatives) == 1 {
			row = 0
		}
		if row >= len(derivatives) {
			return nil, fmt.Errorf("no derivative: %d are given", len(derivatives))
		}
		return derivatives[row], nil
	}
}

// DerivativeOptions of NodeDerivatives. The zero value is usable.
type DerivativeOptions struct {
	Step     float64               // by which a node is moved up and down, code units; 0 means 0.1
	Progress func(done, total int) // of spectra decoded; may be nil
}

// NodeDerivative is what the decoder makes of a node, beside a physical
// derivative. Unit stands for the unit of the physical quantity, km/s for a
// velocity.
type NodeDerivative struct {
	Node int
	Rows int // spectra

	// Cosine of the angle between the two changes as vectors over the samples
	// that take part: 1 or -1 where the node does what the quantity does, 0
	// where it does something else.
	Cosine Interval
	// Units is by how much the quantity changes when the node rises by 1: the
	// multiple of the physical derivative that is nearest to the node's, unit per
	// code unit.
	Units Interval
	// Amplitude is the root mean square over spectra and samples of the change
	// of flux when the node moves by its spread over the codes.
	Amplitude float64

	Change  []float64 // [sample] mean over spectra, flux per code unit
	Physics []float64 // [sample] mean over spectra, flux per unit; NaN where no spectrum takes part
}

// NodeDerivatives moves nodes up and down around every code, decodes, and
// compares d(decoded)/d(node) with a physical derivative of the decoded
// spectrum. A decoder that does not use a node gives a cosine of NaN. Codes are
// rows x nodes; fewer than two, nodes they do not have, a step that is not
// positive, and a decoder or a derivative that fails or has another length are
// errors.
func NodeDerivatives(decode Decoder, codes [][]float32, nodes []int, physics Derivative, o DerivativeOptions) ([]NodeDerivative, error) {
	if o.Step == 0 {
		o.Step = 0.1
	}
	if err := checkCodes(codes, nodes); err != nil {
		return nil, err
	}
	if !(o.Step > 0) || math.IsInf(o.Step, 0) {
		return nil, fmt.Errorf("intervene: step %v of a node: want above 0", o.Step)
	}
	results := make([]comparison, len(nodes))
	total, done := len(codes)*(1+2*len(nodes)), 0
	for start := 0; start < len(codes); start += decodeBatch {
		part := codes[start:min(start+decodeBatch, len(codes))]
		decoded, err := run("decoder", decode, part, 0)
		if err != nil {
			return nil, err
		}
		want := make([][]float32, len(part))
		for r := range part {
			want[r], err = physics(start+r, decoded[r])
			if err == nil && len(want[r]) != len(decoded[r]) {
				err = fmt.Errorf("%d samples: the decoder gives %d", len(want[r]), len(decoded[r]))
			}
			if err != nil {
				return nil, fmt.Errorf("intervene: derivative of row %d: %w", start+r, err)
			}
		}
		for i, k := range nodes {
			changes, err := nodeChanges(decode, part, k, o.Step, len(decoded[0]))
			if err != nil {
				return nil, err
			}
			for r := range part {
				results[i].add(changes[r], want[r])
			}
		}
		done += len(part) * (1 + 2*len(nodes))
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	spread := spreads(codes)
	out := make([]NodeDerivative, len(nodes))
	for i, k := range nodes {
		out[i] = results[i].result(k, spread[k])
	}
	return out, nil
}

// nodeChanges are d(decoded)/d(node k) of some codes by central differences.
func nodeChanges(decode Decoder, codes [][]float32, k int, step float64, samples int) ([][]float32, error) {
	both := make([][]float32, 2*len(codes))
	for r, code := range codes {
		up, down := append([]float32(nil), code...), append([]float32(nil), code...)
		up[k] += float32(step)
		down[k] -= float32(step)
		both[r], both[len(codes)+r] = up, down
	}
	spectra, err := run(fmt.Sprintf("decoder, node %d moved", k), decode, both, samples)
	if err != nil {
		return nil, err
	}
	changes := make([][]float32, len(codes))
	for r := range changes {
		// What the code moved by after rounding.
		by := float64(both[r][k]) - float64(both[len(codes)+r][k])
		high, low := spectra[r], spectra[len(codes)+r]
		changes[r] = make([]float32, len(high))
		for s := range high {
			changes[r][s] = float32((float64(high[s]) - float64(low[s])) / by)
		}
	}
	return changes, nil
}

// comparison gathers the changes of one node, spectrum by spectrum.
type comparison struct {
	cosines, units  []float64
	square          float64 // sum of the squared change over samples that take part
	n               float64 // of them
	change, physics []float64
	counted         []float64 // spectra that take part in physics
}

func (c *comparison) add(change, physics []float32) {
	if c.change == nil {
		c.change, c.physics, c.counted = make([]float64, len(change)), make([]float64, len(change)), make([]float64, len(change))
	}
	var own, other, product float64
	for s, a := range change {
		a, b := float64(a), float64(physics[s])
		c.change[s] += a
		if math.IsNaN(b) {
			continue
		}
		c.physics[s] += b
		c.counted[s]++
		own += a * a
		other += b * b
		product += a * b
		c.n++
	}
	c.square += own
	c.cosines = append(c.cosines, product/math.Sqrt(own*other))
	c.units = append(c.units, product/other)
}

func (c *comparison) result(node int, spread float64) NodeDerivative {
	for s := range c.change {
		c.change[s] /= float64(len(c.cosines))
		c.physics[s] /= c.counted[s]
	}
	return NodeDerivative{
		Node: node, Rows: len(c.cosines), Cosine: intervalOf(c.cosines), Units: intervalOf(c.units),
		Amplitude: spread * math.Sqrt(c.square/c.n), Change: c.change, Physics: c.physics,
	}
}
