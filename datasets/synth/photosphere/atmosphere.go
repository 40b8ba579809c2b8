package photosphere

import "math"

// Star is what shapes the light that leaves a star's surface.
type Star struct {
	Teff float64 // effective temperature, K
	LogG float64 // log10 surface gravity, cm/s2
	MH   float64 // [M/H], dex, of all elements beyond helium alike
}

// The layers lie in log10 of the optical depth at 5000 A between topDepth,
// above which temperature hardly changes, and bottomDepth, from where no light
// comes. Steps are narrow where the continuum forms and widen upwards smoothly,
// by widen from one to the next: then sums over layers, weighted with the local
// step, converge as fast as in equal steps.
const (
	depths      = 18
	topDepth    = -4.0
	bottomDepth = 1.2
	widen       = 1.08
	reference   = 5000.0 // Angstrom
)

// depth is where the layers lie, and depthStep the local step.
var depth, depthStep = func() (at, step [depths]float64) {
	growth := math.Log(widen)
	first := (bottomDepth - topDepth) * growth / (math.Pow(widen, depths-1) - 1)
	for d := range depths {
		up := math.Pow(widen, float64(depths-1-d))
		step[d] = first * up
		at[d] = bottomDepth - first*(up-1)/growth
	}
	return at, step
}()

// atmosphere is a plane, static atmosphere in local thermodynamic equilibrium.
type atmosphere struct {
	star  Star
	micro float64         // microturbulence, cm/s
	tau   [depths]float64 // at 5000 A
	gas   [depths]*gas
	alpha [depths]float64 // opacity at 5000 A, 1/cm
	slope [depths]float64 // dT/dlog10(tau), K
}

// temperature is Eddington's: T^4 = 3/4 Teff^4 (tau + q), where q is that of
// the Sun (Krishna Swamy 1966, ApJ 145, 174): the surface is cooler, the deep
// layers warmer than in a grey atmosphere.
func temperature(teff, tau float64) (t, slope float64) {
	q := 1.39 - 0.815*math.Exp(-2.54*tau) - 0.025*math.Exp(-30*tau)
	dq := 0.815*2.54*math.Exp(-2.54*tau) + 0.025*30*math.Exp(-30*tau)
	t = teff * math.Sqrt(math.Sqrt(0.75*(tau+q)))
	return t, t / 4 * (1 + dq) / (tau + q) * tau * math.Ln10
}

// microturbulence is in km/s, after models of convection (Dutra-Ferreira et
// al. 2016, A&A 585, A75, equation 2), which it leaves outside 0.6 to 3 km/s.
func microturbulence(s Star) float64 {
	t, g := s.Teff-5500, s.LogG-4
	return min(max(0.998+3.16e-4*t-0.253*g-2.86e-4*t*g+0.165*g*g, 0.6), 3)
}

// newAtmosphere is the atmosphere of a star in all depths.
func newAtmosphere(s Star) *atmosphere {
	a := &atmosphere{star: s, micro: microturbulence(s) * 1e5}
	for d, l := range stratify(s, depth[:]) {
		a.tau[d], a.slope[d], a.alpha[d], a.gas[d] = l.tau, l.slope, l.alpha, l.gas
	}
	return a
}

// layer is the matter at an optical depth.
type layer struct {
	tau, slope, alpha float64 // as in atmosphere
	gas               *gas
}

// highest is where the integration of pressure begins, widest its longest step.
const (
	highest = -5.6
	widest  = 0.6
)

// stratify integrates the equation of hydrostatic equilibrium, dp/dtau =
// g rho / alpha, inwards from highest, at the given values of log10 tau.
func stratify(s Star, depth []float64) []layer {
	gravity := math.Pow(10, s.LogG)
	// at is the layer at log10 tau = x with ln p, and there dln p / dx.
	at := func(x, logp float64) (l layer, rise float64) {
		l.tau = math.Pow(10, x)
		t, slope := temperature(s.Teff, l.tau)
		p := math.Exp(logp)
		l.slope, l.gas = slope, newGas(t, p, s.MH)
		l.alpha = l.gas.opacity(reference)
		return l, gravity * l.gas.density / l.alpha * l.tau / p * math.Ln10
	}
	// Where p grows as a power of tau, p = tau g rho/alpha / power; the power is
	// near 2/3 when opacity grows with electron pressure.
	logp := math.Log(1e3)
	for range 12 {
		_, rise := at(highest, logp)
		logp += 0.5 * math.Log(rise/(math.Ln10*2/3))
	}
	layers := make([]layer, len(depth))
	x := highest
	for d, next := range depth {
		for next-x > 1e-9 {
			// Runge and Kutta, of the fourth order.
			step := min(next-x, widest)
			_, k1 := at(x, logp)
			_, k2 := at(x+step/2, logp+step/2*k1)
			_, k3 := at(x+step/2, logp+step/2*k2)
			_, k4 := at(x+step, logp+step*k3)
			logp += step / 6 * (k1 + 2*k2 + 2*k3 + k4)
			x += step
		}
		layers[d], _ = at(next, logp)
	}
	return layers
}

// limb is the coefficient u of linear limb darkening, I(mu)/I(1) = 1 - u + u mu,
// of the continuum at a wavelength in Angstrom, from the ratio of flux to the
// intensity at the centre, 1 - u/3.
func (a *atmosphere) limb(wave float64) float64 {
	var flux, centre, tau, before float64
	for d := range depths {
		r := a.gas[d].opacity(wave) / a.alpha[d] * a.tau[d] * math.Ln10
		if d == 0 {
			tau = r / math.Ln10
		} else {
			tau += (depth[d] - depth[d-1]) * (r - before) / math.Log(r/before)
		}
		before = r
		rise := planckSlope(wave, a.gas[d].temp) * a.slope[d] * depthStep[d]
		if d == 0 {
			flux = planck(wave, a.gas[0].temp)
			centre = flux
		}
		flux += rise * 2 * expint3(tau)
		centre += rise * math.Exp(-tau)
	}
	return 3 * (1 - flux/centre)
}

// second radiation constant hc/k, Angstrom K.
const radiation2 = 1.438776877e8

// planck is the black body's intensity a wavelength, in arbitrary units.
func planck(wave, temp float64) float64 {
	w := wave / reference
	return 1 / (w * w * w * w * w * math.Expm1(radiation2/(wave*temp)))
}

// planckSlope is its derivative by temperature.
func planckSlope(wave, temp float64) float64 {
	w, x := wave/reference, radiation2/(wave*temp)
	e := math.Expm1(x)
	return x / temp * (1 + 1/e) / (w * w * w * w * w * e)
}
