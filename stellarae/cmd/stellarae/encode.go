package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// encoded is what encode prints.
type encoded struct {
	Codes    string  `json:"codes"`
	IDs      string  `json:"ids"`
	Failures string  `json:"failures"`
	Spectra  int     `json:"spectra"`
	Nodes    int     `json:"nodes"`
	Failed   int     `json:"failed"`
	Seconds  float64 `json:"seconds"`
}

func newEncode() *cobra.Command {
	var (
		run, out, only, precision string
		asJSON                    bool
	)
	c := &cobra.Command{
		Use:   "encode --model RUN FILE...|DIR|STORE --out codes.npy",
		Short: "Turn spectra into codes",
		Long: `encode writes the codes, one row a spectrum, as a float32 NumPy array, and beside
it the files in the rows' order (codes.ids.txt) and those that gave no code, with
the cause (codes.failures.csv). A bad file never stops the rest; the exit code is
1 only when no file gave a code.`,
		Example: "  stellarae encode --model run survey --out codes.npy\n  stellarae encode --model run survey --only run/held-out.txt --out held.npy",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if !strings.HasSuffix(out, ".npy") {
				return usagef("--out %s: want a name that ends in .npy", out)
			}
			in, err := stellarae.ParsePrecision(precision)
			if err != nil {
				return usagef("--precision: %w", err)
			}
			d, err := openDevice(c)
			if err != nil {
				return err
			}
			m, err := stellarae.OpenRun(d.Backend, run)
			if err != nil {
				return err
			}
			if err := m.UsePrecision(in); err != nil {
				return err
			}
			r, err := encode(c, m, paths, only, out)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), r)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d spectra x %d nodes in %.1f s", r.Codes, r.Spectra, r.Nodes, r.Seconds)
			if r.Failed > 0 {
				fmt.Fprintf(c.OutOrStdout(), "; %d files gave none, see %s", r.Failed, r.Failures)
			}
			fmt.Fprintln(c.OutOrStdout())
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&run, "model", "", "run folder or checkpoint")
	f.StringVar(&out, "out", "", "file for the codes, .npy")
	f.StringVar(&precision, "precision", "float32", precisionUse)
	f.StringVar(&only, "only", "", "encode only the spectra whose dp_id a file lists, one a line")
	must(c.MarkFlagRequired("model"))
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &asJSON)
	return c
}

// encode encodes the files that paths stand for and writes the results.
func encode(c *cobra.Command, m *stellarae.Model, paths []string, only, out string) (encoded, error) {
	began := time.Now()
	if err := placeFor(out); err != nil {
		return encoded{}, err
	}
	if len(paths) == 1 && store.Is(paths[0]) {
		return encodeStore(c, m, paths[0], only, out)
	}
	files, err := datasets.Files(paths)
	if err != nil {
		return encoded{}, err
	}
	if only != "" {
		if files, err = keepListed(files, only); err != nil {
			return encoded{}, err
		}
	}
	p := newProgress(c.ErrOrStderr(), "encoding")
	result, err := m.EncodeFiles(c.Context(), files, func(done int) { p.set(done, len(files), "") })
	p.done()
	if err != nil {
		return encoded{}, err
	}
	warn(c, result.Failures)
	if len(result.Codes) == 0 {
		return encoded{}, fmt.Errorf("none of %d files gave a code", len(files))
	}
	return writeCodes(m, out, result, began)
}

// encodeStore encodes the rows of a store.
func encodeStore(c *cobra.Command, m *stellarae.Model, dir, only, out string) (encoded, error) {
	began := time.Now()
	s, err := openStore(dir, m.Config)
	if err != nil {
		return encoded{}, err
	}
	defer s.Close()
	rows, names := make(map[string]int, s.Len()), make([]string, s.Len())
	for i := range names {
		names[i] = s.ID(i)
		rows[names[i]] = i
	}
	if only != "" {
		if names, err = keepListed(names, only); err != nil {
			return encoded{}, err
		}
	}
	p := newProgress(c.ErrOrStderr(), "encoding")
	defer p.done()
	result := &stellarae.EncodedFiles{Files: names}
	// Copies: views of the whole store would all stay in memory.
	flux := make([][]float32, min(64, len(names)))
	for i := range flux {
		flux[i] = make([]float32, s.Samples())
	}
	for part := range slices.Chunk(names, 64) {
		if err := c.Context().Err(); err != nil {
			return encoded{}, err
		}
		for k, name := range part {
			if err := s.Row(rows[name], flux[k]); err != nil {
				return encoded{}, err
			}
		}
		codes, err := m.Encode(flux[:len(part)])
		if err != nil {
			return encoded{}, err
		}
		result.Codes = append(result.Codes, codes...)
		p.set(len(result.Codes), len(names), "")
	}
	return writeCodes(m, out, result, began)
}

// writeCodes writes codes, their spectra's names and the failures.
func writeCodes(m *stellarae.Model, out string, result *stellarae.EncodedFiles, began time.Time) (encoded, error) {
	flat := make([]float32, 0, len(result.Codes)*m.Config.Nodes)
	for _, code := range result.Codes {
		flat = append(flat, code...)
	}
	stem := strings.TrimSuffix(out, ".npy")
	r := encoded{
		Codes: out, IDs: stem + ".ids.txt", Failures: stem + ".failures.csv",
		Spectra: len(result.Codes), Nodes: m.Config.Nodes, Failed: len(result.Failures),
	}
	if err := writeFailures(r.Failures, result.Failures); err != nil {
		return r, err
	}
	if err := writeLines(r.IDs, result.Files); err != nil {
		return r, err
	}
	if err := npy.WriteFloat32(out, []int{r.Spectra, r.Nodes}, flat); err != nil {
		return r, err
	}
	r.Seconds = time.Since(began).Seconds()
	return r, nil
}

func keepListed(files []string, list string) ([]string, error) {
	wanted, err := readLines(list)
	if err != nil {
		return nil, err
	}
	keep := map[string]bool{}
	for _, id := range wanted {
		keep[datasets.FileID(id)] = true
	}
	var kept []string
	for _, file := range files {
		if keep[datasets.FileID(file)] {
			kept = append(kept, file)
		}
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("%s: lists none of the %d files", list, len(files))
	}
	return kept, nil
}

func writeFailures(path string, failures []datasets.Failure) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write([]string{"file", "cause"}) // errors are kept until Flush
		for _, f := range failures {
			out.Write([]string{f.Path, f.Err.Error()})
		}
		out.Flush()
		return out.Error()
	})
}
