package photosphere

import (
	"math"

	"github.com/stellarae/lab/datasets/linelist"
)

// Band is a molecular band whose lines overlap: opacity that begins at a head
// and fades exponentially (the just-overlapping approximation, Golden 1967,
// JQSRT 7, 225, in its simplest form).
type Band struct {
	Species linelist.Species
	Head    float64 // Angstrom, air
	Extent  float64 // Angstrom over which it falls by e; negative: to the violet
	GF      float64 // statistical weight times oscillator strength of the lines an Angstrom at the head
}

// bandExcite is the mean excitation of a band's lower levels, eV.
const bandExcite = 0.3

// addBands adds the bands to layer d.
func (s *Synthesis) addBands(layer *layerOpacity, a *atmosphere, d int) {
	sum := layer.fine
	for _, b := range s.bands {
		if !known(b.Species) {
			continue
		}
		w := b.Head * 1e-8
		peak := classical * b.GF * 1e8 * w * w / lightSpeed * a.gas[d].perWeight(b.Species) * a.lower(d, bandExcite, b.Head) / a.alpha[d]
		if peak < layer.least {
			continue
		}
		reach := math.Abs(b.Extent) * math.Log(peak/layer.least)
		first := max(0, int(math.Ceil(s.Index(min(b.Head, b.Head+math.Copysign(reach, b.Extent))))))
		last := min(len(sum)-1, int(s.Index(max(b.Head, b.Head+math.Copysign(reach, b.Extent)))))
		if first > last {
			continue
		}
		// A geometric series in pieces short enough for even wavelengths.
		const piece = 256
		for i := first; i <= last; i += piece {
			n := min(piece, last-i+1)
			from := s.Wave(float64(i))
			y := peak * math.Exp(-(from-b.Head)/b.Extent)
			ratio := math.Exp(-(s.Wave(float64(i+n)) - from) / b.Extent / float64(n))
			for k := range sum[i : i+n] {
				sum[i+k] += float32(y)
				y *= ratio
			}
		}
	}
}
