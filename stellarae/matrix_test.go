package stellarae

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Matrices go through the network as rows do.
func TestMatrices(t *testing.T) {
	m := newModel(t, tiny(), 1)
	spectra := rows(m.Config, 5, 2)
	codes := encoded(t, m, spectra)
	again := decoded(t, m, codes)
	z, err := m.EncodeMatrix(Matrix(spectra))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Matrix(codes).RawMatrix(), z.RawMatrix()); diff != "" {
		t.Errorf("codes (-rows +matrix):\n%s", diff)
	}
	flux, err := m.DecodeMatrix(z)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Matrix(again).RawMatrix(), flux.RawMatrix()); diff != "" {
		t.Errorf("spectra (-rows +matrix):\n%s", diff)
	}
	if n, width := flux.Dims(); n != 5 || width != m.Config.Samples() {
		t.Errorf("spectra of %d x %d", n, width)
	}
	if _, err := m.DecodeMatrix(flux); err == nil || !strings.Contains(err.Error(), "the model takes 3") {
		t.Errorf("spectra as codes: %v", err)
	}
}

func TestMatrixRefuses(t *testing.T) {
	if Matrix(nil) != nil {
		t.Error("a matrix of no rows")
	}
	defer func() {
		if r := recover(); r == nil {
			t.Error("rows of unequal lengths are a matrix")
		}
	}()
	Matrix([][]float32{{1, 2}, {3}})
}

// The posterior's means are the codes. Its log variances are a layer of their
// own: the KL that a training step reports follows from both.
func TestPosterior(t *testing.T) {
	m := newModel(t, tiny(), 1)
	spectra := rows(m.Config, 4, 2)
	codes := encoded(t, m, spectra)
	p, err := m.Posterior(spectra)
	if err != nil {
		t.Fatal(err)
	}
	if off := worst(t, p.Mean, codes); off > 1e-6 {
		t.Errorf("the means are %g off the codes", off)
	}
	trainer, err := NewTrainer(m, Training{Steps: 1, Batch: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var flux []float32
	for _, row := range spectra {
		flux = append(flux, row...)
	}
	losses, err := trainer.Do(flux)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range losses.KL {
		got := 0.0
		for i := range spectra {
			mu, logVar := float64(p.Mean[i][k]), float64(p.LogVar[i][k])
			got += 0.5 * (mu*mu + math.Exp(logVar) - logVar - 1) / float64(len(spectra))
		}
		if math.Abs(got-want) > 1e-5*(1+want) {
			t.Errorf("node %d: KL %g from the posterior, %g in training", k, got, want)
		}
	}
	if _, err := m.Posterior([][]float32{{1}}); err == nil {
		t.Error("a spectrum of one sample")
	}
}
