package stellarae

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gomlx/compute"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Files of a run's folder.
const (
	CheckpointFile = "model.ckpt"
	ConfigFile     = "config.json"
	HistoryFile    = "history.csv"
)

// Source deals the batches of a training. Batch gives the spectra of a step,
// flat, always the same for the same step; Fingerprint tells one set of
// spectra from another.
type Source interface {
	Batch(step int) ([]float32, error)
	Fingerprint() string
}

// Progress is what a training reports after every step.
type Progress struct {
	Step, Steps int
	Losses      Losses
	Elapsed     time.Duration // since this call began
	Spectra     int           // trained on since this call began
	Recorded    *Moment       // the history row that this step ended, or nil
}

// RunOptions are the ways in which Train works that do not change its result,
// but for the rounding of sums that several devices add up.
type RunOptions struct {
	Devices         int            // of the backend that share the spectra of each step; 0: one
	CheckpointEvery time.Duration  // 0: a minute
	Progress        func(Progress) // after every step; may be nil
	Checkpoint      func(step int) // after every checkpoint; may be nil
}

// runState is what the loop keeps in a checkpoint beside the trainer's state.
type runState struct {
	Data string    `json:"data"`         // the source's fingerprint
	Sums []float64 `json:"sums"`         // since the last history row: total, reconstruction, KL of every node
	N    int       `json:"steps_summed"` // steps in Sums
}

// OpenRun reads the model of a run's folder, or of a checkpoint file.
func OpenRun(backend compute.Backend, path string) (*Model, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, CheckpointFile)
	}
	return Load(backend, path)
}

// Train trains a new model on the source and keeps it in the folder dir: its
// checkpoint, configuration and history. When ctx is done it writes a
// checkpoint and returns ctx's error. A folder that holds a run is an error.
func Train(ctx context.Context, backend compute.Backend, dir string, c Config, t Training, source Source, o RunOptions) (*Model, error) {
	checkpoint := filepath.Join(dir, CheckpointFile)
	if _, err := os.Stat(checkpoint); err == nil {
		return nil, fmt.Errorf("%s: holds a model already", dir)
	}
	m, err := New(backend, c, t.Seed)
	if err != nil {
		return nil, err
	}
	trainer, err := NewTrainer(m, t)
	if err != nil {
		return nil, err
	}
	if err := trainer.UseDevices(cmp.Or(o.Devices, 1)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := writePlan(dir, plan{c, &trainer.Training}); err != nil {
		return nil, err
	}
	state := runState{Data: source.Fingerprint(), Sums: make([]float64, 2+c.Nodes)}
	return m, trainer.run(ctx, dir, source, state, o)
}

// Resume goes on with the training in dir from its last checkpoint, with the
// same source. The result is that of a training never stopped. It may go on
// with another number of devices.
func Resume(ctx context.Context, backend compute.Backend, dir string, source Source, o RunOptions) (*Model, error) {
	var state runState
	trainer, err := resume(backend, filepath.Join(dir, CheckpointFile), &state)
	if err != nil {
		return nil, err
	}
	if now := source.Fingerprint(); now != state.Data {
		return nil, fmt.Errorf("%s: was trained on other spectra (fingerprint %s, now %s)", dir, state.Data, now)
	}
	if len(state.Sums) != 2+trainer.Model.Config.Nodes || state.N < 0 {
		return nil, fmt.Errorf("%s: state of %d sums over %d steps", filepath.Join(dir, CheckpointFile), len(state.Sums), state.N)
	}
	if err := trainer.UseDevices(cmp.Or(o.Devices, 1)); err != nil {
		return nil, err
	}
	return trainer.Model, trainer.run(ctx, dir, source, state, o)
}

// run takes the remaining steps and leaves the model on one device.
func (t *Trainer) run(ctx context.Context, dir string, source Source, state runState, o RunOptions) (err error) {
	defer func() { err = cmp.Or(err, t.UseDevices(1)) }()
	if o.CheckpointEvery == 0 {
		o.CheckpointEvery = time.Minute
	}
	if err := atomicfile.Clean(dir); err != nil {
		return err
	}
	if t.step >= t.Training.Steps {
		return nil // all is written
	}
	history, err := startHistory(filepath.Join(dir, HistoryFile), t.Model.Config.Nodes, t.step)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, history.Close()) }()
	save := func() error {
		if err := history.Sync(); err != nil {
			return err
		}
		if err := t.save(filepath.Join(dir, CheckpointFile), state); err != nil {
			return err
		}
		if o.Checkpoint != nil {
			o.Checkpoint(t.step)
		}
		return nil
	}
	if t.step == 0 {
		if err := save(); err != nil { // from here on there is something to resume
			return err
		}
	}
	every := max(1, t.Training.Steps/400)
	began, first, saved := time.Now(), t.step, time.Now()
	for t.step < t.Training.Steps {
		if err := ctx.Err(); err != nil {
			return stopped(err, save())
		}
		flux, err := source.Batch(t.step)
		if err != nil {
			return stopped(err, save())
		}
		losses, err := t.Do(flux)
		if err != nil {
			return err
		}
		if !losses.finite() {
			return fmt.Errorf("step %d: the loss is %v and its gradient %v: the learning rate is too high or a spectrum is far out of scale; the last checkpoint stays", t.step, losses.Total, losses.Gradient)
		}
		progress := Progress{
			Step: t.step, Steps: t.Training.Steps, Losses: losses,
			Elapsed: time.Since(began), Spectra: (t.step - first) * t.Training.Batch,
		}
		state.add(losses)
		if t.step%every == 0 || t.step == t.Training.Steps {
			m := state.moment(t)
			if err := appendHistory(history, m); err != nil {
				return err
			}
			progress.Recorded = &m
		}
		if time.Since(saved) >= o.CheckpointEvery {
			if err := save(); err != nil {
				return err
			}
			saved = time.Now()
		}
		if o.Progress != nil {
			o.Progress(progress)
		}
	}
	return save()
}

