package synth

import (
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/photosphere"
)

// band is a molecular band: a head from which its rotational lines run one
// way, ever weaker.
type band struct {
	species linelist.Species
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

// veil is what all the weak lines of titanium oxide do together in M dwarfs:
// a second continuum, against which lines are shallow. Its strength gives the
// contrast that Gl 581 shows about Mg b at R = 6,000.
var veil = []photosphere.Band{{Species: tiO, Head: 4200, Extent: 9000, GF: 12}}

// Reference stars of the bands' strengths.
var (
	kDwarf = Star{Teff: 5200, LogG: 4.54}
	mDwarf = Star{Teff: 3400, LogG: 4.92}
)

// bandScale is how the strengths of bands, by eye for one layer, are to be taken
// where the light comes from many: molecules form in the coolest.
var bandScale = map[linelist.Species]float64{mgH: 0.3, tiO: 0.4}

// bandLines are the statistical lines of the bands, always the same, but for
// those of the molecules in without.
func bandLines(m *model, without map[linelist.Species]bool) (lines []linelist.Line) {
	rng := rand.New(rand.NewPCG(forestSeed, 2))
	for _, b := range bands {
		reference := kDwarf
		if b.species == tiO {
			reference = mDwarf
		}
		var band []linelist.Line
		var etas []float64
		for x := 0.0; ; {
			x += rng.ExpFloat64() / b.density
			if x > 4*math.Abs(b.extent) {
				break
			}
			band = append(band, linelist.Line{Species: b.species, Wave: b.head + math.Copysign(x, b.extent), Excitation: 0.4 * rng.ExpFloat64()})
			etas = append(etas, b.eta*math.Exp(-x/math.Abs(b.extent)+0.8*rng.NormFloat64()))
		}
		if without[b.species] {
			continue
		}
		scale := 1.0
		if x, ok := m.bands[b.species]; ok {
			scale = x
		}
		for i, x := range m.strengths(reference.photosphere(), band) {
			band[i].LogGF = math.Log10(etas[i] * scale / x)
		}
		lines = append(lines, band...)
	}
	return lines
}

// complete is a list and the bands of the molecules that it does not have.
func complete(list []linelist.Line) []linelist.Line {
	has := map[linelist.Species]bool{}
	for _, l := range list {
		has[l.Species] = true
	}
	return append(bandLines(deep, has), list...)
}
