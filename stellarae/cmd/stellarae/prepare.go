package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/prepare"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// prepareFlags are the command's flags.
type prepareFlags struct {
	out, preset, network, labels, list string
	model                              string
	half, beam, json, retry            bool
	shardRows                          int
	runner                             string
	toBeam                             []string // what follows --
}

func newPrepare() *cobra.Command {
	var f prepareFlags
	c := &cobra.Command{
		Use:   "prepare FILE...|DIR --out STORE [-- BEAM FLAGS]",
		Short: "Preprocess spectra into a store, or encode a store",
		Long: `prepare preprocesses FITS files into a store, which train, encode and prepare
--model take in place of a folder of files: shards of Arrow files that are read
without decoding, with labels and header facts in Parquet beside them. Stopped at
any moment it goes on where it was when called again; new files are added. Files
that give no spectrum are listed with the cause in STORE/quarantine.csv, and stop
nothing; --retry reads them again, as after fetching them anew.

With --model the argument is a store of spectra and STORE becomes one of codes,
with all of them in STORE/codes.npy and their dp_ids in STORE/codes.ids.txt.

With --beam it runs as an Apache Beam pipeline, in this process or on the runner
named by --runner with Beam's own flags after --; workers must see files and
store under the same paths. It writes the same bytes.`,
		Example: `  stellarae prepare harps/ --network paper --labels labels.csv --out harps.store
  stellarae prepare --model run harps.store --out harps.codes
  stellarae prepare harps/ --network paper --out harps.store --runner flink -- --endpoint host:8099`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if n := c.ArgsLenAtDash(); n >= 0 {
				args, f.toBeam = args[:n], args[n:]
			}
			f.beam = f.beam || f.runner != ""
			if len(f.toBeam) > 0 && !f.beam {
				return usagef("%s: flags after -- are for --beam", f.toBeam[0])
			}
			r, err := f.run(c, args)
			if err != nil {
				return err
			}
			warn(c, r.Failures)
			if r.Failed > 0 && r.Rows+r.Before == 0 {
				return fmt.Errorf("none of %d files gave a spectrum for the axis of --network %s, see %s", r.Failed, f.network, filepath.Join(f.out, prepare.QuarantineFile))
			}
			if f.json {
				return printJSON(c.OutOrStdout(), r)
			}
			return f.say(c.OutOrStdout(), r)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.out, "out", "", "folder of the store")
	fl.StringVar(&f.preset, "preset", "paper", "preprocessing: paper or clean")
	fl.StringVar(&f.network, "network", "paper", "whose axis: mini, window or paper")
	fl.StringVar(&f.labels, "labels", "", "label table to take along (.csv)")
	fl.StringVar(&f.list, "list", "", "file that lists spectra, a path a line")
	fl.BoolVar(&f.half, "float16", false, "keep samples as float16 with a scale a row: half the disk, errors of 2^-11")
	fl.IntVar(&f.shardRows, "shard-spectra", 0, "files of a shard (default: those that give 64 MiB)")
	fl.BoolVar(&f.retry, "retry", false, "read files again that gave no spectrum before")
	fl.StringVar(&f.model, "model", "", "run folder or checkpoint: encode a store")
	fl.BoolVar(&f.beam, "beam", false, "run on Apache Beam, inside this machine")
	fl.StringVar(&f.runner, "runner", "", "run on this runner of Beam: prism, flink, spark, dataflow, ...")
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &f.json)
	return c
}

func (f prepareFlags) run(c *cobra.Command, args []string) (prepare.Report, error) {
	if f.model != "" {
		if len(args) != 1 || f.list != "" || f.retry {
			return prepare.Report{}, usagef("--model: want one store of spectra, and neither --list nor --retry")
		}
		return f.codes(c, args[0])
	}
	recipe, err := f.recipe()
	if err != nil {
		return prepare.Report{}, err
	}
	if f.list != "" {
		listed, err := readLines(f.list)
		if err != nil {
			return prepare.Report{}, err
		}
		args = append(args, listed...)
	}
	if len(args) == 0 {
		return prepare.Report{}, usagef("no files: want files, folders or --list")
	}
	files, err := datasets.Files(args)
	if err != nil {
		return prepare.Report{}, err
	}
	if f.beam {
		return f.spectraByBeam(c, files, recipe)
	}
	p := newProgress(c.ErrOrStderr(), "preparing")
	defer p.done()
	r, err := prepare.Spectra(c.Context(), files, f.out, recipe, func(done, total int) { p.set(done, total, "") })
	return r, f.goesOn(c, err)
}

// goesOn says, where an interrupt ended the work, that the same command goes on.
func (f prepareFlags) goesOn(c *cobra.Command, err error) error {
	if err != nil && c.Context().Err() != nil {
		return fmt.Errorf("stopped: the same command goes on (%s)", f.out)
	}
	return err
}

