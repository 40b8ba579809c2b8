package onelayer

import (
	"math"

	"github.com/stellarae/lab/datasets/linelist"
)

// species is one stage of ionisation of an element, or a molecule of it, with
// what Boltzmann's and Saha's equations need.
type species struct {
	name      linelist.Species
	mass      float64 // u
	abundance float64 // of the element, log10 N(X)/N(H) of the Sun; Asplund et al. 2009, ARA&A 47, 481
	ionised   bool    // the lines are those of the first ion
	energy    float64 // first ionisation energy of the element, eV; NIST ASD
	u0, u1    float64 // log10 partition functions of atom and ion near 5000 K; Gray 2005, table D.2
	molecule  *molecule
}

// molecule is what an atom of the element binds with.
type molecule struct {
	binding float64 // dissociation energy, eV; Huber & Herzberg 1979
	half    float64 // log10 of the partner's partial pressure, in dyn/cm2, that binds half the atoms at infinite temperature
	partner float64 // log10 N/N(H) of the partner that carbon monoxide leaves, in the Sun
	metal   bool    // the partner's abundance goes with [M/H]
	carbon  bool    // the element is carbon, of which cool stars bind most in CO
}

// speciesTable are the species that the layer knows; others are left out.
var speciesTable = [...]species{
	{linelist.Species{B: 11}, 22.99, -5.76, false, 5.139, 0.31, 0.00, nil},
	{linelist.Species{B: 12}, 24.31, -4.40, false, 7.646, 0.00, 0.30, nil},
	{linelist.Species{B: 13}, 26.98, -5.55, false, 5.986, 0.77, 0.00, nil},
	{linelist.Species{B: 14}, 28.09, -4.49, false, 8.152, 0.97, 0.76, nil},
	{linelist.Species{B: 20}, 40.08, -5.66, false, 6.113, 0.05, 0.34, nil},
	{linelist.Species{B: 20, Charge: 1}, 40.08, -5.66, true, 6.113, 0.05, 0.34, nil},
	{linelist.Species{B: 21, Charge: 1}, 44.96, -8.85, true, 6.561, 1.08, 1.36, nil},
	{linelist.Species{B: 22}, 47.87, -7.05, false, 6.828, 1.46, 1.75, nil},
	{linelist.Species{B: 22, Charge: 1}, 47.87, -7.05, true, 6.828, 1.46, 1.75, nil},
	{linelist.Species{B: 23}, 50.94, -8.07, false, 6.746, 1.66, 1.64, nil},
	{linelist.Species{B: 24}, 52.00, -6.36, false, 6.767, 1.00, 0.87, nil},
	{linelist.Species{B: 24, Charge: 1}, 52.00, -6.36, true, 6.767, 1.00, 0.87, nil},
	{linelist.Species{B: 25}, 54.94, -6.57, false, 7.434, 0.80, 0.88, nil},
	{linelist.Species{B: 26}, 55.85, -4.50, false, 7.902, 1.42, 1.62, nil},
	{linelist.Species{B: 26, Charge: 1}, 55.85, -4.50, true, 7.902, 1.42, 1.62, nil},
	{linelist.Species{B: 27}, 58.93, -7.01, false, 7.881, 1.50, 1.45, nil},
	{linelist.Species{B: 28}, 58.69, -5.78, false, 7.640, 1.46, 1.03, nil},
	{linelist.Species{B: 29}, 63.55, -7.81, false, 7.726, 0.36, 0.01, nil},
	{linelist.Species{B: 38, Charge: 1}, 87.62, -9.13, true, 5.695, 0.11, 0.34, nil},
	{linelist.Species{B: 39, Charge: 1}, 88.91, -9.79, true, 6.217, 1.08, 1.18, nil},
	{linelist.Species{B: 56, Charge: 1}, 137.33, -9.82, true, 5.212, 0.42, 0.62, nil},
	{linelist.Species{B: 60, Charge: 1}, 144.24, -10.58, true, 5.525, 2.20, 2.30, nil},
	{linelist.Species{A: 1, B: 12}, 25.32, -4.40, false, 7.646, 0.00, 0.30, &molecule{1.27, 9.9, 0, false, false}},
	{linelist.Species{A: 8, B: 22}, 63.87, -7.05, false, 6.828, 1.46, 1.75, &molecule{6.87, 13.0, -3.6, true, false}},
	{linelist.Species{A: 1, B: 6}, 13.02, -3.57, false, 11.26, 0.97, 0.78, &molecule{3.47, 10.8, 0, false, true}},
	{linelist.Species{A: 6, B: 7}, 26.02, -3.57, false, 11.26, 0.97, 0.78, &molecule{7.70, 11.5, -4.17, true, true}},
}

// place of a species in the table, -1: not there.
func place(s linelist.Species) int {
	for i := range speciesTable {
		if speciesTable[i].name == s {
			return i
		}
	}
	return -1
}

const (
	oxygen         = -3.31 // log10 N/N(H) of the Sun
	carbonMonoxide = 16.3  // as molecule.half: half of the carbon is bound in a dwarf of 4200 K
)

// share is the part of the element that is in the species' stage of
// ionisation, after Saha (Gray 2005, equation 1.20), or in the molecule, by
// mass action between neutral atoms and the partner.
func (a *atmosphere) share(s *species) float64 {
	ions := math.Pow(10, -0.1762-a.pe+s.u1-s.u0+2.5*math.Log10(a.temp)-a.theta*s.energy)
	if s.ionised {
		return ions / (1 + ions)
	}
	atoms := 1 / (1 + ions)
	m := s.molecule
	if m == nil {
		return atoms
	}
	partner := a.pg + m.partner
	if m.metal {
		partner += a.star.MH
	}
	if m.carbon {
		atoms /= 1 + math.Pow(10, a.pg+oxygen+a.star.MH-carbonMonoxide+a.theta*11.09)
	}
	bound := math.Pow(10, partner-m.half+a.theta*m.binding) * atoms
	return bound / (1 + bound)
}
