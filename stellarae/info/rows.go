package info

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// KeepRows copies the given rows of codes and labels, in the order given; a
// row may be kept more than once. The paper keeps one spectrum an object, and
// of these the ones with a median flux of 50 or more. No rows, a row outside
// the codes and a label of another length are errors.
func KeepRows(codes *mat.Dense, labels []Label, rows []int) (*mat.Dense, []Label, error) {
	n, nodes := codes.Dims()
	if err := checkLabels(labels, n); err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 {
		return nil, nil, errors.New("info: no rows to keep")
	}
	for _, r := range rows {
		if r < 0 || r >= n {
			return nil, nil, fmt.Errorf("info: row %d is outside the %d rows of codes", r, n)
		}
	}
	kept := mat.NewDense(len(rows), nodes, nil)
	for k, r := range rows {
		kept.SetRow(k, codes.RawRowView(r))
	}
	some := make([]Label, len(labels))
	for l, label := range labels {
		values := make([]float64, len(rows))
		for k, r := range rows {
			values[k] = label.Values[r]
		}
		some[l] = Label{Name: label.Name, Values: values}
	}
	return kept, some, nil
}

// columnsOf is the codes node by node, every value seen to be finite.
func columnsOf(codes *mat.Dense) ([][]float64, error) {
	if codes == nil || codes.IsEmpty() {
		return nil, errors.New("info: no codes")
	}
	rows, nodes := codes.Dims()
	columns := make([][]float64, nodes)
	for i := range columns {
		columns[i] = mat.Col(nil, i, codes)
		lo, hi := 0.0, 0.0
		for r, v := range columns[i] {
			if !isFinite(v) {
				return nil, fmt.Errorf("info: code at row %d of %d, node %d, is %v", r, rows, i, v)
			}
			lo, hi = min(lo, v), max(hi, v)
		}
		if math.IsInf(hi-lo, 0) {
			return nil, fmt.Errorf("info: node %d: the range from %g to %g overflows", i, lo, hi)
		}
	}
	return columns, nil
}
