package info

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

var plantedSurveys = flag.Int("surveys", 8, "planted surveys to count")

// planted is codes of stars with repeat visits, a few stars with very many, whose
// structure is known: of 128 nodes 6 move. Node 5 carries radvel, node 17 Teff, both
// bent; node 40 goes with a hidden property of the star that depends on Teff, and so
// knows Teff and logg only as far as node 17 does; nodes 60, 77 and 100 follow
// properties that no label knows, one of them of the visit. The rest hold star-wise
// noise that collapsed nodes show. logg and Mass follow Teff with scatter, M_H,
// vsini and airmass (of the visit) are unknown to all nodes. Labels have errors
// and gaps.
func planted(seed uint64, stars, spectra int) (codes *mat.Dense, labels []Label, clusters *resample.Clusters) {
	rng := rand.New(rand.NewPCG(seed, 99))
	const nodes = 128
	visits := make([]int, stars)
	total := 0
	for s := range visits {
		visits[s] = 1 + min(300, int(math.Pow(1-rng.Float64(), -1/1.2))-1)
		total += visits[s]
	}
	for total != spectra { // to the number asked for, at random stars
		s := rng.IntN(stars)
		if total < spectra {
			visits[s]++
			total++
		} else if visits[s] > 1 {
			visits[s]--
			total--
		}
	}
	names := []string{"radvel", "Teff", "logg", "M_H", "Mass", "vsini", "airmass", "snr"}
	values := make([][]float64, len(names))
	codes = mat.NewDense(spectra, nodes, nil)
	var ids []int
	row := 0
	normal := rng.NormFloat64
	for s := range stars {
		rv, teff := normal(), normal()
		logg, mass := 4.3-0.3*teff+0.1*normal(), 1+0.2*teff+0.05*normal()
		mh, vsini := normal(), normal()
		related := 0.6*teff + 0.8*normal()
		own := []float64{normal(), normal()}
		collapsed := make([]float64, nodes)
		for i := range collapsed {
			collapsed[i] = 0.002 * normal()
		}
		catalogue := []float64{20 * (rv + 0.05*normal()), 5600 + 600*(teff+0.1*normal()), logg + 0.05*normal(), mh, mass, vsini}
		for c := range catalogue {
			if rng.Float64() < []float64{0.3, 0.05, 0.4, 0.6, 0.3, 0.5}[c] {
				catalogue[c] = math.NaN()
			}
		}
		for range visits[s] {
			ids = append(ids, s)
			visit := normal()
			for i := range nodes {
				codes.Set(row, i, collapsed[i]+0.001*normal())
			}
			codes.Set(row, 5, math.Tanh(1.2*rv)+0.05*normal())
			codes.Set(row, 17, teff+0.2*teff*teff+0.1*normal())
			codes.Set(row, 40, related+0.1*normal())
			codes.Set(row, 60, own[0]+0.1*normal())
			codes.Set(row, 77, 0.3*own[1]+0.05*normal())
			codes.Set(row, 100, visit)
			for c, v := range catalogue {
				values[c] = append(values[c], v)
			}
			values[6], values[7] = append(values[6], 1+0.5*rng.Float64()), append(values[7], 100*math.Exp(0.4*normal()))
			row++
		}
	}
	for c, name := range names {
		labels = append(labels, Label{name, values[c]})
	}
	clusters, err := resample.By(ids)
	if err != nil {
		panic(err)
	}
	return codes, labels, clusters
}

// truthful is whether a node may be said to know a label.
func truthful(node int, label string) bool {
	switch node {
	case 5:
		return label == "radvel"
	case 17, 40:
		return label == "Teff" || label == "logg" || label == "Mass"
	}
	return false
}

