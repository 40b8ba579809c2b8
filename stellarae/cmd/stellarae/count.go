package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/report"
)

// faintest is the median flux below which a spectrum takes no part (Sedaghat
// et al. 2021, section 6.2).
const faintest = 50

// countFlags are the command's flags.
type countFlags struct {
	codes, ids, labels, out string
	only                    []string
	threshold               float64
	all, json               bool
}

func newCount() *cobra.Command {
	f := countFlags{threshold: 0.02}
	c := &cobra.Command{
		Use:   "count --codes codes.npy --labels labels.csv --out DIR",
		Short: "Count the informative nodes, as the paper does",
		Long: `count applies the paper's two methods to codes: the median absolute deviation of
every node (section 6.1) and the mutual information of nodes and labels from
histograms (section 6.2). It writes report.json, report.html and the figures.

Rows of codes and labels are joined by dp_id, or in order where no --ids are
given. Each object counts with one spectrum, as in the paper: the one that the
table's unique_subset marks, else the first of each target_name; --all takes
every spectrum. Spectra with a median flux below 50 are dropped.`,
		Example: `  stellarae count --codes codes.npy --ids codes.ids.txt --labels survey/labels.csv --out count
  stellarae count --codes codes.npy --labels harps_metadata_and_labels.csv --label radvel,Teff --out count --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !(f.threshold >= 0) {
				return usagef("--threshold %v: want 0 or more", f.threshold)
			}
			r, err := count(c, f)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(c.OutOrStdout(), summary(r, f.out))
			}
			if err := r.Summary(c.OutOrStdout()); err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "report:", filepath.Join(f.out, report.HTMLName))
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.codes, "codes", "", "codes, .npy, one row a spectrum")
	fl.StringVar(&f.ids, "ids", "", "dp_id or file of every row, one a line")
	fl.StringVar(&f.labels, "labels", "", "label table, .csv")
	fl.StringSliceVar(&f.only, "label", nil, "labels to use (default: the paper's that the table has)")
	fl.StringVar(&f.out, "out", "", "folder for the report")
	fl.Float64Var(&f.threshold, "threshold", f.threshold, "deviation above which a node is informative")
	fl.BoolVar(&f.all, "all", false, "count every spectrum, not one an object")
	for _, required := range []string{"codes", "labels", "out"} {
		must(c.MarkFlagRequired(required))
	}
	jsonFlag(c, &f.json)
	return c
}

// count joins, selects, counts and writes the report.
func count(c *cobra.Command, f countFlags) (*report.Report, error) {
	codes, err := npy.ReadMatrix(f.codes)
	if err != nil {
		return nil, err
	}
	table, err := catalog.Read(f.labels)
	if err != nil {
		return nil, err
	}
	rows, _ := codes.Dims()
	if table, err = f.join(c, table, rows); err != nil {
		return nil, err
	}
	keep, selection := selectRows(table, f.all)
	if len(keep) == 0 {
		return nil, fmt.Errorf("%s: none of %d spectra is left to count (%s)", f.labels, rows, selection)
	}
	labels, err := chooseLabels(table, f.only)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.labels, err)
	}
	var kept *mat.Dense
	if kept, labels, err = info.KeepRows(codes, labels, keep); err != nil {
		return nil, err
	}
	p := newProgress(c.ErrOrStderr(), "counting")
	defer p.done()
	published, err := info.CountPublished(kept, labels, info.Options{
		Threshold: f.threshold, Progress: func(done, total int) { p.set(done, total, "") },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.codes, err)
	}
	r := &report.Report{Count: published, Codes: kept, Labels: labels, Provenance: report.Provenance{
		Codes: f.codes, Labels: f.labels, Selection: selection, Stars: countStars(table, keep),
		Date: time.Now().UTC(), Version: version(),
	}}
	return r, report.Write(f.out, r)
}

// join brings the table into the order of the codes.
func (f countFlags) join(c *cobra.Command, table *catalog.Table, rows int) (*catalog.Table, error) {
	if f.ids == "" {
		if table.Rows() != rows {
			return nil, fmt.Errorf("%s has %d rows and %s %d: give --ids to join them by dp_id", f.codes, rows, f.labels, table.Rows())
		}
		return table, nil
	}
	ids, err := readLines(f.ids)
	if err != nil {
		return nil, err
	}
	if len(ids) != rows {
		return nil, fmt.Errorf("%s names %d spectra, %s has %d rows", f.ids, len(ids), f.codes, rows)
	}
	joined, missing, err := table.Join(ids)
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", f.ids, f.labels, err)
	}
	if len(missing) == rows {
		return nil, fmt.Errorf("%s has none of the spectra of %s, such as %s", f.labels, f.ids, missing[0])
	}
	if len(missing) > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "note: %d spectra have no row in %s, such as %s\n", len(missing), f.labels, missing[0])
	}
	return joined, nil
}

// selectRows are the rows that count, and in words which they are.
func selectRows(t *catalog.Table, all bool) (rows []int, words string) {
	how := "one spectrum an object"
	if t.Unique != nil {
		how += " (unique_subset)"
	} else if t.Stars != nil {
		how += " (first of each target_name)"
	}
	candidates := t.UniqueStars()
	if all {
		how = "all spectra"
		candidates = make([]int, t.Rows())
		for i := range candidates {
			candidates[i] = i
		}
	}
	faint := 0
	for _, i := range candidates {
		if t.Median != nil && t.Median[i] < faintest {
			faint++
			continue
		}
		rows = append(rows, i)
	}
	return rows, fmt.Sprintf("%s, %d with a median flux below %d dropped", how, faint, faintest)
}

// chooseLabels takes the labels asked for, else the paper's as far as the
// table has them, else every number in it.
func chooseLabels(t *catalog.Table, names []string) ([]info.Label, error) {
	var labels []info.Label
	if len(names) > 0 {
		for _, n := range names {
			column, err := t.Column(n)
			if err != nil {
				return nil, err
			}
			labels = append(labels, info.Label{Name: column.Name, Values: column.Values})
		}
		return labels, nil
	}
	for _, n := range catalog.PaperLabels() {
		if column, err := t.Column(n); err == nil {
			labels = append(labels, info.Label{Name: n, Values: column.Values})
		}
	}
	if len(labels) == 0 {
		for _, column := range t.Columns {
			labels = append(labels, info.Label{Name: column.Name, Values: column.Values})
		}
	}
	if len(labels) == 0 {
		return nil, errors.New("no column of numbers to use as a label")
	}
	return labels, nil
}

func countStars(t *catalog.Table, rows []int) int {
	if t.Stars == nil {
		return len(rows)
	}
	names := map[string]bool{}
	for _, i := range rows {
		names[strings.ToUpper(t.Stars[i])] = true
	}
	return len(names)
}

// counted is what count --json prints; report.json has it all.
type counted struct {
	Report      string         `json:"report"`
	Rows        int            `json:"rows"`
	Stars       int            `json:"stars"`
	Nodes       int            `json:"nodes"`
	Informative []int          `json:"informative"`
	Best        map[string]int `json:"best_node"` // by label, where one node leads at every bin number
}

func summary(r *report.Report, out string) counted {
	s := counted{
		Report: filepath.Join(out, report.JSONName), Rows: r.Count.Rows, Stars: r.Provenance.Stars,
		Nodes: len(r.Count.MAD), Informative: r.Count.Informative, Best: map[string]int{},
	}
	if s.Informative == nil {
		s.Informative = []int{}
	}
	for _, l := range r.Count.Labels {
		if node, unanimous := l.Best(); unanimous {
			s.Best[l.Name] = node
		}
	}
	return s
}
