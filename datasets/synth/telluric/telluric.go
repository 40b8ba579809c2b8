// Package telluric is the light that the air above an observatory takes away:
// the lines of molecular oxygen and of water between star and telescope. They
// do not move with the star, and they grow with airmass and with the column of
// water.
//
// It does not know ozone, aerosols or Rayleigh scattering, which dim smoothly,
// nor the wind, which moves lines by less than 50 m/s.
//
//	sky := telluric.New(3780, 6915, telluric.Oxygen(), telluric.Water(nil))
//	sky.Absorb(light, math.Log(6860), 0.4, 1.2, 3) // airmass 1.2, 3 mm of water
package telluric

import "math"

// Line is a transition as HITRAN lists it, wavenumber in vacuum.
type Line struct {
	Number    float64 // wavenumber, 1/cm
	Intensity float64 // at 296 K, cm/molecule
	Width     float64 // half width at half maximum in air at 296 K, 1/cm/atm
	Exponent  float64 // Width falls with temperature to this power
	Shift     float64 // of the wavenumber in air, 1/cm/atm
	Lower     float64 // energy of the lower level, 1/cm
}

// Gas is a kind of molecule and its lines.
type Gas struct {
	Lines []Line
	// Mass of a molecule in atomic units.
	mass float64
	// The partition sum goes with temperature to this power.
	rotation float64
	// Molecules a cm2 above the observatory in a unit of column, one airmass.
	column float64
	// The part of the column that lies above a pressure falls with the
	// pressure's ratio to that at the ground to this power.
	settling float64
}

const (
	reference   = 296.0         // K, of the list's intensities and widths
	radiation   = 1.438776877   // second radiation constant, cm K
	lightSpeed  = 299792.458    // km/s
	thermalUnit = 0.12895083632 // km/s: sqrt(2 k K / atomic unit)
)

// oxygenShare is the share of O2 in dry air by number.
const oxygenShare = 0.20946

// Oxygen is O2: its B and gamma bands, about 6870 and 6280 A, from the
// constants of its levels. Its column is measured in that of the whole air.
func Oxygen() Gas {
	const gravity, molecule = 9.79, 28.965 * 1.66053907e-27 // m/s2, kg
	return Gas{
		Lines: oxygenLines(), mass: 31.99, rotation: 1, settling: 1,
		column: oxygenShare * groundPressure * 101325 / (gravity * molecule) * 1e-4,
	}
}

// Water is H2O with the given lines, as Load reads them; nil is a built-in
// list of the strongest between 5885 and 6590 A. Its column is measured in mm
// of precipitable water.
func Water(lines []Line) Gas {
	if lines == nil {
		lines = waterLines()
	}
	// 0.1 g/cm2. The scale height of water is a quarter of the air's.
	return Gas{Lines: lines, mass: 18.011, rotation: 1.5, settling: 4, column: 0.1 * 6.02214076e23 / 18.015}
}

// layer is a slice of the air.
type layer struct {
	pressure    float64 // atm
	temperature float64 // K
	top, bottom float64 // pressures over that at the ground
}

// groundPressure is the mean pressure at La Silla, 2,400 m above the sea, atm.
const groundPressure = 0.760

// layers are slices of equal mass: pressure and temperature of each follow the
// standard atmosphere (ISO 2533): 6.5 K less a km up to 216.65 K.
var layers = func() (l [8]layer) {
	for k := range l {
		top, bottom := float64(k)/float64(len(l)), float64(k+1)/float64(len(l))
		p := groundPressure * (top + bottom) / 2
		l[k] = layer{p, math.Max(216.65, 288.15*math.Pow(p, 0.19026)), top, bottom}
	}
	return l
}()

// columnIn is the number of molecules a cm2 of a gas in a layer.
func (g *Gas) columnIn(l layer) float64 {
	return g.column * (math.Pow(l.bottom, g.settling) - math.Pow(l.top, g.settling))
}

// intensity is a line's at a temperature, cm/molecule.
func (g *Gas) intensity(l *Line, t float64) float64 {
	return l.Intensity * math.Pow(reference/t, g.rotation) * math.Exp(-radiation*l.Lower*(1/t-1/reference))
}
