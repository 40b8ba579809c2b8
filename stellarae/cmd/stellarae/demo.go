package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/report"
)

// demoFlags are the command's flags.
type demoFlags struct {
	out   string
	n     int
	steps int
	seed  uint64
	json  bool
}

// demoResult says whether the paper's result came out on a survey whose truth
// is known.
type demoResult struct {
	Out         string         `json:"out"`
	Seed        uint64         `json:"seed"`
	Spectra     int            `json:"spectra"`
	Steps       int            `json:"steps"`
	HeldOut     int            `json:"held_out_spectra"`
	Visible     []string       `json:"visible_factors"`
	Informative []int          `json:"informative"`
	Carriers    []demoCarrier  `json:"carriers"`
	Seconds     map[string]int `json:"seconds"`
	Reproduced  bool           `json:"reproduced"`
}

// demoCarrier is the node with the largest mutual information with a factor.
type demoCarrier struct {
	Label     string  `json:"label"`
	Node      int     `json:"node"`
	Unanimous bool    `json:"every_bin_number"`
	Spearman  float64 `json:"spearman"`
}

func newDemo() *cobra.Command {
	f := demoFlags{n: 10000, seed: 1}
	c := &cobra.Command{
		Use:   "demo --out DIR",
		Short: "Reproduce the paper's result on a simulated survey",
		Long: `demo simulates a survey, trains the mini network on the spectra of 60 % of its
stars, encodes the others, and applies the paper's two counts to their codes. The
survey's truth is known, so the answer can be checked: one node has to carry
radial velocity and another one temperature, and the number of informative nodes
has to be the number of factors that show in the spectra, give or take one.`,
		Example: "  stellarae demo --out runs/demo\n  stellarae demo --out runs/demo2 --seed 2 --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			r, err := demo(c, f)
			if err != nil {
				return err
			}
			if f.json {
				if err := printJSON(c.OutOrStdout(), r); err != nil {
					return err
				}
			} else {
				r.print(c)
			}
			if !r.Reproduced {
				return fmt.Errorf("the paper's result was not reproduced with seed %d and %d steps", r.Seed, r.Steps)
			}
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.out, "out", "", "folder for everything")
	fl.IntVar(&f.n, "n", f.n, "spectra to simulate")
	fl.IntVar(&f.steps, "steps", 0, "training steps (default: the network's)")
	fl.Uint64Var(&f.seed, "seed", f.seed, "of the survey and the training")
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &f.json)
	return c
}

func demo(c *cobra.Command, f demoFlags) (demoResult, error) {
	r := demoResult{Out: f.out, Seed: f.seed, Seconds: map[string]int{}}
	if f.n < 100 {
		return r, usagef("--n %d: want at least 100", f.n)
	}
	say := func(format string, args ...any) { fmt.Fprintf(c.ErrOrStderr(), format+"\n", args...) }
	began := time.Now()
	lap := func(name string) {
		r.Seconds[name] = int(math.Round(time.Since(began).Seconds()))
		say("%s: %d s", name, r.Seconds[name])
		began = time.Now()
	}
	surveyDir, runDir := filepath.Join(f.out, "survey"), filepath.Join(f.out, "run")
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return r, err
	}
	survey, _, err := simulate(c, synth.Options{Preset: synth.Mini, N: f.n, Seed: f.seed}, surveyDir)
	if err != nil {
		return r, err
	}
	r.Spectra, r.Visible = survey.Len(), survey.Visible()
	lap("simulate")

	t := trainFlags{
		data: []string{surveyDir}, out: runDir, preset: "mini", heldOut: 0.4,
		training: stellarae.Training{Steps: f.steps, Seed: f.seed}, every: time.Minute,
	}
	if _, err := os.Stat(filepath.Join(runDir, stellarae.CheckpointFile)); err == nil {
		t.resume = true
		say("%s: holds a run, going on with it", runDir)
	}
	fitted, err := train(c, t)
	if err != nil {
		return r, err
	}
	r.Steps, r.HeldOut = fitted.Steps, fitted.HeldOut
	lap("train")

	d, err := openDevice(c)
	if err != nil {
		return r, err
	}
	m, err := stellarae.OpenRun(d.Backend, runDir)
	if err != nil {
		return r, err
	}
	codes := filepath.Join(f.out, "codes.npy")
	coded, err := encode(c, m, []string{surveyDir}, filepath.Join(runDir, heldOutFile), codes)
	if err != nil {
		return r, err
	}
	lap("encode")

	counted, err := count(c, countFlags{
		codes: codes, ids: coded.IDs, labels: filepath.Join(surveyDir, "labels.csv"),
		out: filepath.Join(f.out, "count"), threshold: 0.02, alpha: 0.05, permutations: 999, seed: f.seed,
		model: runDir, spectra: []string{surveyDir},
	})
	if err != nil {
		return r, err
	}
	r.judge(counted)
	lap("count")
	if err := r.draw(m, coded.IDs); err != nil {
		return r, err
	}
	lap("figures")
	return r, nil
}

