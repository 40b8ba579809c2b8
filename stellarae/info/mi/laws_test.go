package mi_test

import (
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
)

// law draws pairs whose mutual information is known.
type law struct {
	name  string
	truth float64 // nats
	draw  func(rng *rand.Rand) (x, y float64)
}

func (l law) sample(rng *rand.Rand, n int) (x, y []float64) {
	x, y = make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = l.draw(rng)
	}
	return x, y
}

func gaussianLaw(rho float64) law {
	return law{"Gaussian", mi.Gaussian(rho), func(rng *rand.Rand) (float64, float64) {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		return a, rho*a + math.Sqrt(1-rho*rho)*b
	}}
}

// uniformLaw is x uniform and y = x + uniform noise of a width w up to 1:
// h(y) = w/2, h(y|x) = ln w. The edges are hard and slanted.
func uniformLaw(w float64) law {
	return law{"uniform noise", w/2 - math.Log(w), func(rng *rand.Rand) (float64, float64) {
		x := rng.Float64()
		return x, x + w*rng.Float64()
	}}
}

// squaresLaw is two squares, far apart on the diagonal: which one is shared.
func squaresLaw() law {
	return law{"two squares", math.Ln2, func(rng *rand.Rand) (float64, float64) {
		c := 3 * float64(rng.IntN(2))
		return c + rng.Float64(), c + rng.Float64()
	}}
}

// crossLaw is two Gaussian clouds of unit variance and correlation 0.8 and -0.8
// with centres at x = y = -1 and 1; the truth is a quadrature, of which half the
// step changes nothing above 1e-9.
func crossLaw() law {
	const rho, centre = 0.8, 1
	bell := func(v float64) float64 { return math.Exp(-v*v/2) / math.Sqrt(2*math.Pi) }
	one := func(v float64) float64 { return (bell(v-centre) + bell(v+centre)) / 2 }
	cloud := func(x, y, rho float64) float64 {
		return bell(x) * bell((y-rho*x)/math.Sqrt(1-rho*rho)) / math.Sqrt(1-rho*rho)
	}
	const step = 0.04
	var truth float64
	for i := -200; i <= 200; i++ {
		for j := -200; j <= 200; j++ {
			x, y := float64(i)*step, float64(j)*step
			if p := (cloud(x+centre, y+centre, rho) + cloud(x-centre, y-centre, -rho)) / 2; p > 0 {
				truth += p * math.Log(p/(one(x)*one(y))) * step * step
			}
		}
	}
	return law{"two crossed clouds", truth, func(rng *rand.Rand) (float64, float64) {
		sign := float64(2*rng.IntN(2) - 1)
		a, b := rng.NormFloat64(), rng.NormFloat64()
		return sign*centre + a, sign*centre - sign*rho*a + math.Sqrt(1-rho*rho)*b
	}}
}

// classLaw is y one of three classes, of probability 0.5, 0.3 and 0.2, and x a
// Gaussian about 1.5 y; the truth is a quadrature of h(x) - h(x|y).
func classLaw() law {
	share := []float64{0.5, 0.3, 0.2}
	bell := func(v float64) float64 { return math.Exp(-v*v/2) / math.Sqrt(2*math.Pi) }
	truth := -0.5 * math.Log(2*math.Pi*math.E)
	const step = 0.01
	for i := -1000; i <= 1300; i++ {
		var p float64
		for c, s := range share {
			p += s * bell(float64(i)*step-1.5*float64(c))
		}
		truth -= p * math.Log(p) * step
	}
	return law{"three classes", truth, func(rng *rand.Rand) (float64, float64) {
		u, c := rng.Float64(), 0.0
		if u > 0.5 {
			c++
		}
		if u > 0.8 {
			c++
		}
		return 1.5*c + rng.NormFloat64(), c
	}}
}

// roundedLaw is a Gaussian pair with y rounded down to whole numbers, as labels
// often are; the truth is a quadrature of H(y) - H(y|x).
func roundedLaw(rho float64) law {
	const step = 0.01
	sigma := math.Sqrt(1 - rho*rho)
	below := func(v float64) float64 { return math.Erfc(-v/math.Sqrt2) / 2 }
	plogp := func(p float64) float64 {
		if p <= 0 {
			return 0
		}
		return p * math.Log(p)
	}
	var truth float64
	for level := -9.0; level < 9; level++ {
		truth -= plogp(below(level+1) - below(level))
		for i := -900; i <= 900; i++ {
			x := float64(i) * step
			p := below((level+1-rho*x)/sigma) - below((level-rho*x)/sigma)
			truth += plogp(p) * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) * step
		}
	}
	return law{"rounded Gaussian", truth, func(rng *rand.Rand) (float64, float64) {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		return a, math.Floor(rho*a + sigma*b)
	}}
}

// stepsLaw is x one of five whole numbers and y uniform from x to x+2 (Gao et al.
// 2017, arXiv:1709.06212, section 4): ln 5 - 4/5 ln 2.
func stepsLaw() law {
	return law{"steps", math.Log(5) - 0.8*math.Ln2, func(rng *rand.Rand) (float64, float64) {
		x := float64(rng.IntN(5))
		return x, x + 2*rng.Float64()
	}}
}
