package stellarae

import (
	"math/rand/v2"
	"testing"
)

// The published network at full size, eight spectra at once, as
// crosscheck/step_time.py times PyTorch.

const paperBatch = 8

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
func paperRows(samples int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	flux := make([]float32, paperBatch*samples)
	for i := range flux {
		flux[i] = 1 + 0.1*float32(random.NormFloat64())
	}
	return flux
}

// perSpectrum runs f once to compile it and then as often as asked.
func perSpectrum(b *testing.B, f func() error) {
	b.Helper()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*paperBatch), "s/spectrum")
}

func BenchmarkPaperStep8(b *testing.B) {
	m := paperModel(b)
	trainer, err := NewTrainer(m, Training{Batch: paperBatch})
	if err != nil {
		b.Fatal(err)
	}
	flux := paperRows(m.Config.Samples())
	perSpectrum(b, func() error {
		_, err := trainer.Do(flux)
		return err
	})
}

func BenchmarkPaperEncode8(b *testing.B) {
	m := paperModel(b)
	flat := paperRows(m.Config.Samples())
	rows := make([][]float32, paperBatch)
	for i := range rows {
		rows[i] = flat[i*m.Config.Samples() : (i+1)*m.Config.Samples()]
	}
	perSpectrum(b, func() error {
		_, err := m.Encode(rows)
		return err
	})
}
