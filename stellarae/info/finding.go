package info

import "github.com/stellarae/lab/stellarae/info/resample"

// RunCount is the count of a run from another seed.
type RunCount struct {
	Name        string
	Informative int
	Matched     int              // informative nodes of the counted run with a counterpart there
	Curve       []ThresholdCount // without intervals
}

// NodeFinding is what is said of a node.
type NodeFinding struct {
	Node        int
	MAD         resample.Interval
	Above       float64 // share of bootstrap samples in which its MAD is above the threshold
	Informative bool
	Ties        []Tie // labels it knows, most informative first; asked for what they go through if it is informative
	Best        Association
	Matches     []Match // its counterpart in every other run; informative nodes only
}

// Explained is whether the node knows a label by more than a trace.
func (n NodeFinding) Explained() bool { return len(strong(n.Ties)) > 0 }

// Carries lists the labels that the node carries directly.
func (n NodeFinding) Carries() []string {
	return n.labels(func(t Tie) bool { return !t.Trace && t.Through == "" })
}

// Through lists the labels that it knows only through another label or node.
func (n NodeFinding) Through() []string {
	return n.labels(func(t Tie) bool { return !t.Trace && t.Through != "" })
}

// Traces lists the labels of which it knows a trace.
func (n NodeFinding) Traces() []string { return n.labels(func(t Tie) bool { return t.Trace }) }

func (n NodeFinding) labels(wanted func(Tie) bool) (names []string) {
	for _, t := range n.Ties {
		if wanted(t) {
			names = append(names, t.Label)
		}
	}
	return names
}
