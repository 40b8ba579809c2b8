package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
)

// informativePublished are the nodes of section 6.1, and deviations their MAD, read
// off the paper's figure to within two pixels of 0.00135.
var (
	informativePublished = []int{11, 19, 58, 85, 99, 124}
	deviations           = []float64{0.6385, 0.1128, 0.0345, 0.5601, 0.6723, 0.4345}
)

// histograms is the mutual information in nats of these nodes with a label, 40 bins,
// without the spectra of a median flux below 50: two decimals, as the heat maps of
// Piras et al. 2023 (GMM-MI, doi:10.1088/2632-2153/acc444) print the paper's estimate.
var histograms = map[string][]float64{
	"radvel":  {0.40, 0.10, 0.11, 0.12, 0.12, 1.22},
	"Teff":    {0.26, 0.67, 0.27, 1.34, 0.23, 0.31},
	"Mass":    {0.27, 0.71, 0.30, 1.34, 0.27, 0.35},
	"[M/H]":   {0.31, 0.25, 0.09, 0.25, 0.19, 0.31},
	"airmass": {0.08, 0.08, 0.06, 0.09, 0.08, 0.11},
	"snr":     {0.09, 0.15, 0.08, 0.23, 0.12, 0.14},
}

// neighbours is the same by nearest neighbours, all spectra, two digits (ibid.).
var neighbours = map[string][]float64{
	"radvel": {0.4, 0.053, 0.062, 0.055, 0.033, 1.7},
	"Teff":   {0.19, 0.72, 0.35, 1.3, 0.19, 0.3},
}

// checkpointPart is the part that needs no data here, and the checkpoint there.
const checkpointPart = "The network (section 3)"

