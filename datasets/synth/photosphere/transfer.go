package photosphere

import (
	"math"
	"sync"
)

// expint3 is the exponential integral E3(x), x >= 0: the part of the light of
// a layer at optical depth x that leaves the star, halved. By recurrence from
// E1 (Abramowitz & Stegun 1964, equations 5.1.11, 5.1.14, 5.1.22).
func expint3(x float64) float64 {
	if x == 0 {
		return 0.5
	}
	var e1 float64
	if x < 1 {
		const euler = 0.57721566490153286
		e1 = -euler - math.Log(x)
		term := 1.0
		for n := 1.0; n < 25; n++ {
			term *= -x / n
			e1 -= term / n
		}
	} else {
		// The continued fraction, by Lentz's method.
		b := x + 1
		c, d := math.Inf(1), 1/b
		h := d
		for n := 1.0; n < 60; n++ {
			b += 2
			d = 1 / (b - n*n*d)
			c = b - n*n/c
			h *= c * d
		}
		e1 = h * math.Exp(-x)
	}
	e2 := math.Exp(-x) - x*e1
	return (math.Exp(-x) - x*e2) / 2
}

// The integral E3 in steps of 1/128 up to 12, where it is 0 for us.
const (
	expintPerUnit = 128
	expintEdge    = 12
)

var expintTable = sync.OnceValue(func() *[expintEdge*expintPerUnit + 2]float32 {
	table := new([expintEdge*expintPerUnit + 2]float32)
	for i := range table {
		table[i] = float32(expint3(float64(i) / expintPerUnit))
	}
	return table
})

// depthWeights integrate r(x) 10^x ln 10 over a step of x = log10 tau: r is the
// cubic through the two points before, and the two after, the step's middle;
// the result is in units of tau at the step's beginning.
var depthWeights = func() (w [4]float64) {
	const n = 2000
	for i := range n {
		t := (float64(i) + 0.5) / n
		f := math.Pow(10, t*depthStep) * math.Ln10 * depthStep / n
		for k := range w {
			lagrange := 1.0
			for j := range w {
				if j != k {
					lagrange *= (t - float64(j-1)) / float64(k-j)
				}
			}
			w[k] += f * lagrange
		}
	}
	return w
}()

// steep tells where opacity changes so much from layer to layer that the cubic
// overshoots: a slab then has less than this share of the sum of its sides, and
// gets what an opacity that changes exponentially would give.
const steep = 0.47

// steepSlab is the optical depth of a step whose opacity goes exponentially
// from near to far, both above 0, in units of tau at its beginning.
func steepSlab(near, far float64) float64 {
	const grow = depthStep * math.Ln10
	rate := math.Log(far/near) + grow
	if math.Abs(rate) < 1e-6 {
		return near * grow
	}
	return near * grow * math.Expm1(rate) / rate
}

// block is how many samples share a Planck function and a continuous opacity.
const block = 128

// emerge integrates the light of all layers, 2 E3(tau) dB, over that of the
// continuum alone; opacity holds depth after depth. In equal steps of log tau
// the trapezoidal rule is all one needs: at both ends nothing comes out.
func (s *Synthesis) emerge(flux, opacity []float32, a *atmosphere) {
	table := expintTable()
	var tau, sum [block]float32
	var rise, ratio [depths]float64
	ends := s.continua(a)
	for from := 0; from < s.n; from += block {
		n := min(block, s.n-from)
		wave := s.Wave(float64(from) + float64(n)/2)
		surface := planck(wave, a.gas[0].temp)
		ends.at(wave, &ratio)
		for d := range depths {
			rise[d] = planckSlope(wave, a.gas[d].temp) * a.slope[d] * depthStep
		}
		continuum := a.continuumFlux(&ratio, &rise, surface)
		at := func(d int) []float32 {
			d = min(max(d, 0), depths-1)
			return opacity[d*s.n+from : d*s.n+from+n]
		}
		c := func(d int) float32 { return float32(ratio[min(max(d, 0), depths-1)]) }
		for i := range n {
			tau[i] = float32(a.tau[0]) * (c(0) + at(0)[i])
			sum[i] = float32(surface)
		}
		for d := range depths {
			if d > 0 {
				w := depthWeights
				scale := float32(a.tau[d-1])
				w0, w1, w2, w3 := scale*float32(w[0]), scale*float32(w[1]), scale*float32(w[2]), scale*float32(w[3])
				c1, c2, whole := c(d-1), c(d), w0+w1+w2+w3
				outer := w0*c(d-2) + w3*c(d+1)
				r0, r1, r2, r3 := at(d-2), at(d-1), at(d), at(d+1)
				for i := range n {
					near, far := c1+r1[i], c2+r2[i]
					slab := w1*near + w2*far + outer + w0*r0[i] + w3*r3[i]
					if slab < steep*whole*(near+far) {
						slab = float32(a.tau[d-1] * steepSlab(float64(near), float64(far)))
					}
					tau[i] += slab
				}
			}
			weight := float32(2 * rise[d])
			for i, t := range tau[:n] {
				if x := t * expintPerUnit; x < expintEdge*expintPerUnit {
					k := int(x)
					e := table[k]
					sum[i] += weight * (e + (x-float32(k))*(table[k+1]-e))
				}
			}
		}
		for i := range n {
			flux[from+i] = sum[i] / float32(continuum)
		}
	}
}

// continuumFlux is the flux of the continuum where the continuous opacity is
// ratio times that at 5000 A.
func (a *atmosphere) continuumFlux(ratio, rise *[depths]float64, surface float64) float64 {
	table := expintTable()
	flux, tau := surface, a.tau[0]*ratio[0]
	r := func(d int) float64 { return ratio[min(max(d, 0), depths-1)] }
	for d := range depths {
		if d > 0 {
			slab, whole := 0.0, 0.0
			for k, w := range depthWeights {
				slab += w * r(d-2+k)
				whole += w
			}
			if near, far := r(d-1), r(d); slab < steep*whole*(near+far) {
				slab = steepSlab(near, far)
			}
			tau += a.tau[d-1] * slab
		}
		if x := tau * expintPerUnit; x < expintEdge*expintPerUnit {
			k := int(x)
			t := x - float64(k)
			flux += 2 * rise[d] * ((1-t)*float64(table[k]) + t*float64(table[k+1]))
		}
	}
	return flux
}

// continua holds the continuous opacity over that at 5000 A at wavelengths
// continuumStep apart.
type continua struct {
	first  float64
	ratios [][depths]float64
}

const continuumStep = 25.0 // Angstrom

func (s *Synthesis) continua(a *atmosphere) *continua {
	c := &continua{first: s.Wave(0)}
	for w := c.first; ; w += continuumStep {
		var r [depths]float64
		for d := range depths {
			r[d] = a.gas[d].opacity(w) / a.alpha[d]
		}
		c.ratios = append(c.ratios, r)
		if w > s.Wave(float64(s.n)) {
			return c
		}
	}
}

// at interpolates linearly.
func (c *continua) at(wave float64, ratio *[depths]float64) {
	x := (wave - c.first) / continuumStep
	k := min(int(x), len(c.ratios)-2)
	t := x - float64(k)
	for d := range depths {
		ratio[d] = (1-t)*c.ratios[k][d] + t*c.ratios[k+1][d]
	}
}
