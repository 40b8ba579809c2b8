package photosphere

import "math"

// A line is drawn in parts. Its wings, a / (sqrt(pi) (u^2 + c)), are smooth, the
// more so the greater c: they come as every 256th sample, what a lesser c adds
// to them as every 32nd and 4th, and what the Voigt function adds to that one by one.
// Additions fall off as u^-4. The half width sqrt(c) is wingWidth strides, which
// cubic interpolation follows to 1 per cent.
const (
	nearStride    = 4
	farStride     = 32
	distantStride = 256
	wingWidth     = 2.5
)

// opacities are those of the lines in all layers, over the continuum's at 5000 A.
type opacities struct {
	layers [depths]layerOpacity
}

// layerOpacity is the opacity of the lines in one layer, in whole blocks.
type layerOpacity struct {
	fine               []float32
	near, far, distant wing
	least              float64 // below which a line is left out
	most               float64 // 1 / least
}

func newOpacities(n int) *opacities {
	o := new(opacities)
	n = (n + block - 1) / block * block
	for d := range o.layers {
		l := &o.layers[d]
		// In whole eights, with room for the samples that an interpolation wants.
		room := func(stride int) wing { return make(wing, (n/stride+16+7)&^7) }
		l.fine, l.near, l.far, l.distant = make([]float32, n), room(nearStride), room(farStride), room(distantStride)
		// A little opacity takes away light as tau E2(tau), which is 0.16 at most;
		// E2(tau) is below exp(-tau) / (tau+1).
		tau := math.Pow(10, depth[d])
		l.least = weakest * max(1, 0.15*(tau+1)*math.Exp(tau)/tau)
		l.most = 1 / l.least
	}
	return o
}

// clear empties the wings of all layers; what reads the samples empties them.
func (o *opacities) clear() {
	for d := range o.layers {
		l := &o.layers[d]
		clear(l.near)
		clear(l.far)
		clear(l.distant)
	}
}

// wing holds smooth opacities, the i-th at sample (i-1) strides.
type wing []float32

// within gives the samples, from 0 to before n, that are no farther than reach
// from centre, and those that complete their eights: samples written together
// are then read together.
func within(centre, reach float64, n int) (from, to int) {
	if low := centre - reach; low > 0 {
		from = int(low) &^ 7
	}
	if high := centre + reach; high > 0 {
		to = min(n, int(high)&^7+8)
	}
	return from, to
}

// add adds amplitude (1/(u^2+soft) - 1/(u^2+softer)) as far as reach, u in
// Doppler widths of which a sample has so many; softer may be 0 for infinite.
func (w wing) add(stride, centre, width, amplitude, soft, softer, reach float64) {
	centre, width = centre*(1/stride)+1, width*stride
	reach += 2 * width
	from, to := within(centre, reach/width, len(w))
	if from >= to {
		return
	}
	at := float32(float64(from) - centre)
	if softer == 0 {
		addLorentz(w[from:to], at, float32(width), float32(amplitude), float32(soft), float32(reach))
	} else {
		addQuartic(w[from:to], at, float32(width), float32(amplitude*(softer-soft)), float32(soft), float32(softer), 0, float32(reach))
	}
}

// profile is peak * H(a, u), u = |i - centre| * width at sample i: how far it
// is above least, and its wings above a part of that.
type profile struct {
	layer                             *layerOpacity
	width, peak, damping, amplitude   float64
	near, far, distant                float64 // how soft the wings are
	reach, core                       float64 // in Doppler widths
	reachNear, reachFar, reachDistant float64 // 0 for no such wing
}

