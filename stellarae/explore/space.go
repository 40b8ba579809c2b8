package explore

import (
	"math"
	"net/http"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/retrieve"
)

// space finds the spectra that are near a code: of all, and of all stars. Only
// informative nodes count. Either index is nil where there is nothing to find.
type space struct {
	nodes          []int
	spectra, stars *retrieve.Index // of the survey's coded spectra
	names          []string        // of the stars of the survey's spectra
}

func newSpace(s *Survey) (*space, error) {
	p := &space{}
	pick := func(wanted func(node) bool) {
		for _, n := range s.nodes {
			if n.MAD > 0 && wanted(n) {
				p.nodes = append(p.nodes, n.Node)
			}
		}
	}
	pick(func(n node) bool { return n.Informative })
	if p.nodes == nil {
		pick(func(node) bool { return true })
	}
	if len(s.coded) < 2 || p.nodes == nil {
		return p, nil
	}
	codes := mat.NewDense(len(s.coded), len(p.nodes), nil)
	for row, code := range s.codes {
		codes.SetRow(row, p.of(code))
	}
	o := retrieve.Options{Nodes: make([]int, len(p.nodes)), Stars: make([]string, len(s.coded))}
	for k := range o.Nodes {
		o.Nodes[k] = k
	}
	for row, i := range s.coded {
		o.Stars[row] = strconv.Itoa(i) // a star of its own
	}
	var err error
	if p.spectra, err = retrieve.New(codes, o); err != nil || s.labels == nil {
		return p, err
	}
	p.names = s.labels.StarKeys()
	several := false
	for row, i := range s.coded {
		o.Stars[row] = p.names[i]
		several = several || o.Stars[row] != o.Stars[0]
	}
	if several {
		p.stars, err = retrieve.New(codes, o)
	}
	return p, err
}

// of are the nodes of a code that count.
func (p *space) of(code []float32) []float64 {
	some := make([]float64, len(p.nodes))
	for k, n := range p.nodes {
		some[k] = float64(code[n])
	}
	return some
}

// near are the k nearest rows to a code, without spectrum self; with stars, one
// of each star and none of self's.
func (p *space) near(code []float32, k, self int, stars bool) ([]retrieve.Neighbour, error) {
	index, without := p.spectra, strconv.Itoa(self)
	if stars && p.names != nil {
		index, without = p.stars, ""
		if self >= 0 {
			without = p.names[self]
		}
	}
	if index == nil {
		return nil, nil
	}
	return index.Nearest(p.of(code), k, without)
}

// neighbour is a spectrum near a code.
type neighbour struct {
	listed
	Distance float64            `json:"distance"` // in spreads of a node; see package retrieve
	Labels   map[string]float64 `json:"labels"`
}

// neighbours answers /api/neighbours?k=&i=&stars= for the code in the body: the
// k nearest spectra but for number i, and with stars=1 one of each star, none
// of the star of i.
func (e *Explorer) neighbours(w http.ResponseWriter, r *http.Request) error {
	s := e.survey
	k, err := integer(r, "k", 10, 1, 100)
	if err != nil {
		return err
	}
	self, err := integer(r, "i", -1, 0, len(s.spectra)-1)
	if err != nil {
		return err
	}
	code, err := readFloats(w, r, e.config.Nodes)
	if err != nil {
		return err
	}
	nearest, err := e.space.near(code, k, self, r.URL.Query().Get("stars") == "1")
	if err != nil {
		return err
	}
	found := []neighbour{}
	for _, n := range nearest {
		i := s.coded[n.Row]
		found = append(found, neighbour{e.listed(i), n.Distance, s.labelsOf(i)})
	}
	return writeJSON(w, http.StatusOK, found)
}

// mostPoints are drawn on a map.
const mostPoints = 20000

// points answers /api/points?x=&y=&label=: two nodes of the coded spectra, evenly
// spread over them, and a label. The answer is the number n, then n numbers of
// spectra, n values of node x, n of node y and n of the label, NaN where it is
// missing.
func (e *Explorer) points(w http.ResponseWriter, r *http.Request) error {
	s := e.survey
	x, err := integer(r, "x", 0, 0, e.config.Nodes-1)
	if err != nil {
		return err
	}
	y, err := integer(r, "y", 0, 0, e.config.Nodes-1)
	if err != nil {
		return err
	}
	var label []float64
	if name := r.URL.Query().Get("label"); name != "" && s.labels != nil {
		column, err := s.labels.Column(name)
		if err != nil {
			return problem{http.StatusNotFound, err}
		}
		label = column.Values
	}
	n := min(mostPoints, len(s.coded))
	at, xs, ys, colours := make([]int, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for k := range n {
		row := k * len(s.coded) / n
		at[k], xs[k], ys[k] = s.coded[row], s.codes[row][x], s.codes[row][y]
		colours[k] = float32(math.NaN())
		if label != nil {
			colours[k] = float32(label[at[k]])
		}
	}
	return words{}.ints(n).ints(at...).floats(xs).floats(ys).floats(colours).send(w)
}
