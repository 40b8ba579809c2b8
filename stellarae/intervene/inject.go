package intervene

import (
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// InjectOptions of InjectedVelocity. The zero value is usable.
type InjectOptions struct {
	Most     float64 // velocities are even from -Most to Most, km/s; 0 means 30
	Seed     uint64
	Progress func(done, total int) // of rows encoded; may be nil
}

// Injected are codes of spectra that were shifted by velocities drawn at random.
type Injected struct {
	Velocities []float64   // [row] km/s by which the row was shifted
	Codes      [][]float32 // [row][node] of the shifted row
}

// InjectedVelocity shifts every row by a velocity of its own, drawn at random,
// and encodes it. The velocities are a label whose truth is known and that no
// property of the stars can stand in for: a count that does not find it carried
// by the node that answers to DopplerResponse finds too little. To the code it
// is one with the star's own velocity, whose scatter acts as noise: with a
// Most of 30 km/s and stars that scatter by 25, a node that is velocity and
// nothing else has a correlation of 0.57 with it. Errors are those of
// DopplerResponse.
func InjectedVelocity(encode Encoder, rows [][]float32, g spectrum.Grid, o InjectOptions) (*Injected, error) {
	if o.Most == 0 {
		o.Most = 30
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("intervene: %d spectra: want two at least", len(rows))
	}
	shifter, err := NewShifter(g, -o.Most, o.Most)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(o.Seed, 0x696e6a656374))
	in := &Injected{Velocities: make([]float64, len(rows))}
	for r := range in.Velocities {
		in.Velocities[r] = o.Most * (2*random.Float64() - 1)
	}
	done := 0
	in.Codes, err = encodeAll(encode, len(rows), g.Len(), 0, func(r int) ([]float32, error) {
		by, err := shifter.By(in.Velocities[r])
		if err != nil {
			return nil, err
		}
		return by(rows[r])
	}, func(n int) {
		done += n
		if o.Progress != nil {
			o.Progress(done, len(rows))
		}
	})
	if err != nil {
		return nil, err
	}
	return in, nil
}
