package info

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// CountOptions of a count. The zero value is usable, for rows that are
// independent of each other.
type CountOptions struct {
	// Clusters are the rows that belong together: the visits of a star. nil takes
	// every row for independent.
	Clusters *resample.Clusters

	Threshold  float64   // of the MAD; 0 means 0.02
	Thresholds []float64 // over which the interval is taken; nil means from half to twice Threshold
	Alpha      float64   // of a claim; 0 means 0.05
	LeastBits  float64   // of information that explain a node; less is a trace. 0 means 0.1
	Level      float64   // of intervals; 0 means 0.95
	Bootstrap  int       // samples of clusters; 0 means 200

	Associate AssociateOptions // of the map; its Seed, Workers and Progress are those here

	// Conditional tests: rows at most, and permutations. 0 means 2000 and 199.
	ConditionalRows, ConditionalPermutations int

	Runs     []Encoder   // codes of the same rows from networks trained from other seeds
	Encoders []Encoder   // codes of the same rows that are no trained network's, as controls
	Injected []Injection // factors put into the inputs, as controls

	PublishedRows []int // of the published count; nil means the first row of each cluster

	Seed    uint64
	Workers int // goroutines; 0 means one a processor

	// Progress, if not nil, is told how much of a stage is done, in the stage's own
	// units. It is never called twice at the same time.
	Progress func(stage string, done, total int)
}

// Counted is the answer.
type Counted struct {
	Rows, Clusters, Nodes int
	Threshold, Alpha      float64
	LeastBits             float64

	Thresholds  [2]float64       // between which the intervals below are taken
	Informative Range            // nodes; the interval is over thresholds, bootstrap samples and runs
	Unexplained Range            // informative nodes that know no label; over thresholds and bootstrap samples
	Curve       []ThresholdCount // informative nodes, by threshold
	Runs        []RunCount
	Findings    []NodeFinding // of every node
	Map         *Map          // nodes and labels
	LabelPairs  []LabelPair   // labels that go together
	Dependence  *Dependence   // of the informative nodes; nil for fewer than two
	Dimension   *dimension.Report
	Published   *Published
	Controls    Controls
	CannotSay   []string // what of the above is missing, and why

	informative []int
}

// LabelPair is two labels with a rank correlation of at least 0.3 in size, of
// one row of each cluster.
type LabelPair struct {
	A, B string
	Rho  float64
}

// InformativeNodes lists the informative nodes, ascending.
func (c *Counted) InformativeNodes() []int { return c.informative }

