package photosphere

import (
	"math"

	"github.com/stellarae/lab/datasets/linelist"
)

// Constants in cgs units (CODATA 2018).
const (
	boltzmann      = 1.380649e-16
	boltzmannEV    = 8.617333e-5 // eV/K
	planckConstant = 6.62607015e-27
	lightSpeed     = 2.99792458e10
	atomicMass     = 1.66053907e-24
	electronMass   = 9.1093837e-28
	bohrRadius     = 5.29177e-9
)

// gas is matter in local thermodynamic equilibrium. Number densities are in
// 1/cm3.
type gas struct {
	temp, pressure float64 // K, dyn/cm2
	electrons      float64
	nuclei         float64 // of hydrogen, in whatever form
	hydrogen       float64 // neutral atoms
	protons        float64
	hydrogen2      float64 // molecules
	helium         float64 // neutral atoms
	density        float64 // g/cm3

	first, second [len(elements)]float64 // once over not ionised; twice over once
	neutral       [len(elements)]float64 // neutral atoms
	atoms, ions   [len(elements)]float64 // partition functions
	bound         [len(molecules)]float64
}

// solar are the numbers of nuclei in the Sun, for one of hydrogen.
var solar = func() (n [len(elements)]float64) {
	for i := range elements {
		n[i] = math.Pow(10, elements[i].abundance-12)
	}
	return n
}()

// donors are the elements beside hydrogen whose electrons count.
var donors = []int{2, 6, 11, 12, 13, 14, 16, 19, 20, 24, 26, 28}

// newGas solves for the ions (Saha's equation) and molecules (mass action) of
// the Sun's mixture, its metals scaled by 10^metals, at a temperature in K and
// a pressure in dyn/cm2.
func newGas(temp, pressure, metals float64) *gas {
	g := &gas{temp: temp, pressure: pressure}
	scale := math.Pow(10, metals)
	// Saha: n1 ne / n0 = 2 (2 pi m k T / h2)^(3/2) u1/u0 exp(-E/kT).
	thermal := 2 * math.Pow(2*math.Pi*electronMass*boltzmann*temp/(planckConstant*planckConstant), 1.5)
	kt := boltzmannEV * temp
	shares := sharesAt(temp)
	var abundance [len(elements)]float64
	others, weight := 0.0, elements[0].mass
	for i := range elements {
		e := &elements[i]
		g.atoms[i], g.ions[i] = e.atom.at(&shares), e.ion.at(&shares)
		g.first[i] = thermal * g.ions[i] / g.atoms[i] * math.Exp(-e.first/kt)
		g.second[i] = thermal * math.Exp(math.Ln10*e.doubly) / g.ions[i] * math.Exp(-e.second/kt)
		abundance[i] = solar[i]
		if e.number > zHe {
			abundance[i] *= scale
		}
		if i > 0 {
			others += abundance[i]
			weight += abundance[i] * e.mass
		}
	}
	for i := range molecules {
		g.bound[i] = molecules[i].bound(temp, &shares)
	}
	// The electron density, between none and half of all particles, is where
	// charges balance.
	particles := pressure / (boltzmann * temp)
	low, high := math.Log(1e-12*particles), math.Log(particles*0.75)
	for range 45 {
		ne := math.Exp((low + high) / 2)
		charge := g.balance(ne, particles, others)
		for _, z := range donors {
			i := byNumber[z]
			x := g.first[i] / ne
			y := x * g.second[i] / ne
			charge += g.nuclei * abundance[i] * (x + 2*y) / (1 + x + y)
		}
		if charge > ne {
			low = math.Log(ne)
		} else {
			high = math.Log(ne)
		}
	}
	g.electrons = math.Exp((low + high) / 2)
	g.protons = g.balance(g.electrons, particles, others)
	g.density = g.nuclei * weight * atomicMass
	for i := range elements {
		g.first[i] /= g.electrons
		g.second[i] /= g.electrons
	}
	g.associate(abundance[:])
	g.helium = g.neutral[byNumber[zHe]]
	return g
}

