package stellarae

import (
	"math/rand/v2"
	"testing"
)

// The published network at full size, for profiles and comparisons of two
// commits. `make bench` times it beside PyTorch and JAX.

func paperModel(b *testing.B) *Model {
	b.Helper()
	if testing.Short() {
		b.Skip("the full network takes seconds to compile")
	}
	d := device(b)
	if d.Platform == "go" {
		b.Skip("the full network takes minutes in pure Go")
	}
	b.Logf("on %s", d.Description)
	config, err := Preset("paper")
	if err != nil {
		b.Fatal(err)
	}
	m, err := New(d.Backend, config, 1)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// paperRows are spectra of noise, one after another.
func paperRows(batch, samples int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	flux := make([]float32, batch*samples)
	for i := range flux {
		flux[i] = 1 + 0.1*float32(random.NormFloat64())
	}
	return flux
}

// perSpectrum runs f once to compile it and then as often as asked.
func perSpectrum(b *testing.B, batch int, f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*batch), "s/spectrum")
}

func BenchmarkPaperStep8(b *testing.B)  { benchmarkStep(b, 8) }
func BenchmarkPaperStep32(b *testing.B) { benchmarkStep(b, 32) }

func benchmarkStep(b *testing.B, batch int) {
	m := paperModel(b)
	trainer, err := NewTrainer(m, Training{Batch: batch})
	if err != nil {
		b.Fatal(err)
	}
	flux := paperRows(batch, m.Config.Samples())
	perSpectrum(b, batch, func() error {
		_, err := trainer.Do(flux)
		return err
	})
}

func BenchmarkPaperEncode8(b *testing.B) {
	m := paperModel(b)
	benchmarkRows(b, m.Config.Samples(), m.Encode)
}

func BenchmarkPaperDecode8(b *testing.B) {
	m := paperModel(b)
	benchmarkRows(b, m.Config.Nodes, m.Decode)
}

func benchmarkRows(b *testing.B, width int, f func([][]float32) ([][]float32, error)) {
	const batch = 8
	flat := paperRows(batch, width)
	rows := make([][]float32, batch)
	for i := range rows {
		rows[i] = flat[i*width : (i+1)*width]
	}
	perSpectrum(b, batch, func() error {
		_, err := f(rows)
		return err
	})
}
