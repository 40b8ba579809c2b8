package photosphere

import "math"

// A line is drawn in parts. Its wings, a / (sqrt(pi) (u^2 + c)), are smooth, the
// more so the greater c: they come as every 32nd sample, what a lesser c adds
// to them as every 4th, and what the Voigt function adds to that one by one.
// Additions fall off as u^-4. The half width sqrt(c) is wingWidth strides, which
// cubic interpolation follows to 1 per cent.
const (
	nearStride = 4
	farStride  = 32
	wingWidth  = 2.5
)

// opacities are those of the lines in all layers, over the continuum's at 5000 A.
type opacities struct {
	layers [depths]layerOpacity
}

// layerOpacity is the opacity of the lines in one layer, in whole blocks.
type layerOpacity struct {
	fine  []float32
	near  wing
	far   wing
	least float64 // below which a line, or what falls off as u^-4, is left out
}

func newOpacities(n int) *opacities {
	o := new(opacities)
	n = (n + block - 1) / block * block
	for d := range o.layers {
		l := &o.layers[d]
		// In whole eights, with room for the samples that an interpolation wants.
		l.fine, l.near, l.far = make([]float32, n), make(wing, n/nearStride+16), make(wing, (n/farStride+8+7)&^7)
		// What counts is optical depth, and less so the less light comes from there.
		tau := math.Pow(10, depth[d])
		l.least = weakest * max(1, 0.2/tau, math.Exp(min(tau, 20))/(1000*tau))
	}
	return o
}

// clear empties all layers.
func (o *opacities) clear() {
	for d := range o.layers {
		l := &o.layers[d]
		clear(l.fine)
		clear(l.near)
		clear(l.far)
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

// add adds peak * H(a, u), where u = |i - centre| * width at sample i, as far
// as it stays above least; its wings, as far as they stay above a part of that.
func (o *layerOpacity) add(v *voigtTable, centre, width, a, peak float64) {
	a = min(a, 1<<voigtTo)
	amplitude := peak * a * (1 / math.SqrtPi)
	most := 1 / o.least
	fall := amplitude * most
	each := 1 / width
	edge := fall * (1 / faint) // u^2 at the end of wings
	x := width * width
	near := max(wingWidth*wingWidth*nearStride*nearStride*x, a*a)
	far := max(wingWidth*wingWidth*farStride*farStride*x, a*a)
	reach := max(float64(log32(float32(peak*most))), 1) // squared
	if fall > near {
		// Beyond the Doppler core what is left is a (c + 3/2) / (sqrt(pi) u^4).
		reach = max(reach, math.Sqrt(fall*(near+1.5)))
		if edge > far {
			o.far.add(farStride, centre, width, amplitude, far, 0, math.Sqrt(edge-far))
			o.near.add(nearStride, centre, width, amplitude, near, far, math.Sqrt(max(reach, math.Sqrt(fall*far))))
		} else {
			o.near.add(nearStride, centre, width, amplitude, near, 0, math.Sqrt(max(reach, edge-near)))
		}
	} else {
		// Or a / (sqrt(pi) u^2) of a line without wings, which softened beyond
		// measure are none.
		reach = max(reach, fall)
		near = 1e12
	}
	reach = math.Sqrt(reach)
	core := min(reach, voigtEdge)
	from, to := within(centre, core*each, len(o.fine))
	if from < to {
		row, part := voigtRow(a)
		addVoigt(o.fine[from:to], v, row, float32(float64(from)-centre), float32(width),
			float32(peak*(1-part)), float32(peak*part), float32(amplitude), float32(near), float32(core))
	}
	if reach <= voigtEdge {
		return
	}
	// Outside the table H is a Lorentzian, slightly raised; less the wings.
	high := float32(amplitude * (near - a*a + 1.5))
	raise := func(from, to int) {
		if from < to {
			addQuartic(o.fine[from:to], float32(float64(from)-centre), float32(width), high, float32(a*a), float32(near), voigtEdge, float32(reach))
		}
	}
	first, last := within(centre, reach*each, len(o.fine))
	raise(first, min(last, from+8))
	raise(max(to-8, from+8, first), last)
}

// finish adds the far wings to the near ones, and those to the samples.
func (o *layerOpacity) finish() {
	o.near[0] += o.far[1]
	refine8(o.near[1:len(o.near)-7], o.far, &farShares)
	refine4(o.fine, o.near, &nearShares)
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
