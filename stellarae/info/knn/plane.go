package knn

import (
	"fmt"
	"math"
)

// stripPoints is how many points of a strip stand for one point of its width: few
// make strips narrow and many, and a search then visits more of them.
const stripPoints = 6

// Plane finds neighbours in two dimensions under the max norm, for which it is
// several times as fast as a Tree. The points lie in strips of nearly equally many
// neighbours in x, each sorted by y: a search walks up and down its own strip and
// those beside it. That takes a time that does not depend on the number of points
// N where the density is smooth, and O(sqrt N) where one coordinate all but
// repeats. It may be searched from several goroutines, each with a PlaneSearcher
// of its own.
type Plane struct {
	X, Y   Line
	points []place // strip after strip
	at     []int32 // of a row in points
	size   int     // points in a strip, less in the last
	strips []strip
	same   []int32 // how many points equal that of a row, itself included
}

// place is a point and its row.
type place struct {
	x, y float64
	row  int32
}

// strip is the range of x.
type strip struct{ lo, hi float64 }

// NewPlane takes the coordinates of the points. No rows, columns of unequal
// length and values that are not finite are errors.
func NewPlane(x, y []float64) (*Plane, error) {
	n, err := checkPoints(x, y)
	if err != nil {
		return nil, err
	}
	byY := ascending(y, nil)
	byX := ascending(x, byY)
	p := &Plane{
		X: newLine(x, byX), Y: newLine(y, byY),
		points: make([]place, n), at: make([]int32, n), same: make([]int32, n),
		size: int(math.Ceil(math.Sqrt(stripPoints * float64(n)))),
	}
	p.strips = make([]strip, (n+p.size-1)/p.size)
	next := make([]int32, len(p.strips))
	for s := range p.strips {
		last := min((s+1)*p.size, n) - 1
		p.strips[s], next[s] = strip{x[byX[s*p.size]], x[byX[last]]}, int32(s*p.size)
	}
	for i, row := range byX {
		p.at[row] = int32(i / p.size)
	}
	for _, row := range byY {
		s := p.at[row]
		p.points[next[s]] = place{x[row], y[row], row}
		p.at[row] = next[s]
		next[s]++
	}
	for from := 0; from < n; { // equal points follow each other
		to := from + 1
		for to < n && x[byX[to]] == x[byX[from]] && y[byX[to]] == y[byX[from]] {
			to++
		}
		for _, row := range byX[from:to] {
			p.same[row] = int32(to - from)
		}
		from = to
	}
	return p, nil
}

// Len is the number of points.
func (p *Plane) Len() int { return len(p.points) }

// Row is the i-th of the rows in an order in which neighbours are near each other:
// searching in this order is kind to the processor's caches.
func (p *Plane) Row(i int) int { return int(p.points[i].row) }

// Same is how many points equal that of a row, itself included.
func (p *Plane) Same(row int) int { return int(p.same[row]) }

// PlaneSearcher searches a plane for one goroutine.
type PlaneSearcher struct {
	plane *Plane
	dist  []float64 // ascending
	rows  []int
}

// Searcher looks for k neighbours at a time. It panics unless k is from 1 to one
// less than the number of points.
func (p *Plane) Searcher(k int) *PlaneSearcher {
	if k < 1 || k >= p.Len() {
		panic(fmt.Sprintf("knn: %d neighbours of %d points", k, p.Len()))
	}
	return &PlaneSearcher{plane: p, dist: make([]float64, k), rows: make([]int, k)}
}

// Nearest is the distance of the k other points nearest to a row, ascending,
// and their rows. Of points at the same distance any may be meant. Both slices
// are overwritten by the next call.
func (s *PlaneSearcher) Nearest(row int) (dist []float64, rows []int) {
	for i := range s.dist {
		s.dist[i] = math.Inf(1)
	}
	p := s.plane
	at := int(p.at[row])
	own := at / p.size
	q := p.points[at]
	worst := s.walk(q, own, at+1, at-1, math.Inf(1))
	for t := own - 1; t >= 0 && q.x-p.strips[t].hi < worst; t-- {
		up := p.above(q.y, t)
		worst = s.walk(q, t, up, up-1, worst)
	}
	for t := own + 1; t < len(p.strips) && p.strips[t].lo-q.x < worst; t++ {
		up := p.above(q.y, t)
		worst = s.walk(q, t, up, up-1, worst)
	}
	return s.dist, s.rows
}

// above is the first place of a strip whose y is not below.
func (p *Plane) above(y float64, t int) int {
	lo, hi := t*p.size, min((t+1)*p.size, len(p.points))
	for lo < hi {
		if mid := (lo + hi) / 2; p.points[mid].y < y {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// walk tries the points of a strip from the place up upwards and from the place
// down downwards, as long as y alone does not rule them out.
func (s *PlaneSearcher) walk(q place, t, up, down int, worst float64) float64 {
	points := s.plane.points[t*s.plane.size : min((t+1)*s.plane.size, len(s.plane.points))]
	for i := up - t*s.plane.size; i < len(points); i++ {
		o := &points[i]
		dy := o.y - q.y
		if dy >= worst {
			break
		}
		if d := max(math.Abs(o.x-q.x), dy); d < worst {
			worst = s.insert(d, int(o.row))
		}
	}
	for i := down - t*s.plane.size; i >= 0; i-- {
		o := &points[i]
		dy := q.y - o.y
		if dy >= worst {
			break
		}
		if d := max(math.Abs(o.x-q.x), dy); d < worst {
			worst = s.insert(d, int(o.row))
		}
	}
	return worst
}

// insert puts a point among the nearest, drops the last, and gives the distance
// that the next one must beat.
func (s *PlaneSearcher) insert(d float64, row int) float64 {
	i := len(s.dist) - 1
	for i > 0 && s.dist[i-1] > d {
		s.dist[i], s.rows[i] = s.dist[i-1], s.rows[i-1]
		i--
	}
	s.dist[i], s.rows[i] = d, row
	return s.dist[len(s.dist)-1]
}
