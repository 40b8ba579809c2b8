package info

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// A node that follows temperature knows gravity only through it; one that follows
// both knows gravity itself.
func TestBeyondTellsDirectFromIndirect(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 31))
	var teff, logg, indirect, direct []float64
	for range 600 {
		a := rng.NormFloat64()
		g := 0.8*a + 0.6*rng.NormFloat64()
		teff, logg = append(teff, a), append(logg, g)
		indirect = append(indirect, a+0.5*rng.NormFloat64())
		direct = append(direct, a+g+0.5*rng.NormFloat64())
	}
	teff[3], logg[5] = math.NaN(), math.NaN()
	o := BeyondOptions{Permutations: 99}
	through, err := Beyond(indirect, logg, [][]float64{teff}, o)
	if err != nil || through.Rows != 598 || through.MI < 0.2 || through.P < 0.05 || math.Abs(through.Conditional-through.Null) > 0.06 {
		t.Errorf("indirect: %+v (%v)", through, err)
	}
	own, err := Beyond(direct, logg, [][]float64{teff}, o)
	// Given a, what remains is 0.6 of noise in g, seen through noise of 0.5.
	truth := 0.5 * math.Log(1+0.36/0.25)
	if err != nil || own.P > 0.02 || math.Abs(own.Conditional-truth) > 0.15 {
		t.Errorf("direct: %+v, truth %.3f (%v)", own, truth, err)
	}
}

// The local permutation is a test: where nothing is told beyond the condition,
// p-values are not small too often.
func TestBeyondKeepsItsLevel(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const repeat = 40
	rejected := 0
	for seed := range uint64(repeat) {
		rng := rand.New(rand.NewPCG(seed, 32))
		var x, y, z []float64
		for range 200 {
			c := rng.NormFloat64()
			z = append(z, c)
			x, y = append(x, c+rng.NormFloat64()), append(y, c*c+rng.NormFloat64())
		}
		own, err := Beyond(x, y, [][]float64{z}, BeyondOptions{Permutations: 39, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if own.P <= 0.05 {
			rejected++
		}
	}
	t.Logf("%d of %d rejected at 0.05", rejected, repeat)
	if rejected > 7 { // 2 expected, sd 1.4
		t.Errorf("%d of %d rejected at 0.05", rejected, repeat)
	}
}

func TestBeyondCannotSay(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 31))
	draw := func() []float64 {
		v := make([]float64, 50)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	x, y, z := draw(), draw(), draw()
	infinite, empty := draw(), draw()
	infinite[4] = math.Inf(1)
	for i := range empty {
		empty[i] = math.NaN()
	}
	for name, of := range map[string]func() (OwnInformation, error){
		"no condition": func() (OwnInformation, error) { return Beyond(x, y, nil, BeyondOptions{}) },
		"lengths":      func() (OwnInformation, error) { return Beyond(x, y, [][]float64{z[1:]}, BeyondOptions{}) },
		"all NaN":      func() (OwnInformation, error) { return Beyond(x, empty, [][]float64{z}, BeyondOptions{}) },
		"infinite":     func() (OwnInformation, error) { return Beyond(infinite, y, [][]float64{z}, BeyondOptions{}) },
		"constant":     func() (OwnInformation, error) { return Beyond(x, make([]float64, 50), [][]float64{z}, BeyondOptions{}) },
		"neighbours":   func() (OwnInformation, error) { return Beyond(x, y, [][]float64{z}, BeyondOptions{Neighbours: 50}) },
	} {
		if own, err := of(); err == nil || own != (OwnInformation{}) {
			t.Errorf("%s: %+v, %v", name, own, err)
		}
	}
}

// Nodes 0 and 1 are on a circle, which ranks do not see; node 2 stands alone.
func TestDependSeesACurve(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 31))
	codes := mat.NewDense(800, 4, nil)
	for r := range 800 {
		a := 2 * math.Pi * rng.Float64()
		codes.SetRow(r, []float64{math.Cos(a) + 0.1*rng.NormFloat64(), math.Sin(a) + 0.1*rng.NormFloat64(), rng.NormFloat64(), 0})
	}
	stars := resample.Singles(800)
	d, err := Depend(codes, []int{0, 1, 2}, stars, AssociateOptions{Permutations: 99})
	if err != nil {
		t.Fatal(err)
	}
	if p := d.Pairs.Cells[0][1].Adjusted; p > 0.02 {
		t.Errorf("the circle is not seen: %v", p)
	}
	if p, q := d.Pairs.Cells[0][2].Adjusted, d.Pairs.Cells[2][1].Adjusted; p < 0.05 || q < 0.05 {
		t.Errorf("node 2 depends: %v, %v", p, q)
	}
	for i := range 3 {
		if self := d.Pairs.Cells[i][i]; self.Reason == "" || !math.IsNaN(self.MI) || !math.IsNaN(self.Adjusted) || !math.IsNaN(self.Q) {
			t.Errorf("node %d against itself: %+v", i, self)
		}
	}
	pair, err := mi.KSG1(mi.NormalScores(mat.Col(nil, 0, codes)), mi.NormalScores(mat.Col(nil, 1, codes)), 5)
	if err != nil || math.Abs(d.TotalCorrelation-pair) > 0.2 || pair < 0.5 || d.Gaussian > 0.02 {
		t.Errorf("total correlation %.3f, of the circle alone %.3f, Gaussian %.3f (%v)", d.TotalCorrelation, pair, d.Gaussian, err)
	}
	for _, nodes := range [][]int{{0}, {0, 0}, {0, 4}, {0, 3}} {
		if d, err := Depend(codes, nodes, stars, AssociateOptions{Permutations: 9}); err == nil {
			t.Errorf("nodes %v: %+v", nodes, d)
		}
	}
}

