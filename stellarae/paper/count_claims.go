package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
)

// countClaims are those of section 6.1.
func countClaims() []asked[*simulation] {
	claim := func(what, notebook, heading, paper, criterion string) Claim {
		return Claim{Part: "How many nodes are informative (section 6.1)", What: what, Notebook: notebook, Heading: heading, Paper: paper, Criterion: criterion}
	}
	return []asked[*simulation]{
		{claim("Figure: median absolute deviation of every node", "03_informative_nodes", "The count, as published",
			"six nodes stand out, 0.03 to 0.67; all others lie below 0.02", "the least informative node is twice the most restless of the others, and the threshold lies between them"),
			func(s *simulation) (Answer, error) {
				least, most := gap(s.published.MAD, s.published.Informative)
				return Answer{
					Published: fmt.Sprintf("%d nodes stand out, %.2f or more; all others at most %.3f", len(s.published.Informative), least, most),
					Verdict:   verdict(least > 2*most && most <= s.published.Threshold, SameInKind),
					Figure:    "mad",
				}, nil
			}},
		{claim("Number of informative nodes (MAD > 0.02)", "05_dimension_count", "The real thing: the codes of `00_start`",
			"6 of 128", "as many as factors that show in the simulated spectra; with care, within the interval"),
			func(s *simulation) (Answer, error) {
				c := s.corrected.Informative
				n := len(s.published.Informative)
				return Answer{
					Published: fmt.Sprintf("%d of %d; factors that show: %d (%s)", n, len(s.published.MAD), len(s.visible), list(s.visible)),
					Corrected: fmt.Sprintf("%d, interval %d to %d over thresholds and stars", c.At, c.Lo, c.Hi),
					Verdict:   verdict(n == len(s.visible) && c.At == n && c.Lo <= n && n <= c.Hi, SameInKind),
				}, nil
			}},
		{claim("Which nodes", "03_informative_nodes", "The count, as published",
			"11, 19, 58, 85, 99 and 124", "a node's number is an accident of the training; the authors' codes give theirs below"),
			notTestable(func(s *simulation) string { return list(s.published.Informative) })},
		{claim("The threshold of 0.02", "03_informative_nodes", "Why 0.02?",
			"0.02", "the count is the same from half to twice the threshold, as published or within the interval"),
			func(s *simulation) (Answer, error) {
				low, high := plateau(s.published.MAD, s.published.Threshold)
				c := s.corrected
				ok := low <= c.Thresholds[0] && high >= c.Thresholds[1] || c.Informative.Lo < c.Informative.Hi
				return Answer{
					Published: fmt.Sprintf("the same count for thresholds from %.3f to %.2f", low, high),
					Corrected: fmt.Sprintf("%d to %d from %.2f to %.2f", c.Informative.Lo, c.Informative.Hi, c.Thresholds[0], c.Thresholds[1]),
					Verdict:   verdict(ok, SameInKind),
				}, nil
			}},
	}
}

// gap is the least MAD of the informative nodes and the largest of the others.
func gap(mad []float64, informative []int) (least, most float64) {
	least = math.Inf(1)
	for i, m := range mad {
		if slices.Contains(informative, i) {
			least = min(least, m)
		} else {
			most = max(most, m)
		}
	}
	return least, most
}

// plateau is between which thresholds the count stays what it is.
func plateau(mad []float64, threshold float64) (low, high float64) {
	least, most := gap(mad, info.Informative(mad, threshold))
	return most, least
}