// publishedClaims are those that the authors' files can answer.
func publishedClaims() []asked[*publication] {
	claim := func(part, what, notebook, heading, paper, criterion string) Claim {
		return Claim{Part: part, What: what, Notebook: notebook, Heading: heading, Paper: paper, Criterion: criterion}
	}
	const (
		data        = "Data and preprocessing (section 2)"
		nodes       = "How many nodes are informative (section 6.1)"
		labels      = "What the nodes know (section 6.2)"
		real        = "The real thing: the codes of `00_start`"
		throughTeff = "What is known only through temperature"
		inNats      = "Step 6: the nodes, in nats"
	)
	return []asked[*publication]{
		{claim(data, "Unique objects", "05_dimension_count", real, "about 7,000; codes of 128 nodes", "7,007 rows of 128"),
			func(p *publication) (Answer, error) {
				rows, cols := p.codes.Dims()
				return Answer{Published: fmt.Sprintf("%s rows of %d", thousands(rows), cols), Verdict: verdict(rows == 7007 && cols == publishedNodes, Reproduced)}, nil
			}},
		{claim(data, "Labels of radial velocity", "05_dimension_count", real, "4,061 after clipping, without faint spectra; 4,090 with them", "both numbers are equal"),
			func(p *publication) (Answer, error) {
				a, b := labelOf(p.published, "radvel"), labelOf(p.everything, "radvel")
				if a == nil || b == nil {
					return Answer{Published: "no radial velocities", Verdict: NotReproduced}, nil
				}
				return Answer{Published: fmt.Sprintf("%s; %s", thousands(a.Used), thousands(b.Used)), Verdict: verdict(a.Used == 4061 && b.Used == 4090, Reproduced)}, nil
			}},
		{claim(checkpointPart, "The checkpoint", "09_your_data", "The network of the paper's authors", "names and shapes of the network above; epoch 182, 1.5 million iterations", "the shapes tell the published network, layer by layer"),
			func(p *publication) (Answer, error) {
				c, err := p.config()
				if err != nil {
					return Answer{Published: err.Error(), Verdict: NotReproduced}, nil
				}
				shapes := c.Parameters()
				return Answer{
					Published: fmt.Sprintf("network %q, %d tensors, %s parameters", c.Name, len(shapes), thousands(c.ParameterCount())),
					Verdict:   verdict(encoderAgrees(c) && bottleneckAgrees(shapes) && decoderAgrees(shapes), Reproduced),
				}, nil
			}},
		{claim(nodes, "Informative nodes (MAD > 0.02)", "03_informative_nodes", "The count, as published", "11, 19, 58, 85, 99 and 124", "the same nodes"),
			func(p *publication) (Answer, error) {
				c := p.corrected.Informative
				return Answer{
					Published: list(p.everything.Informative), Corrected: fmt.Sprintf("%d, interval %d to %d", c.At, c.Lo, c.Hi),
					Verdict: verdict(slices.Equal(p.everything.Informative, informativePublished), Reproduced), Figure: "mad",
				}, nil
			}},
		{claim(nodes, "Figure: their deviations", "03_informative_nodes", "The median absolute deviation", fmt.Sprint(list(deviations), ", read off the figure; all others at most 0.010"), "within 0.003, two pixels of the figure; the others below 0.012"),
			func(p *publication) (Answer, error) { return p.deviate() }},
		{claim(labels, "Radial velocity", "04_mutual_information", inNats, "node 124, the brightest in every row", "the same node, in all rows"), knownBy("radvel", 124)},
		{claim(labels, "Temperature", "04_mutual_information", inNats, "node 85, the brightest in every row", "the same node, in all rows"), knownBy("Teff", 85)},
		{claim(labels, "Gravity", "06_nodes_and_stars", throughTeff, "node 85 follows log g too", "node 85 tells most of log g"),
			func(p *publication) (Answer, error) {
				node, _ := best(p.published, "logg")
				a := Answer{Published: fmt.Sprintf("node %d tells most of log g", node), Verdict: verdict(node == 85, Reproduced)}
				if node >= 0 {
					a.Corrected = fmt.Sprintf("it carries %s; only through others %s", list(p.corrected.Findings[node].Carries()), list(p.corrected.Findings[node].Through()))
				}
				return a, nil
			}},
		{claim(labels, "Informative nodes without a direct relation", "05_dimension_count", real, "about 4 of 6", "3 to 5 nodes are the brightest for no label in all rows"),
			func(p *publication) (Answer, error) {
				rest := unrelated(p.published)
				return Answer{
					Published: fmt.Sprintf("%d: %s", len(rest), list(rest)), Corrected: fmt.Sprintf("know no label: %s", list(p.corrected.UnexplainedNodes())),
					Verdict: verdict(len(rest) >= 3 && len(rest) <= 5, Reproduced),
				}, nil
			}},
		{claim(labels, "Figure: mutual information in nats, 40 bins", "04_mutual_information", inNats, "36 values, 0.06 to 1.34, printed to two decimals", "all within 0.006"),
			func(p *publication) (Answer, error) { return p.inNats() }},
		{claim(labels, "Velocity and temperature by nearest neighbours", "04_mutual_information", "Step 5: without bins", "12 values in nats, 0.03 to 1.7, printed to two digits", "as far as the printed digits and twice the spread tell: within 0.1"),
			func(p *publication) (Answer, error) { return p.byNeighbours() }},
		{claim(labels, "Figure: node 124 against velocity", "06_nodes_and_stars", "Where the curve turns back", "highest, 2.76, at -24 km/s; lowest, -3.06, at +43", "codes within 0.05 and velocities within 3 km/s, as the figure is drawn"),
			func(p *publication) (Answer, error) { return p.extremes() }},
		{claim(labels, "Figure: node 85 against temperature", "06_nodes_and_stars", "Temperature", "falls steadily from 3,000 to 9,000 K", "the median of every 500 K lies below the one before"),
			func(p *publication) (Answer, error) { return p.falls() }},
		{claim(labels, "Figure: temperature and gravity of the sample", "06_nodes_and_stars", throughTeff, "they go together along the main sequence", "a rank correlation of 0.3 or more in size"),
			func(p *publication) (Answer, error) {
				rho := pair(p.corrected, "Teff", "logg")
				return Answer{Published: fmt.Sprintf("rank correlation %+.2f", rho), Verdict: verdict(math.Abs(rho) >= 0.3, Reproduced), Figure: "kiel"}, nil
			}},
	}
}

// knownBy answers whether a label's node is the published one.
func knownBy(label string, want int) func(*publication) (Answer, error) {
	return func(p *publication) (Answer, error) {
		node, always := best(p.published, label)
		how := "in most rows"
		if always {
			how = "in every row"
		}
		return Answer{
			Published: fmt.Sprintf("node %d, the brightest %s", node, how),
			Corrected: fmt.Sprintf("%.2f nat above chance; carried directly: %t", natsPerBit*effect(p.corrected, label, node), node >= 0 && slices.Contains(p.corrected.Findings[node].Carries(), label)),
			Verdict:   verdict(node == want && always, Reproduced), Figure: "mi",
		}, nil
	}
}

func (p *publication) deviate() (Answer, error) {
	off, rest := 0.0, 0.0
	for node, m := range p.everything.MAD {
		if i := slices.Index(informativePublished, node); i >= 0 {
			off = max(off, math.Abs(m-deviations[i]))
		} else {
			rest = max(rest, m)
		}
	}
	return Answer{
		Published: fmt.Sprintf("off by %.4f at most; all others at most %.4f", off, rest),
		Verdict:   verdict(off <= 0.003 && rest < 0.012, Reproduced),
	}, nil
}

// labelsOf are the labels of a table of values, in the paper's order.
func (p *publication) labelsOf(values map[string][]float64) (all []info.LabelMI) {
	for _, l := range p.published.Labels {
		if values[l.Name] != nil {
			all = append(all, l)
		}
	}
	return all
}
