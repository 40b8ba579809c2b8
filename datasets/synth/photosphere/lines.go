package photosphere

import (
	"math"
	"slices"

	"github.com/stellarae/lab/datasets/linelist"
)

// line is a transition as the synthesis wants it.
type line struct {
	species  int // place in the synthesis' species
	wave     float64
	index    float64 // place on the synthesis' axis
	excite   float64 // eV
	gf       float64
	strength float64 // wave times gf
	rad      float64 // damping, rad/s
	stark    float64 // an electron, at 10,000 K, rad/s cm3
	waals    float64 // a hydrogen atom, at 10,000 K, rad/s cm3
	power    float64 // of temperature in the latter
}

// The powers that leastPower and mostPower bound come from velocity exponents
// between 0 and 1.
const leastPower, mostPower = 0.0, 0.5

// compile drops the lines of hydrogen, which have a theory of their own, and
// those of species without data, sorts the others and fills in the damping
// constants that the list does not give.
func compile(list []linelist.Line) (lines []line, species []linelist.Species) {
	place := map[linelist.Species]int{}
	for _, l := range list {
		if l.Species.A == 0 && l.Species.B == zH || !known(l.Species) {
			continue
		}
		if _, ok := place[l.Species]; !ok {
			place[l.Species] = len(species)
			species = append(species, l.Species)
		}
		out := line{species: place[l.Species], wave: l.Wave, excite: l.Excitation, gf: math.Pow(10, l.LogGF)}
		out.damp(&l)
		lines = append(lines, out)
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		switch {
		case a.wave < b.wave:
			return -1
		case a.wave > b.wave:
			return 1
		}
		return 0
	})
	return lines, species
}

// known tells whether the tables have what a species needs.
func known(s linelist.Species) bool {
	if s.A > 0 {
		return moleculeOf(s) >= 0 && s.Charge == 0
	}
	return byNumber[s.B] >= 0 && s.Charge <= 2
}

// damp sets the damping constants. Unknown ones are the classical radiative
// width, Unsoeld's approximation for hydrogen (Gray 2005, equation 11.29)
// doubled, as laboratory and sun have it, and Cowley's for electrons (1971,
// Observatory 91, 139).
func (l *line) damp(from *linelist.Line) {
	l.rad = 2.223e15 / (l.wave * l.wave)
	if from.Rad != 0 {
		l.rad = math.Pow(10, from.Rad)
	}
	l.power = 0.3
	// Effective quantum numbers squared of the levels, of an atom.
	lower, upper := 2.0, 6.0
	if s := from.Species; s.A == 0 {
		e := &elements[byNumber[s.B]]
		limit, z := e.first, float64(s.Charge)+1
		switch s.Charge {
		case 1:
			limit = e.second
		case 2:
			limit = 2 * e.second
		}
		top := l.excite + photonEnergy/l.wave
		lower = hydrogenEnergy * z * z / max(limit-l.excite, 0.5)
		upper = hydrogenEnergy * z * z / max(limit-top, 0.5)
		lower, upper = lower/z, upper/z // radii go as n2/z
	}
	switch {
	case from.Waals > 0:
		// Cross section in Bohr radii squared at 10 km/s and velocity exponent:
		// Anstee & O'Mara 1995, MNRAS 276, 859, equation 1.
		cross, alpha := math.Modf(from.Waals)
		mass := hydrogenMass(from.Species)
		speed := math.Sqrt(8 * boltzmann * 1e4 / (math.Pi * mass))
		l.waals = 2 * math.Pow(4/math.Pi, alpha/2) * math.Gamma(2-alpha/2) * 1e6 * cross * bohrRadius * bohrRadius * math.Pow(speed/1e6, 1-alpha)
		l.power = (1 - alpha) / 2
	case from.Waals < 0:
		l.waals = math.Pow(10, from.Waals)
	default:
		// C6 = 0.3e-30 (1/(I-chi-h nu)^2 - 1/(I-chi)^2) with energies in eV.
		c6 := 0.3e-30 / (hydrogenEnergy * hydrogenEnergy) * max(upper*upper-lower*lower, 1)
		speed := math.Sqrt(8 * boltzmann * 1e4 / (math.Pi * hydrogenMass(from.Species)))
		l.waals = 2 * 17 * math.Pow(speed, 0.6) * math.Pow(c6, 0.4)
	}
	if from.Species.A > 0 {
		return // no Stark broadening of molecules
	}
	l.stark = 1e-8 * math.Pow(min(upper, 25), 2.5)
	if from.Stark < 0 {
		l.stark = math.Pow(10, from.Stark)
	}
}

// hydrogenMass is the reduced mass of an atom, or a molecule, and hydrogen, g.
func hydrogenMass(s linelist.Species) float64 {
	m := mass(s)
	return m * elements[0].mass / (m + elements[0].mass) * atomicMass
}

// mass is in u.
func mass(s linelist.Species) float64 {
	m := elements[byNumber[s.B]].mass
	if s.A > 0 {
		m += elements[byNumber[s.A]].mass
	}
	return m
}
