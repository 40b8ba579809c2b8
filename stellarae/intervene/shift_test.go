package intervene

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/spectrum"
)

func shift(t testing.TB, g spectrum.Grid, from, to, v float64, row []float32) []float32 {
	t.Helper()
	s, err := NewShifter(g, from, to)
	if err != nil {
		t.Fatal(err)
	}
	by, err := s.By(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := by(row)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The line moves by the velocity, to the pixel's rounding, and a shift by
// nothing changes no bit.
func TestShiftMovesLines(t *testing.T) {
	g := grid()
	for _, v := range []float64{-30, -7.3, -1, 2, 6, 29.5} {
		// The row is smoothed by a pixel; the line's own shape hides all of it but
		// what curvature leaves.
		got := shift(t, g, -30, 30, v, star{4, 0.5}.row(g))
		want := star{4 + v, 0.5}.row(g)
		off := 0.0
		for i := range got {
			off = max(off, math.Abs(float64(got[i]-want[i])))
		}
		// Mean over a fraction x of a step h: h^2 x(1-x)/2 f'', and the mean over
		// a pixel in place of its centre, with f'' at most depth/sigma^2.
		if most := 0.5 * 0.01 / (8 * lineSigma * lineSigma) * 1.2; off > most {
			t.Errorf("%g km/s: off by %.2g, want at most %.2g", v, off, most)
		}
	}
	row := star{4, 0.5}.row(g)
	if !slices.Equal(shift(t, g, -30, 30, 0, row), row) {
		t.Error("a shift by 0 changes the row")
	}
}

// A shift by whole samples moves the values themselves. The step is so narrow
// beside the range that all wavelengths move by one step within 1e-4 of it.
func TestShiftByASample(t *testing.T) {
	g := spectrum.Grid{Start: 5000, Step: 0.1, Samples: 6, PadLeft: 1, PadRight: 1}
	row := []float32{0, 1, 2, 4, 8, 16, 32, 0}
	v := 0.1 / 5000.25 * spectrum.SpeedOfLight
	got := shift(t, g, 0, v, v, row)
	// The first sample's light comes from beyond the end, where nothing is known.
	for i, want := range []float64{0, 1, 1, 2, 4, 8, 16, 0} {
		if i == 0 || i == 1 || i == 7 {
			if got[i] != row[i] {
				t.Errorf("sample %d does not stay: %v", i, got[i])
			}
			continue
		}
		near(t, "sample", float64(got[i]), want, 1e-3*want)
	}
}

// What takes no part is the same at every velocity: padding, ends, the gap and
// all that could get light from there; nothing else is left out.
func TestWhatMoves(t *testing.T) {
	g := grid()
	random := rand.New(rand.NewPCG(1, 1))
	row := make([]float32, g.Len())
	for i := range row {
		row[i] = float32(random.NormFloat64()) // in the padding too, to see that it stays
	}
	s, err := NewShifter(g, -20, 30)
	if err != nil {
		t.Fatal(err)
	}
	// Samples of 6 km/s: light comes from up to 5.01 samples to the left and
	// 3.35 to the right, and a pixel reaches half a sample farther.
	for i := range row {
		left, right := 30/spectrum.SpeedOfLight*g.Wave(i)/g.Step, 20/spectrum.SpeedOfLight*g.Wave(i)/g.Step
		inside := true
		for j := int(math.Floor(float64(i) - left)); j <= int(math.Ceil(float64(i)+right)); j++ {
			inside = inside && j >= 7 && j < 507 && (j < 300 || j > 320)
		}
		if s.Moves(i) != inside {
			t.Errorf("sample %d moves: %v, want %v", i, s.Moves(i), inside)
		}
	}
	for _, v := range []float64{-20, -3.1, 11, 30} {
		moved, same := 0, 0
		for i, f := range shift(t, g, -20, 30, v, row) {
			switch {
			case f != row[i] && !s.Moves(i):
				t.Errorf("%g km/s: sample %d stays inside at all velocities and moved", v, i)
			case f != row[i]:
				moved++
			default:
				same++
			}
		}
		if moved != s.Moving() {
			t.Errorf("%g km/s: %d samples moved, want %d", v, moved, s.Moving())
		}
	}
}

func TestShifterRefuses(t *testing.T) {
	g := grid()
	for want, try := range map[string]func() error{
		"out of order":                 func() error { _, err := NewShifter(g, 1, -1); return err },
		"speed of light":               func() error { _, err := NewShifter(g, 0, 3e5); return err },
		"no sample of the grid":        func() error { _, err := NewShifter(g, -3000, 3000); return err },
		"grid: start":                  func() error { _, err := NewShifter(spectrum.Grid{}, -1, 1); return err },
		"not between -10 and 10":       func() error { s, _ := NewShifter(g, -10, 10); _, err := s.By(10.1); return err },
		"velocity NaN":                 func() error { s, _ := NewShifter(g, -10, 10); _, err := s.By(math.NaN()); return err },
		"511 samples: the grid has 51": func() error { return shiftRow(g, make([]float32, 511)) },
		"sample 40 is NaN":             func() error { return shiftRow(g, with(star{}.row(g), 40, math.NaN())) },
		"sample 2 is +Inf":             func() error { return shiftRow(g, with(star{}.row(g), 2, math.Inf(1))) },
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
}

func shiftRow(g spectrum.Grid, row []float32) error {
	s, err := NewShifter(g, -10, 10)
	if err != nil {
		return err
	}
	by, err := s.By(5)
	if err != nil {
		return err
	}
	_, err = by(row)
	return err
}

func with(row []float32, i int, v float64) []float32 {
	row[i] = float32(v)
	return row
}

// One row of the published network.
func BenchmarkShift(b *testing.B) {
	g := spectrum.PaperGrid()
	s, err := NewShifter(g, -30, 30)
	if err != nil {
		b.Fatal(err)
	}
	by, err := s.By(12.3)
	if err != nil {
		b.Fatal(err)
	}
	row := star{}.row(g)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := by(row); err != nil {
			b.Fatal(err)
		}
	}
}