// UnexplainedNodes lists the informative nodes that know no label.
func (c *Counted) UnexplainedNodes() (nodes []int) {
	for _, i := range c.informative {
		if !c.Findings[i].Explained() {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// matched is the correlation from which on two nodes are counterparts.
const matched = 0.7

// Count says how many nodes are informative and which labels they know.
//
// A node is informative where its MAD, over one row of each cluster, is above the
// threshold; the interval spans the thresholds, bootstrap samples of clusters and
// the other runs. It knows a label where Associate claims it for the whole map
// (max-T), by more than a trace where it tells LeastBits of it. Of the labels that
// an informative node knows so, those are carried directly that it tells of beyond the others, and more than a node that knows
// more of them does (see Tie); these tests want rows that have both labels.
// Controls with known answers run within the same map. Published holds the paper's
// own count beside it, of one row a cluster.
//
// Without labels it still says how many nodes are informative. Errors are those of
// CountPublished and Associate: codes that are not finite, unequal lengths, one
// cluster only. What cannot be told of the rest is
// listed in CannotSay and left empty.
func Count(codes *mat.Dense, labels []Label, o CountOptions) (*Counted, error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	if o, err = o.complete(len(columns[0]), labels); err != nil {
		return nil, err
	}
	c := &Counted{
		Rows: len(columns[0]), Clusters: o.Clusters.Len(), Nodes: len(columns),
		Threshold: o.Threshold, Alpha: o.Alpha, LeastBits: o.LeastBits,
	}
	if c.Published, err = o.published(codes, labels); err != nil {
		return nil, err
	}
	extended, all, shuffled := withControls(columns, labels, o.Clusters, o.Threshold, o.Seed)
	extendedColumns, err := columnsOf(extended)
	if err != nil {
		return nil, err
	}
	u := measureUse(extendedColumns, o.Clusters, cmp.Or(o.Associate.Draws, 5), o.Bootstrap, o.Level, o.Seed, o.Workers,
		progress(o.stage("use"), o.Bootstrap))
	if c.Map, err = Associate(extended, all, o.Clusters, o.associate()); err != nil {
		return nil, err
	}
	c.Controls = readControls(c.Map, len(labels), c.Nodes, u, o)
	c.Controls.Shuffled = shuffled
	u = u.firstNodes(c.Nodes)
	if err := c.findNodes(codes, labels, u, o); err != nil {
		return nil, err
	}
	for _, t := range around(o.Threshold, 20, 40) {
		c.Curve = append(c.Curve, ThresholdCount{t, u.count(t, func(int) bool { return true })})
	}
	c.Informative = u.over(o.Threshold, o.Thresholds, func(int) bool { return true })
	c.Unexplained = u.over(o.Threshold, o.Thresholds, func(i int) bool { return !c.Findings[i].Explained() })
	c.Thresholds = [2]float64{slices.Min(o.Thresholds), slices.Max(o.Thresholds)}
	c.LabelPairs = pairLabels(labels, o.Clusters, o.Seed)
	c.describe(codes, o)
	if err := c.compareRuns(codes, o); err != nil {
		return nil, err
	}
	return c, c.control(labels, o)
}

// pairLabels lists the labels that go together.
func pairLabels(labels []Label, clusters *resample.Clusters, seed uint64) (pairs []LabelPair) {
	const least = 0.3
	rows := clusters.OneOfEach(rand.New(rand.NewPCG(seed, 0)))
	some := make([][]float64, len(labels))
	for l, label := range labels {
		for _, r := range rows {
			some[l] = append(some[l], label.Values[r])
		}
		for k := range l {
			if rho := Spearman(some[k], some[l]); math.Abs(rho) >= least {
				pairs = append(pairs, LabelPair{labels[k].Name, label.Name, rho})
			}
		}
	}
	return pairs
}

// around are thresholds in equal ratios, from one part of the middle to as many
// times it.
func around(middle, times float64, steps int) (thresholds []float64) {
	for i := range steps + 1 {
		thresholds = append(thresholds, middle*math.Pow(times, 2*float64(i)/float64(steps)-1))
	}
	return thresholds
}

// findNodes says of every node what it is used for.
func (c *Counted) findNodes(codes *mat.Dense, labels []Label, u use, o CountOptions) error {
	t, err := newTies(codes, labels, o.Clusters, o)
	if err != nil {
		return err
	}
	known := map[int][]Tie{}
	for i := range c.Nodes {
		f := NodeFinding{
			Node: i, MAD: u.interval(i, o.Clusters.Len()), Above: u.above(i, o.Threshold),
			Informative: u.mad[i] > o.Threshold, Ties: t.of(c.Map, i), Best: Association{Node: i, Reason: "no label tells"},
		}
		for _, row := range c.Map.Cells {
			if a := row[i]; a.Reason == "" && (f.Best.Reason != "" || a.Effect.Nats > f.Best.Effect.Nats) {
				f.Best = a
			}
		}
		if f.Informative {
			c.informative = append(c.informative, i)
			known[i] = strong(f.Ties)
		}
		c.Findings = append(c.Findings, f)
	}
	tell := progress(o.stage("own information"), len(c.informative))
	for _, i := range c.informative {
		t.throughLabels(i, known[i])
		t.throughNodes(i, known[i], known)
		t.measure(i, known[i])
		tell()
	}
	return nil
}

// describe adds what the informative nodes are among themselves.
func (c *Counted) describe(codes *mat.Dense, o CountOptions) {
	if len(c.informative) < 2 {
		c.cannot("dependence and dimension", fmt.Errorf("%d informative nodes", len(c.informative)))
		return
	}
	some := mat.NewDense(c.Rows, len(c.informative), nil)
	for k, i := range c.informative {
		some.SetCol(k, mat.Col(nil, i, codes))
	}
	a := o.associate()
	a.Permutations = min(a.Permutations, controlPermutations)
	a.Progress = o.stage("dependence")
	var err error
	if c.Dependence, err = Depend(codes, c.informative, o.Clusters, a); err != nil {
		c.Dependence = nil
		c.cannot("dependence", err)
	}
	report, err := dimension.Estimate(some, o.Clusters, dimension.Options{Seed: o.Seed})
	if err != nil {
		c.cannot("dimension", err)
		return
	}
	c.Dimension = &report
}

func (c *Counted) cannot(what string, err error) {
	c.CannotSay = append(c.CannotSay, what+": "+err.Error())
}

// compareRuns matches the informative nodes with those of the other runs.
func (c *Counted) compareRuns(codes *mat.Dense, o CountOptions) error {
	for _, run := range o.Runs {
		pairs, err := MatchNodes(codes, run.Codes, o.Clusters, o.Seed)
		if err != nil {
			return fmt.Errorf("run %s: %w", run.Name, err)
		}
		columns, err := columnsOf(run.Codes)
		if err != nil {
			return fmt.Errorf("run %s: %w", run.Name, err)
		}
		u := measureUse(columns, o.Clusters, cmp.Or(o.Associate.Draws, 5), 2, o.Level, o.Seed, o.Workers, func() {})
		count := RunCount{Name: run.Name, Informative: len(Informative(u.mad, o.Threshold))}
		for _, t := range around(o.Threshold, 20, 40) {
			n := len(Informative(u.mad, t))
			count.Curve = append(count.Curve, ThresholdCount{t, Range{n, n, n}})
		}
		for _, p := range pairs {
			if f := &c.Findings[p.Node]; f.Informative {
				f.Matches = append(f.Matches, p)
				if math.Abs(p.Rho) >= matched && u.mad[p.Other] > o.Threshold {
					count.Matched++
				}
			}
		}
		c.Runs = append(c.Runs, count)
		c.Informative.Lo, c.Informative.Hi = min(c.Informative.Lo, count.Informative), max(c.Informative.Hi, count.Informative)
	}
	return nil
}

// control runs the controls that have codes of their own.
func (c *Counted) control(labels []Label, o CountOptions) error {
	tell := progress(o.stage("controls"), len(o.Injected)+len(o.Encoders))
	for _, in := range o.Injected {
		f, err := o.inject(in)
		if err != nil {
			return fmt.Errorf("injected %s: %w", in.Name, err)
		}
		c.Controls.Injected = append(c.Controls.Injected, f)
		tell()
	}
	for _, e := range o.Encoders {
		got, err := o.encoder(e, labels, o.Clusters)
		if err != nil {
			return fmt.Errorf("control %s: %w", e.Name, err)
		}
		c.Controls.Encoders = append(c.Controls.Encoders, got)
		tell()
	}
	return nil
}

func (o CountOptions) published(codes *mat.Dense, labels []Label) (*Published, error) {
	rows := o.PublishedRows
	if rows == nil {
		for n := range o.Clusters.Len() {
			rows = append(rows, o.Clusters.Members(n)[0])
		}
	}
	kept, some, err := KeepRows(codes, labels, rows)
	if err != nil {
		return nil, err
	}
	return CountPublished(kept, some, Options{Threshold: o.Threshold, Workers: o.Workers, Progress: o.stage("as published")})
}

func (o CountOptions) associate() AssociateOptions {
	a := o.Associate
	a.Seed, a.Workers, a.Progress = o.Seed, o.Workers, o.stage("map")
	return a.complete()
}

func (o CountOptions) stage(name string) func(done, total int) {
	if o.Progress == nil {
		return nil
	}
	return func(done, total int) { o.Progress(name, done, total) }
}

// complete fills in what is left out and sees that the rest is in range.
func (o CountOptions) complete(rows int, labels []Label) (CountOptions, error) {
	o.Threshold, o.Alpha, o.Level = cmp.Or(o.Threshold, 0.02), cmp.Or(o.Alpha, 0.05), cmp.Or(o.Level, 0.95)
	o.LeastBits = cmp.Or(o.LeastBits, 0.1)
	o.Bootstrap = cmp.Or(o.Bootstrap, 200)
	o.ConditionalRows, o.ConditionalPermutations = cmp.Or(o.ConditionalRows, 2000), cmp.Or(o.ConditionalPermutations, 199)
	if o.Thresholds == nil {
		o.Thresholds = around(o.Threshold, 2, 8)
	}
	if !(o.Threshold > 0) || !(o.Alpha > 0 && o.Alpha < 1) || !(o.Level > 0 && o.Level < 1) || !(o.LeastBits > 0) || o.Bootstrap < 2 ||
		o.ConditionalRows < leastClusters || o.ConditionalPermutations < 19 {
		return o, fmt.Errorf("info: threshold %v, alpha %v, level %v, least bits %v, %d bootstrap samples, %d rows and %d permutations of conditional tests: out of range",
			o.Threshold, o.Alpha, o.Level, o.LeastBits, o.Bootstrap, o.ConditionalRows, o.ConditionalPermutations)
	}
	if len(o.Thresholds) == 0 {
		return o, fmt.Errorf("info: no thresholds")
	}
	for _, t := range o.Thresholds {
		if !(t > 0) {
			return o, fmt.Errorf("info: threshold %v: want above 0", t)
		}
	}
	names := map[string]bool{}
	for _, l := range labels {
		if names[l.Name] {
			return o, fmt.Errorf("info: two labels are called %q", l.Name)
		}
		names[l.Name] = true
	}
	if o.Clusters == nil {
		o.Clusters = resample.Singles(rows)
	}
	if o.Clusters.Rows() != rows {
		return o, fmt.Errorf("info: clusters of %d rows for %d rows of codes", o.Clusters.Rows(), rows)
	}
	return o, checkLabels(labels, rows)
}