// A property of the star that a node happens to resemble is not found in stars
// held out; it is where visits of one star are on both sides.
func TestProbeHoldsStarsOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 31))
	const stars, visits = 30, 20
	features := make([][]float64, 20) // a fingerprint of the star
	var y, carrier []float64
	var ids []int
	for s := range stars {
		own := rng.NormFloat64()
		print := make([]float64, len(features))
		for j := range print {
			print[j] = rng.NormFloat64()
		}
		for range visits {
			ids, y = append(ids, s), append(y, own)
			carrier = append(carrier, own+0.5*rng.NormFloat64())
			for j := range features {
				features[j] = append(features[j], print[j]+0.01*rng.NormFloat64())
			}
		}
	}
	clusters, err := resample.By(ids)
	if err != nil {
		t.Fatal(err)
	}
	honest, err1 := Probe(features, y, clusters, ProbeOptions{})
	naive, err2 := Probe(features, y, resample.Singles(len(y)), ProbeOptions{})
	carried, err3 := Probe([][]float64{carrier}, y, clusters, ProbeOptions{})
	t.Logf("R2 of a fingerprint: stars held out %.2f, visits held out %.2f; of a carrier %.2f", honest, naive, carried)
	if err1 != nil || err2 != nil || err3 != nil || honest > 0.1 || naive < 0.4 || carried < 0.65 {
		t.Errorf("%v %v %v (%v %v %v)", honest, naive, carried, err1, err2, err3)
	}
	constant := make([]float64, len(y))
	if r2, err := Probe([][]float64{constant}, y, clusters, ProbeOptions{}); err != nil || r2 > 1e-12 {
		t.Errorf("a constant feature: %v (%v)", r2, err)
	}
	if _, err := Probe(features, constant, clusters, ProbeOptions{}); err == nil {
		t.Error("a constant y")
	}
	if _, err := Probe(features, y, clusters, ProbeOptions{Folds: 31}); err == nil {
		t.Error("more folds than stars")
	}
	if _, err := Probe(nil, y, clusters, ProbeOptions{}); err == nil {
		t.Error("no features")
	}
}
