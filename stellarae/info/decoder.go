package info

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Ablation is how much a loss grows when one node is set to its median over the
// rows, node by node, and the loss of the codes as they are. loss decodes the codes
// and compares them with what was encoded; it must not keep or change its
// argument. A node that the decoder does not use gives 0. Codes that are not finite
// and a loss that fails or is not finite are errors.
func Ablation(codes *mat.Dense, loss func(codes *mat.Dense) (float64, error)) (base float64, growth []float64, err error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return 0, nil, err
	}
	finite := func(v float64, err error) (float64, error) {
		if err == nil && !isFinite(v) {
			err = fmt.Errorf("info: the loss is %v", v)
		}
		return v, err
	}
	if base, err = finite(loss(codes)); err != nil {
		return 0, nil, err
	}
	work := mat.DenseCopyOf(codes)
	growth = make([]float64, len(columns))
	for i, z := range columns {
		median := Median(z)
		for r := range z {
			work.Set(r, i, median)
		}
		v, err := finite(loss(work))
		if err != nil {
			return 0, nil, fmt.Errorf("node %d: %w", i, err)
		}
		growth[i] = v - base
		work.SetCol(i, z)
	}
	return base, growth, nil
}

// Jacobian is the root mean square over the rows of how fast the decoded vector
// moves with each node, |dx/dz| in units of x per unit of z, by central
// differences of the given step. The decoder gives one row for each of its
// codes and runs twice a node; take a sample of rows where its output is long. The
// step is to be well above the decoder's rounding: 0.01 suits single precision
// and codes of unit scale. A step that is not positive, codes that are not finite
// and a decoder that fails or changes its shape are errors.
func Jacobian(codes *mat.Dense, step float64, decode func(codes *mat.Dense) (*mat.Dense, error)) ([]float64, error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	if !(step > 0) || math.IsInf(step, 0) {
		return nil, fmt.Errorf("info: step %v of the Jacobian: want above 0", step)
	}
	work := mat.DenseCopyOf(codes)
	moved := func(i int, by float64) (*mat.Dense, error) {
		for r, z := range columns[i] {
			work.Set(r, i, z+by)
		}
		return decode(work)
	}
	norms := make([]float64, len(columns))
	for i, z := range columns {
		up, err := moved(i, step)
		if err != nil {
			return nil, fmt.Errorf("info: node %d: %w", i, err)
		}
		up = mat.DenseCopyOf(up) // the decoder may use its output again
		down, err := moved(i, -step)
		if err != nil {
			return nil, fmt.Errorf("info: node %d: %w", i, err)
		}
		rows, length := up.Dims()
		if r, l := down.Dims(); r != rows || l != length || rows != len(z) {
			return nil, fmt.Errorf("info: node %d: the decoder changes its shape", i)
		}
		up.Sub(up, down)
		norms[i] = mat.Norm(up, 2) / (2 * step * math.Sqrt(float64(rows)))
		if !isFinite(norms[i]) {
			return nil, fmt.Errorf("info: node %d: the decoder gives values that are not finite", i)
		}
		work.SetCol(i, z)
	}
	return norms, nil
}
