package synth

import (
	"math"
	"math/rand/v2"
	"sort"
)

// forestSeed fixes the statistical lines: every survey, whatever its seed,
// looks at the same sky.
const forestSeed = 0x5eda9a7

// forestDensity is the number of statistical lines an Angstrom at a
// wavelength: what remains of the lines deeper than 5 per cent in VALD's
// solar extraction once the atlas is taken away.
var forestDensity = [][2]float64{{3700, 12}, {4000, 10}, {4600, 5}, {5125, 2.4}, {5650, 1.3}, {6450, 0.7}, {7000, 0.6}}

// forestMix is the species of the statistical lines with their shares and the
// range of excitation energies in eV, drawn evenly.
var forestMix = []struct {
	species  int
	share    float64
	min, max float64
}{
	{feI, 0.46, 1.5, 4.8}, {crI, 0.11, 0.9, 4.5}, {niI, 0.11, 1.7, 4.2}, {tiI, 0.10, 0.0, 2.4},
	{coI, 0.04, 0.6, 4.0}, {mnI, 0.03, 2.1, 4.5}, {feII, 0.03, 2.8, 6.0}, {tiII, 0.03, 1.1, 3.1},
	{vI, 0.03, 0.0, 2.4}, {crII, 0.015, 3.7, 4.2}, {yII, 0.01, 0.4, 1.8}, {ndII, 0.025, 0.0, 1.3}, {siI, 0.01, 4.9, 5.9},
}

// lineList is the atlas, the forest and the molecular bands between two wavelengths, sorted.
//
// A statistical line gets its strength in the Sun, the opacity ratio eta at
// its centre: log10 eta is even between -1.5 and 0.5, and in one of three
// below 4940 A, where the atlas has landmarks only, between 0.5 and 2.2. Its
// log gf follows from the solar model.
func lineList(min, max float64) []line {
	var lines []line
	for _, l := range atlas {
		if l.wave >= min && l.wave <= max {
			lines = append(lines, l)
		}
	}
	rng := rand.New(rand.NewPCG(forestSeed, 1))
	sun := newAtmosphere(solar)
	first, last := forestDensity[0][0], forestDensity[len(forestDensity)-1][0]
	// The whole forest is always drawn, so that a line does not depend on
	// the window it is seen in.
	for w := first; ; {
		w += rng.ExpFloat64() / interpolate(forestDensity, w)
		if w > last {
			break
		}
		l := line{wave: w, species: -1}
		pick := rng.Float64()
		for _, m := range forestMix {
			l.species = m.species
			l.excite = m.min + (m.max-m.min)*rng.Float64()
			if pick -= m.share; pick < 0 {
				break
			}
		}
		strength := -1.5 + 2*rng.Float64()
		if rng.Float64() < 1.0/3 && w < 4940 {
			strength = 0.5 + 1.7*rng.Float64()
		}
		l.loggf = strength - math.Log10(sun.eta(&l))
		if w >= min && w <= max {
			lines = append(lines, l)
		}
	}
	for _, l := range bandLines() {
		if l.wave >= min && l.wave <= max {
			lines = append(lines, l)
		}
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].wave < lines[j].wave })
	return lines
}

// interpolate is piecewise linear in a table of (x, y), flat outside it.
func interpolate(table [][2]float64, x float64) float64 {
	i := sort.Search(len(table), func(i int) bool { return table[i][0] >= x })
	if i == 0 {
		return table[0][1]
	}
	if i == len(table) {
		return table[i-1][1]
	}
	a, b := table[i-1], table[i]
	return a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0])
}
