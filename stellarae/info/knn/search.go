package knn

import (
	"fmt"
	"math"
)

// Searcher searches a tree for one goroutine.
type Searcher struct {
	tree   *Tree
	query  []float64
	self   int       // place that is left out
	offset []float64 // of the query from the box of the node, by dimension
	dist   []float64 // ascending; squared for Euclid
	places []int
	rows   []int
	out    []float64
	found  int
	radius float64
}

// Searcher looks for k neighbours at a time. It panics unless k is from 1 to
// one less than the number of points.
func (t *Tree) Searcher(k int) *Searcher {
	if k < 1 || k >= t.Len() {
		panic(fmt.Sprintf("knn: %d neighbours of %d points", k, t.Len()))
	}
	return &Searcher{
		tree: t, offset: make([]float64, t.dims),
		dist: make([]float64, k), places: make([]int, k),
		rows: make([]int, k), out: make([]float64, k),
	}
}

// Nearest is the distance of the k other points nearest to a row, ascending,
// and their rows. Of points at the same distance any may be meant. Both slices
// are overwritten by the next call.
func (s *Searcher) Nearest(row int) (dist []float64, rows []int) {
	s.aim(row)
	s.found = 0
	for i := range s.dist {
		s.dist[i] = math.Inf(1)
	}
	if s.tree.dims == 2 && s.tree.norm == Max {
		s.nearestPlane(0, 0)
	} else {
		s.nearest(0, 0)
	}
	for i, p := range s.places {
		s.rows[i] = s.tree.rows[p]
		s.out[i] = s.dist[i]
		if s.tree.norm == Euclid {
			s.out[i] = math.Sqrt(s.dist[i])
		}
	}
	return s.out, s.rows
}

// aim sets the query.
func (s *Searcher) aim(row int) {
	s.self = s.tree.place[row]
	s.query = s.tree.points[s.self*s.tree.dims : (s.self+1)*s.tree.dims]
	clear(s.offset)
}

// nearest descends to the near child first, and into the far one where it may
// hold a nearer point: bound is the distance of the query from the node's box,
// kept up to date as in Arya and Mount (1993, doi:10.1109/DCC.1993.253111).
func (s *Searcher) nearest(at int, bound float64) {
	n := &s.tree.nodes[at]
	if n.axis < 0 {
		for p := n.from; p < n.to; p++ {
			if p != s.self {
				if d := s.distance(p, s.dist[len(s.dist)-1]); d < s.dist[len(s.dist)-1] {
					s.insert(d, p)
				}
			}
		}
		return
	}
	diff := s.query[n.axis] - n.split
	near, far := at+1, n.right
	if diff >= 0 {
		near, far = far, near
	}
	s.nearest(near, bound)
	old := s.offset[n.axis]
	if beyond := s.beyond(bound, old, diff); beyond < s.dist[len(s.dist)-1] {
		s.offset[n.axis] = diff
		s.nearest(far, beyond)
		s.offset[n.axis] = old
	}
}

// nearestPlane is nearest for the plane under the max norm, where most of the
// time of an estimator of mutual information goes.
func (s *Searcher) nearestPlane(at int, bound float64) {
	n := &s.tree.nodes[at]
	if n.axis < 0 {
		x, y := s.query[0], s.query[1]
		worst := s.dist[len(s.dist)-1]
		for p := n.from; p < n.to; p++ {
			d := max(math.Abs(s.tree.points[2*p]-x), math.Abs(s.tree.points[2*p+1]-y))
			if d < worst && p != s.self {
				s.insert(d, p)
				worst = s.dist[len(s.dist)-1]
			}
		}
		return
	}
	diff := s.query[n.axis] - n.split
	near, far := at+1, n.right
	if diff >= 0 {
		near, far = far, near
	}
	s.nearestPlane(near, bound)
	if beyond := max(bound, math.Abs(diff)); beyond < s.dist[len(s.dist)-1] {
		s.nearestPlane(far, beyond)
	}
}

// beyond is the bound of the far child: the offset in one dimension grows from
// old to diff. Rounding must not make it too large.
func (s *Searcher) beyond(bound, old, diff float64) float64 {
	if s.tree.norm == Max {
		return max(bound, math.Abs(diff))
	}
	return max(0, (bound-old*old+diff*diff)*(1-1e-12))
}

// distance of a point from the query, or any value not below limit where it is
// not below limit.
func (s *Searcher) distance(p int, limit float64) float64 {
	point := s.tree.points[p*s.tree.dims : (p+1)*s.tree.dims]
	var d float64
	if s.tree.norm == Max {
		for j, v := range point {
			d = max(d, math.Abs(v-s.query[j]))
			if d >= limit {
				break
			}
		}
		return d
	}
	for j, v := range point {
		d += (v - s.query[j]) * (v - s.query[j])
		if d >= limit {
			break
		}
	}
	return d
}

// insert puts a point among the nearest and drops the last.
func (s *Searcher) insert(d float64, place int) {
	i := min(s.found, len(s.dist)-1)
	for i > 0 && s.dist[i-1] > d {
		s.dist[i], s.places[i] = s.dist[i-1], s.places[i-1]
		i--
	}
	s.dist[i], s.places[i] = d, place
	s.found = min(s.found+1, len(s.dist))
}

// Within counts the other points strictly nearer to a row than radius.
func (s *Searcher) Within(row int, radius float64) int {
	s.aim(row)
	s.radius = radius
	if s.tree.norm == Euclid {
		s.radius = radius * radius
	}
	n := s.within(0, 0)
	if radius > 0 {
		n-- // the row itself
	}
	return n
}

func (s *Searcher) within(at int, bound float64) int {
	n := &s.tree.nodes[at]
	if n.axis < 0 {
		count := 0
		for p := n.from; p < n.to; p++ {
			if s.distance(p, s.radius) < s.radius {
				count++
			}
		}
		return count
	}
	diff := s.query[n.axis] - n.split
	near, far := at+1, n.right
	if diff >= 0 {
		near, far = far, near
	}
	count := s.within(near, bound)
	old := s.offset[n.axis]
	if beyond := s.beyond(bound, old, diff); beyond < s.radius {
		s.offset[n.axis] = diff
		count += s.within(far, beyond)
		s.offset[n.axis] = old
	}
	return count
}
