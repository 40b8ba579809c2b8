package stellarae

import (
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
)

// The layers take and give (batch, length, channels). Weights come in
// PyTorch's layout and are turned inside the graph, where XLA folds it away.

// convolution is PyTorch's conv1d with padding (kernel-1)/2, weight (out, in, kernel).
func convolution(x, weight, bias *Node, stride int) *Node {
	pad := (weight.Shape().Dim(2) - 1) / 2
	kernel := TransposeAllAxes(weight, 2, 1, 0)
	y := Convolve(x, kernel).Strides(stride).PaddingPerDim([][2]int{{pad, pad}}).Done()
	return addBias(y, bias)
}

// transposed is PyTorch's ConvTranspose1d with padding 1, weight (in, out,
// kernel): kernel 3 for stride 1, kernel 4 for stride 2.
//
// Output sample t gathers input i with tap t+1-stride*i. For stride 1 that is
// a convolution with the taps reversed. For stride 2 the even outputs use taps
// 3 and 1 of inputs m-1 and m, the odd ones taps 2 and 0 of m and m+1: one
// convolution of kernel 3 whose channels are the two phases (GoMLX has no
// gradient for input dilation).
func transposed(x, weight, bias *Node, stride int) *Node {
	kernel := TransposeAllAxes(weight, 2, 0, 1) // (kernel, in, out)
	tap := func(k int) *Node { return Slice(kernel, AxisElem(k)) }
	same := [][2]int{{1, 1}}
	if stride == 1 {
		y := Convolve(x, Concatenate([]*Node{tap(2), tap(1), tap(0)}, 0)).PaddingPerDim(same).Done()
		return addBias(y, bias)
	}
	none := ZerosLike(tap(0))
	even := Concatenate([]*Node{tap(3), tap(1), none}, 0)
	odd := Concatenate([]*Node{none, tap(2), tap(0)}, 0)
	y := Convolve(x, Concatenate([]*Node{even, odd}, 2)).PaddingPerDim(same).Done()
	batch, length, out := x.Shape().Dim(0), x.Shape().Dim(1), weight.Shape().Dim(1)
	return addBias(Reshape(y, batch, 2*length, out), bias)
}

// linear is PyTorch's Linear, weight (out, in), on (batch, in).
func linear(x, weight, bias *Node) *Node {
	y := DotGeneral(x, []int{1}, nil, weight, []int{1}, nil)
	return Add(y, ExpandAxes(bias, 0))
}

func addBias(y, bias *Node) *Node { return Add(y, ExpandAxes(bias, 0, 1)) }

// leakyReLU is x above zero and slope*x elsewhere.
func leakyReLU(x *Node, slope float64) *Node {
	return Where(GreaterThan(x, ScalarZero(x.Graph(), x.DType())), x, MulScalar(x, slope))
}
