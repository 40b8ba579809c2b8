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
	n      int
	layers [depths]layerOpacity
}

// layerOpacity is the opacity of the lines in one layer. Blocks that no line
// touches hold nothing of meaning.
type layerOpacity struct {
	fine    []float32
	near    wing
	far     wing
	touched []bool  // by block
	least   float64 // below which a line, or what falls off as u^-4, is left out
}

func newOpacities(n int) *opacities {
	o := &opacities{n: n}
	// Wings are the same for all layers, one after the other.
	near, far := make(wing, n/nearStride+4), make(wing, n/farStride+6)
	for d := range o.layers {
		o.layers[d] = layerOpacity{fine: make([]float32, n), near: near, far: far, touched: make([]bool, n/block+1)}
		// What counts is optical depth, and less so the less light comes from there.
		tau := math.Pow(10, depth[d])
		o.layers[d].least = weakest * max(1, 0.2/tau, math.Exp(min(tau, 20))/(1000*tau))
	}
	return o
}

// layer is an empty layer.
func (o *opacities) layer(d int) *layerOpacity {
	l := &o.layers[d]
	clear(l.near)
	clear(l.far)
	clear(l.touched)
	return l
}

// top is the first layer that holds opacity in a block, depths if none does.
func (o *opacities) top(k int) int {
	for d := range o.layers {
		if o.layers[d].touched[k] {
			return d
		}
	}
	return depths
}

// block holds the opacities of a layer in a block, nil for none.
func (o *opacities) block(d, k int) []float32 {
	if l := &o.layers[d]; l.touched[k] {
		return l.fine[k*block : min((k+1)*block, o.n)]
	}
	return nil
}

// touch makes the samples from first to last ready for opacity.
func (o *layerOpacity) touch(first, last int) {
	last = min(last, len(o.fine)-1)
	for k := first / block; k <= last/block && first <= last; k++ {
		if !o.touched[k] {
			o.touched[k] = true
			clear(o.fine[k*block : min((k+1)*block, len(o.fine))])
		}
	}
}

// wing holds smooth opacities, the i-th at sample (i-1) strides.
type wing []float32

// add adds amplitude (1/(u^2+soft) - 1/(u^2+softer)) as far as reach, u in
// Doppler widths of which a sample has so many, and returns the samples that see it.
func (w wing) add(stride, centre, width, amplitude, soft, softer, reach float64) (first, last int) {
	reach = reach/width + 2*stride
	low := max(0, int(math.Ceil((centre-reach)/stride))+1)
	high := min(len(w)-1, int(math.Floor((centre+reach)/stride))+1)
	if low > high {
		return 0, -1
	}
	u := (float64(low-1)*stride - centre) * width
	part := w[low : high+1]
	if math.IsInf(softer, 1) {
		for i := range part {
			part[i] += float32(amplitude / (u*u + soft))
			u += stride * width
		}
	} else {
		amplitude *= softer - soft
		for i := range part {
			u2 := u * u
			part[i] += float32(amplitude / ((u2 + soft) * (u2 + softer)))
			u += stride * width
		}
	}
	return max(low-3, 0) * int(stride), high * int(stride)
}

// refine adds the wing to the samples from its second on, by cubic
// interpolation; shares tell how many there are to a stride.
func (w wing) refine(fine, shares []float32) {
	stride := len(shares) / 4
	for k := 0; k*stride < len(fine); k++ {
		p := w[k : k+4 : k+4]
		p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
		part := fine[k*stride : min((k+1)*stride, len(fine))]
		s := shares
		for i := range part {
			part[i] += s[0]*p0 + s[1]*p1 + s[2]*p2 + s[3]*p3
			s = s[4:]
		}
	}
}

