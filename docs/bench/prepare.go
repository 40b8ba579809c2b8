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

// simulated writes files of the archive's form, which are then in the page
// cache; a preset's grid decides their size. The caller removes the folder that
// holds them.
func simulated(o options) (folder string, grid spectrum.Grid, files []string, err error) {
	preset, grid := synth.Full, spectrum.PaperGrid()
	switch o.preset {
	case "paper":
	case "mini":
		preset, grid = synth.Mini, spectrum.MiniGrid()
	default:
		return "", grid, nil, fmt.Errorf("no files for preset %q", o.preset)
	}
	if folder, err = os.MkdirTemp("", "bench"); err != nil {
		return "", grid, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	survey, err := synth.New(synth.Options{N: o.spectra, Seed: 3, Preset: preset})
	if err != nil {
		return "", grid, nil, err
	}
	if err = survey.Write(filepath.Join(folder, "survey")); err != nil {
		return "", grid, nil, err
	}
	files, err = datasets.Files([]string{filepath.Join(folder, "survey")})
	return folder, grid, files, err
}

// preparing makes a store of simulated files.
func preparing(o options) (*work, error) {
	folder, grid, files, err := simulated(o)
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

// encodeFiles gives the codes of files: those of a folder, else simulated ones.
func encodeFiles(o options) (*work, error) {
	m, device, err := network(o)
	if err != nil {
		return nil, err
	}
	w := &work{device: device}
	var files []string
	if o.folder != "" {
		files, err = datasets.Files([]string{o.folder})
	} else {
		var folder string
		folder, _, files, err = simulated(o)
		w.done = func() error { return os.RemoveAll(folder) }
	}
	if err != nil {
		return nil, err
	}
	w.units = len(files)
	w.pass = func() error {
		coded, err := m.EncodeFiles(context.Background(), files, nil)
		if err == nil && len(coded.Codes) == 0 {
			err = fmt.Errorf("none of %d files gave a code", len(files))
		}
		return err
	}
	return w, nil
}