// The count finds what was planted; pooling all visits as if they were independent,
// with a fixed threshold on mutual information, does not.
func TestCountFindsWhatWasPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	var right, sorted, falsely, carried, naive int
	for seed := range uint64(*plantedSurveys) {
		codes, labels, stars := planted(seed, 600, 4000)
		c, err := Count(codes, labels, CountOptions{Clusters: stars, Seed: seed, Bootstrap: 50,
			Associate: AssociateOptions{Permutations: 199}})
		if err != nil {
			t.Fatal(err)
		}
		if c.Informative == (Range{6, 6, 6}) && slices.Equal(c.UnexplainedNodes(), []int{60, 77, 100}) {
			right++
		} else {
			t.Logf("survey %d: informative %v %v, unexplained %v %v", seed, c.Informative, c.InformativeNodes(), c.Unexplained, c.UnexplainedNodes())
		}
		if slices.Equal(c.Findings[5].Carries(), []string{"radvel"}) && slices.Equal(c.Findings[17].Carries(), []string{"Teff"}) &&
			len(c.Findings[40].Carries()) == 0 && len(c.Findings[40].Through()) > 0 {
			sorted++
		} else {
			t.Logf("survey %d: 5 %+v\n 17 %+v\n 40 %+v", seed, c.Findings[5].Ties, c.Findings[17].Ties, c.Findings[40].Ties)
		}
		wrong, carries := false, false
		for _, f := range c.Findings {
			for _, tie := range f.Ties {
				if !truthful(f.Node, tie.Label) {
					wrong, carries = true, carries || !tie.Trace
					t.Logf("survey %d: node %d is said to know %s (%+v)", seed, f.Node, tie.Label, tie)
				}
			}
		}
		if wrong {
			falsely++
		}
		if carries {
			carried++
		}
		if len(c.Controls.ShuffledClaims)+len(c.Controls.CollapsedClaims)+len(c.Controls.PlantedClaims) > 0 || !c.Controls.PlantedFound || c.Controls.CollapsedInformative {
			t.Logf("survey %d: controls %+v", seed, c.Controls)
		}
		if naively(t, codes, labels) {
			naive++
		}
	}
	n := *plantedSurveys
	t.Logf("of %d surveys: 6 and 3 in %d, sorted in %d, a false claim in %d, of more than a trace in %d (plain rule: in %d)", n, right, sorted, falsely, carried, naive)
	if right < n*48/50 || falsely > 2+n/10 || carried > n/20 || naive < n/2 {
		t.Errorf("of %d surveys: 6 and 3 in %d, a false claim in %d, by the plain rule in %d", n, right, falsely, naive)
	}
}

// naively is whether the plain rule, more than 0.05 nat in 20 x 20 bins over all
// spectra, makes a false claim of an informative node.
func naively(t *testing.T, codes *mat.Dense, labels []Label) bool {
	t.Helper()
	p, err := CountPublished(codes, labels, Options{Bins: []int{20}})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range p.Labels {
		for _, node := range p.Informative {
			if l.MI[0][node] > 0.05 && !truthful(node, l.Name) {
				return true
			}
		}
	}
	return false
}

