package photosphere

import "math"

// balmer are the lines of hydrogen from its second level: wavelength in air,
// oscillator strength (Wiese et al. 1966, NSRDS-NBS 4), Stark constant in
// Angstrom a cgs unit of the field (Edmonds, Schlueter & Wells 1967, Mem. RAS
// 71, 271) and broadening by hydrogen atoms, a cross section in Bohr radii
// squared at 10 km/s and its velocity exponent (Barklem, Piskunov & O'Mara
// 2000, A&A 363, 1091; beyond the third line taken to go on).
var balmer = [...]struct{ wave, strength, stark, cross, alpha float64 }{
	{6562.797, 0.6407, 0.00902, 1180, 0.677},
	{4861.323, 0.1193, 0.01772, 2320, 0.455},
	{4340.462, 0.0447, 0.02507, 4208, 0.380},
	{4101.734, 0.0221, 0.03925, 6900, 0.36},
	{3970.072, 0.0127, 0.05500, 10500, 0.35},
	{3889.049, 0.00804, 0.0690, 15000, 0.35},
	{3835.384, 0.00543, 0.0870, 20000, 0.35},
	{3797.898, 0.00385, 0.1070, 26000, 0.35},
}

// hydrogenReach is how far the wings are followed, Angstrom.
const hydrogenReach = 150

// stark is the profile of a hydrogen line as charges that stand still make it,
// over the field's unit, normalised to 1 over both sides; beta >= 0. The wing
// counts ions and electrons. (The fit is that of Kurucz 1970, SAO Special
// Report 309, to Holtsmark's distribution.)
func stark(beta float64) float64 {
	if beta < 20 {
		return 8 / (80 + beta*beta*beta)
	}
	return (1.5/math.Sqrt(beta) + 27/(beta*beta)) / (beta * beta)
}

// hydrogenProfile is a hydrogen line in a layer: a Doppler core and wings by
// charges and by hydrogen atoms. Inside the core the wings flatten out, and
// the core has the strength that the wings leave.
type hydrogenProfile struct {
	doppler float64 // Angstrom
	soft    float64 // (1.5 doppler)^2
	field   float64 // Angstrom a unit of beta
	lorentz float64 // half width, Angstrom
	share   float64 // of the wings that counts, 1 unless they hold more than the line
	core    float64 // height of the Doppler core, 1/Angstrom
}

func newHydrogenProfile(k int, g *gas, micro float64) hydrogenProfile {
	l := &balmer[k]
	p := hydrogenProfile{doppler: l.wave * dopplerWidth(g.temp, elements[0].mass, micro) / lightSpeed}
	p.soft = 2.25 * p.doppler * p.doppler
	p.field = l.stark * 1.25e-9 * math.Pow(g.electrons, 2.0/3)
	relative := math.Sqrt(8 * boltzmann * g.temp / (math.Pi * elements[0].mass / 2 * atomicMass))
	rate := math.Pow(4/math.Pi, l.alpha/2) * math.Gamma(2-l.alpha/2) * 1e6 * l.cross * bohrRadius * bohrRadius *
		math.Pow(relative/1e6, 1-l.alpha) * g.hydrogen // rad/s, half of the full width
	p.lorentz = rate * l.wave * l.wave * 1e-8 / (2 * math.Pi * lightSpeed)
	// What the wings hold, by the trapezoidal rule in ln(1 + x).
	p.share = 1
	const steps, h = 60, 0.2
	sum := p.wing(0) * h / 2
	for i := 1; i < steps; i++ {
		e := math.Exp(float64(i) * h)
		sum += p.wing((e-1)*p.doppler) * e * h
	}
	held := 2 * sum * p.doppler
	p.share = min(1, 1/held)
	p.core = max(1-held, 0) / (math.SqrtPi * p.doppler)
	return p
}

// wing is the profile without the core, 1/Angstrom.
func (p *hydrogenProfile) wing(x float64) float64 {
	x2 := x*x + p.soft
	return p.share * (stark(math.Sqrt(x2)/p.field)/p.field + p.lorentz/(math.Pi*(x2+p.lorentz*p.lorentz)))
}

// at is the profile x Angstrom from the centre, 1/Angstrom.
func (p *hydrogenProfile) at(x float64) float64 {
	u := x / p.doppler
	if u*u > 40 {
		return p.wing(x)
	}
	return p.wing(x) + p.core*math.Exp(-u*u)
}

// straight is how many times its length a straight piece of a wing is away from
// the centre.
const straight = 40

// addHydrogen adds the Balmer lines to layer d.
func (s *Synthesis) addHydrogen(layer *layerOpacity, a *atmosphere, d int) {
	sum := layer.fine
	g := a.gas[d]
	kt := boltzmannEV * g.temp
	population := 4 * g.hydrogen * math.Exp(-0.75*hydrogenEnergy/kt)
	for k := range balmer {
		l := &balmer[k]
		first := max(0, int(s.Index(l.wave-hydrogenReach)))
		last := min(len(sum)-1, int(s.Index(l.wave+hydrogenReach)))
		if first > last {
			continue
		}
		p := newHydrogenProfile(k, g, a.micro)
		// pi e2/(m c) f n lambda2/c, with a profile in 1/Angstrom.
		peak := classical * l.strength * population * -math.Expm1(-photonEnergy/(l.wave*kt)) * l.wave * l.wave * 1e-8 / lightSpeed / a.alpha[d]
		centre := s.Index(l.wave)
		height := func(i int) float64 {
			// wave (exp(x) - 1), x up to 0.04.
			x := (float64(i) - centre) * s.step / speedKm
			return peak * p.at(math.Abs(l.wave*x*(1+x/2*(1+x/3*(1+x/4)))))
		}
		if height(int(centre)) < layer.least {
			continue
		}
		// Outside the core the profile is drawn in straight pieces, as short
		// beside the distance as 0.1 per cent of the opacity wants.
		core := 6 * p.doppler / l.wave * speedKm / s.step
		piece := func(i int) int {
			if far := math.Abs(float64(i) - centre); far > core {
				return max(int(far/straight), 1)
			}
			return 1
		}
		// From the centre on outwards, as far as there is something to see.
		middle := min(max(int(centre), first), last)
		y := height(middle)
		for i := middle; i <= last && y > layer.least*faint; {
			n := min(piece(i), last-i+1)
			end := height(i + n)
			addRamp(sum[i:i+n], float32(y), float32((end-y)/float64(n)))
			i, y = i+n, end
		}
		y = height(middle)
		for i := middle; i > first && y > layer.least*faint; {
			n := min(piece(i), i-first)
			end := height(i - n)
			addRamp(sum[i-n:i], float32(end), float32((y-end)/float64(n)))
			i, y = i-n, end
		}
	}
}
