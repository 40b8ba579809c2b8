package spectrum

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
)

// The peer is numpy with the published formulas; equal hashes are equal bits.
func TestPaperIsNumpyBitForBit(t *testing.T) {
	for _, c := range peers(t).Presets {
		t.Run(c.Name, func(t *testing.T) {
			flux := synthetic(c.Seed, c.Samples, c.Gap)
			for i := range flux {
				flux[i] /= float32(c.Divisor)
			}
			s := made(c.Start, c.Grid.Step, flux)
			if c.Single {
				for i, w := range s.Wave {
					s.Wave[i] = float64(float32(w))
				}
			}
			before := hash(s.Flux)
			out, err := Paper.Apply(s, c.Grid)
			if err != nil {
				t.Fatal(err)
			}
			if got := hash(out); got != c.SHA256 {
				t.Errorf("hash of the prepared flux %s, numpy has %s", got, c.SHA256)
			}
			if hash(s.Flux) != before {
				t.Error("the spectrum itself was changed")
			}
		})
	}
}

// The masked zeros take part in the median: with them left out the scale would
// be another one.
func TestPaperCountsMaskedZeros(t *testing.T) {
	for _, c := range peers(t).Presets {
		if c.Divisor != 1 {
			continue
		}
		s := made(c.Start, c.Grid.Step, synthetic(c.Seed, c.Samples, c.Gap))
		out, err := Paper.Apply(s, c.Grid)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := onGrid(s, c.Grid)
		i := 200000
		scale := float64(s.Flux[first+i]) / float64(out[c.Grid.PadLeft+i])
		near(t, c.Name, scale, c.Scale, 1e-7)
		if math.Abs(scale-c.ScaleOfUnmasked) < 100 {
			t.Errorf("%s: the scale is that of the unmasked samples", c.Name)
		}
		if out[0] != 0 || out[c.Grid.PadLeft-1] != 0 || out[c.Grid.Len()-1] != 0 {
			t.Errorf("%s: padding is not zero", c.Name)
		}
	}
}

func TestMedianIsNumpys(t *testing.T) {
	for _, c := range peers(t).Medians {
		values := synthetic(c.Seed, c.N, 0)
		for i := range values {
			values[i] = (values[i] - 9000) / 11
		}
		if got := float64(median(values)); got != c.Median {
			t.Errorf("median of %d values: %v, numpy has %v", c.N, got, c.Median)
		}
	}
}

func TestRanksAreThoseOfSorting(t *testing.T) {
	inf := float32(math.Inf(1))
	odd := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, 1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32, 1, -1}
	for _, n := range []int{1, 2, 10, 256, 257, 3000} {
		values := synthetic(n, n, 0)
		for i, v := range odd {
			values[(i*37)%n] = v
		}
		sorted := slices.Sorted(slices.Values(values))
		for k := 0; k < n; k += max(1, n/50) {
			if got := kth(values, k); got != sorted[k] {
				t.Fatalf("rank %d of %d: %v, want %v", k, n, got, sorted[k])
			}
		}
	}
	if !math.IsNaN(float64(median(nil))) {
		t.Error("the median of nothing is a number")
	}
}

// A spectrum that is off the grid is resampled: a smooth one comes out as it is
// at the grid's wavelengths.
func TestPaperResamplesWhatIsOffTheGrid(t *testing.T) {
	continuum := func(w float64) float64 { return 1000 + 300*math.Sin(w/7) }
	for _, c := range []struct {
		name        string
		start, step float64
		grid        Grid
		tolerance   float64
	}{
		{"stretched step of 38 Vir", 3781.2690429688, 0.01000023413681, PaperGrid(), 1e-5},
		{"half a step off", 3781.735, 0.01, PaperGrid(), 1e-5},
		{"finer than the grid", 4950.003, 0.01, MiniGrid(), 1e-4}, // a mean over 0.16 A
		{"pipeline raster to the mini grid", 3781.73, 0.01, MiniGrid(), 1e-4},
	} {
		flux := make([]float32, int((c.grid.End()-c.start)/c.step)+300)
		s := made(c.start, c.step, flux)
		for i, w := range s.Wave {
			flux[i] = float32(continuum(w))
		}
		if _, ok := onGrid(s, c.grid); ok {
			t.Errorf("%s: taken for a spectrum on the grid", c.name)
		}
		out, err := Paper.Apply(s, c.grid)
		if err != nil {
			t.Fatal(err)
		}
		reference := float64(out[c.grid.PadLeft+1000]) / continuum(c.grid.Wave(c.grid.PadLeft+1000))
		for i := 0; i < c.grid.Samples; i += 97 {
			at := c.grid.PadLeft + i
			near(t, c.name, float64(out[at])/reference, continuum(c.grid.Wave(at)), c.tolerance)
		}
	}
}

