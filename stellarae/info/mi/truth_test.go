package mi_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/info/mi"
)

// Where the density is smooth an estimate by neighbours is nearer to the truth than
// its own spread, on average, from 1,000 rows on where up to two nats are shared: an
// estimate is then within three standard errors of the truth. Up to half a nat the bias
// is not even seen in the mean of many, within three standard errors of that. Steeper
// relations and slanted hard edges move estimates by up to twice their spread. The
// tables of docs/estimators.md measure more.
func TestNeighboursFindTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const repeat = 40
	for _, c := range []struct {
		law
		most float64 // of the bias, in spreads of one estimate
	}{
		{gaussianLaw(0), 1}, {gaussianLaw(0.3), 1}, {gaussianLaw(0.6), 1}, {gaussianLaw(0.9), 1},
		{gaussianLaw(0.99), 1}, {crossLaw(), 1}, {squaresLaw(), 1},
		{gaussianLaw(0.999), 2}, {uniformLaw(1), 2}, {uniformLaw(0.5), 2},
	} {
		for name, estimate := range map[string]func(x, y []float64, k int) (float64, error){
			"KSG1": mi.KSG1, "KSG2": mi.KSG2, "Mixed": mi.Mixed,
		} {
			for _, n := range []int{1000, 4000} {
				m := measure(t, c.truth, repeat, func(rng *rand.Rand) (float64, error) {
					x, y := c.sample(rng, n)
					return estimate(x, y, 3)
				})
				if math.Abs(m.bias) > c.most*m.sd || c.most == 1 && c.truth < 0.5 && math.Abs(m.off()) > 3 {
					t.Errorf("%s of %d rows, %s of %.3f nats: %v", name, n, c.name, c.truth, m)
				}
			}
		}
	}
}

// Nothing shared: the mean is zero, so half of the estimates are below it.
func TestEstimatesAreNotClipped(t *testing.T) {
	below := 0
	for seed := range uint64(40) {
		x, y := gaussian(seed, 200, 0)
		v, err := mi.KSG1(x, y, 3)
		if err != nil {
			t.Fatal(err)
		}
		if v < 0 {
			below++
		}
	}
	if below < 10 || below > 32 {
		t.Errorf("%d of 40 estimates are negative", below)
	}
}

func TestEntropies(t *testing.T) {
	if got := mi.Entropy([]int{5, 5, 0, 5, 5}); math.Abs(got-math.Log(4)) > 1e-15 {
		t.Errorf("entropy of four equal counts %v", got)
	}
	rng := rand.New(rand.NewPCG(1, 5))
	var plain, corrected float64
	const repeat = 300
	for range repeat {
		counts := make([]int, 20)
		for range 60 {
			counts[rng.IntN(20)]++
		}
		plain += mi.Entropy(counts) / repeat
		corrected += mi.MillerMadowEntropy(counts) / repeat
	}
	truth := math.Log(20)
	if math.Abs(corrected-truth) > math.Abs(plain-truth)/3 {
		t.Errorf("entropy %.4f, corrected %.4f, truth %.4f", plain, corrected, truth)
	}
	x, y := gaussian(3, 2000, 0.8)
	h, err := mi.DifferentialEntropy([][]float64{x, y}, 3)
	want := math.Log(2*math.Pi*math.E) + 0.5*math.Log(1-0.64)
	if err != nil || math.Abs(h-want) > 0.08 { // sd 0.02
		t.Errorf("differential entropy %v, want %v (%v)", h, want, err)
	}
}

// Synergy and redundancy have their signs: a sum of two signs of which neither
// alone tells the product, and two copies of one cause.
func TestCoInformationHasASign(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 5))
	var a, b, product, copy1, copy2, cause []float64
	for range 1500 {
		u, v := 2*rng.Float64()-1, 2*rng.Float64()-1
		a, b, product = append(a, u), append(b, v), append(product, u*v+0.01*rng.NormFloat64())
		c := rng.NormFloat64()
		cause = append(cause, c)
		copy1, copy2 = append(copy1, c+0.3*rng.NormFloat64()), append(copy2, c+0.3*rng.NormFloat64())
	}
	synergy, err := mi.CoInformation(a, b, product, 3)
	if err != nil || synergy > -0.5 {
		t.Errorf("synergy %v (%v)", synergy, err)
	}
	redundancy, err := mi.CoInformation(copy1, copy2, cause, 3)
	if err != nil || redundancy < 0.5 {
		t.Errorf("redundancy %v (%v)", redundancy, err)
	}
}

// I(x; y,z) = I(x;z) + I(x;y|z).
func TestChainRule(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	var x, y, z []float64
	for range 2000 {
		a, b, c := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		x, y, z = append(x, a), append(y, a+b), append(z, a+c+0.5*b)
	}
	both, err1 := mi.KSG1Vectors([][]float64{x}, [][]float64{y, z}, 5)
	first, err2 := mi.KSG1(x, z, 5)
	more, err3 := mi.Conditional(x, y, [][]float64{z}, 5)
	if err1 != nil || err2 != nil || err3 != nil || math.Abs(both-first-more) > 0.05 {
		t.Errorf("%.3f, %.3f + %.3f (%v %v %v)", both, first, more, err1, err2, err3)
	}
}

// Classes that no value overlaps tell their entropy, and no more than that.
func TestRossIsBoundByTheEntropyOfTheClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	counts := make([]int, 3)
	var x []float64
	var class []int
	for range 1500 {
		c := min(rng.IntN(5), 2)
		counts[c]++
		x, class = append(x, 10*float64(c)+rng.NormFloat64()), append(class, c)
	}
	nats, err := mi.Ross(x, class, 3)
	if h := mi.Entropy(counts); err != nil || math.Abs(nats-h) > 0.01 {
		t.Errorf("%v nats, entropy %v (%v)", nats, h, err)
	}
}

// Two clouds that share only which cloud it is: half a bit and more, seen by a
// density of two parts.
func TestMixtureFindsTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	for seed, rho := range []float64{0, 0.9} {
		x, y := gaussian(uint64(seed), 800, rho)
		m, err := mi.Mixture(x, y, mi.MixtureOptions{Seed: 2, MostParts: 2, Bootstraps: 20, Draws: 5000})
		if err != nil || math.Abs(m.MI-mi.Gaussian(rho)) > 3*m.SD+0.01 {
			t.Errorf("rho %v: %+v (%v), truth %.3f", rho, m, err, mi.Gaussian(rho))
		}
	}
	l := squaresLaw()
	x, y := l.sample(rand.New(rand.NewPCG(6, 6)), 400)
	m, err := mi.Mixture(x, y, mi.MixtureOptions{Seed: 2, MostParts: 2, Bootstraps: 20, Draws: 5000})
	if err != nil || m.Parts < 2 || math.Abs(m.MI-l.truth) > 3*m.SD+0.02 {
		t.Errorf("two squares: %+v (%v)", m, err)
	}
	again, err := mi.Mixture(x, y, mi.MixtureOptions{Seed: 2, MostParts: 2, Bootstraps: 20, Draws: 5000, Workers: 1})
	if err != nil || again != m {
		t.Errorf("the same seed: %+v and %+v (%v)", m, again, err)
	}
}
