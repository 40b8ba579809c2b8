package mi

import (
	"math"
	"math/rand/v2"
)

// planar is a mixture of Gaussians in the plane.
type planar struct {
	parts []part
}

// part is one Gaussian: weight, mean and covariance.
type part struct{ w, mx, my, sxx, sxy, syy float64 }

// logDensity in the plane, weight included.
func (p part) logDensity(x, y float64) float64 {
	det := p.sxx*p.syy - p.sxy*p.sxy
	dx, dy := x-p.mx, y-p.my
	q := (p.syy*dx*dx - 2*p.sxy*dx*dy + p.sxx*dy*dy) / det
	return math.Log(p.w) - math.Log(2*math.Pi) - 0.5*(math.Log(det)+q)
}

func logNormal(w, v, mean, variance float64) float64 {
	return math.Log(w) - 0.5*(math.Log(2*math.Pi*variance)+(v-mean)*(v-mean)/variance)
}

func (g planar) logJoint(x, y float64, terms []float64) float64 {
	for i, p := range g.parts {
		terms[i] = p.logDensity(x, y)
	}
	return logSum(terms)
}

// pointwise is ln p(x,y) - ln p(x) - ln p(y).
func (g planar) pointwise(x, y float64, terms []float64) float64 {
	information := g.logJoint(x, y, terms)
	for i, p := range g.parts {
		terms[i] = logNormal(p.w, x, p.mx, p.sxx)
	}
	information -= logSum(terms)
	for i, p := range g.parts {
		terms[i] = logNormal(p.w, y, p.my, p.syy)
	}
	return information - logSum(terms)
}

// information is the mean of pointwise over draws from the mixture, and the
// standard error of this mean.
func (g planar) information(rng *rand.Rand, draws int) (mean, se float64) {
	terms := make([]float64, len(g.parts))
	var sum, squares float64
	for range draws {
		p := g.parts[0]
		for u, i := rng.Float64(), 0; i < len(g.parts); i++ {
			p = g.parts[i]
			if u -= p.w; u < 0 {
				break
			}
		}
		a, b := rng.NormFloat64(), rng.NormFloat64()
		sx := math.Sqrt(p.sxx)
		r := p.sxy / sx
		v := g.pointwise(p.mx+sx*a, p.my+r*a+math.Sqrt(max(0, p.syy-r*r))*b, terms)
		sum += v
		squares += v * v
	}
	n := float64(draws)
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean) / n)
}

func (g planar) logLikelihood(x, y []float64) float64 {
	terms := make([]float64, len(g.parts))
	var sum float64
	for i := range x {
		sum += g.logJoint(x[i], y[i], terms)
	}
	return sum / float64(len(x))
}

// logSum is ln sum exp, and overwrites terms.
func logSum(terms []float64) float64 {
	top := math.Inf(-1)
	for _, t := range terms {
		top = max(top, t)
	}
	if math.IsInf(top, -1) {
		return top
	}
	var sum float64
	for _, t := range terms {
		sum += math.Exp(t - top)
	}
	return top + math.Log(sum)
}

// floor is added to every variance, so that no part can shrink onto a point;
// the data have unit variance. It is scikit-learn's reg_covar.
const floor = 1e-6

// improve runs expectation and maximisation (Dempster, Laird and Rubin 1977)
// until the mean log-likelihood gains less than tol, and returns the mixture and
// that log-likelihood.
func (g planar) improve(x, y []float64, tol float64, most int) (planar, float64) {
	k := len(g.parts)
	share := make([]float64, len(x)*k)
	last := math.Inf(-1)
	for range most {
		var sum float64
		for i := range x {
			t := share[i*k : (i+1)*k]
			for j, p := range g.parts {
				t[j] = p.logDensity(x[i], y[i])
			}
			top := math.Inf(-1)
			for _, v := range t {
				top = max(top, v)
			}
			var total float64
			for j, v := range t {
				t[j] = math.Exp(v - top)
				total += t[j]
			}
			for j := range t {
				t[j] /= total
			}
			sum += top + math.Log(total)
		}
		mean := sum / float64(len(x))
		gain := mean - last
		last = mean
		if gain < tol {
			break
		}
		g = maximise(x, y, share, k)
	}
	return g, last
}

// maximise is the mixture whose parts have these shares of the points.
func maximise(x, y, share []float64, k int) planar {
	parts := make([]part, k)
	const tiny = 10 * 0x1p-52 // keeps an empty part from dividing by zero
	for j := range parts {
		p := &parts[j]
		w := tiny
		for i := range x {
			s := share[i*k+j]
			w += s
			p.mx += s * x[i]
			p.my += s * y[i]
		}
		p.mx, p.my = p.mx/w, p.my/w
		for i := range x {
			s, dx, dy := share[i*k+j], x[i]-p.mx, y[i]-p.my
			p.sxx += s * dx * dx
			p.sxy += s * dx * dy
			p.syy += s * dy * dy
		}
		p.w, p.sxx, p.sxy, p.syy = w/float64(len(x)), p.sxx/w+floor, p.sxy/w, p.syy/w+floor
	}
	return planar{parts}
}

// seed starts a mixture of k parts: centres far from each other (k-means++,
// Arthur and Vassilvitskii 2007), every point given to its nearest.
func seed(x, y []float64, k int, rng *rand.Rand) planar {
	n := len(x)
	away := make([]float64, n) // squared distance to the nearest centre
	owner := make([]int, n)
	for i := range away {
		away[i] = math.Inf(1)
	}
	at := rng.IntN(n)
	for j := range k {
		var sum float64
		for i := range x {
			d := (x[i]-x[at])*(x[i]-x[at]) + (y[i]-y[at])*(y[i]-y[at])
			if d < away[i] {
				away[i], owner[i] = d, j
			}
			sum += away[i]
		}
		u := rng.Float64() * sum
		for at = 0; at < n-1 && u >= away[at]; at++ {
			u -= away[at]
		}
	}
	share := make([]float64, n*k)
	for i, j := range owner {
		share[i*k+j] = 1
	}
	return maximise(x, y, share, k)
}

// fit is the most likely of several starts.
func fit(x, y []float64, k, starts int, rng *rand.Rand) planar {
	best, top := planar{}, math.Inf(-1)
	for range starts {
		if g, l := seed(x, y, k, rng).improve(x, y, 1e-5, 200); l > top {
			best, top = g, l
		}
	}
	return best
}
