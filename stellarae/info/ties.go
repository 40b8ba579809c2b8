package info

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// Tie is a label that a node knows, by a test that allows for the whole map.
type Tie struct {
	Label string
	Bits  float64 // shared above the null
	Q     float64 // false discovery rate
	P     float64 // adjusted for the whole map (max-T)

	// Through names what else tells nearly all that the node tells of the label:
	// another label, or "node 7"; empty for a label carried directly. Own is the
	// share of the information that remains beyond it, 1 where there was nothing to
	// compare with.
	Through string
	Own     float64
	Note    string // why it could not be asked; else empty

	// Trace marks a label of which the node tells less than LeastBits: with enough
	// stars the faintest leak is beyond doubt, and still explains nothing.
	Trace bool

	// Interval of the mutual information, nats, by MutualInformation; of the ties
	// that are no traces of informative nodes only, zero for others and where it
	// cannot be had.
	Interval resample.Interval
}

// ownShare is the least share of a node's information on a label that must remain
// beyond other labels or nodes for the label to be carried directly. It is not 0,
// because a condition that is itself measured with error always leaves
// something (Westfall and Yarkoni 2016, doi:10.1371/journal.pone.0152719).
const ownShare = 0.2

// ownLevel is that of a single test of this, of which a node has several.
const ownLevel = 0.01

// mostAtOnce is the number of conditions a conditional test bears.
const mostAtOnce = 2

// ties sorts the labels that nodes carry into direct ones and those that come
// through another label or through a node that knows more of it.
type ties struct {
	columns  [][]float64
	labels   map[string][]float64
	clusters *resample.Clusters
	o        BeyondOptions
	alpha    float64
	mostRows int

	leastBits float64
}

func newTies(codes *mat.Dense, labels []Label, clusters *resample.Clusters, o CountOptions) (*ties, error) {
	columns, err := columnsOf(codes)
	if err != nil {
		return nil, err
	}
	t := &ties{
		columns: columns, labels: map[string][]float64{}, clusters: clusters, alpha: o.Alpha, mostRows: o.ConditionalRows, leastBits: o.LeastBits,
		o: BeyondOptions{Permutations: o.ConditionalPermutations, Seed: o.Seed, Workers: o.Workers},
	}
	for _, l := range labels {
		t.labels[l.Name] = l.Values
	}
	return t, nil
}

// strong are the ties that are more than traces; ties are sorted by their bits.
func strong(found []Tie) []Tie {
	n := 0
	for n < len(found) && !found[n].Trace {
		n++
	}
	return found[:n]
}

// of are the ties of a node, most informative first.
func (t *ties) of(m *Map, node int) []Tie {
	var found []Tie
	for _, row := range m.Cells {
		if c := row[node]; c.Adjusted <= t.alpha {
			found = append(found, Tie{Label: c.Label, Bits: c.Effect.Bits, Q: c.Q, P: c.Adjusted, Own: 1, Trace: c.Effect.Bits < t.leastBits})
		}
	}
	slices.SortStableFunc(found, func(a, b Tie) int { return cmp.Compare(b.Bits, a.Bits) })
	return found
}

// measure adds the intervals.
func (t *ties) measure(node int, found []Tie) {
	for i := range found {
		in, err := MutualInformation(t.columns[node], t.labels[found[i].Label], t.clusters, InformationOptions{
			Interval: resample.Options{Seed: t.o.Seed, Workers: t.o.Workers},
		})
		if err == nil {
			found[i].Interval = in.Interval
		}
	}
}

// throughLabels tells, for a node's ties, which labels it only knows because they
// go with others: labels are taken in, most informative first, where they tell
// something beyond those taken before, and then every one is asked again whether
// it still does beyond the rest.
func (t *ties) throughLabels(node int, found []Tie) {
	if len(found) < 2 {
		return
	}
	direct := []int{0}
	for i := 1; i < len(found); i++ {
		if t.own(node, &found[i], t.strongest(found, direct, -1)) {
			direct = append(direct, i)
		}
	}
	for k := 0; k < len(direct) && len(direct) > 1; {
		if t.own(node, &found[direct[k]], t.strongest(found, direct, direct[k])) {
			k++
			continue
		}
		direct = slices.Delete(direct, k, k+1)
	}
	// Through which: the one that leaves least.
	for i := range found {
		if slices.Contains(direct, i) {
			found[i].Through = ""
			continue
		}
		if len(direct) > 1 {
			t.nearest(node, &found[i], found, direct)
		}
	}
}

