package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/datasets/synth/telluric"
)

func newSimulate() *cobra.Command {
	var (
		o      = synth.Options{N: 8000, Seed: 1}
		preset string
		lines  string
		water  string
		out    string
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "simulate --out DIR",
		Short: "Make a survey of simulated spectra with known truth",
		Long: `simulate writes spectra as FITS files in the archive's form, one a spectrum, with
labels.csv (the catalogue) and truth.csv (every factor, exact) beside them.

Presets: mini (2,048 samples around Mg b, R = 6,000), window (16,384 samples of
the same window, R = 50,000), full (3785 to 6910 A at 0.01 A, R = 115,000). The same preset,
number and seed always give the same survey. A list of lines from VALD ("extract
stellar" or the long format) or linemake takes the place of the built-in ones.`,
		Example: "  stellarae simulate --n 8000 --out survey\n  stellarae simulate --n 20 --preset full --seed 7 --out full\n  stellarae simulate --preset window --lines VALD-Solar.txt --out window",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if o.Preset, err = synth.ParsePreset(preset); err != nil {
				return usageError{err}
			}
			if o.N < 1 {
				return usagef("--n %d: want at least 1", o.N)
			}
			if lines != "" {
				if o.Lines, err = linelist.Load(lines); err != nil {
					return err
				}
			}
			if water != "" {
				if o.Water, err = telluric.Load(water); err != nil {
					return err
				}
			}
			s, seconds, err := simulate(c, o, out)
			if err != nil {
				return err
			}
			result := struct {
				Dir     string   `json:"dir"`
				Preset  string   `json:"preset"`
				Spectra int      `json:"spectra"`
				Stars   int      `json:"stars"`
				Visible []string `json:"visible_factors"`
				Seconds float64  `json:"seconds"`
			}{out, preset, s.Len(), stars(s), s.Visible(), seconds}
			if asJSON {
				return printJSON(c.OutOrStdout(), result)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d spectra of %d stars in %.0f s; factors that show above the noise: %v\n",
				out, result.Spectra, result.Stars, result.Seconds, result.Visible)
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&o.N, "n", o.N, "spectra")
	f.StringVar(&preset, "preset", "mini", "mini, window or full")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "of everything random")
	f.StringVar(&lines, "lines", "", "list of spectral lines, from VALD or linemake (default: built in)")
	f.StringVar(&water, "water", "", "lines of water vapour, HITRAN's records or table (default: the strongest, built in)")
	f.StringVar(&out, "out", "", "folder to write to")
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &asJSON)
	return c
}

// simulate writes a survey, with progress.
func simulate(c *cobra.Command, o synth.Options, out string) (*synth.Survey, float64, error) {
	began := time.Now()
	p := newProgress(c.ErrOrStderr(), "simulating")
	defer p.done()
	o.Progress = func(done, total int) { p.set(done, total, "") }
	s, err := synth.New(o)
	if err != nil {
		return nil, 0, err
	}
	tables := newProgress(c.ErrOrStderr(), "tables of starlight")
	s.Prepare(func(done, total int) { tables.set(done, total, "") })
	tables.done()
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(out)), 0o755); err != nil {
		return nil, 0, err
	}
	if err := s.Write(out); err != nil {
		return nil, 0, err
	}
	return s, time.Since(began).Seconds(), nil
}

func stars(s *synth.Survey) int {
	names := map[string]bool{}
	for i := range s.Len() {
		names[s.Truth(i).Star] = true
	}
	return len(names)
}
