package intervene

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// lineDecoder draws the line that measure's codes tell of, with the depth that
// gives the equivalent width.
func lineDecoder(g spectrum.Grid) Decoder {
	return func(codes [][]float32) ([][]float32, error) {
		rows := make([][]float32, len(codes))
		for r, z := range codes {
			rows[r] = star{-10 * float64(z[0]), float64(z[1]) / (lineSigma * math.Sqrt(2*math.Pi))}.row(g)
		}
		return rows, nil
	}
}

// A node that moves the line by -10 km/s a unit has that as its physical
// meaning, and the depth's change is orthogonal to it.
func TestNodeDerivativesOfADrawnLine(t *testing.T) {
	g := grid()
	codes, err := measure(g)(rowsOf(g, stars(40, 1)))
	if err != nil {
		t.Fatal(err)
	}
	physics, err := DopplerDerivative(g, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	done, total := 0, 0
	found, err := NodeDerivatives(lineDecoder(g), codes, []int{1, 0, 2}, physics, DerivativeOptions{Progress: func(d, n int) { done, total = d, n }})
	if err != nil {
		t.Fatal(err)
	}
	if done != total || total != 40*7 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	depth, v, constant := found[0], found[1], found[2]
	if depth.Node != 1 || v.Node != 0 || constant.Node != 2 || v.Rows != 40 {
		t.Fatalf("nodes %d %d %d", depth.Node, v.Node, constant.Node)
	}
	near(t, "cosine", v.Cosine.Median, -1, 1e-4)
	near(t, "lowest cosine", v.Cosine.Lo, -1, 1e-4)
	near(t, "units", v.Units.Median, -10, 0.05)
	near(t, "highest units", v.Units.Hi, -10, 0.05)
	near(t, "cosine of the depth", depth.Cosine.Median, 0, 1e-3)
	near(t, "units of the depth", depth.Units.Median, 0, 0.1)
	if !math.IsNaN(constant.Cosine.Median) || constant.Amplitude != 0 {
		t.Errorf("a node that the decoder does not use: %+v", constant.Cosine)
	}
	// d(flux)/d(width) is the line's unit profile: its square integrates to
	// 1 / (2 sqrt(pi) sigma).
	moving := 0
	for _, x := range depth.Physics {
		if !math.IsNaN(x) {
			moving++
		}
	}
	rms := math.Sqrt(1 / (2 * math.Sqrt(math.Pi) * lineSigma) / g.Step / float64(moving))
	near(t, "amplitude", depth.Amplitude, rms*stat.StdDev(column(codes, 1), nil), 1e-4)
	if s, err := NewShifter(g, -1, 1); err != nil || s.Moving() != moving || !math.IsNaN(v.Physics[0]) || v.Change[0] != 0 {
		t.Errorf("%d samples take part; padding %v and %v", moving, v.Physics[0], v.Change[0])
	}
}

// A decoder that rings at both ends of the spectrum is not held to that.
func TestMargin(t *testing.T) {
	g := grid()
	ringing := func(codes [][]float32) ([][]float32, error) {
		rows, err := lineDecoder(g)(codes)
		for _, row := range rows {
			for i := range 20 {
				row[7+i] += float32(i % 2)
				row[506-i] += float32(i % 2)
			}
		}
		return rows, err
	}
	codes, err := measure(g)(rowsOf(g, stars(10, 1)))
	if err != nil {
		t.Fatal(err)
	}
	cosine := func(margin int) float64 {
		physics, err := DopplerDerivative(g, 1, margin)
		if err != nil {
			t.Fatal(err)
		}
		found, err := NodeDerivatives(ringing, codes, []int{0}, physics, DerivativeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range found[0].Physics {
			if inside := i >= 7+margin && i < 507-margin; !inside && !math.IsNaN(x) {
				t.Errorf("margin %d: sample %d takes part", margin, i)
			}
		}
		return found[0].Cosine.Median
	}
	near(t, "cosine within", cosine(21), -1, 1e-4)
	if c := cosine(0); c < -0.9 {
		t.Errorf("with the ringing the cosine is %v: nothing is compared", c)
	}
}

// For a linear decoder cosine and units are those of its rows, at any step.
func TestNodeDerivativesOfALinearDecoder(t *testing.T) {
	m := matrix{of: [][]float64{{1, 0, 0, 0, 9}, {0.6, 0.8, 0, 0, 9}, {0, 0, 2, 0, 9}, {0, 0, 0, 0, 0}}, offset: []float64{1, 2, 3, 4, 5}}
	codes := randomCodes(20, 4, 1)
	nan := float32(math.NaN())
	for _, step := range []float64{0.01, 0.5, 3} {
		// Along node 0, of half its length; the last sample takes no part.
		found, err := NodeDerivatives(m.apply, codes, []int{0, 1, 2}, Given([][]float32{{0.5, 0, 0, 0, nan}}), DerivativeOptions{Step: step})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct{ cosine, units float64 }{{1, 2}, {0.6, 1.2}, {0, 0}} {
			for _, x := range []Interval{found[i].Cosine, {found[i].Units.Median / 2, found[i].Units.Lo / 2, found[i].Units.Hi / 2}} {
				near(t, "median", x.Median, want.cosine, 1e-4)
				near(t, "lowest", x.Lo, want.cosine, 1e-4)
				near(t, "highest", x.Hi, want.cosine, 1e-4)
			}
			near(t, "units", found[i].Units.Median, want.units, 1e-4)
			for s, w := range m.of[i] {
				near(t, "change", found[i].Change[s], w, 1e-3)
			}
		}
		near(t, "amplitude", found[2].Amplitude, 2/math.Sqrt(4)*stat.StdDev(column(codes, 2), nil), 1e-3)
	}
}

// Every spectrum is held against a derivative of its own.
func TestGivenForEveryRow(t *testing.T) {
	m := matrix{of: [][]float64{{1, 0}}, offset: []float64{0, 0}}
	codes := randomCodes(20, 1, 1)
	derivatives := make([][]float32, 20)
	for r := range derivatives {
		derivatives[r] = []float32{0, float32(r + 1)}
		if r == 17 { // beyond the first batch
			derivatives[r] = []float32{-0.25, 0}
		}
	}
	found, err := NodeDerivatives(m.apply, codes, []int{0}, Given(derivatives), DerivativeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "median", found[0].Units.Median, 0, 1e-9)
	near(t, "5th percentile", found[0].Units.Lo, -4*0.05, 1e-3) // between the lowest, -4, and the next, 0
	if _, err := NodeDerivatives(m.apply, codes, []int{0}, Given(derivatives[:19]), DerivativeOptions{}); err == nil || !strings.Contains(err.Error(), "row 19: no derivative: 19 are given") {
		t.Error(err)
	}
	derivatives[17][0] = 0
	derivatives[17][1] = 1
	some, err := NodeDerivatives(m.apply, codes[17:19], []int{0}, Given([][]float32{{-0.25, 0}, {0, 1}}), DerivativeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean of -4 and 0", some[0].Units.Median, -2, 1e-3)
}

// An autoencoder whose decoder and encoder are not quite inverse: what a swap
// finds is the product of their matrices.
func TestSwapOfALinearAutoencoder(t *testing.T) {
	decoder := matrix{of: [][]float64{{1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 1, 0}}, offset: []float64{5, 5, 5, 5}}
	// Node 0 is found again to nine tenths, and a quarter of it in node 2.
	encoder := matrix{of: [][]float64{{0.9, 0, 0.25}, {0, 0.5, 0}, {0, 0, 1}, {1, 1, 1}}, offset: []float64{-3, 1, 2}}
	codes := randomCodes(60, 3, 2)
	spread := spreads(codes)
	done, total := 0, 0
	found, err := Swap(encoder.apply, decoder.apply, codes, []int{0, 1, 2}, SwapOptions{Pairs: 70, Seed: 3, Progress: func(d, n int) { done, total = d, n }})
	if err != nil {
		t.Fatal(err)
	}
	if done != total || total != 60+3*140 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	for i, want := range []struct {
		follows, length float64
		leaks           [3]float64 // of a unit of the node, in code units
	}{{0.9, 1, [3]float64{0.9, 0, 0.25}}, {1, 2, [3]float64{0, 1, 0}}, {1, 1, [3]float64{0, 0, 1}}} {
		s := found[i]
		if s.Node != i || s.Swaps != 140 {
			t.Fatalf("node %d, %d swaps", s.Node, s.Swaps)
		}
		near(t, "follows", s.Follows, want.follows, 1e-5)
		near(t, "correlation", s.Correlation, 1, 1e-5)
		near(t, "moved", s.Moved, math.Sqrt2, 0.2)
		made := s.Moved * spread[i]
		near(t, "flux", s.Flux, made*want.length/2, 1e-5)
		others := 0.0
		for l, leak := range want.leaks {
			near(t, "leakage", s.Leakage[l], made*leak/spread[l], 1e-5)
			if l != i {
				others += s.Leakage[l] * s.Leakage[l] / 2
			}
		}
		near(t, "others", s.Others, math.Sqrt(others), 1e-9)
	}
	if found[0].Most != 2 {
		t.Errorf("node 0 leaks most into %d", found[0].Most)
	}
	// Only the nodes asked for count as others.
	some, err := Swap(encoder.apply, decoder.apply, codes, []int{0}, SwapOptions{Pairs: 70, Seed: 3})
	if err != nil || some[0].Most != -1 || !math.IsNaN(some[0].Others) && some[0].Others != 0 || some[0].Follows != found[0].Follows {
		t.Errorf("node 0 alone: %+v, %v", some, err)
	}
	other, err := Swap(encoder.apply, decoder.apply, codes, []int{0}, SwapOptions{Pairs: 70, Seed: 4})
	if err != nil || other[0].Moved == some[0].Moved {
		t.Error("the pairs are not the seed's")
	}
}

// Pairs are of two spectra, every one as likely.
func TestPairs(t *testing.T) {
	count := make([]int, 5)
	for _, s := range drawPairs(5, SwapOptions{Pairs: 5000, Seed: 1}) {
		if s.to == s.from {
			t.Fatal("a spectrum with itself")
		}
		count[s.to]++
	}
	for _, n := range count { // 10,000 over 5, standard deviation 40
		near(t, "draws of a spectrum", float64(n), 2000, 200)
	}
}

func TestDecodingRefuses(t *testing.T) {
	codes := randomCodes(5, 2, 1)
	m := randomMatrix(2, 3, 1)
	back := randomMatrix(3, 2, 1)
	given := Given([][]float32{{1, 2, 3}})
	derive := func(codes [][]float32, d Derivative, step float64, nodes ...int) error {
		_, err := NodeDerivatives(m.apply, codes, nodes, d, DerivativeOptions{Step: step})
		return err
	}
	swapped := func(codes [][]float32, pairs int, nodes ...int) error {
		_, err := Swap(back.apply, m.apply, codes, nodes, SwapOptions{Pairs: pairs})
		return err
	}
	for want, err := range map[string]error{
		"1 codes: want two at least":                derive(codes[:1], given, 0, 0),
		"0 codes: want two at least":                swapped(nil, 0, 0),
		"node 2: codes have nodes 0 to 1":           derive(codes, given, 0, 2),
		"node -1: codes have":                       swapped(codes, 0, -1),
		"step -1 of a node":                         derive(codes, given, -1, 0),
		"step +Inf of a node":                       derive(codes, given, math.Inf(1), 0),
		"row 0: 2 samples: the decoder gives 3":     derive(codes, Given([][]float32{{1, 2}}), 0, 0),
		"value 1 of row 3 is NaN":                   swapped(append(codes[:3:3], []float32{1, float32(math.NaN())}), 0, 0),
		"row 1 has 1 values, want 2":                derive([][]float32{{1, 2}, {1}}, given, 0, 0),
		"-3 pairs":                                  swapped(codes, -3, 0),
		"node 1 is the same in all 2 codes":         swapped([][]float32{{1, 2}, {2, 2}}, 0, 0, 1),
		"no sample of the grid stays":               derivativeError(spectrum.Grid{Start: 5000, Step: 1, Samples: 3}, 1e4, 0),
		"out of order":                              derivativeError(grid(), -1, 0),
		"margin of 501 samples: the grid has 500":   derivativeError(grid(), 1, 501),
		"derivative of row 0: 3 samples: the grid ": derive(codes, mustDerive(t), 0, 0),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
}

func derivativeError(g spectrum.Grid, step float64, margin int) error {
	_, err := DopplerDerivative(g, step, margin)
	return err
}

func mustDerive(t testing.TB) Derivative {
	t.Helper()
	d, err := DopplerDerivative(grid(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