// strongest lists the labels of the most informative of the ties, but one.
func (t *ties) strongest(found []Tie, from []int, but int) (names []string) {
	for _, i := range from {
		if i != but && len(names) < mostAtOnce {
			names = append(names, found[i].Label)
		}
	}
	return names
}

func (t *ties) nearest(node int, tie *Tie, found []Tie, direct []int) {
	least := math.Inf(1)
	for _, d := range direct {
		one := *tie
		t.own(node, &one, []string{found[d].Label})
		if one.Note == "" && one.Own < least {
			least, tie.Through, tie.Own = one.Own, found[d].Label, one.Own
		}
	}
}

// own asks whether a node tells of a label beyond some others, and notes the
// answer in the tie. Where it cannot be asked the tie stays direct.
func (t *ties) own(node int, tie *Tie, given []string) bool {
	conditions := make([][]float64, len(given))
	for k, name := range given {
		conditions[k] = t.labels[name]
	}
	if t.beyond(node, tie, conditions) {
		return true
	}
	tie.Through = given[0]
	return false
}

// throughNodes tells which ties a node has only because another informative
// node, which knows more of the label, shares it.
func (t *ties) throughNodes(node int, found []Tie, of map[int][]Tie) {
	for i := range found {
		if found[i].Through != "" {
			continue
		}
		rival, most := -1, found[i].Bits
		for other, theirs := range of {
			for _, their := range theirs {
				if other != node && their.Label == found[i].Label && their.Bits > most {
					rival, most = other, their.Bits
				}
			}
		}
		if rival < 0 {
			continue
		}
		own, note := found[i].Own, found[i].Note
		if !t.beyond(node, &found[i], [][]float64{t.columns[rival]}) {
			found[i].Through = fmt.Sprintf("node %d", rival)
			continue
		}
		found[i].Own, found[i].Note = min(own, found[i].Own), cmp.Or(note, found[i].Note)
	}
}

// beyond is whether a good part of a tie remains under conditions; true where
// that cannot be asked. It takes one row of each cluster that has all values.
func (t *ties) beyond(node int, tie *Tie, given [][]float64) bool {
	_, full := mi.Complete(append([][]float64{t.labels[tie.Label]}, given...)...)
	if len(full) == 0 {
		tie.Note = "no rows have all the labels"
		return true
	}
	kept, err := t.clusters.Keep(full)
	if err != nil {
		tie.Note = err.Error()
		return true
	}
	rng := rand.New(rand.NewPCG(t.o.Seed, 0x74696573))
	rows := kept.OneOfEach(rng)
	if len(rows) > t.mostRows {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:t.mostRows]
	}
	pick := func(column []float64) []float64 {
		out := make([]float64, len(rows))
		for k, r := range rows {
			out[k] = column[full[r]]
		}
		return out
	}
	conditions := make([][]float64, len(given))
	for k, c := range given {
		conditions[k] = pick(c)
	}
	x, y := pick(t.columns[node]), pick(t.labels[tie.Label])
	// A few permutations tell the share, which decides most cases; the level wants
	// all of them.
	o := t.o
	o.Permutations = min(fewPermutations, t.o.Permutations)
	own, err := Beyond(x, y, conditions, o)
	if err == nil && own.share() >= ownShare {
		own, err = Beyond(x, y, conditions, t.o)
	}
	if err != nil {
		tie.Note = err.Error()
		return true
	}
	tie.Note, tie.Own = "", own.share()
	return own.P <= ownLevel && tie.Own >= ownShare
}

// share is how much of the information remains beyond the condition, 0 to 1.
func (o OwnInformation) share() float64 {
	beyond := o.Conditional - o.Null
	return max(0, beyond/max(o.MI, beyond))
}

// fewPermutations give the mean of a null well enough.
const fewPermutations = 19