// judge reads the answer off the count.
func (r *demoResult) judge(counted *report.Report) {
	r.Informative = counted.Count.Informative
	column := make([]float64, counted.Count.Rows)
	byLabel := map[string]demoCarrier{}
	for i, l := range counted.Count.Labels {
		if !slices.Contains(r.Visible, l.Name) {
			continue
		}
		node, unanimous := l.Best()
		carrier := demoCarrier{Label: l.Name, Node: node, Unanimous: unanimous}
		if node >= 0 {
			for k := range column {
				column[k] = counted.Codes.At(k, node)
			}
			carrier.Spearman = info.Spearman(column, counted.Labels[i].Values)
		}
		byLabel[l.Name] = carrier
		r.Carriers = append(r.Carriers, carrier)
	}
	rv, teff := byLabel["radvel"], byLabel["Teff"]
	off := len(r.Informative) - len(r.Visible)
	r.Reproduced = rv.carries() && teff.carries() && rv.Node != teff.Node && off >= -1 && off <= 1
}

// carries is the demo's bar for a node that knows a factor.
func (c demoCarrier) carries() bool { return c.Unanimous && math.Abs(c.Spearman) >= 0.9 }

// draw draws a held-out spectrum and what the two nodes do.
func (r *demoResult) draw(m *stellarae.Model, idsFile string) error {
	files, err := readLines(idsFile)
	if err != nil {
		return err
	}
	row, s, err := readRow(m.Config, files[0])
	if err != nil {
		return err
	}
	again, err := m.Reconstruct([][]float32{row})
	if err != nil {
		return err
	}
	if err := drawReconstruction(m.Config, s, row, again[0], [2]float64{}, filepath.Join(r.Out, "reconstruction.png")); err != nil {
		return err
	}
	codes, err := m.Encode([][]float32{row})
	if err != nil {
		return err
	}
	for _, c := range r.Carriers {
		if c.Node < 0 || !c.carries() {
			continue
		}
		title := fmt.Sprintf("Node %d (%s) of %s moved", c.Node, c.Label, name(s))
		out := filepath.Join(r.Out, fmt.Sprintf("traversal-%s.png", c.Label))
		if err := drawTraversal(m, codes[0], c.Node, -2, 2, 7, [2]float64{}, title, out); err != nil {
			return err
		}
	}
	return nil
}

func (r demoResult) print(c *cobra.Command) {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "%d spectra simulated, %d steps trained, %d spectra of other stars encoded\n", r.Spectra, r.Steps, r.HeldOut)
	fmt.Fprintf(w, "factors that show in the spectra: %d %v\n", len(r.Visible), r.Visible)
	fmt.Fprintf(w, "informative nodes (MAD > 0.02):   %d %v\n", len(r.Informative), r.Informative)
	for _, x := range r.Carriers {
		how := "at most bin numbers"
		if x.Unanimous {
			how = "at every bin number"
		}
		fmt.Fprintf(w, "  %-7s largest mutual information: node %2d, %s; Spearman %+.3f\n", x.Label, x.Node, how, x.Spearman)
	}
	if r.Reproduced {
		fmt.Fprintln(w, "reproduced: one node carries radial velocity, another temperature, and the count is right")
	}
	fmt.Fprintf(w, "report: %s\n", filepath.Join(r.Out, "count", report.HTMLName))
}
