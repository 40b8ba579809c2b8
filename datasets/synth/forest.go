package synth

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/onelayer"
	"github.com/stellarae/lab/datasets/synth/photosphere"
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
	species  linelist.Species
	share    float64
	min, max float64
}{
	{feI, 0.46, 1.5, 4.8}, {crI, 0.11, 0.9, 4.5}, {niI, 0.11, 1.7, 4.2}, {tiI, 0.10, 0.0, 2.4},
	{coI, 0.04, 0.6, 4.0}, {mnI, 0.03, 2.1, 4.5}, {feII, 0.03, 2.8, 6.0}, {tiII, 0.03, 1.1, 3.1},
	{vI, 0.03, 0.0, 2.4}, {crII, 0.015, 3.7, 4.2}, {yII, 0.01, 0.4, 1.8}, {ndII, 0.025, 0.0, 1.3}, {siI, 0.01, 4.9, 5.9},
}

// model is a model of a star.
type model struct {
	strengths func(photosphere.Star, []linelist.Line) []float64 // that it gives lines
	bands     map[linelist.Species]float64                      // how the strengths of bands are to be taken, 1 if not here
	builtIn   func() []linelist.Line                            // the list that needs no file
}

var (
	deep    = newModel(photosphere.Strengths, bandScale)
	shallow = newModel(onelayer.Strengths, nil)
)

// newModel makes the list that needs no file, the atlas, the forest and the
// molecular bands, when it is first wanted.
func newModel(strengths func(photosphere.Star, []linelist.Line) []float64, bands map[linelist.Species]float64) *model {
	m := &model{strengths: strengths, bands: bands}
	m.builtIn = sync.OnceValue(func() []linelist.Line {
		var lines []linelist.Line
		for i := range atlas {
			lines = append(lines, atlas[i].line())
		}
		return slices.Concat(lines, forest(m), bandLines(m, nil))
	})
	return m
}

// forest are the statistical lines.
//
// A line gets its strength in the Sun, the ratio eta of opacities at its
// centre: log10 eta is even between -1.5 and 0.5, and in one of three below
// 4940 A, where the atlas has landmarks only, between 0.5 and 2.2. Its log gf
// follows from the solar model.
func forest(m *model) (lines []linelist.Line) {
	rng := rand.New(rand.NewPCG(forestSeed, 1))
	first, last := forestDensity[0][0], forestDensity[len(forestDensity)-1][0]
	for w := first; ; {
		w += rng.ExpFloat64() / interpolate(forestDensity, w)
		if w > last {
			break
		}
		l := linelist.Line{Wave: w}
		pick := rng.Float64()
		for _, f := range forestMix {
			l.Species = f.species
			l.Excitation = f.min + (f.max-f.min)*rng.Float64()
			if pick -= f.share; pick < 0 {
				break
			}
		}
		l.LogGF = -1.5 + 2*rng.Float64()
		if rng.Float64() < 1.0/3 && w < 4940 {
			l.LogGF = 0.5 + 1.7*rng.Float64()
		}
		lines = append(lines, l)
	}
	// Strengths are opacity ratios for log gf = 0, so far.
	unit := slices.Clone(lines)
	for i := range unit {
		unit[i].LogGF = 0
	}
	for i, x := range m.strengths(solar.photosphere(), unit) {
		lines[i].LogGF -= math.Log10(x)
	}
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
