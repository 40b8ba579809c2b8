package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/prepare"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// preparing makes a store of simulated files of the archive's form, which are
// in the page cache; a preset's grid decides their size.
func preparing(o options) (w *work, err error) {
	preset, grid := synth.Full, spectrum.PaperGrid()
	switch o.preset {
	case "paper":
	case "mini":
		preset, grid = synth.Mini, spectrum.MiniGrid()
	default:
		return nil, fmt.Errorf("no files for preset %q", o.preset)
	}
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	survey, err := synth.New(synth.Options{N: o.spectra, Seed: 3, Preset: preset})
	if err != nil {
		return nil, err
	}
	if err := survey.Write(filepath.Join(folder, "survey")); err != nil {
		return nil, err
	}
	files, err := datasets.Files([]string{filepath.Join(folder, "survey")})
	if err != nil {
		return nil, err
	}
	out := filepath.Join(folder, "store")
	return &work{
		device: "page cache, disk", units: len(files),
		pass: func() error {
			if err := os.RemoveAll(out); err != nil {
				return err
			}
			_, err := prepare.Spectra(context.Background(), files, out, prepare.Recipe{Grid: grid}, nil)
			return err
		},
		done: func() error { return os.RemoveAll(folder) },
	}, nil
}
