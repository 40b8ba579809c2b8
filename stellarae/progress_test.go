package stellarae

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A training learns, and reports it: the history's rows are the means of the
// steps' losses, the schedule is the plan's.
func TestProgress(t *testing.T) {
	training := Training{Steps: 1203, Batch: 8, Seed: 3, LearningRate: 3e-3}
	var steps []Progress
	var checkpoints []int
	dir, m := train(t, device(t).Backend, tiny(), training, linesFor(tiny(), training), RunOptions{
		CheckpointEvery: time.Hour,
		Progress:        func(p Progress) { steps = append(steps, p) },
		Checkpoint:      func(step int) { checkpoints = append(checkpoints, step) },
	})
	if fmt.Sprint(checkpoints) != "[0 1203]" || len(steps) != 1203 {
		t.Fatalf("checkpoints at %v, %d steps", checkpoints, len(steps))
	}
	history, err := ReadHistory(filepath.Join(dir, HistoryFile))
	if err != nil || len(history) != 401 {
		t.Fatalf("%d rows, %v", len(history), err)
	}
	plan := training.Defaults(tiny())
	for i, m := range history {
		var total, reconstruction, kl float64
		for _, p := range steps[3*i : 3*i+3] {
			total += p.Losses.Total / 3
			reconstruction += p.Losses.Reconstruction / 3
			kl += p.Losses.KL[1] / 3
			if got := p.Losses.Reconstruction + plan.BetaAt(p.Step-1)*(p.Losses.KL[0]+p.Losses.KL[1]+p.Losses.KL[2]); math.Abs(got-p.Losses.Total) > 1e-5*math.Abs(got) {
				t.Errorf("step %d: the parts sum up to %v, total %v", p.Step, got, p.Losses.Total)
			}
		}
		for name, v := range map[string][2]float64{
			"total": {m.Total, total}, "reconstruction": {m.Reconstruction, reconstruction}, "KL": {m.KL[1], kl},
			"beta": {m.Beta, plan.BetaAt(m.Step - 1)}, "rate": {m.LearningRate, plan.LearningRateAt(m.Step - 1)},
		} {
			if math.Abs(v[0]-v[1]) > 1e-6*math.Abs(v[1]) {
				t.Errorf("row %d: %s %v, want %v", i, name, v[0], v[1])
			}
		}
		last := steps[3*i+2]
		if m.Step != 3*i+3 || last.Recorded == nil || last.Recorded.Step != m.Step || steps[3*i].Recorded != nil {
			t.Fatalf("row %d is of step %d", i, m.Step)
		}
		if last.Spectra != 8*last.Step || last.Steps != 1203 {
			t.Errorf("step %d: %d spectra of %d steps", last.Step, last.Spectra, last.Steps)
		}
	}
	first, last := history[0].Reconstruction, history[400].Reconstruction
	if !(last < first/10) {
		t.Errorf("the squared error went from %v to %v", first, last)
	}
	t.Logf("squared error from %.3g to %.3g", first, last)

	c, again, err := ReadPlan(dir)
	if err != nil || !cmp.Equal(c, tiny()) || again != plan {
		t.Errorf("the plan is %+v, %+v, %v", c, again, err)
	}
	loaded, err := OpenRun(plain(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parameters(t, m), parameters(t, loaded)); diff != "" {
		t.Error("the run holds another model")
	}
}

// The seed decides the start and the noise.
func TestSeeds(t *testing.T) {
	training := Training{Steps: 3, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	one, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	training.Seed = 4
	two, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	if content(t, one)[CheckpointFile] == content(t, two)[CheckpointFile] {
		t.Error("two seeds, one result")
	}
	noise := training.noise(3)
	if !slices.Equal(noise(5), noise(5)) || slices.Equal(noise(5), noise(6)) {
		t.Error("the noise of a step is not its own")
	}
	sum, square, n := 0.0, 0.0, 0
	for step := range 20000 {
		for _, v := range noise(step) {
			sum += float64(v)
			square += float64(v) * float64(v)
			n++
		}
	}
	if mean, variance := sum/float64(n), square/float64(n); math.Abs(mean) > 0.01 || math.Abs(variance-1) > 0.02 {
		t.Errorf("mean %v, variance %v of %d values", mean, variance, n)
	}
}

func TestReadPlan(t *testing.T) {
	dir := t.TempDir()
	m := newModel(t, tiny(), 1)
	if err := m.SaveRun(dir); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadPlan(dir); err == nil || !strings.Contains(err.Error(), "not trained here") {
		t.Errorf("the plan of a model without one: %v", err)
	}
	if _, err := Resume(context.Background(), plain(t), dir, linesFor(tiny(), Training{}), RunOptions{}); err == nil || !strings.Contains(err.Error(), "without the state of its training") {
		t.Errorf("resume of it: %v", err)
	}
	for text, want := range map[string]string{
		"":                               "unexpected end of JSON input",
		"{":                              "unexpected end of JSON input",
		"[]":                             "cannot unmarshal",
		`{"config": {}, "training": {}}`: "grid: start",
	} {
		if err := os.WriteFile(filepath.Join(dir, ConfigFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := ReadPlan(dir)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ConfigFile) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: want an error about %q, got %v", text, want, err)
		}
	}
	if _, _, err := ReadPlan(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
