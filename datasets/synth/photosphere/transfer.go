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

// The integral E3 in steps of 1/128 up to 12, where it is 0 for us, and the
// differences between them.
const (
	expintPerUnit = 128
	expintEdge    = 12
)

type expint [expintEdge*expintPerUnit + 1]struct{ at, rise float32 }

var expintTable = sync.OnceValue(func() *expint {
	table := new(expint)
	for i := range table {
		at, next := expint3(float64(i)/expintPerUnit), expint3(float64(i+1)/expintPerUnit)
		table[i].at, table[i].rise = float32(at), float32(next-at)
	}
	return table
})

// A slab is what lies between layers d-1 and d. Its optical depth is the
// integral of f(x) dx, x = ln tau, f = tau times opacity; ln f is taken for a
// parabola whose curvature is the mean of those through the layers before and
// after. bend holds the shares of ln f in the curvature times the square of the
// step, from layer d-2 on.
//
// Without curvature the integral is step (f2-f1) / ln(f2/f1), the logarithmic
// mean, as a geometric one times sinh(y)/y, y = ln(f2/f1)/2; curvature c takes
// exp(-c (coth(y) - 1/y) / 4y), the latter approximated within 1 per cent.
type slab struct {
	step float32
	bend [4]float32
}

var slabs = func() (s [depths]slab) {
	for d := 1; d < depths; d++ {
		step := (depth[d] - depth[d-1]) * math.Ln10
		s[d].step = float32(step)
		triples := 0.0
		var bend [4]float64
		for k := max(d-2, 0); k+2 < min(d+2, depths); k++ {
			triples++
			near, far := (depth[k+1]-depth[k])*math.Ln10, (depth[k+2]-depth[k+1])*math.Ln10
			c := 2 * step * step / (near + far)
			bend[k-d+2] += c / near
			bend[k-d+3] -= c/near + c/far
			bend[k-d+4] += c / far
		}
		for k := range bend {
			s[d].bend[k] = float32(bend[k] / triples)
		}
	}
	return s
}()

// log32 is the natural logarithm of a positive number, within 1e-4.
func log32(x float32) float32 {
	b := math.Float32bits(x)
	e := float32(int32(b>>23) - 127)
	m := math.Float32frombits(b&0x7fffff|0x3f800000) - 1
	return e*math.Ln2 + (6.94457e-5 + m*(0.99626195+m*(-0.46644244+m*(0.21866548-m*0.05545931))))
}

// block is how many samples share a Planck function and a continuous opacity.
const block = 128

// lanes are the samples of a block and, after the last, the continuum, and
// room up to the next multiple of eight.
type lanes [block + 8]float32

// emerge integrates the light of all layers, 2 E3(tau) dB, over that of the
// continuum alone. In steps that change smoothly the trapezoidal rule is all
// one needs: at both ends nothing comes out.
func (s *Synthesis) emerge(flux []float32, o *opacities, a *atmosphere) {
	table := expintTable()
	var tau, sum lanes
	var f, ln [depths]lanes
	var ratio [depths]float64
	ends := s.continua(a)
	next := a.light(s.Wave(0))
	light := next
	for from := 0; from < s.n; from += block {
		n := min(block, s.n-from)
		middle := float64(from) + float64(n)/2
		wave := s.Wave(middle)
		ends.at(wave, &ratio)
		if from%planckSpan == 0 {
			light, next = next, a.light(s.Wave(float64(from+planckSpan)))
		}
		part := math.Mod(middle, planckSpan) / planckSpan
		for d := range depths {
			share := float32(a.tau[d])
			alone := share * float32(ratio[d])
			l := &o.layers[d]
			fill(&f[d], &ln[d], l.fine[from:from+block], l.near[from/nearStride:], alone, share)
			f[d][n], ln[d][n] = alone, log32(alone)
		}
		tau = f[0]
		surface := float32(planck(wave, a.gas[0].temp))
		for i := range sum {
			sum[i] = surface
		}
		for d := range depths {
			weight := float32(light[d] + part*(next[d]-light[d]))
			slabs[d].pass(n+1, &tau, &sum, &f[max(d-1, 0)], &f[d],
				&ln[max(d-2, 0)], &ln[max(d-1, 0)], &ln[d], &ln[min(d+1, depths-1)], table, weight)
		}
		whole := 1 / sum[n]
		for i, x := range sum[:n] {
			flux[from+i] = x * whole
		}
	}
}

// planckSpan is how many samples lie between Planck functions that are computed.
const planckSpan = 4 * block

// light is what the layers send out at a wavelength, dB, doubled.
func (a *atmosphere) light(wave float64) (light [depths]float64) {
	for d := range light {
		light[d] = 2 * planckSlope(wave, a.gas[d].temp) * a.slope[d] * depthStep[d]
	}
	return light
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
