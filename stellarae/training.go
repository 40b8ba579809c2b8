package stellarae

import (
	"fmt"
	"math"
)

// Training says how a network is trained. The zero value of a field takes the
// default that Defaults gives.
type Training struct {
	Steps        int       `json:"steps"`
	Batch        int       `json:"batch"`                // spectra a step
	Accumulate   int       `json:"accumulate,omitempty"` // equal parts that a batch is computed in, one after another in the memory of one; 0: 1
	Seed         uint64    `json:"seed"`                 // of the first parameters, the order of the spectra and the noise
	LearningRate float64   `json:"learning_rate"`        // of Adam, at its highest
	WarmUp       float64   `json:"warm_up"`              // share of the steps in which the rate rises from 0; then it falls as a half cosine
	Beta         float64   `json:"beta"`                 // weight of the summed KL divergence at its highest
	BetaWarmUp   float64   `json:"beta_warm_up"`         // share of the steps in which it rises from 0
	ClipNorm     float64   `json:"clip_norm"`            // highest norm of all gradients together
	Precision    Precision `json:"precision,omitempty"`  // of the convolutions' products; "": Float32
}

// Defaults fills in what is not set, by the size of the network.
func (t Training) Defaults(c Config) Training {
	set := func(field *float64, value float64) {
		if *field == 0 {
			*field = value
		}
	}
	set(&t.LearningRate, 1e-3)
	set(&t.WarmUp, 0.03)
	set(&t.Beta, 1e-3)
	set(&t.BetaWarmUp, 0.4)
	set(&t.ClipNorm, 1)
	if t.Batch == 0 {
		t.Batch = 32
		if c.Samples() > 1<<16 {
			t.Batch = 8
		}
	}
	if t.Steps == 0 {
		t.Steps = 6000
		if c.Samples() > 1<<16 {
			t.Steps = 1_500_000 // the published model's iterations
		}
	}
	return t
}

// Validate tells what is out of range.
func (t Training) Validate() error {
	switch {
	case t.Steps < 1 || t.Batch < 1:
		return fmt.Errorf("training: %d steps of %d spectra", t.Steps, t.Batch)
	case t.Accumulate < 0 || t.Batch%t.parts() != 0:
		return fmt.Errorf("training: %d spectra a step do not make %d equal parts", t.Batch, t.Accumulate)
	case !(t.LearningRate > 0) || math.IsInf(t.LearningRate, 0):
		return fmt.Errorf("training: learning rate %v", t.LearningRate)
	case !(t.Beta >= 0) || math.IsInf(t.Beta, 0):
		return fmt.Errorf("training: beta %v", t.Beta)
	case !(t.WarmUp >= 0 && t.WarmUp < 1) || !(t.BetaWarmUp >= 0 && t.BetaWarmUp <= 1):
		return fmt.Errorf("training: warm-up shares %v and %v; want 0 to 1", t.WarmUp, t.BetaWarmUp)
	case !(t.ClipNorm > 0):
		return fmt.Errorf("training: highest gradient norm %v", t.ClipNorm)
	}
	if _, err := ParsePrecision(string(t.Precision)); err != nil {
		return fmt.Errorf("training: %w", err)
	}
	return nil
}

// parts are how many a batch is computed in.
func (t Training) parts() int { return max(1, t.Accumulate) }

// LearningRateAt is the rate of a step, counted from 0.
func (t Training) LearningRateAt(step int) float64 {
	warm := t.WarmUp * float64(t.Steps)
	if s := float64(step + 1); s < warm {
		return t.LearningRate * s / warm
	}
	done := (float64(step) - warm) / (float64(t.Steps) - warm)
	return t.LearningRate * 0.5 * (1 + math.Cos(math.Pi*math.Min(math.Max(done, 0), 1)))
}

// BetaAt is the weight of the KL divergence in a step, counted from 0.
func (t Training) BetaAt(step int) float64 {
	warm := t.BetaWarmUp * float64(t.Steps)
	if s := float64(step + 1); s < warm {
		return t.Beta * s / warm
	}
	return t.Beta
}
