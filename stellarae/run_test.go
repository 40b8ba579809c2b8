package stellarae

import (
	"context"
	"errors"
	"maps"
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
