package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
	"github.com/stellarae/lab/stellarae/xla"
)

// heldOutFile lists the dp_ids kept from the training, in a run's folder.
const heldOutFile = "held-out.txt"

// precisionUse describes --precision.
const precisionUse = "of the convolutions: float32, or bfloat16, for devices with units for it (recent GPUs); slower elsewhere"

// trainFlags are the command's flags.
type trainFlags struct {
	data          []string
	out           string
	preset        string
	preprocessing string
	training      stellarae.Training
	precision     string
	devices       int
	minutes       float64
	heldOut       float64
	every         time.Duration
	resume        bool
	json          bool
}

// trained is what train prints.
type trained struct {
	Run                string  `json:"run"`
	Preset             string  `json:"preset"`
	Parameters         int     `json:"parameters"`
	Steps              int     `json:"steps"`
	Spectra            int     `json:"training_spectra"`
	HeldOut            int     `json:"held_out_spectra"`
	Seconds            float64 `json:"seconds"`
	SpectraPerSecond   float64 `json:"spectra_per_second"`
	Loss               float64 `json:"loss"`
	Reconstruction     float64 `json:"reconstruction"`
	HeldReconstruction float64 `json:"held_out_reconstruction,omitempty"`
	NodesAboveTenthNat int     `json:"nodes_above_0.1_nat"`
}

// record takes over what a row of the history says.
func (r *trained) record(m stellarae.Moment) {
	r.Steps, r.Loss, r.Reconstruction, r.NodesAboveTenthNat = m.Step, m.Total, m.Reconstruction, 0
	for _, kl := range m.KL {
		if kl > 0.1 {
			r.NodesAboveTenthNat++
		}
	}
}

func newTrain() *cobra.Command {
	f := trainFlags{heldOut: 0.2}
	c := &cobra.Command{
		Use:   "train --data DIR --out RUN",
		Short: "Train the autoencoder on a folder of spectra",
		Long: `train keeps in the folder RUN the model (model.ckpt), its configuration
(config.json), the history of its training (history.csv, training.png) and the
spectra kept from it (held-out.txt, chosen by star). A run that was stopped goes
on with --resume as if it had not been.

Presets: mini (2,048 samples, 16 nodes; minutes on a laptop), window (16,384
samples, 32 nodes), paper (327,680 samples, 128 nodes: the published network).`,
		Example: `  stellarae train --data survey --out run
  stellarae train --data survey --out run --minutes 3
  stellarae train --data survey --out run --resume
  stellarae train --data harps/ --out big --preset paper --steps 100000`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !(f.minutes >= 0) || f.minutes > 0 && c.Flags().Changed("steps") {
				return usagef("--minutes %v: want a time, and no --steps", f.minutes)
			}
			if f.resume {
				if err := f.settle(c); err != nil {
					return err
				}
			}
			r, err := train(c, f)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(c.OutOrStdout(), r)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d steps in %.0f s, %.0f spectra/s; mean squared error %.3g", r.Run, r.Steps, r.Seconds, r.SpectraPerSecond, r.Reconstruction)
			if r.HeldOut > 0 {
				fmt.Fprintf(c.OutOrStdout(), ", of the %d held-out spectra %.3g", r.HeldOut, r.HeldReconstruction)
			}
			fmt.Fprintf(c.OutOrStdout(), "; %d nodes carry more than 0.1 nat\n", r.NodesAboveTenthNat)
			return nil
		},
	}
	fl := c.Flags()
	fl.StringSliceVar(&f.data, "data", nil, "folders or files of spectra")
	fl.StringVar(&f.out, "out", "", "folder of the run")
	fl.StringVar(&f.preset, "preset", "mini", "network: mini, window or paper")
	fl.StringVar(&f.preprocessing, "preprocessing", "", "paper or clean (default: the network's)")
	fl.IntVar(&f.training.Steps, "steps", 0, "training steps (default: the network's)")
	fl.Float64Var(&f.minutes, "minutes", 0, "train for about this long: the number of steps is set by a trial")
	fl.IntVar(&f.training.Batch, "batch", 0, "spectra a step (default: the network's)")
	fl.IntVar(&f.training.Accumulate, "accumulate", 0, "equal parts that a batch is computed in, in the memory of one (default 1)")
	fl.StringVar(&f.precision, "precision", "float32", precisionUse)
	fl.IntVar(&f.devices, "devices", 0, "devices that share the spectra of each step, equally; --resume may change it (default 1)")
	fl.Uint64Var(&f.training.Seed, "seed", 1, "of the first parameters, the order of the spectra and the noise")
	fl.Float64Var(&f.training.LearningRate, "learning-rate", 0, "highest learning rate of Adam (default 0.001)")
	fl.Float64Var(&f.training.Beta, "beta", 0, "weight of the KL divergence (default: the network's)")
	fl.Float64Var(&f.heldOut, "hold-out", f.heldOut, "share of the stars kept from the training")
	fl.DurationVar(&f.every, "checkpoint-every", time.Minute, "time between checkpoints")
	fl.BoolVar(&f.resume, "resume", false, "go on with the run in --out")
	must(c.MarkFlagRequired("data"))
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &f.json)
	return c
}

