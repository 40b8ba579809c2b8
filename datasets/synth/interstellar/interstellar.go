// Package interstellar is the gas between the stars that leaves lines in their
// spectra: sodium (D1, D2) and CH+, at a velocity of its own.
//
// It does not know single clouds: one Gaussian of velocities stands for those
// on a line of sight. Diffuse bands, Ca II and K I are left out, and so is the
// hyperfine structure of sodium, 1 km/s wide.
//
//	gas := interstellar.Gas{Velocity: -12, Width: 8, Sodium: 3e12}
//	gas.Absorb(light, math.Log(5880), 0.4)
package interstellar

import (
	"math"

	"github.com/stellarae/lab/datasets/synth/photosphere"
)

const lightSpeed = 299792.458 // km/s

// Gas is what lies on a line of sight.
type Gas struct {
	Velocity float64 // barycentric, km/s, positive away from us
	Width    float64 // Doppler parameter b, km/s: sqrt(2) standard deviations
	Sodium   float64 // column density of Na I, 1/cm2
	CHPlus   float64 // of CH+, 1/cm2
}

// line is a transition from a ground state.
type line struct {
	wave     float64 // Angstrom, air
	strength float64 // oscillator strength
	rate     float64 // of the upper level's decay, 1/s
}

// Sodium after NIST ASD (doi:10.18434/T4W30F), CH+ after Weselak et al.
// (2009, A&A 495, 189).
var (
	sodium = []line{{5889.951, 0.641, 6.16e7}, {5895.924, 0.320, 6.14e7}}
	chPlus = []line{{4232.548, 0.00545, 1.0e6}, {3957.689, 0.00342, 1.0e6}}
)

// Absorb multiplies light by the transmission of the gas. Sample i of light has
// the wavelength exp(start + i step / c), Angstrom, air, in the barycentric
// frame; step is in km/s.
func (g Gas) Absorb(light []float64, start, step float64) {
	for _, l := range sodium {
		g.absorb(light, l, g.Sodium, start, step)
	}
	for _, l := range chPlus {
		g.absorb(light, l, g.CHPlus, start, step)
	}
}

// faintest is the optical depth at which a line's wing ends.
const faintest = 1e-5

func (g Gas) absorb(light []float64, l line, column, start, step float64) {
	depth, damping := g.centre(l, column)
	if depth < faintest {
		return
	}
	at := ((math.Log(l.wave)-start)*lightSpeed + g.Velocity) / step
	reach := math.Max(math.Sqrt(math.Max(0, math.Log(depth/faintest))), math.Sqrt(depth*damping/(math.SqrtPi*faintest))) * g.Width / step
	for i := max(0, int(at-reach)); i < len(light) && float64(i) <= at+reach; i++ {
		u := (float64(i) - at) * step / g.Width
		light[i] *= math.Exp(-depth * photosphere.Voigt(damping, math.Abs(u)))
	}
}

// centre is a line's optical depth at its centre without damping (Draine 2011,
// equation 9.10) and its damping parameter.
func (g Gas) centre(l line, column float64) (depth, damping float64) {
	return 1.4974e-15 * column * l.strength * l.wave / g.Width, l.rate * l.wave * 1e-13 / (4 * math.Pi * g.Width)
}

// width is a line's equivalent width, Angstrom.
func (g Gas) width(l line, column float64) float64 {
	depth, damping := g.centre(l, column)
	// By the midpoint rule in x, u = sinh x: fine at the core, wide in the wings.
	const step, most = 0.06, 4.8
	sum, last := 0.0, math.Sinh(most)
	for x := step / 2; x < most; x += step {
		sum -= 2 * math.Expm1(-depth*photosphere.Voigt(damping, math.Sinh(x))) * math.Cosh(x)
	}
	return (sum*step + 2*depth*damping/(math.SqrtPi*last)) * g.Width / lightSpeed * l.wave
}

// SodiumWidth is the equivalent width of D1 and D2 together, Angstrom, that
// goes with a reddening E(B-V) in mag: Poznanski, Prochaska & Bloom (2012,
// MNRAS 426, 1465), equation 9, log E = 1.17 W - 1.85, and below 0.038 mag,
// where it would lead to no line with dust left, its tangent through zero, as
// thin gas has it.
func SodiumWidth(reddening float64) float64 {
	const slope, zero = 1.17, 1.85
	thin := math.Exp(1 - zero*math.Ln10)
	if reddening < thin {
		return reddening / (thin * slope * math.Ln10)
	}
	return (math.Log10(reddening) + zero) / slope
}

// Along is the gas of a line of sight with reddening E(B-V) in mag, moving at a
// velocity in km/s. The equivalent width of sodium is SodiumWidth times
// scatter[0], CH+ is 3e13 /cm2 a magnitude, as toward the stars of Weselak et
// al., times scatter[1]. The width grows with reddening as that of several
// clouds: so that D2 over D1 follows Poznanski et al.'s equations 7 and 8.
func Along(reddening, velocity float64, scatter [2]float64) Gas {
	g := Gas{Velocity: velocity, Width: math.Max(2, 15*math.Pow(reddening, 0.25)), CHPlus: 3e13 * reddening * scatter[1]}
	want := SodiumWidth(reddening) * scatter[0]
	if want <= 0 {
		return g
	}
	// By secants on logarithms, from thin gas, whose column is too small: the
	// curve of growth bends down, so the answer lies above.
	excess := func(column float64) float64 {
		return math.Log((g.width(sodium[0], column) + g.width(sodium[1], column)) / want)
	}
	last := want / (g.width(sodium[0], 1e6) + g.width(sodium[1], 1e6)) * 1e6
	g.Sodium = last * 1.1
	before, now := excess(last), excess(g.Sodium)
	for range 60 {
		slope := (now - before) / math.Log(g.Sodium/last)
		step := -now / slope
		last, before = g.Sodium, now
		g.Sodium *= math.Exp(math.Max(-3, math.Min(step, 3)))
		if math.Abs(step) < 1e-5 {
			break
		}
		now = excess(g.Sodium)
	}
	return g
}
