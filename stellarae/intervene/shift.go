package intervene

import (
	"fmt"
	"math"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Shifter moves rows on a grid by velocities between two bounds.
//
// Only those samples move whose light, at any velocity between the bounds,
// comes from inside: not from beyond an end of the spectrum, nor from a masked
// range such as the gap between the detectors. All others stay as the row has
// them, at every velocity the same, so that neither an end, nor the padding,
// nor the gap's edges tell a velocity.
type Shifter struct {
	grid     spectrum.Grid
	waves    []float64
	from, to float64
	moves    []bool // on the padded axis
}

// NewShifter prepares shifts by from to to km/s, positive away from us; 0 is
// always between. Bounds out of order, or so wide that no sample moves, and a
// grid that is none are errors.
func NewShifter(g spectrum.Grid, from, to float64) (*Shifter, error) {
	if err := g.Validate(); err != nil {
		return nil, fmt.Errorf("intervene: %w", err)
	}
	if !(from <= to) {
		return nil, fmt.Errorf("intervene: velocities from %g to %g km/s are out of order", from, to)
	}
	s := &Shifter{grid: g, waves: g.Waves(), from: min(from, 0), to: max(to, 0), moves: make([]bool, g.Len())}
	red, blue := spectrum.DopplerFactor(s.to), spectrum.DopplerFactor(s.from)
	if math.IsNaN(red) || math.IsNaN(blue) {
		return nil, fmt.Errorf("intervene: velocities from %g to %g km/s are not below the speed of light", from, to)
	}
	inside := make([]int, g.Len()+1) // how many samples before i are seen
	for i := range g.Len() {
		inside[i+1] = inside[i]
		if i >= g.PadLeft && i < g.PadLeft+g.Samples && !maskedAt(g, i) {
			inside[i+1]++
		}
	}
	place := func(wave float64) float64 { return (wave-g.Start)/g.Step + float64(g.PadLeft) }
	for i := g.PadLeft; i < g.PadLeft+g.Samples; i++ {
		// The first and the last sample whose pixels this one's light comes from;
		// a hair's breadth of a neighbour is none.
		first := int(math.Floor(place((g.Wave(i)-g.Step/2)/red) + 0.5 + 1e-6))
		last := int(math.Ceil(place((g.Wave(i)+g.Step/2)/blue) - 0.5 - 1e-6))
		s.moves[i] = first >= 0 && last < g.Len() && inside[last+1]-inside[first] == last+1-first
	}
	if s.Moving() == 0 {
		return nil, fmt.Errorf("intervene: no sample of the grid stays inside between %g and %g km/s", from, to)
	}
	return s, nil
}

func maskedAt(g spectrum.Grid, i int) bool {
	for _, m := range g.Masked {
		if m[0] <= i && i <= m[1] {
			return true
		}
	}
	return false
}

// Moves tells whether sample i of the padded axis moves.
func (s *Shifter) Moves(i int) bool { return s.moves[i] }

// Moving is the number of samples that move.
func (s *Shifter) Moving() int {
	n := 0
	for _, m := range s.moves {
		if m {
			n++
		}
	}
	return n
}

// By gives the shift by v km/s: a function from a row, g.Len() samples, to a
// new row as if its source receded v km/s faster (see spectrum.Spectrum.Shift
// and Resample). A shift by a fraction of a sample is a mean of two neighbours
// and so smooths a little, alike for v and -v: of a response to velocities that
// lie evenly about 0, the odd part is free of it. A velocity out of bounds, a
// row of another length and one that is not finite are errors.
func (s *Shifter) By(v float64) (func(row []float32) ([]float32, error), error) {
	if !(v >= s.from && v <= s.to) {
		return nil, fmt.Errorf("intervene: velocity %g km/s is not between %g and %g", v, s.from, s.to)
	}
	here := &spectrum.Spectrum{Wave: s.waves, Medium: spectrum.Air, Frame: spectrum.Barycentric}
	there, err := here.Shift(v)
	if err != nil {
		return nil, fmt.Errorf("intervene: %w", err)
	}
	first := s.grid.PadLeft
	return func(row []float32) ([]float32, error) {
		if len(row) != len(s.moves) {
			return nil, fmt.Errorf("%d samples: the grid has %d", len(row), len(s.moves))
		}
		moved := *there
		moved.Flux = row[first : first+s.grid.Samples]
		onGrid, err := moved.Resample(s.waves)
		if err != nil {
			return nil, err
		}
		out := append([]float32(nil), row...)
		for i, f := range onGrid.Flux {
			if s.moves[first+i] {
				out[first+i] = f
			}
		}
		for i, f := range out {
			if f-f != 0 || row[i]-row[i] != 0 {
				return nil, fmt.Errorf("sample %d is %v", i, row[i])
			}
		}
		return out, nil
	}, nil
}
