package spectrum

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
func (g Grid) Wave(i int) float64 { return g.Start + float64(i-g.PadLeft)*g.Step }

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
