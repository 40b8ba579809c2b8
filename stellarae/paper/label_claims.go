package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
)

// natsPerBit turns bits into nats.
const natsPerBit = math.Ln2

// labelClaims are those of section 6.2.
func labelClaims() []asked[*simulation] {
	claim := func(what, notebook, heading, paper, criterion string) Claim {
		return Claim{Part: "What the nodes know (section 6.2)", What: what, Notebook: notebook, Heading: heading, Paper: paper, Criterion: criterion}
	}
	return []asked[*simulation]{
		{claim("Figure: heat maps of labels and nodes, n × n bins, n from 5 to 160", "04_mutual_information", "Step 4: the paper's heat maps",
			"radial velocity and temperature have a node that stays bright in all rows", "every visible factor has a node that is the brightest in all rows, and the nodes differ"),
			func(s *simulation) (Answer, error) {
				var nodes []int
				var words []string
				for _, name := range s.visible {
					if node, always := best(s.published, name); always && !slices.Contains(nodes, node) {
						nodes = append(nodes, node)
						words = append(words, fmt.Sprintf("%s: node %d", name, node))
					}
				}
				return Answer{
					Published: fmt.Sprintf("brightest in %d rows of %d: %s", len(s.published.Bins), len(s.published.Bins), list(words)),
					Corrected: fmt.Sprintf("carried directly: %s", carried(s.corrected)),
					Verdict:   verdict(len(nodes) == len(s.visible), SameInKind), Figure: "mi",
				}, nil
			}},
		{claim("Radial velocity", "04_mutual_information", "Step 6: the nodes, in nats",
			"node 124; 1.22 nat with 40 bins", "one informative node is the brightest in all rows with 0.5 nat or more, and carries it directly"),
			carries("radvel")},
		{claim("Temperature", "04_mutual_information", "Step 6: the nodes, in nats",
			"node 85; 1.34 nat with 40 bins", "one informative node is the brightest in all rows with 0.5 nat or more, and carries it directly"),
			carries("Teff")},
		{claim("Gravity", "06_nodes_and_stars", "What is known only through temperature",
			"node 85 follows log g too, because log g depends on temperature across the data", "the temperature's node tells most of log g, and the corrected count finds it only through something else"),
			func(s *simulation) (Answer, error) { return s.gravity() }},
		{claim("Nodes without a direct relation to any label", "05_dimension_count", "The real thing: the codes of `00_start`",
			"about 4 of the 6", "with a visible factor's label hidden, the factor's node, and no other, is left over in both counts"),
			func(s *simulation) (Answer, error) {
				node, _ := best(s.published, s.hidden)
				a, b := unrelated(s.lacking), s.lackingCorrect.UnexplainedNodes()
				one := []int{node}
				return Answer{
					Published: fmt.Sprintf("%d of %d with %s hidden: node %s; %d with all labels", len(a), len(s.lacking.Informative), s.hidden, list(a), len(unrelated(s.published))),
					Corrected: fmt.Sprintf("%d with %s hidden: node %s; %d with all labels", len(b), s.hidden, list(b), len(s.corrected.UnexplainedNodes())),
					Verdict:   verdict(slices.Equal(a, one) && slices.Equal(b, one), SameInKind),
				}, nil
			}},
		{claim("A noise node is bright with fine bins only", "04_mutual_information", "Step 3: where that comes from",
			"radial velocity, the other 122 nodes: 0.11 of the row's brightest with 10 bins, 0.32 with 160", "the mean over the other nodes grows from 10 to 160 bins; with care, no node claims a shuffled label"),
			func(s *simulation) (Answer, error) {
				few, many := haze(s.published, "radvel", 10), haze(s.published, "radvel", 160)
				claims := s.corrected.Controls.ShuffledClaims
				return Answer{
					Published: fmt.Sprintf("the other %d nodes: %.2f with 10 bins, %.2f with 160", len(s.published.MAD)-len(s.published.Informative), few, many),
					Corrected: fmt.Sprintf("%s shuffled: claimed by %s", s.corrected.Controls.Shuffled, list(claims)),
					Verdict:   verdict(many > few && len(claims) == 0, SameInKind),
				}, nil
			}},
		{claim("Figure: velocity's node against velocity, by spectral type", "06_nodes_and_stars", "Where the curve turns back",
			"a curve that rises to -24 km/s, falls to +43 and turns back beyond, so not monotonic", "a rank correlation of 0.9 or more among the stars, and spectra shifted farther than the stars move turn back"),
			func(s *simulation) (Answer, error) { return s.curve() }},
		{claim("Figure: temperature's node against temperature", "06_nodes_and_stars", "Temperature",
			"falls steadily from 3,000 to 9,000 K", "a rank correlation of 0.9 or more in size"),
			func(s *simulation) (Answer, error) {
				node, _ := best(s.published, "Teff")
				rho, err := s.rank(node, "Teff")
				return Answer{
					Published: fmt.Sprintf("node %d: rank correlation %+.2f", node, rho),
					Verdict:   verdict(math.Abs(rho) >= 0.9, SameInKind), Figure: "teff",
				}, err
			}},
		{claim("Figure: temperature and gravity of the sample", "06_nodes_and_stars", "What is known only through temperature",
			"they go together along the main sequence", "a rank correlation of 0.3 or more in size"),
			func(s *simulation) (Answer, error) {
				rho := pair(s.corrected, "Teff", "logg")
				return Answer{
					Published: fmt.Sprintf("rank correlation %+.2f", rho),
					Verdict:   verdict(math.Abs(rho) >= 0.3, SameInKind), Figure: "kiel",
				}, nil
			}},
	}
}

