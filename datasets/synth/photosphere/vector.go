package photosphere

import "math"

// The loops over samples. On processors with AVX2 those of vector_amd64.s take
// their place, whose results are the same to the last bit.

// fillEach sets f to alone + share times opacity and wing, and ln to its
// logarithm. It leaves the opacity empty.
func fillEach(f, ln *lanes, opacity []float32, w wing, alone, share float32) {
	w.between(opacity, nearShares[:])
	for i, r := range opacity {
		x := alone + share*r
		f[i], ln[i] = x, log32(x)
	}
	clear(opacity)
}

// passEach adds to tau the optical depth of a slab, and to sum the light that
// the layer below it sends out, weight E3(tau), in n lanes. f1 and f2 are those
// of the layers above and below, and l0 to l3 the logarithms of f from the layer
// before to the one after.
func (s *slab) passEach(n int, tau, sum, f1, f2, l0, l1, l2, l3 *lanes, table *expint, weight float32) {
	b0, b1, b2, b3 := s.bend[0], s.bend[1], s.bend[2], s.bend[3]
	for i := range n {
		y := (l2[i] - l1[i]) / 2
		y *= y
		mean := float32(math.Sqrt(float64(f1[i]*f2[i]))) * (1 + y*(1.0/6+y*(1.0/120+y*(1.0/5040+y*(1.0/362880)))))
		bend := (b0*l0[i] + b1*l1[i] + b2*l2[i] + b3*l3[i]) * (1 + 0.025*y) / (12 + 1.1*y)
		if bend > 1 {
			bend = 1
		} else if bend < -1 {
			bend = -1
		}
		tau[i] += s.step * mean * (1 - bend*(1-bend*(0.5-bend*(1.0/6-bend*(1.0/24)))))
		if x := tau[i] * expintPerUnit; x < expintEdge*expintPerUnit {
			k := int32(x)
			e := &table[k]
			sum[i] += weight * (e.at + (x-float32(k))*e.rise)
		}
	}
}

// addLorentzEach adds height / (u^2 + soft), u = |at+i| width, where u is below reach.
func addLorentzEach(dst []float32, at, width, height, soft, reach float32) {
	for i := range dst {
		if u := abs32((at + float32(i)) * width); u < reach {
			dst[i] += height / (u*u + soft)
		}
	}
}

// addQuarticEach adds height / ((u^2 + soft) (u^2 + softer)), u = |at+i| width,
// where u is from beyond to below reach.
func addQuarticEach(dst []float32, at, width, height, soft, softer, beyond, reach float32) {
	for i := range dst {
		if u := abs32((at + float32(i)) * width); u >= beyond && u < reach {
			u *= u
			dst[i] += height / ((u + soft) * (u + softer))
		}
	}
}

// voigtPart is where p0 and p1 times two rows of the table, less amplitude /
// (u^2 + soft), are to be added: to dst where u = |at+i| width is below reach,
// at most voigtEdge.
type voigtPart struct {
	dst                                          []float32
	rows                                         *[2][voigtCells]float32
	at, width, p0, p1, amplitude, soft, reach, _ float32
}

// addEach adds one part.
func (p *voigtPart) addEach() {
	low, high := &p.rows[0], &p.rows[1]
	for i := range p.dst {
		u := abs32((p.at + float32(i)) * p.width)
		if u >= p.reach {
			continue
		}
		x := u * voigtPerU
		k := int32(x)
		t := x - float32(k)
		l0, l1, h0, h1 := low[k], low[k+1], high[k], high[k+1]
		p.dst[i] += p.p0*(l0+t*(l1-l0)) + p.p1*(h0+t*(h1-h0)) - p.amplitude/(u*u+p.soft)
	}
}

func abs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// refineEach adds a coarser wing, whose second sample is w's first.
func (w wing) refineEach(coarse wing) { coarse.between(w, farShares[:]) }

// between adds the wing to the samples from its second on, by cubic
// interpolation; shares are those of lagrange.
func (w wing) between(fine, shares []float32) {
	stride := len(shares) / 4
	for k := 0; k*stride < len(fine); k++ {
		p := w[k : k+4 : k+4]
		p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
		part := fine[k*stride : (k+1)*stride]
		for i := range part {
			part[i] += shares[i]*p0 + shares[i+stride]*p1 + shares[i+2*stride]*p2 + shares[i+3*stride]*p3
		}
	}
}

// addRampEach adds y + rise i.
func addRampEach(dst []float32, y, rise float32) {
	for i := range dst {
		dst[i] += y + float32(i)*rise
	}
}
