package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
)

// checkCorrected sees that the corrected count is of the nodes and labels of the
// published one.
func (r *Report) checkCorrected() error {
	k := r.Corrected
	if k == nil {
		return nil
	}
	if k.Nodes != len(r.Count.MAD) || len(k.Findings) != k.Nodes || k.Map == nil || len(k.Map.Cells) != len(r.Count.Labels) {
		return fmt.Errorf("the corrected count is of %d nodes, the published one of %d and %d labels", k.Nodes, len(r.Count.MAD), len(r.Count.Labels))
	}
	for l, row := range k.Map.Cells {
		if len(row) != k.Nodes {
			return fmt.Errorf("the map has %d nodes, want %d", len(row), k.Nodes)
		}
		if row[0].Label != r.Count.Labels[l].Name {
			return fmt.Errorf("label %d of the map is %q, counted %q", l, row[0].Label, r.Count.Labels[l].Name)
		}
	}
	return nil
}

// corrected is what the page says of the corrected count.
type corrected struct {
	*info.Counted
	Table     []sideBySide
	Claims    []claim // what nodes that are not informative know most of, the largest first
	More      int     // such nodes beyond those
	Unused    int     // all of them
	Names     []string
	Compared  []encoderRow // this network, and the encoders that learned nothing
	Published []int
	Drawings  []drawing
}

// claim is a label that a node knows.
type claim struct {
	Node  int
	Label string
	Bits  float64
}

// mostClaims is how many of them are worth a reader's time.
const mostClaims = 5

// encoderRow is what the best node of an encoder shares with each label.
type encoderRow struct {
	Name               string
	Bits               []float64 // NaN where nothing can be said
	Informative, Nodes int
	Participation      float64
}

// sideBySide is a node in both counts.
type sideBySide struct {
	info.NodeFinding
	Published        bool     // informative as published
	PublishedCarries []string // by the published reading
}

// Direct and Indirect are the node's ties of each kind.
func (n sideBySide) Direct() []info.Tie {
	return n.ties(func(t info.Tie) bool { return !t.Trace && t.Through == "" })
}

func (n sideBySide) Indirect() []info.Tie {
	return n.ties(func(t info.Tie) bool { return !t.Trace && t.Through != "" })
}

func (n sideBySide) ties(wanted func(info.Tie) bool) (some []info.Tie) {
	for _, t := range n.Ties {
		if wanted(t) {
			some = append(some, t)
		}
	}
	return some
}

// compare sets this network beside the encoders that learned nothing.
func (k *corrected) compare() {
	if len(k.Controls.Encoders) == 0 {
		return
	}
	this := encoderRow{Name: "this network", Informative: k.Informative.At, Nodes: k.Nodes, Participation: math.NaN()}
	if k.Dimension != nil {
		this.Participation = k.Dimension.Participation.Mean
	}
	for _, row := range k.Map.Cells {
		best := math.NaN()
		for _, c := range row {
			if c.Reason == "" && !(c.Effect.Bits <= best) {
				best = c.Effect.Bits
			}
		}
		k.Names, this.Bits = append(k.Names, row[0].Label), append(this.Bits, best)
	}
	k.Compared = append(k.Compared, this)
	for _, e := range k.Controls.Encoders {
		row := encoderRow{Name: e.Name, Informative: e.Informative, Nodes: e.Nodes, Participation: e.Participation}
		for _, name := range k.Names {
			bits, known := e.Best[name]
			if !known {
				bits = math.NaN()
			}
			row.Bits = append(row.Bits, bits)
		}
		k.Compared = append(k.Compared, row)
	}
}

func (r *Report) corrected(f *findings) *corrected {
	k := r.Corrected
	if k == nil {
		return nil
	}
	out := &corrected{Counted: k, Published: r.Count.Informative}
	carries := map[int][]string{}
	for _, n := range f.Nodes {
		carries[n.Node] = n.Carries
	}
	for _, n := range k.Findings {
		published := slices.Contains(r.Count.Informative, n.Node)
		if n.Informative || published {
			out.Table = append(out.Table, sideBySide{n, published, carries[n.Node]})
		} else if n.Explained() {
			out.Claims = append(out.Claims, claim{n.Node, n.Ties[0].Label, n.Ties[0].Bits})
		}
	}
	slices.SortStableFunc(out.Claims, func(a, b claim) int { return cmp.Compare(b.Bits, a.Bits) })
	out.Unused = len(out.Claims)
	if out.More = len(out.Claims) - mostClaims; out.More > 0 {
		out.Claims = out.Claims[:mostClaims]
	}
	out.compare()
	return out
}

// interval is "6" or "6 (5 to 7)".
func interval(r info.Range) string {
	if r.Lo == r.Hi && r.At == r.Lo {
		return fmt.Sprint(r.At)
	}
	return fmt.Sprintf("%d (%d to %d)", r.At, r.Lo, r.Hi)
}

