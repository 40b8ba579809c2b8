package spectrum

import (
	"errors"
	"fmt"
	"math"
)

// MaxSamples bounds the length of a spectrum that is read and of a Grid: far
// above any echelle spectrum, and small enough that no file can ask for an
// unreasonable amount of memory.
const MaxSamples = 1 << 24

// Grid is the wavelength axis the network sees: Samples equal steps from
// Start, zero-padded left and right to Len samples.
type Grid struct {
	Start    float64  `json:"start"` // Angstrom, wavelength of the first unpadded sample, air
	Step     float64  `json:"step"`  // Angstrom
	Samples  int      `json:"samples"`
	PadLeft  int      `json:"pad_left"`
	PadRight int      `json:"pad_right"`
	Masked   [][2]int `json:"masked,omitempty"` // sample ranges of the padded axis, both ends inclusive, zeroed in the scale's median
}

// Len is the padded length.
func (g Grid) Len() int { return g.PadLeft + g.Samples + g.PadRight }

// Wave is the wavelength of padded sample i in Angstrom, also in the padding.
func (g Grid) Wave(i int) float64 { return g.Start + float64(float64(i-g.PadLeft)*g.Step) }

// End is the wavelength of the last unpadded sample in Angstrom.
func (g Grid) End() float64 { return g.Wave(g.PadLeft + g.Samples - 1) }

// Waves are the wavelengths of the unpadded samples in Angstrom.
func (g Grid) Waves() []float64 {
	waves := make([]float64, g.Samples)
	for i := range waves {
		waves[i] = g.Wave(g.PadLeft + i)
	}
	return waves
}

// Validate reports what is wrong with a grid that came from outside: a start or
// step that is not positive, fewer than two samples, more than MaxSamples, a
// masked range that is not inside the padded axis.
func (g Grid) Validate() error {
	switch {
	case !(g.Start > 0) || math.IsInf(g.Start, 0):
		return fmt.Errorf("grid: start %g A is not a positive wavelength", g.Start)
	case !(g.Step > 0) || math.IsInf(g.Step, 0):
		return fmt.Errorf("grid: step %g A is not positive", g.Step)
	case g.Samples < 2 || g.PadLeft < 0 || g.PadRight < 0:
		return fmt.Errorf("grid: %d samples padded by %d and %d: want two samples at least and no negative padding", g.Samples, g.PadLeft, g.PadRight)
	case g.Samples > MaxSamples || g.PadLeft > MaxSamples || g.PadRight > MaxSamples || g.Len() > MaxSamples:
		return fmt.Errorf("grid: longer than %d samples", MaxSamples)
	case g.End()-g.Wave(g.PadLeft+g.Samples-2) <= 0:
		return errors.New("grid: the step vanishes beside the wavelength")
	}
	for _, m := range g.Masked {
		if m[0] < 0 || m[1] < m[0] || m[1] >= g.Len() {
			return fmt.Errorf("grid: masked range %d to %d is not within samples 0 to %d", m[0], m[1], g.Len()-1)
		}
	}
	return nil
}

// PaperGrid is the axis of Sedaghat et al. 2021: 3785 to 6910 A in steps of
// 0.01 A, padded to 327,680 = 20 x 2^14, the padding and the gap between the
// two detectors masked.
func PaperGrid() Grid {
	return Grid{
		Start: 3785, Step: 0.01, Samples: 312501, PadLeft: 7589, PadRight: 7590,
		Masked: [][2]int{{0, 7588}, {159453, 162893}, {320090, 327679}},
	}
}

// MiniGrid is a window of 2,048 samples of 0.16 A around the Mg b lines, in
// one detector, for a network that trains in minutes on a laptop.
func MiniGrid() Grid {
	return Grid{Start: 4960, Step: 0.16, Samples: 2048}
}

// WindowGrid is the window of MiniGrid at a step of 0.02 A, 16,384 samples.
func WindowGrid() Grid {
	return Grid{Start: 4960, Step: 0.02, Samples: 16384}
}