// balance sets the forms of hydrogen that go with an electron density, of so
// many particles in all, and is the density of protons; others is the number
// of all other nuclei for one of hydrogen.
func (g *gas) balance(electrons, particles, others float64) float64 {
	ionised := g.first[0] / electrons
	// Atoms x: x (1 + ionised) (1 + others) + bound x2 (1 + 2 others) = the rest.
	rest := max(particles-electrons, 0)
	a, b := g.bound[0]*(1+2*others), (1+ionised)*(1+others)
	g.hydrogen = 2 * rest / (b + math.Sqrt(b*b+4*a*rest))
	g.hydrogen2 = g.bound[0] * g.hydrogen * g.hydrogen
	g.nuclei = g.hydrogen*(1+ionised) + 2*g.hydrogen2
	return g.hydrogen * ionised
}

// associate shares the elements out among atoms, ions and molecules: carbon
// and oxygen with each other, nitrogen with itself, the others with hydrogen,
// carbon, nitrogen and oxygen.
func (g *gas) associate(abundance []float64) {
	// free is what an atom counts for: itself, its ions, its hydride.
	free := func(z uint8) float64 {
		i := byNumber[z]
		sum := 1 + g.first[i]*(1+g.second[i])
		if m := moleculeOf(linelist.Species{A: zH, B: z}); m >= 0 {
			sum += g.bound[m] * g.hydrogen
		}
		return sum
	}
	total := func(z uint8) float64 { return abundance[byNumber[z]] * g.nuclei }
	co := g.bound[moleculeOf(linelist.Species{A: zC, B: zO})]
	fc, fo := free(zC), free(zO)
	// c (fc + co o) = C and o (fo + co c) = O: a quadratic for c.
	a, b, c := co*fc, fc*fo+co*(total(zO)-total(zC)), total(zC)*fo
	carbon := root(a, b, c)
	oxygen := total(zO) / (fo + co*carbon)
	fn := free(zN) + g.bound[moleculeOf(linelist.Species{A: zC, B: zN})]*carbon
	nitrogen := root(2*g.bound[moleculeOf(linelist.Species{A: zN, B: zN})], fn, total(zN))
	partner := map[uint8]float64{zH: g.hydrogen, zC: carbon, zN: nitrogen, zO: oxygen}
	for i := range elements {
		z := elements[i].number
		sum := 1 + g.first[i]*(1+g.second[i])
		for m := range molecules {
			if s := molecules[m].species; s.B == z && z > zO {
				sum += g.bound[m] * partner[s.A]
			}
		}
		g.neutral[i] = abundance[i] * g.nuclei / sum
	}
	for z, n := range partner {
		g.neutral[byNumber[z]] = n
	}
}

// root is the positive x of a x2 + b x = c.
func root(a, b, c float64) float64 {
	d := math.Sqrt(b*b + 4*a*c)
	if b < 0 {
		return (d - b) / (2 * a)
	}
	return 2 * c / (b + d)
}

// perWeight is the number density of a species over its partition function:
// what a level of statistical weight 1 at energy 0 holds. It is 0 for a
// species the tables lack and for ions beyond the second.
func (g *gas) perWeight(s linelist.Species) float64 {
	if s.A > 0 {
		m := moleculeOf(s)
		if m < 0 || s.Charge > 0 {
			return 0
		}
		n := g.bound[m] * g.neutral[byNumber[s.A]] * g.neutral[byNumber[s.B]]
		return n / molecules[m].partition(g.temp)
	}
	i := byNumber[s.B]
	if i < 0 {
		return 0
	}
	switch s.Charge {
	case 0:
		return g.neutral[i] / g.atoms[i]
	case 1:
		return g.neutral[i] * g.first[i] / g.ions[i]
	case 2:
		return g.neutral[i] * g.first[i] * g.second[i] / math.Pow(10, elements[i].doubly)
	}
	return 0
}
