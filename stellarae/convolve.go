package stellarae

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
)

// A sampling ties a fine series of samples, (batch, Stride*n, channels), to a
// coarse one, (batch, n, channels): coarse sample t meets fine samples
// Stride*t-Pad to Stride*t-Pad+Taps-1, and zeros beyond the ends. Three maps
// follow, each of which is the derivative of another, so that training needs
// nothing else: down, up and correlate. Kernels are (Taps, fine channels,
// coarse channels).
//
// XLA's CPU code is fast for a plain forward convolution of many channels, and
// slow for its derivatives and for one channel; so up is a plain convolution
// whose channels are the phases, and correlate, and down from one channel, are
// matrix products over blocks of samples.
type sampling struct{ Stride, Taps, Pad int }

// down sums fine samples into coarse ones: coarse[t] = sum over j of
// fine[Stride*t+j-Pad] kernel[j].
func (s sampling) down(fine, kernel *Node) *Node {
	n := fine.Shape().Dim(1) / s.Stride
	if r := s.block(n, fine.Shape().Dim(2), kernel.Shape().Dim(2)); 1 < r && r < n && fine.Shape().Dim(2) == 1 {
		return s.downBlocks(fine, kernel, r)
	}
	after := max(0, s.Taps-s.Stride-s.Pad) // the last coarse sample reaches as far beyond the end
	return Convolve(fine, kernel).Strides(s.Stride).PaddingPerDim([][2]int{{s.Pad, after}}).Done()
}

// up spreads coarse samples over fine ones: fine[Stride*t+j-Pad] gets the sum
// of coarse[t] kernel[j] over the coarse channels.
//
// Fine sample Stride*t+phase meets the taps j with j = phase+Pad+Stride*shift,
// from coarse sample t-shift.
func (s sampling) up(coarse, kernel *Node) *Node {
	if kernel.Shape().Dim(1) == 1 {
		return s.upTaps(coarse, kernel)
	}
	kernel = TransposeAllAxes(kernel, 0, 2, 1)
	least, most := s.shift(0), s.shift(s.Taps-1)
	none := ZerosLike(Slice(kernel, AxisElem(0)))
	phases := make([]*Node, s.Stride)
	for phase := range phases {
		var taps []*Node
		for shift := most; shift >= least; shift-- {
			tap := none
			if j := phase + s.Pad + s.Stride*shift; j >= 0 && j < s.Taps {
				tap = Slice(kernel, AxisElem(j))
			}
			taps = append(taps, tap)
		}
		phases[phase] = Concatenate(taps, 0)
	}
	y := Convolve(coarse, Concatenate(phases, 2)).PaddingPerDim([][2]int{{most, -least}}).Done()
	return Reshape(y, y.Shape().Dim(0), -1, kernel.Shape().Dim(2))
}

// upTaps is up to one channel: the coarse samples times all taps at once, and
// what each gives added up where it belongs.
func (s sampling) upTaps(coarse, kernel *Node) *Node {
	batch, n := coarse.Shape().Dim(0), coarse.Shape().Dim(1)
	product := DotGeneral(coarse, []int{2}, nil, Squeeze(kernel, 1), []int{1}, nil)
	phases := make([]*Node, s.Stride)
	for phase := range phases {
		phases[phase] = ZerosLike(Slice(product, AxisRange(), AxisRange(), AxisElem(0)))
	}
	for j := range s.Taps {
		shift := s.shift(j)
		phase := j - s.Pad - s.Stride*shift
		phases[phase] = Add(phases[phase], shifted(Slice(product, AxisRange(), AxisRange(), AxisElem(j)), shift))
	}
	return Reshape(Concatenate(phases, 2), batch, s.Stride*n, 1)
}

// shifted moves samples along axis 1 to later places, zeros coming in.
func shifted(x *Node, by int) *Node {
	batch, n := x.Shape().Dim(0), x.Shape().Dim(1)
	switch {
	case by == 0:
		return x
	case by >= n || -by >= n:
		return ZerosLike(x)
	case by > 0:
		none := Zeros(x.Graph(), shapes.Make(x.DType(), batch, by, x.Shape().Dim(2)))
		return Concatenate([]*Node{none, Slice(x, AxisRange(), AxisRange(0, n-by))}, 1)
	}
	none := Zeros(x.Graph(), shapes.Make(x.DType(), batch, -by, x.Shape().Dim(2)))
	return Concatenate([]*Node{Slice(x, AxisRange(), AxisRange(-by, n)), none}, 1)
}

// shift is by how many coarse samples tap j lies beyond its own.
func (s sampling) shift(j int) int { return int(math.Floor(float64(j-s.Pad) / float64(s.Stride))) }

