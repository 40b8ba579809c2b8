package photosphere

import (
	"math"
	"runtime"
	"sync"
)

// Table interpolates spectra between the nodes of a lattice in the logarithm
// of Teff, log g and [M/H]. Nodes are computed when they are first wanted and
// kept, at two bytes a sample. Its methods can be called concurrently.
type Table struct {
	synthesis *Synthesis
	mu        sync.Mutex
	nodes     map[place]*node
}

// place counts the steps of the lattice.
type place [3]int

// lattice is how the nodes lie: the step of ln Teff, log g and [M/H], and how
// many nodes a spectrum is interpolated from along each.
var lattice = [3]struct {
	step  float64
	nodes int
}{{0.045, 4}, {0.35, 3}, {0.35, 4}}

// stencil is the number of nodes a spectrum comes from.
const stencil = 4 * 3 * 4

type node struct {
	once sync.Once
	flux []uint16 // of wholeFlux
}

const wholeFlux = 65535

// NewTable makes an empty table.
func NewTable(s *Synthesis) *Table {
	return &Table{synthesis: s, nodes: map[place]*node{}}
}

// around gives the places a star is interpolated from and their weights, those
// of Lagrange's polynomials.
func around(star Star) (places [stencil]place, weights [stencil]float64) {
	var first [3]int
	var shares [3][4]float64
	for k, x := range [3]float64{math.Log(star.Teff), star.LogG, star.MH} {
		l := &lattice[k]
		x /= l.step
		first[k] = int(math.Ceil(x - float64(l.nodes)/2))
		for i := range l.nodes {
			shares[k][i] = 1
			for j := range l.nodes {
				if j != i {
					shares[k][i] *= (x - float64(first[k]+j)) / float64(i-j)
				}
			}
		}
	}
	n := 0
	for i := range lattice[0].nodes {
		for j := range lattice[1].nodes {
			for k := range lattice[2].nodes {
				places[n] = place{first[0] + i, first[1] + j, first[2] + k}
				weights[n] = shares[0][i] * shares[1][j] * shares[2][k]
				n++
			}
		}
	}
	return places, weights
}

// at is the spectrum at a place.
func (t *Table) at(p place) []uint16 {
	t.mu.Lock()
	n := t.nodes[p]
	if n == nil {
		n = new(node)
		t.nodes[p] = n
	}
	t.mu.Unlock()
	n.once.Do(func() {
		flux := make([]float32, t.synthesis.n)
		t.synthesis.Flux(flux, Star{
			Teff: math.Exp(float64(p[0]) * lattice[0].step),
			LogG: float64(p[1]) * lattice[1].step,
			MH:   float64(p[2]) * lattice[2].step,
		})
		n.flux = make([]uint16, len(flux))
		for i, f := range flux {
			n.flux[i] = uint16(min(max(f, 0), 1)*wholeFlux + 0.5)
		}
	})
	return n.flux
}

// Prepare computes the nodes that stars will want, on all processors. Progress,
// if not nil, is called from one goroutine at a time.
func (t *Table) Prepare(stars []Star, progress func(done, total int)) {
	seen := map[place]bool{}
	var todo []place
	for _, s := range stars {
		places, _ := around(s)
		for _, p := range places {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
	}
	var mu sync.Mutex
	done := 0
	var wg sync.WaitGroup
	next := make(chan place)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for p := range next {
				t.at(p)
				if progress != nil {
					mu.Lock()
					done++
					progress(done, len(todo))
					mu.Unlock()
				}
			}
		})
	}
	for _, p := range todo {
		next <- p
	}
	close(next)
	wg.Wait()
}

// Flux is Synthesis.Flux, interpolated.
func (t *Table) Flux(dst []float32, star Star) {
	places, weights := around(star)
	var flux [stencil][]uint16
	for k, p := range places {
		flux[k] = t.at(p)
		weights[k] /= wholeFlux
	}
	// Blocks stay in the nearest cache while four nodes at a time are added.
	const block = 1024
	var sum [block]float32
	for from := 0; from < len(dst); from += block {
		out := sum[:min(block, len(dst)-from)]
		clear(out)
		for k := 0; k < stencil; k += 4 {
			a, b := flux[k][from:][:len(out)], flux[k+1][from:][:len(out)]
			c, d := flux[k+2][from:][:len(out)], flux[k+3][from:][:len(out)]
			wa, wb, wc, wd := float32(weights[k]), float32(weights[k+1]), float32(weights[k+2]), float32(weights[k+3])
			for i := range out {
				out[i] += wa*float32(a[i]) + wb*float32(b[i]) + wc*float32(c[i]) + wd*float32(d[i])
			}
		}
		copy(dst[from:], out)
	}
}