// settle decides what --resume means: to begin where a kill came before the
// first checkpoint, else to go on as the run began, which flags may repeat but
// not change.
func (f *trainFlags) settle(c *cobra.Command) error {
	if _, err := os.Stat(filepath.Join(f.out, stellarae.CheckpointFile)); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(c.ErrOrStderr(), "note: %s holds no checkpoint: beginning\n", f.out)
		f.resume = false
		return nil
	}
	config, t, err := stellarae.ReadPlan(f.out)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		flag  string
		begun any
	}{
		{"preset", config.Name}, {"preprocessing", config.Preprocessing}, {"steps", t.Steps}, {"batch", t.Batch}, {"accumulate", max(1, t.Accumulate)},
		{"precision", cmp.Or(t.Precision, stellarae.Float32)}, {"seed", t.Seed}, {"learning-rate", t.LearningRate}, {"beta", t.Beta},
	} {
		if flag := c.Flags().Lookup(x.flag); flag.Changed && flag.Value.String() != fmt.Sprint(x.begun) {
			return usagef("--%s %s: %s began with %v, and --resume goes on as it began", x.flag, flag.Value, f.out, x.begun)
		}
	}
	return nil
}

// train trains or resumes, and measures the result on the held-out spectra.
func train(c *cobra.Command, f trainFlags) (trained, error) {
	if !(f.heldOut >= 0 && f.heldOut < 1) {
		return trained{}, usagef("--hold-out %v: want a share from 0 to below 1", f.heldOut)
	}
	d, err := openDevice(c)
	if err != nil {
		return trained{}, err
	}
	config, t, err := f.plan(d)
	if err != nil {
		return trained{}, err
	}
	f.devices = cmp.Or(f.devices, 1)
	if err := stellarae.CheckDevices(d.Backend, t, f.devices); err != nil {
		return trained{}, usagef("--devices: %w (computing with %s)", err, d.Description)
	}
	data, err := openData(c, f.data, config)
	if err != nil {
		return trained{}, err
	}
	rows, held := datasets.SplitByStar(data, f.heldOut, t.Seed)
	if f.resume {
		if rows, held, err = splitByList(data, filepath.Join(f.out, heldOutFile)); err != nil {
			return trained{}, err
		}
	}
	if len(rows) == 0 {
		return trained{}, fmt.Errorf("all %d spectra are held out, for they are of one star: --hold-out 0 trains on them", len(held))
	}
	batches, err := datasets.NewBatches(data, rows, t.Batch, t.Seed, func(_ int, err error) {
		fmt.Fprintln(c.ErrOrStderr(), "left out:", err)
	})
	if err != nil {
		return trained{}, err
	}
	if f.minutes > 0 && !f.resume {
		t.Steps, err = stellarae.StepsFor(d.Backend, config, t, f.devices, batches, time.Duration(f.minutes*float64(time.Minute)))
		if err != nil {
			return trained{}, err
		}
	}
	r := trained{Run: f.out, Preset: config.Name, Parameters: config.ParameterCount(), Spectra: len(rows), HeldOut: len(held)}
	model, err := f.loop(c, d, config, t, batches, ids(data, held), &r)
	if err != nil {
		return r, err
	}
	return r, f.finish(c, model, data, held, &r)
}

