package synth

import "math"

// species is one stage of ionisation of an element, with what Boltzmann's and
// Saha's equations need.
type species struct {
	name      string
	mass      float64 // atomic mass, u
	abundance float64 // log10 N(X)/N(H) of the Sun; Asplund et al. 2009, ARA&A 47, 481
	ionised   bool    // the lines are those of the first ion
	energy    float64 // first ionisation energy, eV; NIST ASD
	u0, u1    float64 // log10 partition functions of atom and ion near 5000 K; Gray 2005, table D.2
}

// The species with lines in the list.
const (
	naI = iota
	mgI
	siI
	caI
	caII
	scII
	tiI
	tiII
	vI
	crI
	crII
	mnI
	feI
	feII
	coI
	niI
	cuI
	srII
	yII
	baII
	ndII
)

var speciesTable = [...]species{
	naI:  {"Na I", 22.99, -5.76, false, 5.139, 0.31, 0.00},
	mgI:  {"Mg I", 24.31, -4.40, false, 7.646, 0.00, 0.30},
	siI:  {"Si I", 28.09, -4.49, false, 8.152, 0.97, 0.76},
	caI:  {"Ca I", 40.08, -5.66, false, 6.113, 0.05, 0.34},
	caII: {"Ca II", 40.08, -5.66, true, 6.113, 0.05, 0.34},
	scII: {"Sc II", 44.96, -8.85, true, 6.561, 1.08, 1.36},
	tiI:  {"Ti I", 47.87, -7.05, false, 6.828, 1.46, 1.75},
	tiII: {"Ti II", 47.87, -7.05, true, 6.828, 1.46, 1.75},
	vI:   {"V I", 50.94, -8.07, false, 6.746, 1.66, 1.64},
	crI:  {"Cr I", 52.00, -6.36, false, 6.767, 1.00, 0.87},
	crII: {"Cr II", 52.00, -6.36, true, 6.767, 1.00, 0.87},
	mnI:  {"Mn I", 54.94, -6.57, false, 7.434, 0.80, 0.88},
	feI:  {"Fe I", 55.85, -4.50, false, 7.902, 1.42, 1.62},
	feII: {"Fe II", 55.85, -4.50, true, 7.902, 1.42, 1.62},
	coI:  {"Co I", 58.93, -7.01, false, 7.881, 1.50, 1.45},
	niI:  {"Ni I", 58.69, -5.78, false, 7.640, 1.46, 1.03},
	cuI:  {"Cu I", 63.55, -7.81, false, 7.726, 0.36, 0.01},
	srII: {"Sr II", 87.62, -9.13, true, 5.695, 0.11, 0.34},
	yII:  {"Y II", 88.91, -9.79, true, 6.217, 1.08, 1.18},
	baII: {"Ba II", 137.33, -9.82, true, 5.212, 0.42, 0.62},
	ndII: {"Nd II", 144.24, -10.58, true, 5.525, 2.20, 2.30},
}

// fraction is the part of the element in the species' stage of ionisation at
// temperature t in K and log10 electron pressure pe in dyn/cm2, after Saha
// (Gray 2005, equation 1.20).
func (s *species) fraction(t, pe float64) float64 {
	ratio := math.Pow(10, -0.1762-pe+s.u1-s.u0+2.5*math.Log10(t)-5040/t*s.energy)
	if s.ionised {
		return ratio / (1 + ratio)
	}
	return 1 / (1 + ratio)
}
