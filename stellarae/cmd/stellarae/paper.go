package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae/paper"
)

// paperRow is a row of the table, for programs.
type paperRow struct {
	Lane      string `json:"lane"`
	Part      string `json:"part"`
	What      string `json:"claim"`
	Notebook  string `json:"notebook"`
	Heading   string `json:"heading"`
	Paper     string `json:"paper"`
	Published string `json:"as_published"`
	Corrected string `json:"corrected,omitempty"`
	Verdict   string `json:"verdict"`
	Criterion string `json:"criterion"`
}

func newPaper() *cobra.Command {
	var (
		run, published, out string
		asJSON              bool
		o                   paper.Options
	)
	c := &cobra.Command{
		Use:   "paper --run DIR --out docs",
		Short: "Set the paper's figures and claims beside what comes out here",
		Long: `paper goes through the figures and numeric claims of Sedaghat et al. 2021 and says
of each whether it was reproduced, by a criterion that stands beside it. It writes
paper-map.md and its figures into the folder of the documentation.

The first lane is the simulated survey of the course: the folder that the notebook
00_start or 'stellarae demo' made. The second lane is the authors' own codes, labels
and checkpoint, where --published has them; otherwise it says what to download and
where to put it.

The exit code is 1 if a claim was not reproduced.`,
		Example: "  stellarae paper --run runs/course --out docs\n  stellarae paper --run runs/course --published data/published --out docs --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Permutations < 19 {
				return usagef("--permutations %d: want 19 or more", o.Permutations)
			}
			lanes, err := paperLanes(c, run, published, o)
			if err != nil {
				return err
			}
			if err := paper.Write(out, lanes[0], lanes[1]); err != nil {
				return err
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), paperRows(lanes[:]))
			} else {
				err = printLanes(c, lanes[:], published, out)
			}
			return errors.Join(err, failed(lanes[:]))
		},
	}
	fl := c.Flags()
	fl.StringVar(&run, "run", "", "the course's run folder")
	fl.StringVar(&published, "published", filepath.Join("data", "published"), "folder with the authors' files, at any depth")
	fl.StringVar(&out, "out", "", "folder of the documentation")
	fl.IntVar(&o.Permutations, "permutations", 999, "of the stars, for the corrected count")
	fl.Uint64Var(&o.Seed, "seed", 1, "of everything random")
	must(c.MarkFlagRequired("run"))
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &asJSON)
	return c
}

// paperLanes answers both; the second is nil without the authors' files.
func paperLanes(c *cobra.Command, run, published string, o paper.Options) (lanes [2]*paper.Lane, err error) {
	p := &stages{w: c.ErrOrStderr()}
	defer p.done()
	o.Progress = p.set
	var missing *paper.MissingError
	if lanes[1], err = paper.Published(published, o); err != nil && !errors.As(err, &missing) {
		return lanes, err
	}
	d, err := openDevice(c)
	if err != nil {
		return lanes, err
	}
	lanes[0], err = paper.Simulated(d.Backend, run, o)
	return lanes, err
}

func printLanes(c *cobra.Command, lanes []*paper.Lane, published, out string) error {
	w := c.OutOrStdout()
	for i, l := range lanes {
		if l == nil {
			fmt.Fprintf(w, "\nThe authors' codes and labels: not run, nothing in %s.\n\n%s\n", published, paper.Get)
			continue
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := l.Text(w); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, "\nmap:", filepath.Join(out, paper.MapName))
	return err
}

func paperRows(lanes []*paper.Lane) []paperRow {
	rows := []paperRow{}
	for _, l := range lanes {
		if l == nil {
			continue
		}
		for _, r := range l.Rows {
			rows = append(rows, paperRow{l.Name, r.Part, r.What, r.Notebook, r.Heading, r.Paper, r.Published, r.Corrected, string(r.Verdict), r.Criterion})
		}
	}
	return rows
}

// failed is an error where a claim was not reproduced.
func failed(lanes []*paper.Lane) error {
	n, first := 0, ""
	for _, l := range lanes {
		if l == nil {
			continue
		}
		for _, r := range l.Failed() {
			if n == 0 {
				first = r.What
			}
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d claims were not reproduced, such as %q", n, first)
}
