package spectrum

import (
	"math"
	"math/rand/v2"
	"testing"
)

// star is a spectrum on g of the given continuum with lines 60 % deep on the
// stated share of each Angstrom, and noise of the given deviation.
func star(g Grid, continuum func(w float64) float64, share, noise float64) *Spectrum {
	r := rand.New(rand.NewPCG(1, 2))
	s := made(g.Start, g.Step, make([]float32, g.Samples))
	for i, w := range s.Wave {
		f := continuum(w)
		// The lines stand in groups of 4 A with 1 A between them.
		if math.Mod(w, 5) < 4 && math.Mod(w*7.3, 1) < share {
			f *= 0.4
		}
		s.Flux[i] = float32(f * (1 + noise*r.NormFloat64()))
	}
	return s
}

func scaleOf(t *testing.T, p Preset, s *Spectrum, g Grid) float64 {
	t.Helper()
	out, err := p.Apply(s, g)
	if err != nil {
		t.Fatal(err)
	}
	return float64(s.Flux[1000]) / float64(out[g.PadLeft+1000])
}

// Clean scales by the continuum whatever stands in it, where the paper's median
// drops with the number of lines.
func TestCleanScaleIsTheContinuum(t *testing.T) {
	flat := func(float64) float64 { return 1000 }
	g := PaperGrid()
	for _, c := range []struct {
		name         string
		share, noise float64
		tolerance    float64
	}{
		{"no lines", 0, 0.001, 0.001},
		{"few lines", 0.2, 0.005, 0.003},
		{"many lines", 0.9, 0.005, 0.003},
		{"few lines, S/N 10", 0.2, 0.1, 0.04}, // the 95th percentile of medians with 2 % noise
		{"many lines, S/N 10", 0.9, 0.1, 0.04},
	} {
		near(t, c.name, scaleOf(t, Clean, star(g, flat, c.share, c.noise), g), 1000, c.tolerance)
	}
	if paper := scaleOf(t, Paper, star(g, flat, 0.9, 0.005), g); paper > 450 {
		t.Errorf("paper scale %v with lines nearly everywhere: the comparison above shows nothing", paper)
	}
	// Where the continuum rises it is that of the middle.
	rising := func(w float64) float64 { return w - 3000 }
	near(t, "rising continuum", scaleOf(t, Clean, star(g, rising, 0.5, 0.001), g), (3785+6910)/2-3000, 0.02)
}

func TestCleanFillsWhatIsBad(t *testing.T) {
	g := Grid{Start: 5000, Step: 0.01, Samples: 40001, PadLeft: 5, PadRight: 6}
	slope := func(w float64) float64 { return 2*w - 5000 }
	bad := map[string]func(s *Spectrum, i int){
		"nan":        func(s *Spectrum, i int) { s.Flux[i] = float32(math.NaN()) },
		"infinite":   func(s *Spectrum, i int) { s.Flux[i] = float32(math.Inf(1)) },
		"zero":       func(s *Spectrum, i int) { s.Flux[i] = 0 },
		"ones":       func(s *Spectrum, i int) { s.Flux[i] = 1 },
		"error":      func(s *Spectrum, i int) { s.Flux[i], s.Err[i] = 9e5, 300 },
		"nan error":  func(s *Spectrum, i int) { s.Flux[i], s.Err[i] = 9e5, float32(math.NaN()) },
		"zero error": func(s *Spectrum, i int) { s.Flux[i], s.Err[i] = 9e5, 0 },
	}
	for name, spoil := range bad {
		for _, shift := range []float64{0, 0.004} { // on the grid and resampled to it
			s := star(g, slope, 0, 0)
			for i := range s.Wave {
				s.Wave[i] += shift
				s.Flux[i] = float32(slope(s.Wave[i]))
			}
			s.Err = make([]float32, len(s.Flux))
			for i := range s.Err {
				s.Err[i] = 20
			}
			for i := 9000; i < 13300; i++ {
				spoil(s, i)
			}
			if name != "ones" { // a single one is a sample like any other
				spoil(s, 500)
			}
			for i := 39900; i < len(s.Flux); i++ {
				spoil(s, i)
			}
			out, err := Clean.Apply(s, g)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			scale := slope(5200) / float64(out[g.PadLeft+20000])
			for i := range g.Samples - 200 {
				// The line between medians of 50 samples follows the slope but for
				// the distance of their middles from the stretch.
				near(t, name, float64(out[g.PadLeft+i])*scale, slope(g.Wave(g.PadLeft+i)), 0.0004)
			}
			last := float64(out[g.PadLeft+g.Samples-1]) * scale
			near(t, name+" at the end", last, slope(5399), 0.0005) // level
		}
	}
}

