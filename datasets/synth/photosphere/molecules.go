package photosphere

import (
	"math"

	"github.com/stellarae/lab/datasets/linelist"
)

// molecule holds what the equilibrium of a molecule of two atoms needs. Its
// partition function is that of a rigid rotator and harmonic oscillator.
type molecule struct {
	species  linelist.Species
	binding  float64 // dissociation energy, eV
	rotation float64 // constant B, 1/cm
	vibrate  float64 // first vibrational quantum, 1/cm
	weight   float64 // statistical weight of the electronic ground state
	symmetry float64 // 2 for two equal atoms
}

const (
	zH  = 1
	zHe = 2
	zC  = 6
	zN  = 7
	zO  = 8
)

// molecules: constants after Huber & Herzberg 1979, "Constants of Diatomic
// Molecules", binding energies after Barklem & Collet 2016; rounded.
var molecules = [...]molecule{
	{linelist.Species{A: zH, B: zH}, 4.478, 59.3, 4161, 1, 2},
	{linelist.Species{A: zC, B: zO}, 11.11, 1.92, 2143, 1, 1},
	{linelist.Species{A: zN, B: zN}, 9.75, 1.99, 2330, 1, 2},
	{linelist.Species{A: zC, B: zC}, 6.24, 1.81, 1828, 6, 2},
	{linelist.Species{A: zH, B: zC}, 3.47, 14.2, 2733, 4, 1},
	{linelist.Species{A: zC, B: zN}, 7.72, 1.89, 2042, 2, 1},
	{linelist.Species{A: zH, B: zN}, 3.42, 16.3, 3126, 3, 1},
	{linelist.Species{A: zH, B: zO}, 4.41, 18.5, 3568, 4, 1},
	{linelist.Species{A: zH, B: 12}, 1.285, 5.74, 1432, 2, 1}, // MgH
	{linelist.Species{A: zH, B: 13}, 3.16, 6.30, 1625, 1, 1},  // AlH
	{linelist.Species{A: zH, B: 14}, 3.02, 7.39, 1970, 4, 1},  // SiH
	{linelist.Species{A: zH, B: 20}, 2.28, 4.23, 1260, 2, 1},  // CaH
	{linelist.Species{A: zO, B: 14}, 8.26, 0.725, 1230, 1, 1}, // SiO
	{linelist.Species{A: zO, B: 21}, 6.94, 0.513, 965, 2, 1},  // ScO
	{linelist.Species{A: zO, B: 22}, 6.87, 0.534, 1000, 6, 1}, // TiO
	{linelist.Species{A: zO, B: 23}, 6.44, 0.546, 1002, 4, 1}, // VO
	{linelist.Species{A: zO, B: 40}, 7.94, 0.422, 970, 2, 1},  // ZrO
}

// moleculeOf is the place of a molecule in the table, -1: not there.
func moleculeOf(s linelist.Species) int {
	for i := range molecules {
		if molecules[i].species == s {
			return i
		}
	}
	return -1
}

// partition is the partition function at a temperature in K.
func (m *molecule) partition(temp float64) float64 {
	const kelvin = 1.4387769 // hc/k, K cm
	return m.weight * temp / (kelvin * m.rotation * m.symmetry) / -math.Expm1(-kelvin*m.vibrate/temp)
}

// bound is n(AB) / (n(A) n(B)) for neutral atoms in the ground-state balance
// of mass action, cm3, at a temperature in K and its shares.
func (m *molecule) bound(temp float64, w *partitionShares) float64 {
	a, b := &elements[byNumber[m.species.A]], &elements[byNumber[m.species.B]]
	reduced := a.mass * b.mass / (a.mass + b.mass) * atomicMass
	thermal := planckConstant / math.Sqrt(2*math.Pi*reduced*boltzmann*temp)
	u := m.partition(temp) / (a.atom.at(w) * b.atom.at(w))
	return thermal * thermal * thermal * u * math.Exp(m.binding/(boltzmannEV*temp))
}
