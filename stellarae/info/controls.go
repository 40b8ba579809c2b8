package info

import (
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// Encoder is other codes of the same rows, to hold the counted ones against: of
// the same network before training, or principal components.
type Encoder struct {
	Name  string
	Codes *mat.Dense
}

// Injection is a factor known because it was put in: codes of inputs that were
// changed by a known amount, velocities for spectra.
type Injection struct {
	Name     string
	Codes    *mat.Dense // rows of their own, the nodes of the count
	Values   []float64  // one a row
	Clusters *resample.Clusters
}

// Controls are answers that are known beforehand.
type Controls struct {
	// Shuffled is a label whose values were dealt anew to the clusters. No node
	// carries it; Claims are those that the map says do.
	Shuffled       string
	ShuffledClaims []int

	// A node that barely moves, as a collapsed one does. It is not informative and
	// carries nothing.
	CollapsedInformative bool
	CollapsedClaims      []string

	// PlantedRho is the correlation of a node and a label that were added to the
	// codes and labels: the map is to find it, and no other node may claim it.
	PlantedRho    float64
	PlantedFound  bool
	PlantedClaims []int // other nodes that the map says carry it

	Injected []InjectedFactor
	Encoders []EncoderControl
}

// InjectedFactor is what the nodes tell of a factor that was put into the inputs.
type InjectedFactor struct {
	Name  string
	Nodes []int   // that carry it, max-T over all nodes
	Best  int     // the node that tells most
	Bits  float64 // it shares with the factor above the null
	Rho   float64 // Spearman's
}

// EncoderControl is what other codes of the same rows show.
type EncoderControl struct {
	Name          string
	Nodes         int
	Informative   int // by the same threshold
	Participation float64
	Claims        int                // cells of its own map
	Best          map[string]float64 // by label: bits above the null of the node that tells most
	Reason        string             // why nothing can be said; else empty
}

// plantedRho is a correlation that a sample large enough for a count must show.
const plantedRho = 0.5

// The places of what is added to codes and labels as controls, from their ends.
const (
	collapsedNode = iota
	plantedNode
	addedNodes
)

// withControls adds a collapsed node, and a planted one with its label, and a
// shuffled copy of the label that has most values.
func withControls(columns [][]float64, labels []Label, clusters *resample.Clusters, threshold float64, seed uint64) (codes *mat.Dense, all []Label, name string) {
	rng := rand.New(rand.NewPCG(seed, 0x636f6e74726f6c))
	rows := len(columns[0])
	codes = mat.NewDense(rows, len(columns)+addedNodes, nil)
	for i, c := range columns {
		codes.SetCol(i, c)
	}
	planted := make([]float64, rows)
	for n := range clusters.Len() {
		v := rng.NormFloat64()
		for _, r := range clusters.Members(n) {
			planted[r] = v
		}
	}
	for r := range rows {
		codes.Set(r, len(columns)+collapsedNode, threshold/20*rng.NormFloat64())
		codes.Set(r, len(columns)+plantedNode, plantedRho*planted[r]+math.Sqrt(1-plantedRho*plantedRho)*rng.NormFloat64())
	}
	all = append(all, labels...)
	of := fullest(labels)
	if of >= 0 {
		shuffled := make([]float64, rows)
		for r, from := range clusters.Between(rng) {
			shuffled[r] = labels[of].Values[from]
		}
		all = append(all, Label{"shuffled " + labels[of].Name, shuffled})
		name = labels[of].Name
	}
	return codes, append(all, Label{"planted", planted}), name
}

// fullest is the label that has most values; -1 for no labels.
func fullest(labels []Label) int {
	best, most := -1, -1
	for l, label := range labels {
		n := 0
		for _, v := range label.Values {
			if !math.IsNaN(v) {
				n++
			}
		}
		if n > most {
			best, most = l, n
		}
	}
	return best
}

// readControls takes the controls out of the map.
func readControls(m *Map, own, nodes int, u use, o CountOptions) Controls {
	planted := len(m.Cells) - 1
	c := Controls{PlantedRho: plantedRho}
	for node := range nodes + addedNodes {
		if own < planted && m.Cells[own][node].Adjusted <= o.Alpha && node < nodes {
			c.ShuffledClaims = append(c.ShuffledClaims, node)
		}
		if m.Cells[planted][node].Adjusted <= o.Alpha {
			if node == nodes+plantedNode {
				c.PlantedFound = true
			} else {
				c.PlantedClaims = append(c.PlantedClaims, node)
			}
		}
	}
	c.CollapsedInformative = u.mad[nodes+collapsedNode] > o.Threshold
	for _, row := range m.Cells {
		if row[nodes+collapsedNode].Adjusted <= o.Alpha {
			c.CollapsedClaims = append(c.CollapsedClaims, row[nodes+collapsedNode].Label)
		}
	}
	m.Cells, m.Nodes = m.Cells[:own], nodes
	for l := range m.Cells {
		m.Cells[l] = m.Cells[l][:nodes]
	}
	return c
}

func (o CountOptions) inject(in Injection) (InjectedFactor, error) {
	a := o.associate()
	a.Permutations = min(a.Permutations, controlPermutations)
	m, err := Associate(in.Codes, []Label{{in.Name, in.Values}}, in.Clusters, a)
	if err != nil {
		return InjectedFactor{}, err
	}
	f := InjectedFactor{Name: in.Name, Best: -1, Bits: math.NaN(), Rho: math.NaN()}
	for node, c := range m.Cells[0] {
		if c.Adjusted <= o.Alpha {
			f.Nodes = append(f.Nodes, node)
		}
		if c.Reason == "" && (f.Best < 0 || c.Effect.Bits > f.Bits) {
			f.Best, f.Bits = node, c.Effect.Bits
		}
	}
	if f.Best >= 0 {
		f.Rho = Spearman(mat.Col(nil, f.Best, in.Codes), in.Values)
	}
	return f, nil
}

// controlPermutations are enough to see whether a control claims anything.
const controlPermutations = 199

func (o CountOptions) encoder(e Encoder, labels []Label, clusters *resample.Clusters) (EncoderControl, error) {
	out := EncoderControl{Name: e.Name, Best: map[string]float64{}, Participation: math.NaN()}
	columns, err := columnsOf(e.Codes)
	if err != nil {
		return out, err
	}
	out.Nodes = len(columns)
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	for _, m := range madsOf(columns, clusters.OneOfEach(rng)) {
		if m > o.Threshold {
			out.Informative++
		}
	}
	if report, err := dimension.Estimate(e.Codes, clusters, dimension.Options{Seed: o.Seed}); err == nil {
		out.Participation = report.Participation.Mean
	} else {
		out.Reason = err.Error()
	}
	a := o.associate()
	a.Permutations = min(a.Permutations, controlPermutations)
	m, err := Associate(e.Codes, labels, clusters, a)
	if err != nil {
		return out, err
	}
	for _, row := range m.Cells {
		for _, c := range row {
			if c.Adjusted <= o.Alpha {
				out.Claims++
			}
			if best, known := out.Best[c.Label]; c.Reason == "" && (!known || c.Effect.Bits > best) {
				out.Best[c.Label] = c.Effect.Bits
			}
		}
	}
	return out, nil
}
