package stellarae

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute"
)

// trainSteps trains a network for some steps on lines, on one device.
func trainSteps(t *testing.T, b compute.Backend, c Config, training Training, steps int) (*Model, []Losses) {
	t.Helper()
	return trainOn(t, b, 1, c, training, steps)
}

func takeSteps(t *testing.T, trainer *Trainer, steps int) (all []Losses) {
	t.Helper()
	source := linesFor(trainer.Model.Config, trainer.Training)
	for range steps {
		flux, err := source.Batch(trainer.Step())
		if err != nil {
			t.Fatal(err)
		}
		l, err := trainer.Do(flux)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// apart is the largest difference of two sets of values, as a share of the
// largest value of its set.
func apart(got, want []float64) float64 {
	worst, largest := 0.0, 0.0
	for i, w := range want {
		worst, largest = math.Max(worst, math.Abs(got[i]-w)), math.Max(largest, math.Abs(w))
	}
	return worst / largest
}

func series(all []Losses) map[string][]float64 {
	of := map[string][]float64{}
	for _, l := range all {
		of["total"] = append(of["total"], l.Total)
		of["reconstruction"] = append(of["reconstruction"], l.Reconstruction)
		of["gradient"] = append(of["gradient"], l.Gradient)
		of["KL"] = append(of["KL"], l.KL...)
	}
	return of
}

// sameTraining compares losses and parameters, within a share of the largest.
func sameTraining(t *testing.T, got, want *Model, gotLosses, wantLosses []Losses, tolerance float64) {
	t.Helper()
	g, w := series(gotLosses), series(wantLosses)
	for name, values := range parameters(t, want) {
		for _, v := range values {
			w[name] = append(w[name], float64(v))
		}
	}
	for name, values := range parameters(t, got) {
		for _, v := range values {
			g[name] = append(g[name], float64(v))
		}
	}
	worst, where := 0.0, ""
	for name := range w {
		if off := apart(g[name], w[name]); !(off <= worst) {
			worst, where = off, name
		}
	}
	t.Logf("off by at most %.2g of the largest value, in %s", worst, where)
	if !(worst <= tolerance) {
		t.Errorf("%s is off by %.3g of its largest value, more than %g", where, worst, tolerance)
	}
}

// Five steps in parts are five steps of the whole batch, on each backend. The
// network is linear: at LeakyReLU's kink rounding alone can turn a sample's
// slope over, and the gradient jumps (its norm by 6e-4, in one of seven trainings).
func TestAccumulate(t *testing.T) {
	c := tiny()
	c.Slope = 1
	for name, backend := range map[string]compute.Backend{"go": plain(t), "device": device(t).Backend} {
		t.Run(name, func(t *testing.T) {
			training := Training{Steps: 100, Batch: 12, Beta: 0.01, WarmUp: 0.001}
			whole, wantLosses := trainSteps(t, backend, c, training, 5)
			for _, parts := range []int{3, 12} {
				training.Accumulate = parts
				m, losses := trainSteps(t, backend, c, training, 5)
				sameTraining(t, m, whole, losses, wantLosses, 1e-5)
			}
		})
	}
}

// A training in parts goes on from its checkpoint, to the bit, and in parts.
func TestAccumulateResumes(t *testing.T) {
	c, training := tiny(), Training{Steps: 8, Batch: 4, Accumulate: 2, Seed: 3}
	whole, stopped := t.TempDir(), t.TempDir()
	source := linesFor(c, training)
	if _, err := Train(t.Context(), plain(t), whole, c, training, source, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	broken := source
	broken.fail = func(step int) error {
		if step == 5 {
			return context.Canceled
		}
		return nil
	}
	if _, err := Train(t.Context(), plain(t), stopped, c, training, broken, RunOptions{}); err != context.Canceled {
		t.Fatal(err)
	}
	if _, err := Resume(t.Context(), plain(t), stopped, source, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, content(t, stopped), content(t, whole))
}

func TestAccumulateUneven(t *testing.T) {
	for _, parts := range []int{-1, 3, 8} {
		if _, err := NewTrainer(newModel(t, tiny(), 1), Training{Batch: 4, Accumulate: parts}); err == nil {
			t.Errorf("4 spectra in %d parts are taken", parts)
		}
	}
}
