package stellarae

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// tiny is a network that trains in a moment and has all kinds of layers.
func tiny() Config {
	return Config{
		Name: "tiny", Grid: spectrum.Grid{Start: 5000, Step: 0.1, Samples: 60, PadLeft: 2, PadRight: 2},
		Nodes: 3, Slope: 0.1,
		Encoder: []Conv{{In: 1, Out: 4, Kernel: 5, Stride: 2}, {In: 4, Out: 6, Kernel: 3, Stride: 2}, {In: 6, Out: 6, Kernel: 3, Stride: 1}},
	}
}

// lines are spectra without end for a network: a continuum with a line whose
// place and depth vary and noise, the same for the same step.
type lines struct {
	name    string // of the data
	samples int
	batch   int
	at      int                  // step whose batch is changed
	change  func(flux []float32) // nil for none
	fail    func(step int) error // nil for none
}

func (l lines) Fingerprint() string { return l.name }

func (l lines) Batch(step int) ([]float32, error) {
	if l.fail != nil {
		if err := l.fail(step); err != nil {
			return nil, err
		}
	}
	random := rand.New(rand.NewPCG(7, uint64(step)))
	flux := make([]float32, 0, l.batch*l.samples)
	for range l.batch {
		flux = append(flux, line(l.samples, random)...)
	}
	if l.change != nil && step == l.at {
		l.change(flux)
	}
	return flux, nil
}

// line is one such spectrum.
func line(samples int, random *rand.Rand) []float32 {
	flux := make([]float32, samples)
	center, depth := float64(samples)*(0.3+0.4*random.Float64()), random.Float64()
	for i := range flux {
		x := (float64(i) - center) / (float64(samples) / 16)
		flux[i] = float32(1 - depth*math.Exp(-x*x) + 0.01*random.NormFloat64())
	}
	return flux
}

func linesFor(c Config, t Training) lines {
	return lines{name: "lines", samples: c.Samples(), batch: t.Batch}
}

// rows are n spectra for a network.
func rows(c Config, n int, seed uint64) [][]float32 {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([][]float32, n)
	for i := range out {
		out[i] = line(c.Samples(), random)
	}
	return out
}

// plain is GoMLX's Go backend, which has no compiler to wait for: for tests of
// what is around the network.
func plain(t testing.TB) compute.Backend {
	t.Helper()
	b, err := goBackend()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func goBackend() (compute.Backend, error) { return compute.NewWithConfig("go") }

// newModel is a network at its random start.
func newModel(t testing.TB, c Config, seed uint64) *Model {
	t.Helper()
	m, err := New(plain(t), c, seed)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// parameters are all values of a model, by name.
func parameters(t testing.TB, m *Model) map[string][]float32 {
	t.Helper()
	out := map[string][]float32{}
	for _, s := range m.Config.Parameters() {
		values, err := m.Values(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		out[s.Name] = values
	}
	return out
}

// content is a folder's files, and fails where one is half-written.
func content(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".partial" {
			t.Errorf("%s is left over", e.Name())
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// sameFiles compares runs byte for byte.
func sameFiles(t testing.TB, got, want map[string]string) {
	t.Helper()
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is there and should not", name)
		}
	}
	for name, w := range want {
		if g, ok := got[name]; !ok || g != w {
			at := 0
			for at < min(len(g), len(w)) && g[at] == w[at] {
				at++
			}
			t.Errorf("%s: %d bytes, want %d; they differ from byte %d on: %.60q, want %.60q", name, len(g), len(w), at, fmt.Sprint(g[at:]), w[at:])
		}
	}
}

func encoded(t *testing.T, m *Model, spectra [][]float32) [][]float32 {
	t.Helper()
	codes, err := m.Encode(spectra)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func decoded(t *testing.T, m *Model, codes [][]float32) [][]float32 {
	t.Helper()
	spectra, err := m.Decode(codes)
	if err != nil {
		t.Fatal(err)
	}
	return spectra
}