func TestApplyTakesVacuumToAir(t *testing.T) {
	g := MiniGrid()
	line := func(w float64) float32 { return float32(100 - 60*math.Exp(-0.5*(w-5100)*(w-5100))) }
	air := made(4950, 0.05, make([]float32, 8000))
	vacuum := made(4952, 0.05, make([]float32, 8000))
	vacuum.Medium = Vacuum
	for i := range air.Wave {
		air.Flux[i] = line(air.Wave[i])
		vacuum.Flux[i] = line(Morton2000.Air(vacuum.Wave[i]))
	}
	for _, p := range []Preset{Paper, Clean} {
		a, err := p.Apply(air, g)
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Apply(vacuum, g)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			near(t, p.String(), float64(v[i]), float64(a[i]), 0.002)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	g := Grid{Start: 5000, Step: 0.1, Samples: 1001, PadLeft: 3, PadRight: 4, Masked: [][2]int{{0, 2}}}
	good := func() *Spectrum {
		s := made(4999, 0.1, make([]float32, 1100))
		for i := range s.Flux {
			s.Flux[i] = 50 + float32(i%7)
		}
		return s
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, c := range []struct {
		name   string
		preset Preset
		spoil  func(s *Spectrum, g *Grid)
		want   string
	}{
		{"short", Paper, func(s *Spectrum, g *Grid) { s.Wave, s.Flux = s.Wave[:900], s.Flux[:900] },
			"made.fits: covers 4999.00 to 5088.90 A, the grid needs 5000.00 to 5100.00 A"},
		{"late", Paper, func(s *Spectrum, g *Grid) { s.Wave, s.Flux = s.Wave[100:], s.Flux[100:] },
			"made.fits: covers 5009.00 to 5108.90 A"},
		{"nan on the grid", Paper, func(s *Spectrum, g *Grid) { s.Flux[500], s.Flux[503] = nan, inf },
			"made.fits: 2 of 1001 samples are not finite or not observed, the first one at 5049.00 A"},
		{"inf off the grid", Paper, func(s *Spectrum, g *Grid) { s.Flux[500] = inf; g.Start += 0.05 },
			"made.fits: 1 of 1001 samples are not finite or not observed, the first one at 5049.00 A"},
		{"hole", Paper, func(s *Spectrum, g *Grid) {
			s.Wave = slices.Delete(s.Wave, 300, 400)
			s.Flux = slices.Delete(s.Flux, 300, 400)
		}, "made.fits: 100 of 1001 samples are not finite or not observed, the first one at 5029.00 A"},
		{"all zero", Paper, func(s *Spectrum, g *Grid) { clear(s.Flux) }, "made.fits: the median flux is 0"},
		{"median overflows", Paper, func(s *Spectrum, g *Grid) {
			for i := range s.Flux {
				s.Flux[i] = math.MaxFloat32
			}
		}, "made.fits: the median flux is +Inf"},
		{"quotient overflows", Paper, func(s *Spectrum, g *Grid) {
			for i := range s.Flux {
				s.Flux[i] = 1e-30
			}
			s.Flux[500] = 1e30
		}, "overflows when divided by the scale 1e-30"},
		{"mostly nan", Clean, func(s *Spectrum, g *Grid) {
			for i := range 400 {
				s.Flux[100+i] = nan
			}
		}, "made.fits: 601 of 1001 samples between 5000.00 and 5100.00 A are good, fewer than 75 %"},
		{"short for clean", Clean, func(s *Spectrum, g *Grid) { s.Wave, s.Flux = s.Wave[:500], s.Flux[:500] },
			"made.fits: 490 of 1001 samples"},
		{"nothing good", Clean, func(s *Spectrum, g *Grid) { clear(s.Flux) }, "made.fits: 0 of 1001"},
		{"negative", Clean, func(s *Spectrum, g *Grid) {
			for i := range s.Flux {
				s.Flux[i] *= -1
			}
		}, "made.fits: the continuum level -5"},
		{"lengths", Paper, func(s *Spectrum, g *Grid) { s.Flux = s.Flux[1:] }, "made.fits: 1100 wavelengths, 1099 fluxes"},
		{"order", Clean, func(s *Spectrum, g *Grid) { s.Wave[7] = s.Wave[6] }, "made.fits: sample 7: wavelength 4999.6 A"},
		{"empty", Paper, func(s *Spectrum, g *Grid) { *s = Spectrum{} }, "spectrum without a file: 0 samples"},
		{"no step", Paper, func(s *Spectrum, g *Grid) { g.Step = 0 }, "grid: step 0 A"},
		{"mask outside", Clean, func(s *Spectrum, g *Grid) { g.Masked[0][1] = 1008 }, "grid: masked range 0 to 1008"},
		{"no such preset", Preset(7), func(s *Spectrum, g *Grid) {}, "made.fits: no preset 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, g := good(), g
			g.Masked = slices.Clone(g.Masked)
			if _, err := c.preset.Apply(s, g); err != nil && c.preset <= Clean {
				t.Fatalf("the spectrum is refused before it is spoilt: %v", err)
			}
			c.spoil(s, &g)
			out, err := c.preset.Apply(s, g)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %d samples and error %v, want one line with %q", len(out), err, c.want)
			}
		})
	}
}