// stopped is why a training ended early, and whether that could not be saved.
func stopped(cause, saved error) error {
	if saved != nil {
		return fmt.Errorf("%w; and the training could not be saved: %w", cause, saved)
	}
	return cause
}

func (s *runState) add(l Losses) {
	s.N++
	s.Sums[0] += l.Total
	s.Sums[1] += l.Reconstruction
	for k, v := range l.KL {
		s.Sums[2+k] += v
	}
}

// moment ends a history row.
func (s *runState) moment(t *Trainer) Moment {
	n := float64(s.N)
	m := Moment{
		Step: t.step, Total: s.Sums[0] / n, Reconstruction: s.Sums[1] / n, KL: make([]float64, len(s.Sums)-2),
		Beta: t.Training.BetaAt(t.step - 1), LearningRate: t.Training.LearningRateAt(t.step - 1),
	}
	for k := range m.KL {
		m.KL[k] = s.Sums[2+k] / n
	}
	*s = runState{Data: s.Data, Sums: make([]float64, len(s.Sums))}
	return m
}

// plan is the content of a run's ConfigFile, for people and for Resume's
// callers; the checkpoint has it too.
type plan struct {
	Config   Config    `json:"config"`
	Training *Training `json:"training,omitempty"`
}

func writePlan(dir string, p plan) error {
	return atomicfile.Write(filepath.Join(dir, ConfigFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(p)
	})
}

// ReadPlan reads which network is trained in a run's folder, and how.
func ReadPlan(dir string) (Config, Training, error) {
	var p plan
	path := filepath.Join(dir, ConfigFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return p.Config, Training{}, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p.Config, Training{}, fmt.Errorf("%s: %w", path, err)
	}
	if p.Training == nil {
		return p.Config, Training{}, fmt.Errorf("%s: holds a model that was not trained here", dir)
	}
	err = p.Config.Validate()
	if err == nil {
		err = p.Training.Validate()
	}
	if err != nil {
		return p.Config, *p.Training, fmt.Errorf("%s: %w", path, err)
	}
	return p.Config, *p.Training, nil
}

// SaveRun keeps a model that was not trained here as a run in the folder dir.
func (m *Model) SaveRun(dir string) error {
	if err := writePlan(dir, plan{Config: m.Config}); err != nil {
		return err
	}
	return m.Save(filepath.Join(dir, CheckpointFile))
}
