package explore

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
	"github.com/stellarae/lab/stellarae/report"
)

// node is a latent node as its slider shows it.
type node struct {
	Node        int        `json:"node"`
	Name        string     `json:"name"` // "node 5: Teff"
	Carries     []string   `json:"carries"`
	Through     []string   `json:"through"` // labels it knows through others
	Informative bool       `json:"informative"`
	MAD         float64    `json:"mad"`
	Ticks       [5]float64 `json:"ticks"` // percentiles of the codes; see percentiles
}

// percentiles of the codes are marked at a slider, which reaches from the
// first to the last: the middle, and one and two standard deviations of a
// normal distribution.
var percentiles = [5]float64{0.01, 0.16, 0.5, 0.84, 0.99}

// informativeMAD is the threshold of Sedaghat et al. 2021, section 6.1.
const informativeMAD = 0.02

// nameNodes measures the nodes and gives them the names that the count has
// for them: a report's where there is one, else one made here of a few stars.
func (s *Survey) nameNodes(ctx context.Context, from Sources, progress func(string, int, int)) error {
	s.nodes = make([]node, s.config.Nodes)
	for n := range s.nodes {
		s.nodes[n] = node{Node: n, Ticks: [5]float64{-3, -1, 0, 1, 3}, Carries: []string{}, Through: []string{}}
	}
	if len(s.codes) > 0 {
		s.measureNodes()
		s.how = fmt.Sprintf("a MAD above %v, no labels at hand", informativeMAD)
	} else {
		s.how = "no codes at hand: all nodes, from -3 to 3"
	}
	switch {
	case from.Count != "":
		if err := s.readCount(filepath.Join(from.Count, report.JSONName)); err != nil {
			return err
		}
	case s.labels != nil && len(s.codes) >= leastToCount:
		if err := s.count(ctx, progress); err != nil {
			return err
		}
	}
	for n := range s.nodes {
		s.nodes[n].Name = fmt.Sprintf("node %d", n)
		if words := strings.Join(s.nodes[n].Carries, ", "); words != "" {
			s.nodes[n].Name += ": " + words
		}
	}
	s.note("nodes named by %s", s.how)
	return nil
}

func (s *Survey) measureNodes() {
	column := make([]float64, len(s.codes))
	for n := range s.nodes {
		for i, code := range s.codes {
			column[i] = float64(code[n])
		}
		_, mad := info.MAD(mat.NewDense(len(column), 1, column))
		s.nodes[n].MAD, s.nodes[n].Informative = mad[0], mad[0] > informativeMAD
		slices.Sort(column)
		for k, p := range percentiles {
			s.nodes[n].Ticks[k] = quantile(column, p)
		}
	}
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (at-float64(i))*(sorted[j]-sorted[i])
}

// counted is what of a report.json is wanted here.
type counted struct {
	Informative []int `json:"informative"`
	Nodes       []struct {
		Node        int      `json:"node"`
		Informative bool     `json:"informative"`
		Carries     []string `json:"carries"`
		Through     []string `json:"through"`
	} `json:"nodes"` // of the corrected count
	Labels map[string]struct {
		Best      *int `json:"best_node"`
		Unanimous bool `json:"unanimous"`
	} `json:"labels"`
	MAD []*float64 `json:"mad"`
}

// readCount takes names from a report: those of the corrected count, or where
// it has none, those of the published one.
func (s *Survey) readCount(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c counted
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(c.MAD) != s.config.Nodes {
		return fmt.Errorf("%s: a count of %d nodes: the network has %d", file, len(c.MAD), s.config.Nodes)
	}
	s.how = "the count in " + filepath.Base(filepath.Dir(file))
	for n := range s.nodes {
		s.nodes[n].Informative = slices.Contains(c.Informative, n)
		if mad := c.MAD[n]; mad != nil && len(s.codes) == 0 {
			s.nodes[n].MAD = *mad
		}
	}
	for label, l := range c.Labels {
		if c.Nodes == nil && l.Best != nil && l.Unanimous && slices.Contains(c.Informative, *l.Best) {
			s.nodes[*l.Best].Carries = append(s.nodes[*l.Best].Carries, label)
		}
	}
	for n := range s.nodes {
		slices.Sort(s.nodes[n].Carries)
	}
	for _, f := range c.Nodes {
		if f.Node < 0 || f.Node >= len(s.nodes) {
			return fmt.Errorf("%s: node %d: the network has nodes 0 to %d", file, f.Node, len(s.nodes)-1)
		}
		n := &s.nodes[f.Node]
		if n.Informative = f.Informative; f.Informative {
			n.Carries, n.Through = append(n.Carries, f.Carries...), append(n.Through, f.Through...)
		}
	}
	return nil
}

const (
	leastToCount = 100  // codes, below which nothing can be said
	mostToCount  = 1000 // stars; a count of more would keep the page waiting
)

// count is package info's with few stars and permutations: enough for names,
// not for claims, which `stellarae count` makes.
func (s *Survey) count(ctx context.Context, progress func(string, int, int)) error {
	stars := s.labels.StarKeys()
	var rows []int // of codes, the first of each star
	seen := map[string]bool{}
	for row, i := range s.coded {
		if !seen[stars[i]] {
			seen[stars[i]] = true
			rows = append(rows, row)
		}
	}
	if len(rows) < leastToCount {
		s.how = fmt.Sprintf("a MAD above %v, %d stars are too few for more", informativeMAD, len(rows))
		return nil
	}
	if n := len(rows); n > mostToCount {
		for k := range mostToCount {
			rows[k] = rows[k*n/mostToCount]
		}
		rows = rows[:mostToCount]
	}
	codes := mat.NewDense(len(rows), s.config.Nodes, nil)
	at := make([]int, len(rows))
	for k, row := range rows {
		at[k] = s.coded[row]
		for n, v := range s.codes[row] {
			codes.Set(k, n, float64(v))
		}
	}
	picked := s.labels.Pick(at)
	var labels []info.Label
	for _, name := range catalog.PaperLabels() {
		if c, err := picked.Column(name); err == nil {
			labels = append(labels, info.Label{Name: c.Name, Values: c.Values})
		}
	}
	if len(labels) == 0 {
		return nil
	}
	clusters, err := resample.By(at)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	found, err := info.Count(codes, labels, info.CountOptions{
		Clusters: clusters, Threshold: informativeMAD, Bootstrap: 20, Seed: 1,
		Associate:       info.AssociateOptions{Permutations: 199},
		ConditionalRows: 500, ConditionalPermutations: 99,
		Progress: func(stage string, done, total int) { progress("naming the nodes", done, total) },
	})
	if err != nil {
		return err
	}
	s.how = fmt.Sprintf("a short count of %d stars", len(rows))
	for _, f := range found.Findings {
		n := &s.nodes[f.Node]
		if n.Informative = f.Informative; f.Informative {
			n.Carries, n.Through = append(n.Carries, f.Carries()...), append(n.Through, f.Through()...)
		}
	}
	return nil
}
