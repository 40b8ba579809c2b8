package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
)

func newPreprocess() *cobra.Command {
	var preset, network, out string
	c := &cobra.Command{
		Use:   "preprocess FILE... --preset paper|clean --out DIR",
		Short: "Write spectra as the network sees them, one .npy a file",
		Long: `preprocess writes every spectrum as a float32 NumPy array on the network's axis:
for the paper network 327,680 samples, bit for bit as published with --preset
paper. With --preset clean gaps and bad samples take no part in the scale.
A bad file does not stop the rest; the exit code then is 1.`,
		Example: "  stellarae preprocess ADP.2014-09-23T11:01:38.230.fits --preset paper --out arrays",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			p, err := spectrum.ParsePreset(preset)
			if err != nil {
				return usageError{err}
			}
			config, err := stellarae.Preset(network)
			if err != nil {
				return usageError{err}
			}
			files, err := datasets.Files(paths)
			if err != nil {
				return err
			}
			if err := distinct(files); err != nil {
				return err
			}
			bar := newProgress(c.ErrOrStderr(), "preprocessing")
			defer bar.done()
			var failed error
			for i, file := range files {
				if err := preprocess(file, p, config.Grid, out); err != nil {
					failed = errors.Join(failed, err)
				}
				bar.set(i+1, len(files), "")
			}
			return failed
		},
	}
	f := c.Flags()
	f.StringVar(&preset, "preset", "paper", "paper or clean")
	f.StringVar(&network, "network", "paper", "whose axis: mini, window or paper")
	f.StringVar(&out, "out", "", "folder for the arrays")
	must(c.MarkFlagRequired("out"))
	return c
}

// distinct refuses two files whose arrays would have one name.
func distinct(files []string) error {
	seen := map[string]string{}
	for _, file := range files {
		id := datasets.FileID(file)
		if other, ok := seen[id]; ok {
			return fmt.Errorf("%s and %s would both become %s.npy", other, file, id)
		}
		seen[id] = file
	}
	return nil
}

func preprocess(file string, p spectrum.Preset, g spectrum.Grid, out string) error {
	s, err := spectrum.Load(file)
	if err != nil {
		return err
	}
	flux, err := p.Apply(s, g)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	return npy.WriteFloat32(filepath.Join(out, datasets.FileID(file)+".npy"), []int{len(flux)}, flux)
}
