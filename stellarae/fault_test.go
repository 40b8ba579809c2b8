package stellarae

import (
	"context"
	"errors"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Spectra that break the training end it with an error that names the step;
// the last checkpoint stays and is good, and the training can go on with
// spectra that do not.
func TestSpectraOutOfScale(t *testing.T) {
	training := Training{Steps: 30, Batch: 2, Seed: 3}
	for name, change := range map[string]func(flux []float32){
		"NaN":      func(flux []float32) { flux[5] = float32(math.NaN()) },
		"infinite": func(flux []float32) { flux[5] = float32(math.Inf(-1)) },
		"huge":     func(flux []float32) { flux[5] = 1e30 }, // its square is infinite
	} {
		t.Run(name, func(t *testing.T) {
			source := linesFor(tiny(), training)
			bad := source
			bad.at, bad.change = 20, change
			dir := filepath.Join(t.TempDir(), "run")
			_, err := until(t, plain(t), dir, tiny(), training, bad, 99, time.Nanosecond)
			if err == nil || !strings.Contains(err.Error(), "step 21:") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v", err)
			}
			m, err := Load(plain(t), filepath.Join(dir, CheckpointFile))
			if err != nil {
				t.Fatal(err)
			}
			for p, values := range parameters(t, m) {
				for _, v := range values {
					if v-v != 0 {
						t.Fatalf("the checkpoint has %v in %s", v, p)
					}
				}
			}
			if _, err := until(t, plain(t), dir, tiny(), training, source, 99, time.Hour); err != nil {
				t.Fatal(err)
			}
			whole, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
			sameFiles(t, content(t, dir), content(t, whole))
		})
	}
}

// What leaves the parameters not finite is told by the losses of that very
// step, although the loss is of the time before: a gradient can overflow alone.
func TestGradientOverflows(t *testing.T) {
	told := 0
	for exponent := 3.2; exponent < 3.4; exponent += 0.02 { // at 3.32 the gradient does
		m, err := New(plain(t), tiny(), 4)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := NewTrainer(m, Training{Steps: 100, Batch: 2, Seed: 3, LearningRate: 1e-3, WarmUp: 1e-9, Beta: 1e-3, BetaWarmUp: 0.4})
		if err != nil {
			t.Fatal(err)
		}
		flux, err := linesFor(tiny(), trainer.Training).Batch(0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range flux {
			flux[i] *= float32(math.Pow(10, exponent))
		}
		losses, err := trainer.Do(flux)
		if err != nil {
			t.Fatal(err)
		}
		finite := true
		for _, v := range flatten(slices.Collect(maps.Values(parameters(t, m)))) {
			finite = finite && v-v == 0
		}
		if losses.finite() && !finite {
			t.Errorf("spectra times %.0f: loss %v, gradient %v, parameters not finite", math.Pow(10, exponent), losses.Total, losses.Gradient)
		}
		if !math.IsInf(losses.Total, 0) && !math.IsNaN(losses.Total) && !finite {
			told++
		}
	}
	if told == 0 {
		t.Error("no gradient overflowed alone: the test shows nothing")
	}
}

// A source that fails ends the training with its error, after a checkpoint.
func TestSourceFails(t *testing.T) {
	training := Training{Steps: 30, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	failing := source
	failing.fail = func(step int) error {
		if step == 17 {
			return errors.New("the disk is gone")
		}
		return nil
	}
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := until(t, plain(t), dir, tiny(), training, failing, 99, time.Hour); err == nil || err.Error() != "the disk is gone" {
		t.Fatalf("got %v", err)
	}
	first := 0
	_, err := Resume(context.Background(), plain(t), dir, source, RunOptions{Progress: func(p Progress) {
		if first == 0 {
			first = p.Step
		}
	}})
	if err != nil || first != 18 {
		t.Errorf("went on at step %d, %v", first, err)
	}
	whole, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	sameFiles(t, content(t, dir), content(t, whole))

	short := source
	short.batch = 1
	_, err = until(t, plain(t), filepath.Join(t.TempDir(), "run"), tiny(), training, short, 99, time.Hour)
	if err == nil || !strings.Contains(err.Error(), "64 samples for 2 spectra of 64") {
		t.Errorf("a short batch: %v", err)
	}
}