// set makes the profile one in a layer.
func (p *profile) set(o *layerOpacity, width, a, peak float64) {
	a = min(a, 1<<voigtTo)
	p.layer, p.width, p.peak, p.damping, p.amplitude = o, width, peak, a, peak*a*(1/math.SqrtPi)
	fall := p.amplitude * o.most
	edge := fall * (1 / faint) // u^2 at the end of wings
	x, aa := width*width, a*a
	p.near = max(wingWidth*wingWidth*nearStride*nearStride*x, aa)
	p.far = max(wingWidth*wingWidth*farStride*farStride*x, aa)
	p.distant = max(wingWidth*wingWidth*distantStride*distantStride*x, aa)
	reach := max(float64(log32(float32(peak*o.most))), 1) // squared
	p.reachNear, p.reachFar, p.reachDistant = 0, 0, 0
	if fall > p.near {
		// Beyond the Doppler core what is left is a (c + 3/2) / (sqrt(pi) u^4).
		reach = max(reach, math.Sqrt(fall*(p.near+1.5)))
		quartic := func(soft float64) float64 { return math.Sqrt(fall * (1 / steep) * soft) } // u^2 at the end
		switch {
		case edge > p.distant:
			p.reachDistant = math.Sqrt(edge - p.distant)
			p.reachFar = math.Sqrt(quartic(p.distant))
			p.reachNear = math.Sqrt(max(reach, quartic(p.far)))
		case edge > p.far:
			p.distant = 0
			p.reachFar = math.Sqrt(edge - p.far)
			p.reachNear = math.Sqrt(max(reach, quartic(p.far)))
		default:
			p.far = 0
			p.reachNear = math.Sqrt(max(reach, edge-p.near))
		}
	} else {
		// Or a / (sqrt(pi) u^2) of a line without wings, which softened beyond
		// measure are none.
		reach = max(reach, fall)
		p.near = 1e12
	}
	p.reach = math.Sqrt(reach)
	p.core = min(p.reach, voigtEdge)
}

// draw adds lines to their layers.
func draw(v *voigtTable, centre float64, profiles []profile) {
	var cores [depths]voigtPart
	n := 0
	for i := range profiles {
		p := &profiles[i]
		o := p.layer
		each := 1 / p.width
		from, to := within(centre, p.core*each, len(o.fine))
		if from < to {
			row, part := voigtRow(p.damping)
			cores[n] = voigtPart{
				dst: o.fine[from:to], rows: (*[2][voigtCells]float32)(v[row : row+2]),
				at: float32(float64(from) - centre), width: float32(p.width), reach: float32(p.core),
				p0: float32(p.peak * (1 - part)), p1: float32(p.peak * part), amplitude: float32(p.amplitude), soft: float32(p.near),
			}
			n++
		}
	}
	addVoigts(cores[:n])
	for i := range profiles {
		p := &profiles[i]
		if p.reachNear > 0 {
			o := p.layer
			o.near.add(nearStride, centre, p.width, p.amplitude, p.near, p.far, p.reachNear)
			if p.reachFar > 0 {
				o.far.add(farStride, centre, p.width, p.amplitude, p.far, p.distant, p.reachFar)
			}
			if p.reachDistant > 0 {
				o.distant.add(distantStride, centre, p.width, p.amplitude, p.distant, 0, p.reachDistant)
			}
		}
		if p.reach > voigtEdge {
			p.raise(centre)
		}
	}
}

// raise adds the profile outside the table, a Lorentzian, slightly raised; less
// the wings.
func (p *profile) raise(centre float64) {
	o := p.layer
	a, each := p.damping, 1/p.width
	high := float32(p.amplitude * (p.near - a*a + 1.5))
	add := func(from, to int) {
		if from < to {
			addQuartic(o.fine[from:to], float32(float64(from)-centre), float32(p.width), high, float32(a*a), float32(p.near), voigtEdge, float32(p.reach))
		}
	}
	from, to := within(centre, voigtEdge*each, len(o.fine))
	first, last := within(centre, p.reach*each, len(o.fine))
	add(first, min(last, from+8))
	add(max(to-8, from+8, first), last)
}

// finish adds the distant wings to the far ones, and those to the near ones.
func (o *layerOpacity) finish() {
	o.far[0] += o.distant[1]
	o.far[1 : len(o.far)-7].refine(o.distant)
	o.near[0] += o.far[1]
	o.near[1 : len(o.near)-7].refine(o.far)
}

// The shares of the four samples around, those of the first of the four for
// all places, then those of the second, and so on.
var (
	nearShares = [4 * nearStride]float32(lagrange(nearStride))
	farShares  = [4 * farStride / nearStride]float32(lagrange(farStride / nearStride))
)

// lagrange gives the shares of four samples in those of a stride after the second.
func lagrange(stride int) []float32 {
	w := make([]float32, 4*stride)
	for i := range stride {
		t := float64(i) / float64(stride)
		w[i] = float32(-t * (t - 1) * (t - 2) / 6)
		w[i+stride] = float32((t + 1) * (t - 1) * (t - 2) / 2)
		w[i+2*stride] = float32(-(t + 1) * t * (t - 2) / 2)
		w[i+3*stride] = float32((t + 1) * t * (t - 1) / 6)
	}
	return w
}
