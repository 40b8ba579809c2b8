package stellarae

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Matrix is rows of equal length, spectra or codes, as package info and gonum
// take them. It is nil for no rows and panics where lengths differ.
func Matrix(rows [][]float32) *mat.Dense {
	if len(rows) == 0 {
		return nil
	}
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			panic(fmt.Sprintf("stellarae: row %d has %d values, row 0 has %d", i, len(row), len(rows[0])))
		}
		for j, v := range row {
			m.Set(i, j, float64(v))
		}
	}
	return m
}

// EncodeMatrix is Encode for a matrix: one spectrum a row in, one code a row out.
func (m *Model) EncodeMatrix(spectra *mat.Dense) (*mat.Dense, error) {
	return through(m.Encode, spectra)
}

// DecodeMatrix is Decode for a matrix: one code a row in, one spectrum a row
// out, as info.Jacobian and info.Ablation want it.
func (m *Model) DecodeMatrix(codes *mat.Dense) (*mat.Dense, error) {
	return through(m.Decode, codes)
}

// through is f on the rows of a matrix.
func through(f func([][]float32) ([][]float32, error), in *mat.Dense) (*mat.Dense, error) {
	n, width := in.Dims()
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = make([]float32, width)
		for j, v := range in.RawRowView(i) {
			rows[i][j] = float32(v)
		}
	}
	out, err := f(rows)
	if err != nil {
		return nil, err
	}
	return Matrix(out), nil
}