func (f prepareFlags) recipe() (prepare.Recipe, error) {
	preset, err := spectrum.ParsePreset(f.preset)
	if err != nil {
		return prepare.Recipe{}, usageError{err}
	}
	config, err := stellarae.Preset(f.network)
	if err != nil {
		return prepare.Recipe{}, usageError{err}
	}
	r := prepare.Recipe{Grid: config.Grid, Preset: preset, Labels: f.labels, Type: store.Float32, Retry: f.retry}
	if f.shardRows < 0 {
		return r, usagef("--shard-spectra %d: want 1 or more", f.shardRows)
	}
	r.ShardRows = f.shardRows
	if f.half {
		r.Type = store.Float16
	}
	return r, nil
}

// codes encodes a store.
func (f prepareFlags) codes(c *cobra.Command, in string) (prepare.Report, error) {
	var (
		r   prepare.Report
		err error
	)
	if f.beam {
		r, err = f.byBeam(c, "-store", in, "-model", f.model)
	} else {
		r, err = f.codesHere(c, in)
	}
	if err != nil {
		return r, f.goesOn(c, err)
	}
	s, err := store.Open(f.out)
	if err != nil {
		return r, err
	}
	defer s.Close()
	names := make([]string, s.Len())
	for i := range names {
		names[i] = s.ID(i)
	}
	return r, writeLines(filepath.Join(f.out, "codes.ids.txt"), names)
}

func (f prepareFlags) codesHere(c *cobra.Command, in string) (prepare.Report, error) {
	path := f.model
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, stellarae.CheckpointFile)
	}
	d, err := openDevice(c)
	if err != nil {
		return prepare.Report{}, err
	}
	m, err := stellarae.Load(d.Backend, path)
	if err != nil {
		return prepare.Report{}, err
	}
	hash, err := prepare.Hash(path)
	if err != nil {
		return prepare.Report{}, err
	}
	s, err := openStore(in, m.Config)
	if err != nil {
		return prepare.Report{}, err
	}
	defer s.Close()
	p := newProgress(c.ErrOrStderr(), "encoding shards")
	defer p.done()
	e := prepare.Encoder{Nodes: m.Config.Nodes, Hash: hash, Encode: m.Encode}
	return prepare.Codes(c.Context(), s, f.out, e, func(done, total int) { p.set(done, total, "") })
}

// openStore opens a store whose rows a network takes.
func openStore(dir string, config stellarae.Config) (*store.Store, error) {
	s, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := s.Fits(config.Grid, config.Preprocessing); err != nil {
		s.Close() // the first error counts
		return nil, err
	}
	return s, nil
}

func (f prepareFlags) spectraByBeam(c *cobra.Command, files []string, recipe prepare.Recipe) (prepare.Report, error) {
	how, err := json.Marshal(recipe)
	if err != nil {
		return prepare.Report{}, err
	}
	dir, err := os.MkdirTemp("", "stellarae")
	if err != nil {
		return prepare.Report{}, err
	}
	defer os.RemoveAll(dir)
	list := filepath.Join(dir, "files.txt")
	if err := writeLines(list, files); err != nil {
		return prepare.Report{}, err
	}
	return f.byBeam(c, "-list", list, "-recipe", string(how))
}

// beamProgram is the program that Beam is linked into; see its own comment.
const beamProgram = "stellarae-beam"

// byBeam runs beamProgram, which lies beside this program or on the path.
func (f prepareFlags) byBeam(c *cobra.Command, args ...string) (r prepare.Report, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	program := filepath.Join(filepath.Dir(self), beamProgram)
	if !isFile(program) {
		if program, err = exec.LookPath(beamProgram); err != nil {
			return r, fmt.Errorf("%s is neither beside %s nor on the path: go build -o %s ./datasets/cmd/%s", beamProgram, self, filepath.Dir(self), beamProgram)
		}
	}
	args = append(args, "-out", f.out)
	if f.runner != "" {
		args = append(args, "-runner", f.runner)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(c.Context(), program, append(args, f.toBeam...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdout, cmd.Stderr = &out, c.ErrOrStderr()
	if err := cmd.Run(); err != nil {
		return r, f.goesOn(c, errors.Join(fmt.Errorf("%s failed", beamProgram), err))
	}
	return r, json.Unmarshal(out.Bytes(), &r)
}

// say reports a run to people.
func (f prepareFlags) say(w io.Writer, r prepare.Report) error {
	text := fmt.Sprintf("%s: %d spectra in %d shards in %.1f s", f.out, r.Rows, r.Shards, r.Seconds)
	if r.Seconds > 0 && r.Rows > 0 {
		text += fmt.Sprintf(", %.0f/s", float64(r.Rows)/r.Seconds)
	}
	if r.Before > 0 {
		text += fmt.Sprintf("; %d were done before", r.Before)
	}
	if r.Failed > 0 {
		text += fmt.Sprintf("; %d files gave none, see %s", r.Failed, filepath.Join(f.out, prepare.QuarantineFile))
	}
	_, err := fmt.Fprintln(w, text)
	return err
}
