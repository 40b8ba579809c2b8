package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/knn"
)

// lookClaims are about reconstructions and what the authors offer to look at.
func lookClaims() []asked[*simulation] {
	claim := func(what, notebook, heading, paper, criterion string) Claim {
		return Claim{Part: "To look at", What: what, Notebook: notebook, Heading: heading, Paper: paper, Criterion: criterion}
	}
	return []asked[*simulation]{
		{claim("Figure: a spectrum and its reconstruction", "00_start", "3. Look",
			"continuum and lines are reproduced", "90 % or more of the variance is explained, of stars not trained on"),
			func(s *simulation) (Answer, error) { return s.reconstruct() }},
		{claim("Sliders: one node moved, the decoded spectrum follows", "07_sliders", "Three sliders",
			"velocity's node shifts the lines", "moving it changes the spectrum as a Doppler shift does (cosine of 0.7 or more), and no other informative node comes near (half of it)"),
			func(s *simulation) (Answer, error) { return s.slide() }},
		{claim("RETR-SPECT: the nearest spectra in latent space", "08_retrieval", "How good is it?",
			"are of similar stars", "the nearest other star differs in velocity and temperature by less than a third of what two stars drawn at random do"),
			func(s *simulation) (Answer, error) { return s.retrieve() }},
	}
}

func (s *simulation) reconstruct() (Answer, error) {
	again, err := s.model.Decode(s.codes32)
	if err != nil {
		return Answer{}, err
	}
	var left, all []float64
	for i, row := range s.rows {
		for k, v := range row {
			d := float64(v - again[i][k])
			left, all = append(left, d*d), append(all, float64(v))
		}
	}
	centre := mean(all)
	for i, v := range all {
		all[i] = (v - centre) * (v - centre)
	}
	snr, err := s.values("snr")
	if err != nil {
		return Answer{}, err
	}
	explained := 1 - mean(left)/mean(all)
	return Answer{
		Published: fmt.Sprintf("%.1f %% of the variance explained; off by %.3f, where the noise is %.3f", 100*explained, math.Sqrt(mean(left)), 1/info.Median(snr)),
		Verdict:   verdict(explained >= 0.9, SameInKind), Figure: "reconstruction",
	}, nil
}

func (s *simulation) slide() (Answer, error) {
	node, _ := best(s.published, "radvel")
	own, other := 0.0, 0.0
	for _, d := range s.moved {
		if c := math.Abs(d.Cosine.Median); d.Node == node {
			own = c
		} else if !math.IsNaN(c) {
			other = max(other, c)
		}
	}
	a := Answer{
		Published: fmt.Sprintf("node %d: cosine with a Doppler shift %.2f, other informative nodes at most %.2f", node, own, other),
		Verdict:   verdict(own >= 0.7 && other < own/2, SameInKind), Figure: "slider",
	}
	if node >= 0 {
		r := s.doppler.Nodes[node]
		a.Corrected = fmt.Sprintf("spectra shifted by -30 to 30 km/s: it answers with %.4f ± %.4f a km/s, %.0f %% of that explained by velocity", r.Slope, r.SlopeSE, 100*r.Share)
	}
	return a, nil
}

// retrieve finds the nearest other star of every star in the informative nodes, each
// in units of its deviation.
func (s *simulation) retrieve() (Answer, error) {
	nodes := s.published.Informative
	if len(nodes) == 0 {
		return Answer{Published: "no informative node", Verdict: NotReproduced}, nil
	}
	var columns [][]float64
	for _, node := range nodes {
		code, column := s.node(node), []float64(nil)
		for _, r := range s.unique {
			column = append(column, code[r]/s.published.MAD[node])
		}
		columns = append(columns, column)
	}
	tree, err := knn.New(knn.Euclid, columns...)
	if err != nil {
		return Answer{}, err
	}
	search := tree.Searcher(1)
	near := make([]int, len(s.unique))
	for i := range near {
		_, rows := search.Nearest(i)
		near[i] = int(rows[0])
	}
	ok, words := true, []string(nil)
	for _, label := range []string{"radvel", "Teff"} {
		values, err := s.values(label)
		if err != nil {
			return Answer{}, err
		}
		var neighbours, strangers []float64
		for i, r := range s.unique {
			other := s.unique[near[i]]
			stranger := s.unique[(i+len(s.unique)/2)%len(s.unique)] // stars are in no order
			neighbours = append(neighbours, math.Abs(values[r]-values[other]))
			strangers = append(strangers, math.Abs(values[r]-values[stranger]))
		}
		a, b := median(neighbours), median(strangers)
		ok = ok && a < b/3
		words = append(words, fmt.Sprintf("%s %.3g, at random %.3g", label, a, b))
	}
	return Answer{
		Published: "median difference to the nearest star: " + list(words),
		Verdict:   verdict(ok, SameInKind),
	}, nil
}

// median leaves out what is not a number.
func median(values []float64) float64 {
	return info.Median(slices.DeleteFunc(slices.Clone(values), math.IsNaN))
}
