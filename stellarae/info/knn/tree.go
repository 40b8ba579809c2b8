package knn

import (
	"errors"
	"fmt"
	"math"
)

// Norm tells how distance is measured.
type Norm int

const (
	Max    Norm = iota // largest difference of a coordinate
	Euclid             // root of the sum of squares
)

// leafSize is how many points a leaf may hold: enough that scanning them costs
// about as much as the branches it saves.
const leafSize = 12

// Tree is a k-d tree (Bentley 1975, doi:10.1145/361002.361007) that splits the
// widest dimension at its median, so that unused dimensions are never split.
// It may be searched from several goroutines, each with a Searcher of its own.
type Tree struct {
	norm   Norm
	dims   int
	points []float64 // point after point, in the order of the tree
	rows   []int     // of the points, in the order of the tree
	place  []int     // of a row in the order of the tree
	nodes  []node    // each followed by its left child
}

// node is a range of points; a branch holds those not above split in its left
// child, and those not below in its right one.
type node struct {
	from, to int
	axis     int // -1 for a leaf
	split    float64
	right    int // index of the right child
}

// New builds the tree of the points whose coordinates are the columns. No
// columns, no rows, columns of unequal length and values that are not finite
// are errors.
func New(norm Norm, columns ...[]float64) (*Tree, error) {
	n, err := checkPoints(columns...)
	if err != nil {
		return nil, err
	}
	t := &Tree{norm: norm, dims: len(columns), rows: make([]int, n), place: make([]int, n)}
	t.points = make([]float64, n*t.dims)
	for j, column := range columns {
		for i, v := range column {
			t.points[i*t.dims+j] = v
		}
	}
	for i := range t.rows {
		t.rows[i] = i
	}
	t.build(0, n)
	for p, row := range t.rows {
		t.place[row] = p
	}
	return t, nil
}

// checkPoints sees that columns are coordinates of points, and counts these.
func checkPoints(columns ...[]float64) (int, error) {
	if len(columns) == 0 || len(columns[0]) == 0 {
		return 0, errors.New("knn: no points")
	}
	n := len(columns[0])
	for j, column := range columns {
		if len(column) != n {
			return 0, fmt.Errorf("knn: column %d has %d rows, column 0 has %d", j, len(column), n)
		}
		for i, v := range column {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return 0, fmt.Errorf("knn: row %d, column %d is %v", i, j, v)
			}
		}
	}
	return n, nil
}

// Len is the number of points.
func (t *Tree) Len() int { return len(t.rows) }

// Order lists the rows so that neighbours in the list are near each other:
// searching in this order is kind to the processor's caches.
func (t *Tree) Order() []int { return t.rows }

// build makes the node of the places from..to and its children.
func (t *Tree) build(from, to int) {
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{from: from, to: to, axis: -1})
	if to-from <= leafSize {
		return
	}
	axis, width := 0, -1.0
	for j := range t.dims {
		lo, hi := math.Inf(1), math.Inf(-1)
		for p := from*t.dims + j; p < to*t.dims; p += t.dims {
			if v := t.points[p]; v < lo { // faster than min and max, which mind NaN
				lo = v
			}
			if v := t.points[p]; v > hi {
				hi = v
			}
		}
		if hi-lo > width {
			axis, width = j, hi-lo
		}
	}
	if width == 0 { // all points are equal
		return
	}
	mid := (from + to) / 2
	t.selectNth(axis, from, to-1, mid)
	split := t.points[mid*t.dims+axis]
	t.build(from, mid)
	t.nodes[at].axis, t.nodes[at].split, t.nodes[at].right = axis, split, len(t.nodes)
	t.build(mid, to)
}

// selectNth orders the places lo..hi until, along the axis, no point before
// place n is above the point there, and none behind it below (Hoare's
// quickselect, middle of three as pivot).
func (t *Tree) selectNth(axis, lo, hi, n int) {
	key := func(place int) float64 { return t.points[place*t.dims+axis] }
	for lo < hi {
		pivot := median3(key(lo), key((lo+hi)/2), key(hi))
		i, j := lo, hi
		for i <= j {
			for key(i) < pivot {
				i++
			}
			for key(j) > pivot {
				j--
			}
			if i <= j {
				t.swap(i, j)
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			return
		}
	}
}

func (t *Tree) swap(i, j int) {
	t.rows[i], t.rows[j] = t.rows[j], t.rows[i]
	a, b := t.points[i*t.dims:(i+1)*t.dims], t.points[j*t.dims:(j+1)*t.dims]
	for k, v := range a {
		a[k], b[k] = b[k], v
	}
}

func median3(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}