// through names what a label is known through, as people write it.
func through(name string) template.HTML {
	if strings.HasPrefix(name, "node ") {
		return template.HTML(template.HTMLEscapeString(name))
	}
	return scripts(inSentence(figure.QuantityName(name)))
}

// reproduced is how well a node is matched in each other run.
func reproduced(n info.NodeFinding) string {
	if len(n.Matches) == 0 {
		return ""
	}
	var words []string
	for _, m := range n.Matches {
		words = append(words, decimals(math.Abs(m.Rho), 2))
	}
	return strings.Join(words, ", ")
}

func (r *Report) correctedJSON(all *object) {
	k := r.Corrected
	span := func(v info.Range) []int { return []int{v.Lo, v.Hi} }
	all.set("n_informative", k.Informative.At)
	all.set("n_informative_interval", span(k.Informative))
	all.set("n_unexplained", k.Unexplained.At)
	all.set("n_unexplained_interval", span(k.Unexplained))
	var nodes []any
	for _, n := range k.Findings {
		bits, q, through := map[string]number{}, map[string]number{}, map[string]string{}
		for _, row := range k.Map.Cells {
			c := row[n.Node]
			bits[c.Label], q[c.Label] = number(c.Effect.Bits), number(c.Q)
		}
		for _, t := range n.Ties {
			if t.Through != "" {
				through[t.Label] = t.Through
			}
		}
		nodes = append(nodes, struct {
			Node        int               `json:"node"`
			MAD         number            `json:"mad"`
			Interval    [2]number         `json:"mad_interval"`
			Informative bool              `json:"informative"`
			Carries     []string          `json:"carries"`
			Through     []string          `json:"through"`
			Traces      []string          `json:"traces"`
			By          map[string]string `json:"through_what,omitempty"`
			MIBits      map[string]number `json:"mi_bits"`
			Q           map[string]number `json:"q"`
		}{n.Node, number(n.MAD.Estimate), [2]number{number(n.MAD.Lo), number(n.MAD.Hi)}, n.Informative,
			append([]string{}, n.Carries()...), append([]string{}, n.Through()...), append([]string{}, n.Traces()...), through, bits, q})
	}
	all.set("nodes", nodes)
	var published object
	published.set("n_informative", len(r.Count.Informative))
	published.set("informative", whole(r.Count.Informative))
	all.set("as_published", &published)
	var runs []any
	for _, run := range k.Runs {
		runs = append(runs, map[string]any{"name": run.Name, "n_informative": run.Informative, "matched": run.Matched})
	}
	if runs != nil {
		all.set("runs", runs)
	}
	all.set("controls", controlsJSON(k.Controls))
	if d := k.Dimension; d != nil {
		var dim object
		dim.set("rows", d.Rows)
		dim.set("participation", number(d.Participation.Mean))
		dim.set("components_95", number(d.Components.Mean))
		dim.set("two_nn", number(d.TwoNN.Mean))
		dim.set("mle", number(d.MLE.Mean))
		all.set("dimension", &dim)
	}
	if d := k.Dependence; d != nil {
		all.set("total_correlation_nats", number(d.TotalCorrelation))
	}
	all.set("cannot_say", append([]string{}, k.CannotSay...))
	all.set("alpha", number(k.Alpha))
	all.set("permutations", k.Map.Permutations)
}

func controlsJSON(c info.Controls) *object {
	var o object
	var shuffled, collapsed, planted object
	shuffled.set("label", orNull(c.Shuffled, c.Shuffled != ""))
	shuffled.set("claimed_by", whole(c.ShuffledClaims))
	collapsed.set("informative", c.CollapsedInformative)
	collapsed.set("claims", append([]string{}, c.CollapsedClaims...))
	planted.set("rho", number(c.PlantedRho))
	planted.set("found", c.PlantedFound)
	planted.set("claimed_by_others", whole(c.PlantedClaims))
	o.set("shuffled_label", &shuffled)
	o.set("collapsed_node", &collapsed)
	o.set("planted_node", &planted)
	for _, in := range c.Injected {
		var f object
		f.set("nodes", whole(in.Nodes))
		f.set("best", orNull(in.Best, in.Best >= 0))
		f.set("mi_bits", number(in.Bits))
		f.set("spearman", number(in.Rho))
		o.set("injected "+in.Name, &f)
	}
	for _, e := range c.Encoders {
		var f object
		f.set("nodes", e.Nodes)
		f.set("informative", e.Informative)
		f.set("participation", number(e.Participation))
		f.set("claims", e.Claims)
		best := map[string]number{}
		for name, bits := range e.Best {
			best[name] = number(bits)
		}
		f.set("best_mi_bits", best)
		o.set(e.Name, &f)
	}
	return &o
}