// plan is what to train: from the flags, or from the run that is resumed.
func (f trainFlags) plan(d *xla.Device) (stellarae.Config, stellarae.Training, error) {
	if f.resume {
		return stellarae.ReadPlan(f.out)
	}
	config, err := stellarae.Preset(f.preset)
	if err != nil {
		return config, f.training, usageError{err}
	}
	if f.preprocessing != "" {
		if config.Preprocessing, err = spectrum.ParsePreset(f.preprocessing); err != nil {
			return config, f.training, usageError{err}
		}
	}
	if _, err := os.Stat(filepath.Join(f.out, stellarae.CheckpointFile)); err == nil {
		return config, f.training, fmt.Errorf("%s: holds a run already: --resume goes on with it", f.out)
	}
	t := f.training.Defaults(config)
	if t.Precision, err = stellarae.ParsePrecision(f.precision); err != nil {
		return config, t, usagef("--precision: %w", err)
	}
	if t.Precision == stellarae.Float32 {
		t.Precision = "" // recorded only where it is another
	}
	if err := t.Validate(); err != nil {
		return config, t, usageError{err}
	}
	return config, t, nil
}

// loop trains with a progress bar.
func (f trainFlags) loop(c *cobra.Command, d *xla.Device, config stellarae.Config, t stellarae.Training, b *datasets.Batches, heldOut []string, r *trained) (*stellarae.Model, error) {
	p := newProgress(c.ErrOrStderr(), "training")
	defer p.done()
	o := stellarae.RunOptions{Devices: f.devices, CheckpointEvery: f.every, Progress: func(x stellarae.Progress) {
		r.Steps, r.Seconds = x.Step, x.Elapsed.Seconds()
		r.SpectraPerSecond = float64(x.Spectra) / r.Seconds
		if x.Recorded != nil {
			r.record(*x.Recorded)
		}
		p.set(x.Step, x.Steps, fmt.Sprintf("loss %.3g, squared error %.3g, %d nodes in use", r.Loss, r.Reconstruction, r.NodesAboveTenthNat))
	}}
	var m *stellarae.Model
	var err error
	if f.resume {
		m, err = stellarae.Resume(c.Context(), d.Backend, f.out, b, o)
	} else {
		if err := os.MkdirAll(f.out, 0o755); err != nil {
			return nil, err
		}
		if err := writeLines(filepath.Join(f.out, heldOutFile), heldOut); err != nil {
			return nil, err
		}
		m, err = stellarae.Train(c.Context(), d.Backend, f.out, config, t, b, o)
	}
	if err == context.Canceled { // and nothing else: the checkpoint is written
		return nil, fmt.Errorf("stopped after %d steps; 'stellarae train --resume' goes on from there", r.Steps)
	}
	return m, err
}

func ids(d datasets.Dataset, rows []int) []string {
	out := make([]string, len(rows))
	for k, i := range rows {
		out[k] = d.ID(i)
	}
	return out
}

// splitByList is the split a run began with.
func splitByList(d datasets.Dataset, path string) (rest, held []int, err error) {
	list, err := readLines(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	kept := map[string]bool{}
	for _, id := range list {
		kept[id] = true
	}
	for i := range d.Len() {
		if kept[d.ID(i)] {
			held = append(held, i)
		} else {
			rest = append(rest, i)
		}
	}
	return rest, held, nil
}
