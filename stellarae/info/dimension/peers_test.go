package dimension

import (
	"math"
	"testing"

	"github.com/stellarae/lab/stellarae/info/internal/fixture"
	"gonum.org/v1/gonum/mat"
)

// peers.json holds what scikit-dimension 0.5, scikit-learn 1.9 and SciPy 1.17 say
// of the data made here; testdata/make_fixtures.py makes the same data.
type peer struct {
	Kind          string
	Variances     []fixture.Float
	Participation fixture.Float
	Components    int
	TwoNN         fixture.Float
	MLE           []fixture.Float
	Gride         []fixture.Float
}

func rowsOf(kind string) *mat.Dense {
	s := fixture.Stream{State: 3000}
	for _, r := range kind {
		s.State += uint64(r)
	}
	var flat []float64
	const rows = 400
	for range rows {
		a, b, c := s.Bell(), s.Bell(), s.Bell()
		switch kind {
		case "ball":
			flat = append(flat, a, b, c)
		case "sheet":
			flat = append(flat, a, b, a*b, float64(a*a)-float64(b*b), 0.5*a)
		case "noisy":
			flat = append(flat, a+float64(0.03125*c), b+float64(0.03125*s.Bell()),
				float64(a*b)+float64(0.03125*s.Bell()), 0.03125*s.Bell())
		}
	}
	return mat.NewDense(rows, len(flat)/rows, flat)
}

func TestEstimatorsAreThePeers(t *testing.T) {
	all, err := fixture.Read[[]peer]("testdata/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		same := func(what string, got float64, want fixture.Float, within float64) {
			t.Helper()
			if !(math.Abs(got-float64(want)) <= within) {
				t.Errorf("%s, %s: %v, the peer says %v", p.Kind, what, got, want)
			}
		}
		rows := rowsOf(p.Kind)
		variances, err := Spectrum(rows)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range variances {
			same("variance", v, p.Variances[i], 1e-12)
		}
		same("participation", Participation(variances), p.Participation, 1e-11)
		if got := Components(variances, 0.95); got != p.Components {
			t.Errorf("%s: %d components, scikit-learn %d", p.Kind, got, p.Components)
		}
		near, err := FindNeighbours(rows, 32)
		if err != nil {
			t.Fatal(err)
		}
		same("TwoNN", near.TwoNN(), p.TwoNN, 1e-10)
		for i, k := range []int{5, 20} {
			got, err := near.MLE(k)
			if err != nil {
				t.Fatal(err)
			}
			same("MLE", got, p.MLE[i], 1e-10)
		}
		for i, s := range near.Gride() {
			same("Gride", s.Dimension, p.Gride[i], 1e-6) // SciPy's tolerance
		}
	}
}

// make crosscheck makes the peers' numbers again: it sets STELLARAE_PYTHON.
func TestFixturesAreMadeAgain(t *testing.T) { fixture.Remake(t) }