// add adds peak * H(a, u), where u = |i - centre| * width at sample i, as far
// as it stays above least; its wings, as far as they stay above a part of that.
func (o *layerOpacity) add(v *voigtTable, centre, width, a, peak float64) {
	a = min(a, 1<<voigtTo)
	amplitude := peak * a / math.SqrtPi
	edge := amplitude / (o.least * faint) // u^2 at the end of wings
	soft := func(stride float64) float64 {
		x := wingWidth * stride * width
		return max(x*x, a*a)
	}
	near, far := soft(nearStride), soft(farStride)
	reach := math.Sqrt(max(float64(log32(float32(peak/o.least))), 1))
	if amplitude > o.least*near {
		// Beyond the Doppler core what is left is a (c + 3/2) / (sqrt(pi) u^4).
		fall := amplitude / o.least
		reach = max(reach, math.Sqrt(math.Sqrt(fall*(near+1.5))))
		if edge > far {
			o.touch(o.far.add(farStride, centre, width, amplitude, far, math.Inf(1), math.Sqrt(edge-far)))
			o.touch(o.near.add(nearStride, centre, width, amplitude, near, far, max(reach, math.Sqrt(math.Sqrt(fall*far)))))
		} else {
			o.touch(o.near.add(nearStride, centre, width, amplitude, near, math.Inf(1), max(reach, math.Sqrt(edge-near))))
		}
	} else {
		// Or a / (sqrt(pi) u^2) of a line without wings, which softened beyond
		// measure are none.
		reach = max(reach, math.Sqrt(amplitude/o.least))
		near = 1e12
	}
	reach /= width
	first := max(0, int(math.Ceil(centre-reach)))
	last := min(len(o.fine)-1, int(math.Floor(centre+reach)))
	if first > last {
		return
	}
	o.touch(first, last)
	// Outside the table H is a Lorentzian, slightly raised; less the wings.
	inner := voigtEdge / width
	from := min(max(first, int(math.Ceil(centre-inner))), last+1)
	to := max(min(last, int(math.Floor(centre+inner))), from-1)
	raised := func(first, last int) {
		high, aa, c := float32(amplitude*(near-a*a+1.5)), float32(a*a), float32(near)
		for i := first; i <= last; i++ {
			u := float32((float64(i) - centre) * width)
			u *= u
			o.fine[i] += high / ((u + aa) * (u + c))
		}
	}
	raised(first, from-1)
	raised(to+1, last)
	row, part := voigtRow(a)
	low, high := &v[row], &v[row+1]
	p0, p1 := float32(peak*(1-part)), float32(peak*part)
	s, w, m := float32(near), float32(width), float32(amplitude)
	fine := o.fine[from : to+1]
	at := float32(float64(from) - centre)
	for i := range fine {
		u := w * at
		at++
		if u < 0 {
			u = -u
		}
		x := u * voigtPerU
		k := int32(x)
		t := x - float32(k)
		l0, l1, h0, h1 := low[k], low[k+1], high[k], high[k+1]
		fine[i] += p0*(l0+t*(l1-l0)) + p1*(h0+t*(h1-h0)) - m/(u*u+s)
	}
}

// finish adds the far wings to the near ones, and those to the samples.
func (o *layerOpacity) finish() {
	o.near[0] += o.far[1]
	o.far.refine(o.near[1:], farShares)
	for b, touched := range o.touched {
		if touched {
			from := b * block
			o.near[from/nearStride:].refine(o.fine[from:min(from+block, len(o.fine))], nearShares)
		}
	}
}

// The shares of the four samples around, one after the other.
var nearShares, farShares = lagrange(nearStride), lagrange(farStride / nearStride)

// lagrange gives the shares of four samples in those of a stride after the second.
func lagrange(stride int) (w []float32) {
	for i := range stride {
		t := float64(i) / float64(stride)
		w = append(w, float32(-t*(t-1)*(t-2)/6), float32((t+1)*(t-1)*(t-2)/2),
			float32(-(t+1)*t*(t-2)/2), float32((t+1)*t*(t-1)/6))
	}
	return w
}
