package synth

import (
	"math"
	"math/rand/v2"
)

// band is a molecular band: a head from which its rotational lines run one
// way, ever weaker.
type band struct {
	species int
	head    float64 // Angstrom, air
	extent  float64 // Angstrom over which strengths fall by e; negative: to the violet
	density float64 // lines an Angstrom
	eta     float64 // opacity ratio at the head, in the species' reference star
}

// bands are those that shape G to M stars between 3785 and 6910 A. Heads after
// Pearse & Gaydon, "The Identification of Molecular Spectra"; lines are
// statistical, strengths set by eye against K and M dwarfs.
var bands = []band{
	{cn, 3883.4, -25, 8, 1.0},
	{ch, 4314.0, -14, 7, 1.2},
	{mgH, 4844.9, -30, 5, 0.06}, {mgH, 5182.0, -50, 3, 0.12}, {mgH, 5211.0, -50, 5, 0.35}, {mgH, 5621.4, -40, 4, 0.04},
	{tiO, 4761.0, 80, 8, 1.6}, {tiO, 4954.6, 100, 8, 2.0}, {tiO, 5166.8, 130, 8, 3.0}, {tiO, 5448.2, 130, 8, 2.5},
	{tiO, 5597.0, 80, 5, 0.7}, {tiO, 5759.0, 90, 6, 1.4}, {tiO, 5847.0, 110, 6, 1.6}, {tiO, 6158.5, 160, 7, 2.5},
	{tiO, 6651.0, 150, 7, 2.5},
}

// Reference stars of the bands' strengths.
var (
	kDwarf = Star{Teff: 5200, LogG: 4.54}
	mDwarf = Star{Teff: 3400, LogG: 4.92}
)

// bandLines are the statistical lines of the bands, always the same, not sorted.
func bandLines() []line {
	rng := rand.New(rand.NewPCG(forestSeed, 2))
	k, m := newAtmosphere(kDwarf), newAtmosphere(mDwarf)
	var lines []line
	for _, b := range bands {
		reference := k
		if b.species == tiO {
			reference = m
		}
		for x := 0.0; ; {
			x += rng.ExpFloat64() / b.density
			if x > 4*math.Abs(b.extent) {
				break
			}
			l := line{species: b.species, wave: b.head + math.Copysign(x, b.extent), excite: 0.4 * rng.ExpFloat64()}
			eta := b.eta * math.Exp(-x/math.Abs(b.extent)+0.8*rng.NormFloat64())
			l.loggf = math.Log10(eta / reference.eta(&l))
			lines = append(lines, l)
		}
	}
	return lines
}
