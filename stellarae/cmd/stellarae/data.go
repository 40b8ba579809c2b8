package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// openData reads spectra as the network wants them, from files or a store. A
// labels.csv in one of the folders tells the stars' names; else the files'
// headers do.
func openData(c *cobra.Command, paths []string, config stellarae.Config) (datasets.Dataset, error) {
	p := newProgress(c.ErrOrStderr(), "reading spectra")
	defer p.done()
	o := datasets.Options{
		Grid: config.Grid, Preset: config.Preprocessing,
		Progress: func(done, total int) { p.set(done, total, "") },
	}
	for _, path := range paths {
		table, err := catalog.Read(filepath.Join(path, "labels.csv"))
		if err == nil {
			o.Star = table.StarOf()
			break
		}
		if !errors.Is(err, fs.ErrNotExist) && !isFile(path) {
			return nil, err
		}
	}
	data, failures, err := store.Data(paths, o)
	if err != nil {
		return nil, err
	}
	warn(c, failures)
	return data, nil
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && !st.IsDir()
}

// warn tells of files left out, the first ten in full.
func warn(c *cobra.Command, failures []datasets.Failure) {
	w := c.ErrOrStderr()
	for i, f := range failures {
		if i == 10 {
			fmt.Fprintf(w, "... and %d more files left out\n", len(failures)-i)
			return
		}
		fmt.Fprintf(w, "left out: %v\n", f.Err)
	}
}

// writeLines writes one text a line.
func writeLines(path string, lines []string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
		return nil
	})
}

// readLines reads what writeLines wrote; blank lines are none.
func readLines(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
