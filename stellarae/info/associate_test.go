package info

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// surveyOf is stars with repeat visits, a few of them with very many. Node 0
// carries teff, a label of the star; node 1 carries airmass, a label of the visit;
// node 2 is a property of the star that no label knows; node 3 is noise; node 4 is
// constant. The label junk is a property of the star that no node knows.
func surveyOf(seed uint64, stars int) (codes *mat.Dense, labels []Label, clusters *resample.Clusters) {
	rng := rand.New(rand.NewPCG(seed, 21))
	var flat, teff, airmass, junk []float64
	var ids []int
	for s := range stars {
		t, unknown, j := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		for range min(200, int(1/math.Pow(1-rng.Float64(), 0.9))) {
			a := rng.NormFloat64()
			ids = append(ids, s)
			teff, airmass, junk = append(teff, 5500+800*t), append(airmass, a), append(junk, j)
			flat = append(flat, t+0.5*rng.NormFloat64(), a+0.5*rng.NormFloat64(), unknown+0.1*rng.NormFloat64(), rng.NormFloat64(), 1)
		}
	}
	clusters, err := resample.By(ids)
	if err != nil {
		panic(err)
	}
	for r := range teff {
		if ids[r]%9 == 4 {
			teff[r] = math.NaN()
		}
	}
	return mat.NewDense(len(ids), 5, flat), []Label{{"teff", teff}, {"airmass", airmass}, {"junk", junk}}, clusters
}

// Over 30 surveys the map claims what was planted and next to nothing else; the
// same test with every visit taken as independent claims falsehoods in most.
func TestAssociateClaimsWhatWasPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const surveys = 30
	var right, wrong, naive int
	for seed := range uint64(surveys) {
		codes, labels, stars := surveyOf(seed, 200)
		o := AssociateOptions{Permutations: 199, Seed: seed}
		m, err := Associate(codes, labels, stars, o)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(m.Carried(0, 0.05), "teff") && slices.Contains(m.Carried(1, 0.05), "airmass") {
			right++
		}
		if falsehoods(m) {
			wrong++
		}
		m, err = Associate(codes, labels, resample.Singles(stars.Rows()), o)
		if err != nil {
			t.Fatal(err)
		}
		if falsehoods(m) {
			naive++
		}
	}
	t.Logf("of %d surveys: planted found in %d, false claims in %d, in %d if visits are taken as independent", surveys, right, wrong, naive)
	if right < surveys-1 || wrong > 4 || naive < surveys*2/3 {
		t.Errorf("of %d surveys: planted found in %d, false claims in %d, naively in %d", surveys, right, wrong, naive)
	}
}

func falsehoods(m *Map) bool {
	for node := range m.Nodes {
		for _, name := range m.Carried(node, 0.05) {
			if !(node == 0 && name == "teff" || node == 1 && name == "airmass") {
				return true
			}
		}
	}
	return false
}

func TestAssociateMeasures(t *testing.T) {
	codes, labels, stars := surveyOf(7, 600)
	m, err := Associate(codes, labels, stars, AssociateOptions{Permutations: 199})
	if err != nil {
		t.Fatal(err)
	}
	c := m.Cells[0][0]
	truth := 0.5 * math.Log(5) // signal 1, noise 1/4
	if c.Clusters != 533 || math.Abs(c.MI-truth) > 0.15 || math.Abs(c.Effect.Rho-math.Sqrt(0.8)) > 0.06 ||
		c.Effect.Percent < 20 || c.P != 1.0/200 || c.Adjusted != 1.0/200 || c.Q > 0.05 {
		t.Errorf("%+v, truth %.3f nats of 533 stars", c, truth)
	}
	if c := m.Cells[2][3]; math.Abs(c.MI) > 0.1 || math.Abs(c.Effect.Nats) > 4*c.Effect.SD {
		t.Errorf("noise and junk: %+v", c)
	}
	if c := m.Cells[0][4]; c.Reason == "" || !math.IsNaN(c.MI) || !math.IsNaN(c.P) || !math.IsNaN(c.Adjusted) || !math.IsNaN(c.Q) {
		t.Errorf("a constant node: %+v", c)
	}
	again, err := Associate(codes, labels, stars, AssociateOptions{Permutations: 199, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for l := range m.Cells {
		for i := range m.Cells[l] {
			if a, b := m.Cells[l][i], again.Cells[l][i]; a.Reason == "" && a != b && !math.IsNaN(a.Adjusted) {
				t.Errorf("the same seed: %+v and %+v", a, b)
			}
		}
	}
}

func TestAssociateCannotSay(t *testing.T) {
	codes, labels, stars := surveyOf(8, 60)
	rows := stars.Rows()
	few := slices.Repeat([]float64{math.NaN()}, rows)
	few[0], few[rows-1] = 1, 2
	labels = append(labels, Label{"few", few},
		Label{"none", slices.Repeat([]float64{math.NaN()}, rows)},
		Label{"same", slices.Repeat([]float64{3}, rows)})
	calls := 0
	m, err := Associate(codes, labels, stars, AssociateOptions{Permutations: 19, Progress: func(done, total int) {
		if calls++; done != calls || total != 30 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	}})
	if err != nil || calls != 30 {
		t.Fatal(calls, err)
	}
	for _, row := range m.Cells[3:] {
		for _, c := range row {
			if c.Reason == "" || !math.IsNaN(c.MI) || !math.IsNaN(c.Adjusted) || !math.IsNaN(c.Effect.Bits) {
				t.Errorf("%+v", c)
			}
		}
	}
	bad := mat.DenseCopyOf(codes)
	bad.Set(2, 2, math.Inf(1))
	infinite := []Label{{"x", slices.Repeat([]float64{math.Inf(1)}, rows)}}
	one, err := resample.By(make([]int, rows))
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]func() (*Map, error){
		"infinite codes":  func() (*Map, error) { return Associate(bad, labels, stars, AssociateOptions{}) },
		"infinite labels": func() (*Map, error) { return Associate(codes, infinite, stars, AssociateOptions{}) },
		"no labels":       func() (*Map, error) { return Associate(codes, nil, stars, AssociateOptions{}) },
		"short label":     func() (*Map, error) { return Associate(codes, []Label{{"x", few[1:]}}, stars, AssociateOptions{}) },
		"other clusters":  func() (*Map, error) { return Associate(codes, labels, resample.Singles(3), AssociateOptions{}) },
		"one star":        func() (*Map, error) { return Associate(codes, labels, one, AssociateOptions{}) },
		"options":         func() (*Map, error) { return Associate(codes, labels, stars, AssociateOptions{Permutations: -1}) },
	} {
		if m, err := of(); err == nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// The size of the paper: 7,007 spectra of as many stars, 128 nodes, nine labels,
// 999 permutations.
func BenchmarkAssociate(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const rows, nodes = 7007, 128
	codes := mat.NewDense(rows, nodes, nil)
	codes.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, codes)
	labels := make([]Label, 9)
	for l := range labels {
		labels[l] = Label{Name: string(rune('a' + l)), Values: make([]float64, rows)}
		for r := range rows {
			labels[l].Values[r] = codes.At(r, l) + rng.NormFloat64()
		}
	}
	for b.Loop() {
		if _, err := Associate(codes, labels, resample.Singles(rows), AssociateOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
