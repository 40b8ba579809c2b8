package info

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/internal/fixture"
	"gonum.org/v1/gonum/mat"
)

// peers.json holds what NumPy 2.4, SciPy 1.17 and astropy 8.0 say of the data
// made here; testdata/make_fixtures.py makes the same data, bit for bit.
type peers struct {
	Clips []struct {
		Seed     uint64
		N        int
		Sigma    float64
		MaxIters int
		Masked   []int
		Lo, Hi   fixture.Float
	}
	Histograms []struct {
		Kind    string
		N, Bins int
		MI      fixture.Float
		SHA256  string
	}
	Spearman []struct {
		Kind string
		N    int
		Rho  fixture.Float
	}
	Survey struct {
		Median, MAD []fixture.Float
		Informative []int
		Labels      []struct {
			Name                   string
			Used, Missing, Clipped int
			MI                     [][]fixture.Float
		}
	}
}

func readPeers(t *testing.T) peers {
	t.Helper()
	p, err := fixture.Read[peers]("testdata/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func heavyColumn(seed uint64, n int) []float64 {
	s := fixture.Stream{State: seed}
	values := make([]float64, n)
	for i := range values {
		values[i] = s.Heavy()
	}
	for i := range values {
		if i%17 == 5 {
			values[i] = math.NaN()
		}
		if i%101 == 77 {
			values[i] = math.Inf(i%2*2 - 1)
		}
	}
	return values
}

// pair is two columns of one kind of data. Products are rounded before they
// are added, on every architecture.
func pair(kind string, n int) (x, y []float64) {
	s := fixture.Stream{State: 1000}
	for _, r := range kind {
		s.State += uint64(r)
	}
	for range n {
		a, b, c := s.Bell(), s.Bell(), s.Uniform()
		var u, v float64
		switch kind {
		case "related":
			u, v = a, float64(a*a)+float64(0.25*b)
		case "unrelated":
			u, v = a, b
		case "heavy":
			u, v = a/(c+0.001), a+b
		case "integers":
			u, v = math.Floor(c*21), math.Floor(a*4)
		case "tenths":
			u, v = math.Floor(c*161)/10, math.Floor(a*40)/10
		case "offset":
			u, v = 1e9+float64(a*1e-6), -1e9+float64(b*1e-6)
		case "tiny":
			u, v = a*1e-300, b*1e-310
		case "constant":
			u, v = 3.25, b
		default:
			panic("unknown kind " + kind)
		}
		x, y = append(x, u), append(y, v)
	}
	return x, y
}

// The masks and the bounds equal astropy's to the last bit.
func TestSigmaClipIsAstropys(t *testing.T) {
	for _, want := range readPeers(t).Clips {
		t.Run(fmt.Sprintf("n=%d/sigma=%g/maxiters=%d", want.N, want.Sigma, want.MaxIters), func(t *testing.T) {
			clipped, lo, hi := SigmaClip(heavyColumn(want.Seed, want.N), want.Sigma, want.MaxIters)
			var masked []int
			for i, c := range clipped {
				if c {
					masked = append(masked, i)
				}
			}
			if !slices.Equal(masked, want.Masked) {
				t.Errorf("masked %d values, astropy %d", len(masked), len(want.Masked))
			}
			if lo != float64(want.Lo) || hi != float64(want.Hi) {
				t.Errorf("bounds %v %v, astropy %v %v", lo, hi, want.Lo, want.Hi)
			}
		})
	}
}

// Counts are equal bit for bit. The sums differ by the order of summation and
// the last bit of the logarithm, which NumPy takes with vector instructions.
func TestHistogramIsNumPys(t *testing.T) {
	var worst float64
	for _, want := range readPeers(t).Histograms {
		x, y := pair(want.Kind, want.N)
		ax, err := newAxis(x, want.Bins)
		if err != nil {
			t.Fatal(err)
		}
		ay, err := newAxis(y, want.Bins)
		if err != nil {
			t.Fatal(err)
		}
		h := newHistogram(want.Bins)
		h.count(ax, x, ay.indices(y), want.Bins)
		digest := sha256.New()
		for _, c := range h.joint {
			if err := binary.Write(digest, binary.LittleEndian, int64(c)); err != nil {
				t.Fatal(err)
			}
		}
		if got := hex.EncodeToString(digest.Sum(nil)); got != want.SHA256 {
			t.Errorf("%s, %d bins: the counts are not numpy's", want.Kind, want.Bins)
		}
		mi, err := HistogramMI(x, y, want.Bins)
		if err != nil {
			t.Fatal(err)
		}
		off := math.Abs(mi - float64(want.MI))
		worst = max(worst, off)
		if off > 1e-14 {
			t.Errorf("%s, %d bins: MI %v, numpy %v", want.Kind, want.Bins, mi, want.MI)
		}
	}
	t.Logf("largest difference of MI from numpy: %.1e nats", worst)
}

func TestSpearmanIsSciPys(t *testing.T) {
	for _, want := range readPeers(t).Spearman {
		x, y := pair(want.Kind, want.N)
		for i := 0; i < want.N; i += 23 {
			x[i] = math.NaN()
		}
		for i := 0; i < want.N; i += 31 {
			y[i] = math.NaN()
		}
		if rho := Spearman(x, y); math.Abs(rho-float64(want.Rho)) > 1e-14 {
			t.Errorf("%s: rho %v, scipy %v", want.Kind, rho, want.Rho)
		}
	}
}

// survey is the small survey of make_fixtures.py: five nodes, five labels.
func survey() (*mat.Dense, []Label) {
	const rows = 400
	s := fixture.Stream{State: 2021}
	scale := []float64{1, 0.019, 0.0311, 0.001, 2.5}
	codes := mat.NewDense(rows, len(scale), nil)
	for r := range rows {
		for i, w := range scale {
			codes.Set(r, i, s.Bell()*w)
		}
	}
	column := func(of func(r int) float64) []float64 {
		values := make([]float64, rows)
		for r := range values {
			values[r] = of(r)
		}
		return values
	}
	teff := column(func(r int) float64 {
		return 5500 - float64(900*codes.At(r, 0)) + float64(100*s.Bell())
	})
	rv := column(func(r int) float64 { return float64(10*codes.At(r, 4)*codes.At(r, 4)) + s.Heavy() })
	noise := column(func(int) float64 { return s.Uniform() })
	for r := 0; r < rows; r += 7 {
		teff[r] = math.NaN()
	}
	return codes, []Label{
		{"teff", teff},
		{"rv", rv},
		{"noise", noise},
		{"empty", column(func(int) float64 { return math.NaN() })},
		{"constant", column(func(int) float64 { return 2 })},
	}
}

func TestCountPublishedIsThePapersCode(t *testing.T) {
	want := readPeers(t).Survey
	codes, labels := survey()
	for _, workers := range []int{1, 3} {
		got, err := CountPublished(codes, labels, Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.MAD {
			if got.MAD[i] != float64(want.MAD[i]) || got.Median[i] != float64(want.Median[i]) {
				t.Errorf("node %d: median %v, MAD %v; scipy %v, %v", i, got.Median[i], got.MAD[i], want.Median[i], want.MAD[i])
			}
		}
		if !slices.Equal(got.Informative, want.Informative) || got.Threshold != 0.02 || got.Rows != 400 {
			t.Errorf("informative %v above %v of %d rows, want %v", got.Informative, got.Threshold, got.Rows, want.Informative)
		}
		for l, w := range want.Labels {
			g := got.Labels[l]
			if g.Name != w.Name || g.Used != w.Used || g.Missing != w.Missing || g.Clipped != w.Clipped {
				t.Errorf("label %+v, want %s used %d missing %d clipped %d", g, w.Name, w.Used, w.Missing, w.Clipped)
			}
			if len(g.MI) != len(w.MI) {
				t.Fatalf("label %s: %d rows of MI, want %d", w.Name, len(g.MI), len(w.MI))
			}
			for b := range w.MI {
				for i := range w.MI[b] {
					if math.Abs(g.MI[b][i]-float64(w.MI[b][i])) > 1e-14 {
						t.Errorf("label %s, %d bins, node %d: MI %v, numpy %v", w.Name, got.Bins[b], i, g.MI[b][i], w.MI[b][i])
					}
				}
			}
		}
	}
}

// make crosscheck makes the peers' numbers again: it sets STELLARAE_PYTHON.
func TestFixturesAreMadeAgain(t *testing.T) { fixture.Remake(t) }
