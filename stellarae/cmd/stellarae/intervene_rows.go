package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae"
)

// draw reads spectra, of a star one and at most n, in the files' order.
func (f interveneFlags) draw(c *cobra.Command, paths []string, config stellarae.Config) ([][]float32, error) {
	files, err := datasets.Files(paths)
	if err != nil {
		return nil, err
	}
	if f.only != "" {
		if files, err = keepListed(files, f.only); err != nil {
			return nil, err
		}
	}
	starOf, err := starNames(paths)
	if err != nil {
		return nil, err
	}
	p := newProgress(c.ErrOrStderr(), "reading spectra")
	defer p.done()
	order := rand.New(rand.NewPCG(f.seed, 0x64726177)).Perm(len(files))
	seen, rows := map[string]bool{}, map[int][]float32{}
	var failures []datasets.Failure
	for _, i := range order {
		if err := c.Context().Err(); err != nil {
			return nil, err
		}
		if len(rows) == f.n {
			break
		}
		id := datasets.FileID(files[i])
		if star := starOf(id); star != "" && seen[star] {
			continue
		}
		row, s, err := readRow(config, files[i])
		if err != nil {
			failures = append(failures, datasets.Failure{Path: files[i], Err: err})
			continue
		}
		star := starOf(id)
		for _, name := range []string{s.Info.Object, id} {
			if star == "" {
				star = name
			}
		}
		if !seen[star] {
			seen[star], rows[i] = true, row
		}
		p.set(len(rows), min(f.n, len(files)), "")
	}
	warn(c, failures)
	if len(rows) < 2 {
		return nil, fmt.Errorf("%d files hold spectra of %d stars: want two at least", len(files), len(rows))
	}
	var drawn [][]float32
	for i := range files {
		if row, ok := rows[i]; ok {
			drawn = append(drawn, row)
		}
	}
	return drawn, nil
}

// starNames are the stars' names by dp_id that a labels.csv in one of the
// folders tells, "" where none does.
func starNames(paths []string) (func(id string) string, error) {
	for _, path := range paths {
		table, err := catalog.Read(filepath.Join(path, "labels.csv"))
		if err == nil {
			return table.StarOf(), nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !isFile(path) {
			return nil, err
		}
	}
	return func(string) string { return "" }, nil
}