// correlate is the kernel's derivative: kernel[j] = sum over batch and t of
// fine[Stride*t+j-Pad] times coarse[t].
//
// One product takes all pairs of samples in blocks of r coarse ones, of which
// the kernel's are picked; two thin ones take the pairs across the blocks'
// borders.
func (s sampling) correlate(fine, coarse *Node) *Node {
	batch, n, o := coarse.Shape().Dim(0), coarse.Shape().Dim(1), coarse.Shape().Dim(2)
	c := fine.Shape().Dim(2)
	r := s.block(n, c, o)
	blocks, wide := n/r, s.Stride*r
	f, q := Reshape(fine, batch, blocks, wide*c), Reshape(coarse, batch, blocks, r*o)
	taps := make([]*Node, s.Taps)
	// pick adds what a product of fine samples from first on and coarse ones
	// from t0 to t1 has for each tap.
	pick := func(product *Node, first, count, t0, t1 int) {
		for t := t0; t < t1; t++ {
			for j := range taps {
				i := s.Stride*t + j - s.Pad - first
				if i < 0 || i >= count {
					continue
				}
				tap := Slice(product, AxisRange(i*c, (i+1)*c), AxisRange((t-t0)*o, (t-t0+1)*o))
				if taps[j] != nil {
					tap = Add(taps[j], tap)
				}
				taps[j] = tap
			}
		}
	}
	pick(products(f, q), 0, wide, 0, r)
	if before := s.Pad; before > 0 && blocks > 1 {
		t1 := (before + s.Stride - 1) / s.Stride
		tail := Slice(f, AxisRange(), AxisRange(0, blocks-1), AxisRange((wide-before)*c, wide*c))
		head := Slice(q, AxisRange(), AxisRange(1, blocks), AxisRange(0, t1*o))
		pick(products(tail, head), -before, before, 0, t1)
	}
	if after := s.Taps - s.Pad - s.Stride; after > 0 && blocks > 1 {
		t0 := r - (after+s.Stride-1)/s.Stride
		head := Slice(f, AxisRange(), AxisRange(1, blocks), AxisRange(0, after*c))
		tail := Slice(q, AxisRange(), AxisRange(0, blocks-1), AxisRange(t0*o, r*o))
		pick(products(head, tail), wide, after, t0, r)
	}
	for j, tap := range taps {
		if tap == nil { // it lies beyond the ends for every sample
			tap = Zeros(fine.Graph(), shapes.Make(dtypes.Float32, c, o))
		}
		taps[j] = Reshape(tap, 1, c, o)
	}
	return Concatenate(taps, 0)
}

// products are x[b,m,i] y[b,m,j], summed over b and m: (i, j).
func products(x, y *Node) *Node {
	if x.Shape().Dim(1) >= 256 { // a product a spectrum keeps both cores busy
		return TransposeAllAxes(ReduceSum(wide(y, x).General([]int{1}, []int{0}, []int{1}, []int{0}), 0), 1, 0)
	}
	x, y = Reshape(x, -1, x.Shape().Dim(2)), Reshape(y, -1, y.Shape().Dim(2))
	return wide(x, y).General([]int{0}, nil, []int{0}, nil)
}

// wide is a product whose sums stay in float32.
func wide(x, y *Node) *DotBuilder {
	if x.DType() == dtypes.Float32 {
		return Dot(x, y)
	}
	return Dot(x, y).WithOutputDType(dtypes.Float32)
}

// block is how many of n coarse samples make a block: the product of two
// blocks has at most 256 rows and columns, since it computes all pairs and few
// are wanted, and no tap reaches beyond the next block.
func (s sampling) block(n, c, o int) int {
	reach := max(1, -s.shift(0), s.shift(s.Taps-1))
	best := 0
	for r := 1; r <= n; r *= 2 {
		if n%r == 0 && r >= reach && (best == 0 || s.Stride*r*c <= 256 && r*o <= 256 && r <= 16) {
			best = r
		}
	}
	if best == 0 {
		return n
	}
	return best
}

// downBlocks is down as one product of r coarse samples' neighbourhoods with
// the kernel written out for each of them.
func (s sampling) downBlocks(fine, kernel *Node, r int) *Node {
	g, batch, c, o := fine.Graph(), fine.Shape().Dim(0), fine.Shape().Dim(2), kernel.Shape().Dim(2)
	zeros := func(dims ...int) *Node { return Zeros(g, shapes.Make(fine.DType(), dims...)) }
	wide := s.Stride * r
	x := Reshape(fine, batch, -1, wide*c)
	after := max(0, s.Taps-s.Pad-s.Stride)
	parts := []*Node{x}
	if s.Pad > 0 {
		tail := Slice(x, AxisRange(), AxisRange(), AxisRange((wide-s.Pad)*c, wide*c))
		parts = append([]*Node{shifted(tail, 1)}, parts...)
	}
	if after > 0 {
		parts = append(parts, shifted(Slice(x, AxisRange(), AxisRange(), AxisRange(0, after*c)), -1))
	}
	rows := s.Pad + wide + after
	flat := Reshape(kernel, s.Taps*c, o)
	columns := make([]*Node, r)
	for t := range columns {
		column := []*Node{flat}
		if t > 0 {
			column = append([]*Node{zeros(s.Stride*t*c, o)}, column...)
		}
		if rest := rows - s.Taps - s.Stride*t; rest > 0 {
			column = append(column, zeros(rest*c, o))
		}
		columns[t] = Concatenate(column, 0)
	}
	y := DotGeneral(Concatenate(parts, 2), []int{2}, nil, Concatenate(columns, 1), []int{0}, nil)
	return Reshape(y, batch, -1, o)
}