// A stretch of NaN does not move the scale.
func TestCleanScaleWithoutAFifthOfTheSamples(t *testing.T) {
	g := MiniGrid()
	s := star(g, func(float64) float64 { return 700 }, 0.5, 0.01)
	whole := scaleOf(t, Clean, s, g)
	for i := 1100; i < 1500; i++ {
		s.Flux[i] = float32(math.NaN())
	}
	near(t, "scale", scaleOf(t, Clean, s, g), whole, 0.01)
	if _, err := Paper.Apply(s, g); err == nil {
		t.Error("the paper preset takes NaN")
	}
}

// The gap of HARPS is filled with zeros or with ones; Clean gives the same, also
// where the gap reaches beyond the grid's masked range, as here by 1.7 A.
func TestCleanIsTheSameForZerosAndOnes(t *testing.T) {
	g := PaperGrid()
	var out [2][]float32
	for i := range out {
		var err error
		if out[i], err = Clean.Apply(made(3780, 0.01, synthetic(1, 313156, i)), g); err != nil {
			t.Fatal(err)
		}
	}
	if hash(out[0]) != hash(out[1]) {
		t.Error("a gap of ones is not filled as a gap of zeros is")
	}
	for i := 159290; i < 162850; i++ { // padded samples of the gap
		if v := out[0][i]; v < 0.5 || v > 1.2 {
			t.Fatalf("sample %d in the gap is %v: not a continuum", i, v)
		}
	}
}

// Stairs at the edges of the gap, as in a sum of exposures, lie within the grid's
// masked range and are filled with it.
func TestCleanFillsMaskedRanges(t *testing.T) {
	g := PaperGrid()
	s := star(g, func(float64) float64 { return 1000 }, 0, 0.001)
	first, last := g.Masked[1][0]-g.PadLeft, g.Masked[1][1]-g.PadLeft
	for i := first; i <= last; i++ {
		s.Flux[i] = 0
		if i < first+100 || i > last-100 {
			s.Flux[i] = 300 + float32(i%7)
		}
	}
	out, err := Clean.Apply(s, g)
	if err != nil {
		t.Fatal(err)
	}
	for i := g.Masked[1][0]; i <= g.Masked[1][1]; i++ {
		near(t, "filled", float64(out[i]), 1, 0.002)
	}
}

// A noiseless normalised spectrum has long runs of ones, which are continuum.
func TestCleanKeepsAFlatContinuum(t *testing.T) {
	g := MiniGrid()
	s := made(g.Start, g.Step, make([]float32, g.Samples))
	for i := range s.Flux {
		s.Flux[i] = 1
		if i%400 < 100 {
			s.Flux[i] = 0.2 + 0.001*float32(i%100)
		}
	}
	out, err := Clean.Apply(s, g)
	if err != nil {
		t.Fatal(err)
	}
	if hash(out) != hash(s.Flux) {
		t.Error("a normalised spectrum was changed")
	}
}

// Errors that are all unknown are no errors.
func TestCleanWithoutAnyError(t *testing.T) {
	g := MiniGrid()
	s := star(g, func(float64) float64 { return 700 }, 0.5, 0.01)
	want, err := Clean.Apply(s, g)
	if err != nil {
		t.Fatal(err)
	}
	s.Err = make([]float32, len(s.Flux))
	for i := range s.Err {
		s.Err[i] = float32(math.NaN())
	}
	got, err := Clean.Apply(s, g)
	if err != nil || hash(got) != hash(want) {
		t.Errorf("errors of NaN change the result: %v", err)
	}
}

// Steps far above the width of a window or far below that of a block.
func TestCleanOnStrangeGrids(t *testing.T) {
	for _, g := range []Grid{{Start: 1, Step: 1e17, Samples: 200}, {Start: 1e-12, Step: 1e-14, Samples: 200}} {
		s := star(g, func(float64) float64 { return 5 }, 0, 0.01)
		out, err := Clean.Apply(s, g)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "flux", float64(out[100]), 1, 0.1)
	}
}
