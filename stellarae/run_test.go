package stellarae

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/google/go-cmp/cmp"
)

// train is a whole training in one go.
func train(t testing.TB, on compute.Backend, c Config, training Training, source Source, o RunOptions) (dir string, m *Model) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "run")
	m, err := Train(context.Background(), on, dir, c, training, source, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// until runs a training, new or resumed, and stops it once step steps are taken.
func until(t testing.TB, on compute.Backend, dir string, c Config, training Training, source Source, step int, every time.Duration) (*Model, error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	o := RunOptions{CheckpointEvery: every, Progress: func(p Progress) {
		if p.Step >= step {
			stop()
		}
	}}
	if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
		return Resume(ctx, on, dir, source, o)
	}
	return Train(ctx, on, dir, c, training, source, o)
}

// A training that is stopped at any steps and resumed leaves the same files as
// one that is not, whenever it wrote checkpoints.
func TestResumeEqualsUninterrupted(t *testing.T) {
	mini := preset(t, "mini")
	for _, test := range []struct {
		name     string
		on       compute.Backend
		config   Config
		training Training
		stops    int
	}{
		{"tiny", plain(t), tiny(), Training{Steps: 50, Batch: 2, Seed: 1, LearningRate: 1e-2, ClipNorm: 1e-3}, 20},
		{"tiny on this device", device(t).Backend, tiny(), Training{Steps: 1203, Batch: 4, Seed: 3}, 2}, // a history row every three steps
		{"mini on this device", device(t).Backend, mini, Training{Steps: 24, Batch: 2, Seed: 5}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && test.config.Name == "mini" {
				t.Skip("the network takes a while to compile")
			}
			source := linesFor(test.config, test.training)
			whole, model := train(t, test.on, test.config, test.training, source, RunOptions{})
			want := content(t, whole)
			if len(want) != 3 || strings.Count(want[HistoryFile], "\n") < 20 {
				t.Fatalf("files %v", slices.Collect(maps.Keys(want)))
			}
			random := rand.New(rand.NewPCG(11, 12))
			stops := []int{test.training.Steps + 1}
			for range test.stops {
				stops = append(stops, 1+random.IntN(test.training.Steps-1))
			}
			slices.Sort(stops)
			dir := filepath.Join(t.TempDir(), "run")
			for _, step := range stops {
				every := []time.Duration{time.Nanosecond, time.Millisecond, time.Hour}[random.IntN(3)]
				m, err := until(t, test.on, dir, test.config, test.training, source, step, every)
				if step < test.training.Steps {
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("stopped at step %d: %v", step, err)
					}
					content(t, dir) // nothing half-written
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				sameFiles(t, content(t, dir), want)
				if diff := cmp.Diff(parameters(t, model), parameters(t, m)); diff != "" {
					t.Error("the models in memory differ")
				}
			}
		})
	}
}

// One that is stopped before its first step can be resumed.
func TestStoppedAtOnce(t *testing.T) {
	training := Training{Steps: 9, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	dir := filepath.Join(t.TempDir(), "run")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Train(ctx, plain(t), dir, tiny(), training, source, RunOptions{}); !errors.Is(err, context.Canceled) || err.Error() != "context canceled" {
		t.Errorf("got %v", err)
	}
	if _, err := Resume(context.Background(), plain(t), dir, source, RunOptions{}); err != nil {
		t.Fatal(err)
	}
	whole, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	sameFiles(t, content(t, dir), content(t, whole))
}

// What a training that was killed may leave does not hinder the next one: a
// plan and a history without a checkpoint, a torn file, a history beyond the
// checkpoint with a torn last line.
func TestLeftovers(t *testing.T) {
	training := Training{Steps: 30, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	whole, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	want := content(t, whole)
	torn := filepath.Join("."+CheckpointFile) + ".123456.partial"

	dir := t.TempDir()
	for name, text := range map[string]string{ConfigFile: "{}", HistoryFile: "step,loss\n1,", torn: "half"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := until(t, plain(t), dir, tiny(), training, source, 12, time.Hour); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	rest := strings.SplitAfter(want[HistoryFile], "\n")[13:16]
	f, err := os.OpenFile(filepath.Join(dir, HistoryFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(strings.Join(rest, "") + "17,0.012"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.WriteFile(filepath.Join(dir, torn), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := until(t, plain(t), dir, tiny(), training, source, 99, time.Hour); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, content(t, dir), want)
}

func TestTrainRefuses(t *testing.T) {
	training := Training{Steps: 4, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	dir, _ := train(t, plain(t), tiny(), training, source, RunOptions{})
	before := content(t, dir)
	backend := plain(t)
	for name, try := range map[string]func(dir string) error{
		"holds a model already": func(dir string) error {
			_, err := Train(context.Background(), backend, dir, tiny(), training, source, RunOptions{})
			return err
		},
		"trained on other spectra (fingerprint lines, now stars)": func(dir string) error {
			other := source
			other.name = "stars"
			_, err := Resume(context.Background(), backend, dir, other, RunOptions{})
			return err
		},
	} {
		if err := try(dir); err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error about %q, got %v", name, err)
		}
		sameFiles(t, content(t, dir), before)
	}

	nowhere := filepath.Join(t.TempDir(), "nowhere")
	if _, err := Resume(context.Background(), backend, nowhere, source, RunOptions{}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), nowhere) {
		t.Errorf("resume of nothing: %v", err)
	}
	bad := tiny()
	bad.Nodes = 0
	if _, err := Train(context.Background(), backend, nowhere, bad, training, source, RunOptions{}); err == nil {
		t.Error("a network without nodes is trained")
	}
	if _, err := Train(context.Background(), backend, nowhere, tiny(), Training{Steps: -1}, source, RunOptions{}); err == nil {
		t.Error("trained for -1 steps")
	}
	if _, err := os.Stat(nowhere); !errors.Is(err, os.ErrNotExist) {
		t.Error("a refused training left a folder")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Train(context.Background(), backend, file, tiny(), training, source, RunOptions{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file in place of the folder: %v", err)
	}
}

// Resuming what is finished changes nothing.
func TestResumeFinished(t *testing.T) {
	training := Training{Steps: 5, Batch: 2, Seed: 3}
	source := linesFor(tiny(), training)
	dir, m := train(t, plain(t), tiny(), training, source, RunOptions{})
	before, times := content(t, dir), modified(t, dir)
	source.fail = func(int) error { return errors.New("nothing is to be read") }
	again, err := Resume(context.Background(), plain(t), dir, source, RunOptions{Progress: func(Progress) { t.Error("a step was taken") }})
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, content(t, dir), before)
	if diff := cmp.Diff(times, modified(t, dir)); diff != "" {
		t.Errorf("files were written anew:\n%s", diff)
	}
	if diff := cmp.Diff(parameters(t, m), parameters(t, again)); diff != "" {
		t.Error("another model")
	}
}

func modified(t testing.TB, dir string) map[string]time.Time {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]time.Time{}
	for _, e := range entries {
		st, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		times[e.Name()] = st.ModTime()
	}
	return times
}

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