// carries answers whether one informative node knows a label.
func carries(label string) func(*simulation) (Answer, error) {
	return func(s *simulation) (Answer, error) {
		node, always := best(s.published, label)
		forty, _ := nats(s.published, label, 40, node)
		direct := node >= 0 && slices.Contains(s.corrected.Findings[node].Carries(), label)
		return Answer{
			Published: fmt.Sprintf("node %d; %.2f nat with 40 bins", node, forty),
			Corrected: fmt.Sprintf("%.2f nat above chance by nearest neighbours", natsPerBit*effect(s.corrected, label, node)),
			Verdict:   verdict(always && direct && forty >= 0.5 && slices.Contains(s.published.Informative, node), SameInKind),
		}, nil
	}
}

func (s *simulation) gravity() (Answer, error) {
	node, _ := best(s.published, "Teff")
	follows, _ := best(s.published, "logg")
	a := Answer{Published: fmt.Sprintf("log g: most in node %d, temperature in node %d", follows, node), Verdict: NotReproduced}
	if node < 0 {
		return a, nil
	}
	f := s.corrected.Findings[node]
	a.Corrected = fmt.Sprintf("node %d knows log g on its own", node)
	for _, t := range f.Ties {
		if t.Label == "logg" && t.Through != "" {
			a.Corrected = fmt.Sprintf("node %d knows log g only through %s", node, t.Through)
		}
	}
	a.Verdict = verdict(follows == node && slices.Contains(f.Through(), "logg"), SameInKind)
	return a, nil
}

// curve is how velocity's node follows it: the stars, and spectra shifted farther.
func (s *simulation) curve() (Answer, error) {
	node, _ := best(s.published, "radvel")
	rho, err := s.rank(node, "radvel")
	if err != nil || node < 0 {
		return Answer{Published: "no node", Verdict: NotReproduced, Figure: "radvel"}, err
	}
	mean := s.wide.Nodes[node].Mean
	lo, hi := slices.Index(mean, slices.Min(mean)), slices.Index(mean, slices.Max(mean))
	first, last := min(lo, hi), max(lo, hi)
	turns := first > 0 && last < len(mean)-1
	v := s.wide.Velocities
	return Answer{
		Published: fmt.Sprintf("node %d: rank correlation %+.2f; shifted on, it turns back at %+.0f and %+.0f km/s", node, rho, v[first], v[last]),
		Verdict:   verdict(math.Abs(rho) >= 0.9 && turns, SameInKind), Figure: "radvel",
	}, nil
}

// rank is spearman, 0 where there is no node.
func (s *simulation) rank(node int, label string) (float64, error) {
	if node < 0 {
		return 0, nil
	}
	return s.spearman(node, label)
}

// carried lists what the informative nodes carry directly.
func carried(c *info.Counted) string {
	var words []string
	for _, node := range c.InformativeNodes() {
		for _, label := range c.Findings[node].Carries() {
			words = append(words, fmt.Sprintf("%s (%d)", label, node))
		}
	}
	return list(words)
}

// haze is the mean brightness of the nodes that are not informative, in a row of a
// label's heat map.
func haze(p *info.Published, label string, bins int) float64 {
	l, b := labelOf(p, label), slices.Index(p.Bins, bins)
	if l == nil || l.MI == nil || b < 0 {
		return math.NaN()
	}
	var values []float64
	for node, v := range l.Normalised()[b] {
		if !slices.Contains(p.Informative, node) {
			values = append(values, v)
		}
	}
	return mean(values)
}

// pair is the rank correlation of two labels, 0 where it is small.
func pair(c *info.Counted, a, b string) float64 {
	for _, p := range c.LabelPairs {
		if p.A == a && p.B == b || p.A == b && p.B == a {
			return p.Rho
		}
	}
	return 0
}
