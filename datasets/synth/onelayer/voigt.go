package onelayer

import "math"

// The Voigt function for small damping, H(a, u) = H0(u) + a H1(u), with
// H0 = exp(-u2) and H1 = -2/sqrt(pi) (1 - 2 u F(u)), F Dawson's integral
// (Gray 2005, equation 11.49); tabulated to voigtEdge, a/(sqrt(pi) u2) beyond.
const (
	voigtStep = 1.0 / 64
	voigtEdge = 12
)

var voigtTable = func() (table [voigtEdge*64 + 2][2]float64) {
	// Dawson's integral solves F' = 1 - 2 u F, F(0) = 0: Runge and Kutta.
	const sub = 8
	f, u, h := 0.0, 0.0, voigtStep/sub
	slope := func(u, f float64) float64 { return 1 - 2*u*f }
	for i := range table {
		table[i] = [2]float64{math.Exp(-u * u), -2 / math.Sqrt(math.Pi) * (1 - 2*u*f)}
		for range sub {
			k1 := slope(u, f)
			k2 := slope(u+h/2, f+h/2*k1)
			k3 := slope(u+h/2, f+h/2*k2)
			k4 := slope(u+h, f+h*k3)
			f += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
			u += h
		}
	}
	return table
}()

// voigt is H(a, u) for a below about 0.3 and u >= 0.
func voigt(a, u float64) float64 {
	if u >= voigtEdge {
		uu := u * u
		return a / (math.Sqrt(math.Pi) * uu) * (1 + 1.5/uu)
	}
	x := u / voigtStep
	i := int(x)
	t := x - float64(i)
	p, q := &voigtTable[i], &voigtTable[i+1]
	return p[0] + t*(q[0]-p[0]) + a*(p[1]+t*(q[1]-p[1]))
}
