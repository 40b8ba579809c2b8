package intervene

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// grid has padding on both sides, a gap, and steps of 0.1 A, 6 km/s.
func grid() spectrum.Grid {
	return spectrum.Grid{Start: 5000, Step: 0.1, Samples: 500, PadLeft: 7, PadRight: 5, Masked: [][2]int{{0, 6}, {300, 320}, {507, 511}}}
}

// A star is a Gaussian line of FWHM 2 A near 5015 A: its velocity and its depth
// are all there is to know of it.
type star struct{ velocity, depth float64 }

const lineWave, lineSigma = 5015, 0.85

func (s star) row(g spectrum.Grid) []float32 {
	row := make([]float32, g.Len())
	centre := lineWave * spectrum.DopplerFactor(s.velocity)
	for i := g.PadLeft; i < g.PadLeft+g.Samples; i++ {
		t := (g.Wave(i) - centre) / lineSigma
		row[i] = float32(1 - s.depth*math.Exp(-0.5*t*t))
	}
	return row
}

func stars(n int, seed uint64) []star {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]star, n)
	for i := range out {
		out[i] = star{10 * random.NormFloat64(), 0.2 + 0.5*random.Float64()}
	}
	return out
}

func rowsOf(g spectrum.Grid, stars []star) [][]float32 {
	rows := make([][]float32, len(stars))
	for i, s := range stars {
		rows[i] = s.row(g)
	}
	return rows
}

// measure encodes by measuring the line: its velocity in units of 10 km/s with
// the sign turned, its equivalent width in A, and a constant.
func measure(g spectrum.Grid) Encoder {
	return func(rows [][]float32) ([][]float32, error) {
		codes := make([][]float32, len(rows))
		for r, row := range rows {
			var width, moment float64
			for i := g.PadLeft; i < g.PadLeft+g.Samples; i++ {
				absorbed := (1 - float64(row[i])) * g.Step
				width += absorbed
				moment += absorbed * (g.Wave(i)/lineWave - 1)
			}
			codes[r] = []float32{float32(-moment / width * spectrum.SpeedOfLight / 10), float32(width), 1}
		}
		return codes, nil
	}
}

// matrix is a linear map with an offset, out = offset + in * of.
type matrix struct {
	of     [][]float64 // in x out
	offset []float64
}

func (m matrix) apply(rows [][]float32) ([][]float32, error) {
	out := make([][]float32, len(rows))
	for r, row := range rows {
		sums := append([]float64(nil), m.offset...)
		for i, v := range row {
			for k, w := range m.of[i] {
				sums[k] += float64(v) * w
			}
		}
		out[r] = make([]float32, len(sums))
		for k, v := range sums {
			out[r][k] = float32(v)
		}
	}
	return out, nil
}

// random is a linear map whose coefficients are normal.
func randomMatrix(in, out int, seed uint64) matrix {
	random := rand.New(rand.NewPCG(seed, 2))
	m := matrix{of: make([][]float64, in), offset: make([]float64, out)}
	for i := range m.of {
		m.of[i] = make([]float64, out)
		for k := range m.of[i] {
			m.of[i][k] = random.NormFloat64()
		}
	}
	for k := range m.offset {
		m.offset[k] = random.NormFloat64()
	}
	return m
}

func randomCodes(n, nodes int, seed uint64) [][]float32 {
	random := rand.New(rand.NewPCG(seed, 3))
	codes := make([][]float32, n)
	for r := range codes {
		codes[r] = make([]float32, nodes)
		for k := range codes[r] {
			codes[r][k] = float32(random.NormFloat64())
		}
	}
	return codes
}

// near fails unless got is want within off.
func near(t testing.TB, what string, got, want, off float64) {
	t.Helper()
	if !(math.Abs(got-want) <= off) {
		t.Errorf("%s is %.6g, want %.6g within %.2g", what, got, want, off)
	}
}
