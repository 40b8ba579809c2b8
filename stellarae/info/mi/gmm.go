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

// form is the logarithm of a density as a quadratic form, ready to be evaluated
// at many points.
type form struct{ top, mx, my, qxx, qxy, qyy float64 }

// inPlane, alongX and alongY are those of a part, weight included.
func (p part) inPlane() form {
	det := p.sxx*p.syy - p.sxy*p.sxy
	return form{math.Log(p.w) - math.Log(2*math.Pi) - 0.5*math.Log(det), p.mx, p.my, p.syy / det, -p.sxy / det, p.sxx / det}
}

func (p part) alongX() form {
	return form{top: math.Log(p.w) - 0.5*math.Log(2*math.Pi*p.sxx), mx: p.mx, qxx: 1 / p.sxx}
}

func (p part) alongY() form {
	return form{top: math.Log(p.w) - 0.5*math.Log(2*math.Pi*p.syy), my: p.my, qyy: 1 / p.syy}
}

func (f *form) at(x, y float64) float64 {
	dx, dy := x-f.mx, y-f.my
	return f.top - 0.5*(f.qxx*dx*dx+2*f.qxy*dx*dy+f.qyy*dy*dy)
}

// density is the logarithm of a sum of forms.
type density struct {
	forms []form
	terms []float64
}

func (g planar) density(of func(part) form) density {
	d := density{make([]form, len(g.parts)), make([]float64, len(g.parts))}
	for i, p := range g.parts {
		d.forms[i] = of(p)
	}
	return d
}

func (d density) at(x, y float64) float64 {
	for i := range d.forms {
		d.terms[i] = d.forms[i].at(x, y)
	}
	return logSum(d.terms)
}

// information is the mean of ln p(x,y) - ln p(x) - ln p(y) over draws from the
// mixture.
func (g planar) information(rng *rand.Rand, draws int) float64 {
	both, alongX, alongY := g.density(part.inPlane), g.density(part.alongX), g.density(part.alongY)
	var sum float64
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
		x, y := p.mx+sx*a, p.my+r*a+math.Sqrt(max(0, p.syy-r*r))*b
		sum += both.at(x, y) - alongX.at(x, 0) - alongY.at(0, y)
	}
	return sum / float64(draws)
}

func (g planar) logLikelihood(x, y []float64) float64 {
	d := g.density(part.inPlane)
	var sum float64
	for i := range x {
		sum += d.at(x[i], y[i])
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
		forms := g.density(part.inPlane).forms
		var sum float64
		for i := range x {
			t := share[i*k : (i+1)*k]
			top := math.Inf(-1)
			for j := range forms {
				t[j] = forms[j].at(x[i], y[i])
				top = max(top, t[j])
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
