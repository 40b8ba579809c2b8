package photosphere

import "math"

// opacity is the continuous opacity of a gas at a wavelength in Angstrom,
// 1/cm: the negative hydrogen ion, bound and free (John 1988, A&A 193, 189),
// neutral hydrogen, bound and free (Kramers, with the Gaunt factors of Menzel &
// Pekeris 1935, MNRAS 96, 77), Rayleigh scattering by hydrogen, its molecule
// and helium, and Thomson scattering. Scattering counts as absorption.
func (g *gas) opacity(wave float64) float64 {
	pe := g.electrons * boltzmann * g.temp
	return g.hydrogen*pe*(negativeBound(wave, g.temp)+negativeFree(wave, g.temp)) +
		g.neutralHydrogen(wave) + g.scattering(wave)
}

// negativeBound is the absorption that detaches the electron of H-, cm4/dyn a
// hydrogen atom and electron pressure, with stimulated emission.
func negativeBound(wave, temp float64) float64 {
	const edge, alpha = 1.6419, 1.4387769e4 // micrometre, micrometre K
	w := wave * 1e-4
	if w >= edge {
		return 0
	}
	x := math.Sqrt(1/w - 1/edge)
	f := 0.0
	for _, c := range []float64{4.982, -34.194, 92.536, -118.858, 49.534, 152.519} {
		f = f*x + c
	}
	cross := 1e-18 * w * w * w * x * x * x * f
	return 0.750 * math.Pow(temp, -2.5) * math.Exp(alpha/(edge*temp)) * -math.Expm1(-alpha/(w*temp)) * cross
}

// johnFree are the coefficients for wavelengths above 3645 A.
var johnFree = [6][6]float64{
	{0, 0, 0, 0, 0, 0},
	{2483.346, 285.827, -2054.291, 2827.776, -1341.537, 208.952},
	{-3449.889, -1158.382, 8746.523, -11485.632, 5303.609, -812.939},
	{2200.040, 2427.719, -13651.105, 16755.524, -7510.494, 1132.738},
	{-696.271, -1841.400, 8624.970, -10051.530, 4400.067, -655.020},
	{88.283, 444.517, -1863.864, 2095.288, -901.788, 132.985},
}

// negativeFree is the absorption by free electrons near hydrogen atoms, in
// the units of negativeBound; for wavelengths above 3645 A.
func negativeFree(wave, temp float64) float64 {
	w := wave * 1e-4
	sum, root := 0.0, math.Sqrt(5040/temp)
	power := root
	for _, c := range johnFree {
		power *= root // theta^((n+1)/2)
		sum += power * (c[0]*w*w + c[1] + (c[2]+(c[3]+(c[4]+c[5]/w)/w)/w)/w)
	}
	return 1e-29 * sum
}

// hydrogenEnergy ionises hydrogen, eV.
const hydrogenEnergy = 13.598

// neutralHydrogen is the absorption by hydrogen from its levels and by free
// electrons near protons, 1/cm.
func (g *gas) neutralHydrogen(wave float64) float64 {
	const rydberg = 1.0968e-3 // 1/Angstrom
	kt := boltzmannEV * g.temp
	photon := photonEnergy / wave
	third := math.Cbrt(wave * rydberg)
	sum := 0.0
	for n := 1.0; n <= 15; n++ {
		energy := hydrogenEnergy / (n * n)
		if photon < energy {
			continue
		}
		// 64 pi4 m e10 / (3 sqrt(3) c h6 n5 nu3) = 1.0449e-26 lambda3 / n5.
		cross := 1.0449e-26 * wave * wave * wave / (n * n * n * n * n)
		gaunt := 1 - 0.3456/third*(wave*rydberg/(n*n)-0.5)
		sum += g.hydrogen * n * n * math.Exp((energy-hydrogenEnergy)/kt) * cross * gaunt
	}
	gaunt := 1 + 0.3456/third*(kt/photon+0.5)
	nu := lightSpeed / (wave * 1e-8)
	sum += 3.692e8 * g.electrons * g.protons * gaunt / (math.Sqrt(g.temp) * nu * nu * nu)
	return sum * -math.Expm1(-photon/kt)
}

// scattering is by atoms and molecules (Dalgarno & Williams 1962, ApJ 136,
// 690; Kurucz 1970, SAO Special Report 309) and electrons, 1/cm.
func (g *gas) scattering(wave float64) float64 {
	x := 1 / (wave * wave)
	h := x * x * (5.799e-13 + x*(1.422e-6+x*2.784))
	h2 := x * x * (8.14e-13 + x*(1.28e-6+x*1.61))
	he := 5.484e-14 * x * x * (1 + x*2.44e5)
	return g.hydrogen*h + g.hydrogen2*h2 + g.helium*he + 6.6525e-25*g.electrons
}
