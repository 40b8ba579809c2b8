package mi

import (
	"math"
	"testing"

	"github.com/stellarae/lab/stellarae/info/internal/fixture"
)

// peers.json holds what scikit-learn 1.9, SciPy 1.17 and NumPy formulas over all
// pairs of rows say of the data made here; testdata/make_fixtures.py makes the
// same data, bit for bit.
type peers struct {
	Estimates []struct {
		Kind string
		K    []struct {
			K                                         int
			KSG1, KSG2, Mixed, Ross                   *fixture.Float
			Vectors, Total, Conditional, Conditional2 *fixture.Float
			Differential                              *fixture.Float
		}
		Copula      fixture.Float
		CopulaTotal fixture.Float `json:"copula_total"`
		Frequency   []struct {
			Bins                       int
			PlugIn, Corrected, Entropy fixture.Float
		}
	}
	Mixture struct {
		LogLik fixture.Float
		Parts  [][6]fixture.Float
	}
}

// columns are x, y and two conditions of one kind of data. Products are rounded
// before they are added, on every architecture.
func columns(kind string) (x, y, z1, z2 []float64) {
	s := fixture.Stream{State: 2000}
	for _, r := range kind {
		s.State += uint64(r)
	}
	for range 300 {
		a, b, c, d, u := s.Bell(), s.Bell(), s.Bell(), s.Bell(), s.Uniform()
		u1, v := a, 0.0
		switch kind {
		case "independent":
			v = b
		case "weak":
			v = float64(0.6*a) + float64(0.8*b)
		case "strong":
			v = a + float64(0.0625*b)
		case "curved":
			v = float64(a*a) + float64(0.25*b)
		case "heavy":
			v = a + b/(u+0.001)
		case "rounded":
			v = math.Floor(float64(a*4)+b) / 4
		case "lattice":
			u1, v = math.Floor(a*3), math.Floor(float64(a*2)+b)
		case "edges": // hard and slanted: what lowers an estimate is no fault of one program
			u1, v = u, u+float64(0.5*s.Uniform())
		default:
			panic("unknown kind " + kind)
		}
		x, y = append(x, u1), append(y, v)
		z1, z2 = append(z1, a+c), append(z2, b-float64(0.5*d))
	}
	return x, y, z1, z2
}

func TestEstimatorsAreThePeers(t *testing.T) {
	p, err := fixture.Read[peers]("testdata/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	worst, compared := 0.0, 0
	for _, e := range p.Estimates {
		x, y, z1, z2 := columns(e.Kind)
		same := func(what string, k int, want *fixture.Float, got float64, err error) {
			t.Helper()
			if want == nil {
				return
			}
			compared++
			off := math.Abs(got - float64(*want))
			worst = max(worst, off)
			if err != nil || !(off < 1e-11) {
				t.Errorf("%s, %s %d: %v, the peer says %v (%v)", e.Kind, what, k, got, *want, err)
			}
		}
		for _, w := range e.K {
			run := func(what string, want *fixture.Float, of func() (float64, error)) {
				t.Helper()
				got, err := of()
				same(what, w.K, want, got, err)
			}
			run("KSG1", w.KSG1, func() (float64, error) { return KSG1(x, y, w.K) })
			run("KSG2", w.KSG2, func() (float64, error) { return KSG2(x, y, w.K) })
			run("Mixed", w.Mixed, func() (float64, error) { return Mixed(x, y, w.K) })
			run("Ross", w.Ross, func() (float64, error) { return Ross(x, bands(y), w.K) })
			run("vectors", w.Vectors, func() (float64, error) {
				return KSG1Vectors([][]float64{x, z1}, [][]float64{y}, w.K)
			})
			run("total", w.Total, func() (float64, error) { return TotalCorrelation([][]float64{x, y, z1}, w.K) })
			run("conditional", w.Conditional, func() (float64, error) { return Conditional(x, y, [][]float64{z1}, w.K) })
			run("conditional2", w.Conditional2, func() (float64, error) { return Conditional(x, y, [][]float64{z1, z2}, w.K) })
			run("differential", w.Differential, func() (float64, error) { return DifferentialEntropy([][]float64{x, y}, w.K) })
		}
		copula, err := GaussianCopula(x, y)
		same("copula", 0, &e.Copula, copula, err)
		total, err := GaussianTotalCorrelation([][]float64{x, y, z1, z2})
		same("copula total", 0, &e.CopulaTotal, total, err)
		for _, w := range e.Frequency {
			corrected, err := EqualFrequency(x, y, w.Bins)
			same("Miller-Madow", w.Bins, &w.Corrected, corrected, err)
			a, errA := QuantileBins(x, w.Bins)
			b, errB := QuantileBins(y, w.Bins)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			table := NewTable(w.Bins, w.Bins, len(x))
			table.Count(a, b)
			same("plug-in", w.Bins, &w.PlugIn, table.PlugIn(), nil)
			counts := make([]int, w.Bins)
			for _, v := range a {
				counts[v]++
			}
			same("entropy", w.Bins, &w.Entropy, Entropy(counts), nil)
		}
	}
	t.Logf("largest difference of %d values: %.1e nats", compared, worst)
}

// bands are classes of y, one of them with one member.
func bands(y []float64) []int {
	class := make([]int, len(y))
	for i, v := range y {
		for _, edge := range []float64{-1, 0, 0.5, 2.5} {
			if v >= edge {
				class[i]++
			}
		}
	}
	class[5] = 9
	return class
}

// From the same start, expectation and maximisation end where scikit-learn's
// do.
func TestMixtureFitIsScikitLearns(t *testing.T) {
	p, err := fixture.Read[peers]("testdata/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	x, y, _, _ := columns("curved")
	x, y = Standardise(x), Standardise(y)
	start := planar{[]part{
		{0.25, -1, 1, 1, 0, 1}, {0.5, 0, -0.5, 1, 0, 1}, {0.25, 1, 1, 1, 0, 1},
	}}
	g, likelihood := start.improve(x, y, 1e-14, 20000)
	if math.Abs(likelihood-float64(p.Mixture.LogLik)) > 1e-9 {
		t.Errorf("log-likelihood %v, scikit-learn %v", likelihood, p.Mixture.LogLik)
	}
	for i, want := range p.Mixture.Parts {
		q := g.parts[i]
		for j, got := range []float64{q.w, q.mx, q.my, q.sxx, q.sxy, q.syy} {
			if math.Abs(got-float64(want[j])) > 1e-4 { // the likelihood is flat there
				t.Errorf("part %d, parameter %d: %v, scikit-learn %v", i, j, got, want[j])
			}
		}
	}
}

// make crosscheck makes the peers' numbers again: it sets STELLARAE_PYTHON.
func TestFixturesAreMadeAgain(t *testing.T) { fixture.Remake(t) }