// Runs from other seeds widen the interval and name counterparts; encoders that
// learned nothing and an injected factor are told apart.
func TestCountComparesRunsAndControls(t *testing.T) {
	codes, labels, stars := planted(3, 300, 900)
	rows, nodes := codes.Dims()
	rng := rand.New(rand.NewPCG(1, 1))
	other := mat.NewDense(rows, nodes, nil) // nodes turned round, one of the six lost
	for i := range nodes {
		z := mat.Col(nil, i, codes)
		if i == 60 {
			z = mat.Col(nil, 0, codes)
		}
		for r := range z {
			other.Set(r, nodes-1-i, -z[r])
		}
	}
	noise := mat.NewDense(rows, 16, nil)
	noise.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, noise)
	velocity := make([]float64, rows)
	shifted := mat.DenseCopyOf(codes)
	for r := range velocity {
		velocity[r] = 10 * rng.NormFloat64()
		shifted.Set(r, 5, codes.At(r, 5)+0.3*velocity[r])
	}
	c, err := Count(codes, labels, CountOptions{
		Clusters: stars, Bootstrap: 40, Associate: AssociateOptions{Permutations: 199},
		Runs: []Encoder{{"seed 2", other}}, Encoders: []Encoder{{"noise", noise}},
		Injected: []Injection{{"velocity", shifted, velocity, resample.Singles(rows)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Informative.At != 6 || c.Informative.Lo != 5 || c.Informative.Hi != 6 || len(c.CannotSay) > 0 {
		t.Errorf("informative %+v; %v", c.Informative, c.CannotSay)
	}
	if r := c.Runs[0]; r.Informative != 5 || r.Matched != 5 {
		t.Errorf("run %+v", r)
	}
	for _, i := range []int{5, 17, 40, 77, 100} {
		if m := c.Findings[i].Matches; len(m) != 1 || m[0].Other != nodes-1-i || m[0].Rho > -0.999 {
			t.Errorf("node %d: counterparts %+v", i, m)
		}
	}
	if in := c.Controls.Injected[0]; !slices.Equal(in.Nodes, []int{5}) || in.Best != 5 || in.Rho < 0.9 {
		t.Errorf("injected: %+v", in)
	}
	if e := c.Controls.Encoders[0]; e.Claims != 0 || e.Informative != 16 || e.Nodes != 16 || math.Abs(e.Participation-16) > 1 || e.Best["Teff"] > 0.1 {
		t.Errorf("noise as an encoder: %+v", e)
	}
	if k := c.Controls; k.CollapsedInformative || len(k.CollapsedClaims) > 0 || !k.PlantedFound || len(k.PlantedClaims) > 0 || len(k.ShuffledClaims) > 0 {
		t.Errorf("controls: %+v", k)
	}
	if c.Dependence == nil || c.Dimension == nil || c.Dimension.Participation.Mean < 3 || len(c.Curve) != 41 || c.Published.Rows != 300 {
		t.Errorf("%+v %+v %d %d", c.Dependence, c.Dimension, len(c.Curve), c.Published.Rows)
	}
}

func TestCountCannotSay(t *testing.T) {
	codes, labels, stars := planted(5, 60, 120)
	rows, _ := codes.Dims()
	fast := CountOptions{Clusters: stars, Bootstrap: 10, Associate: AssociateOptions{Permutations: 39}}
	bad := mat.DenseCopyOf(codes)
	bad.Set(1, 1, math.NaN())
	one, err := resample.By(make([]int, rows))
	if err != nil {
		t.Fatal(err)
	}
	none := Label{"none", slices.Repeat([]float64{math.NaN()}, rows)}
	with := func(change func(*CountOptions)) CountOptions {
		o := fast
		change(&o)
		return o
	}
	for name, of := range map[string]func() (*Counted, error){
		"NaN codes":   func() (*Counted, error) { return Count(bad, labels, fast) },
		"no codes":    func() (*Counted, error) { return Count(nil, labels, fast) },
		"short label": func() (*Counted, error) { return Count(codes, []Label{{"x", make([]float64, 3)}}, fast) },
		"same names":  func() (*Counted, error) { return Count(codes, []Label{labels[0], labels[0]}, fast) },
		"one star": func() (*Counted, error) {
			return Count(codes, labels, with(func(o *CountOptions) { o.Clusters = one }))
		},
		"other clusters": func() (*Counted, error) {
			return Count(codes, labels, with(func(o *CountOptions) { o.Clusters = resample.Singles(3) }))
		},
		"threshold": func() (*Counted, error) {
			return Count(codes, labels, with(func(o *CountOptions) { o.Threshold = -1 }))
		},
		"thresholds": func() (*Counted, error) {
			return Count(codes, labels, with(func(o *CountOptions) { o.Thresholds = []float64{0} }))
		},
		"other rows": func() (*Counted, error) {
			return Count(codes, labels, with(func(o *CountOptions) { o.Runs = []Encoder{{"x", mat.NewDense(3, 2, nil)}} }))
		},
	} {
		if c, err := of(); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	// A label without a value says nothing, and no label at all leaves the count.
	c, err := Count(codes, []Label{none}, fast)
	if err != nil || c.Informative.At != 6 || len(c.UnexplainedNodes()) != 6 || c.Map.Cells[0][5].Reason == "" {
		t.Errorf("a label without a value: %v %+v", err, c)
	}
	c, err = Count(codes, nil, fast)
	if err != nil || c.Informative.At != 6 || len(c.UnexplainedNodes()) != 6 || c.Controls.Shuffled != "" || !c.Controls.PlantedFound {
		t.Errorf("no labels: %v %+v", err, c)
	}
	// Nothing moves: nothing is informative, and the rest cannot be said.
	still := mat.NewDense(rows, 4, nil)
	c, err = Count(still, labels[:1], fast)
	if err != nil || c.Informative != (Range{}) || len(c.CannotSay) == 0 || c.Dependence != nil {
		t.Errorf("constant codes: %v %+v", err, c)
	}
}

// The paper's size: 7,007 spectra, of 3,000 stars, 128 nodes, 999 permutations.
func BenchmarkCount(b *testing.B) {
	codes, labels, stars := planted(1, 3000, 7007)
	for b.Loop() {
		if _, err := Count(codes, labels, CountOptions{Clusters: stars}); err != nil {
			b.Fatal(err)
		}
	}
}