func TestPresetNames(t *testing.T) {
	for _, p := range []Preset{Paper, Clean} {
		text, err := json.Marshal(map[string]Preset{"p": p})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]Preset
		if err := json.Unmarshal(text, &back); err != nil || back["p"] != p {
			t.Errorf("%s reads back as %v, %v", text, back, err)
		}
	}
	if _, err := ParsePreset("Paper "); err == nil {
		t.Error("a preset that does not exist was found")
	}
	if _, err := json.Marshal(Preset(9)); err == nil {
		t.Error("a preset that does not exist was written")
	}
}

func TestGrids(t *testing.T) {
	paper := PaperGrid()
	if paper.Len() != 20<<14 || paper.End() != 6910 || paper.Wave(paper.PadLeft) != 3785 {
		t.Errorf("paper grid: %d samples to %v A", paper.Len(), paper.End())
	}
	for _, g := range []Grid{paper, MiniGrid(), WindowGrid()} {
		if err := g.Validate(); err != nil {
			t.Error(err)
		}
		if w := g.Waves(); len(w) != g.Samples || w[0] != g.Start || w[g.Samples-1] != g.End() {
			t.Errorf("grid from %v: wavelengths %d, %v to %v", g.Start, len(w), w[0], w[len(w)-1])
		}
	}
	nan := math.NaN()
	for _, g := range []Grid{
		{Start: nan, Step: 1, Samples: 5}, {Start: -1, Step: 1, Samples: 5}, {Start: 1, Step: nan, Samples: 5},
		{Start: 1, Step: 1, Samples: 1}, {Start: 1, Step: 1, Samples: 5, PadLeft: -1},
		{Start: 1, Step: 1, Samples: MaxSamples + 1}, {Start: 1, Step: 1, Samples: 5, PadRight: math.MaxInt},
		{Start: 1e9, Step: 1e-9, Samples: 5}, {Start: 1, Step: 1, Samples: 5, Masked: [][2]int{{3, 2}}},
	} {
		if g.Validate() == nil {
			t.Errorf("grid %+v passes", g)
		}
	}
}
