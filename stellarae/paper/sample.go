package paper

import (
	"fmt"
	"slices"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// faintest is the median flux below which section 6.2 drops a spectrum.
const faintest = 50

// sample is codes with what is known of their spectra.
type sample struct {
	codes  *mat.Dense
	table  *catalog.Table // of the codes' rows
	unique []int          // one row an object
	bright []int          // of these, what is not too faint; section 6.2 takes them

	published *info.Published // of bright
	corrected *info.Counted   // of all rows that are not too faint
}

func newSample(codes *mat.Dense, table *catalog.Table) (*sample, error) {
	rows, _ := codes.Dims()
	if table.Rows() != rows {
		return nil, fmt.Errorf("%d codes, labels of %d spectra", rows, table.Rows())
	}
	s := &sample{codes: codes, table: table, unique: table.UniqueStars()}
	for _, r := range s.unique {
		if !s.faint(r) {
			s.bright = append(s.bright, r)
		}
	}
	return s, nil
}

func (s *sample) faint(row int) bool { return s.table.Median != nil && s.table.Median[row] < faintest }

// labels are the paper's, as far as the table has them, but for some.
func (s *sample) labels(but ...string) (all []info.Label) {
	for _, name := range catalog.PaperLabels() {
		if column, err := s.table.Column(name); err == nil && !slices.Contains(but, name) {
			all = append(all, info.Label{Name: name, Values: column.Values})
		}
	}
	return all
}

// values are a label's, in the order of the codes.
func (s *sample) values(label string) ([]float64, error) {
	column, err := s.table.Column(label)
	return column.Values, err
}

// node is a column of the codes.
func (s *sample) node(i int) []float64 { return mat.Col(nil, i, s.codes) }

// asPublished is the paper's count of some rows.
func (s *sample) asPublished(rows []int, labels []info.Label) (*info.Published, error) {
	codes, labels, err := info.KeepRows(s.codes, labels, rows)
	if err != nil {
		return nil, err
	}
	return info.CountPublished(codes, labels, info.Options{})
}

// withCare is the corrected count of all rows that are not too faint.
func (s *sample) withCare(labels []info.Label, o Options) (*info.Counted, error) {
	var rows []int
	for r := range s.table.Rows() {
		if !s.faint(r) {
			rows = append(rows, r)
		}
	}
	codes, labels, err := info.KeepRows(s.codes, labels, rows)
	if err != nil {
		return nil, err
	}
	stars, err := resample.By(s.table.Pick(rows).StarKeys())
	if err != nil {
		return nil, err
	}
	return info.Count(codes, labels, info.CountOptions{
		Clusters: stars, Seed: o.Seed, Associate: info.AssociateOptions{Permutations: o.Permutations}, Progress: o.Progress,
	})
}

// count does both.
func (s *sample) count(o Options) (err error) {
	if s.published, err = s.asPublished(s.bright, s.labels()); err != nil {
		return err
	}
	s.corrected, err = s.withCare(s.labels(), o)
	return err
}

// spearman is the rank correlation of a node and a label, one row an object.
func (s *sample) spearman(node int, label string) (float64, error) {
	values, err := s.values(label)
	if err != nil {
		return 0, err
	}
	code := s.node(node)
	var x, y []float64
	for _, r := range s.bright {
		if v := values[r]; v == v {
			x, y = append(x, code[r]), append(y, v)
		}
	}
	return info.Spearman(x, y), nil
}

// label is a label of the published count, nil where the table lacks it.
func labelOf(p *info.Published, name string) *info.LabelMI {
	for i, l := range p.Labels {
		if l.Name == name {
			return &p.Labels[i]
		}
	}
	return nil
}

// best is the node that tells most of a label, -1 for none, and whether it does
// with every number of bins.
func best(p *info.Published, name string) (node int, always bool) {
	l := labelOf(p, name)
	if l == nil {
		return -1, false
	}
	return l.Best()
}

// nats is the mutual information of a node and a label with a number of bins.
func nats(p *info.Published, name string, bins, node int) (float64, bool) {
	l, b := labelOf(p, name), slices.Index(p.Bins, bins)
	if l == nil || b < 0 || l.MI == nil || node < 0 || node >= len(l.MI[b]) {
		return 0, false
	}
	return l.MI[b][node], true
}

// unrelated lists the informative nodes that are the brightest with every number of
// bins for no label: what the paper calls without a direct relation.
func unrelated(p *info.Published) (nodes []int) {
	related := map[int]bool{}
	for _, l := range p.Labels {
		if node, always := l.Best(); always {
			related[node] = true
		}
	}
	for _, node := range p.Informative {
		if !related[node] {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// effect is what the corrected count says that a node and a label share, in bits.
func effect(c *info.Counted, label string, node int) float64 {
	for _, row := range c.Map.Cells {
		if row[0].Label == label && node >= 0 {
			return row[node].Effect.Bits
		}
	}
	return 0
}

// outliers marks what section 6.2 clips: missing values, and those beyond 5 sigma.
func outliers(values []float64) []bool {
	out, _, _ := info.SigmaClip(values, 5, 5)
	return out
}
