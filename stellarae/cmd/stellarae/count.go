package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
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

	publishedOnly bool
	alpha         float64
	permutations  int
	seed          uint64
	runs          []string          // codes of networks trained from other seeds
	controls      map[string]string // codes of encoders that learned nothing, by name
	model         string            // run for controls that need the spectra
	spectra       []string
}

func newCount() *cobra.Command {
	f := countFlags{threshold: 0.02, alpha: 0.05, permutations: 999, seed: 1}
	c := &cobra.Command{
		Use:   "count --codes codes.npy --labels labels.csv --out DIR",
		Short: "Count the informative nodes: as the paper does, and with care",
		Long: `count says how many nodes of the codes are informative and which labels each of
them knows, twice. As published: the median absolute deviation (MAD) of every node
(section 6.1) and the mutual information of nodes and labels from histograms
(section 6.2), of one spectrum an object. Corrected: the same threshold with an
interval over thresholds, stars and training seeds; labels tested against
permutations between stars for the whole map at once (max-T); which labels a
node carries directly and which only through another label or node; controls with
known answers. It writes report.html, report.json, figures and CSV tables.

Rows of codes and labels are joined by dp_id, or in order where no --ids are
given. As published, each object counts with the spectrum that the table's
unique_subset marks, else the first of each target_name (--all takes every
spectrum). The corrected count takes all, and the visits of a target_name as
belonging together. Spectra with a median flux below 50 are dropped from both.

With --model and --spectra the controls include the network before its training,
principal components of the spectra, and velocities put into the spectra.`,
		Example: `  stellarae count --codes codes.npy --ids codes.ids.txt --labels survey/labels.csv --out count
  stellarae count --codes codes.npy --labels harps_metadata_and_labels.csv --label radvel,Teff --out count --json
  stellarae count --codes seed1.npy --run seed2.npy,seed3.npy --labels survey/labels.csv --out count
  stellarae count --codes codes.npy --ids codes.ids.txt --labels survey/labels.csv --model run --spectra survey --out count`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !(f.threshold >= 0) {
				return usagef("--threshold %v: want 0 or more", f.threshold)
			}
			if !(f.alpha > 0 && f.alpha < 1) {
				return usagef("--alpha %v: want a level between 0 and 1", f.alpha)
			}
			if f.permutations < 19 {
				return usagef("--permutations %d: want 19 or more", f.permutations)
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
	fl.BoolVar(&f.all, "all", false, "as published: count every spectrum, not one an object")
	fl.BoolVar(&f.publishedOnly, "published-only", false, "leave out the corrected count")
	fl.Float64Var(&f.alpha, "alpha", f.alpha, "chance of any false claim in the whole map")
	fl.IntVar(&f.permutations, "permutations", f.permutations, "of the stars, for the null of the map")
	fl.Uint64Var(&f.seed, "seed", f.seed, "of everything random")
	fl.StringSliceVar(&f.runs, "run", nil, "codes of the same spectra by networks trained from other seeds, .npy")
	fl.StringToStringVar(&f.controls, "control", nil, "codes of the same spectra by encoders that learned nothing, as name=codes.npy")
	fl.StringVar(&f.model, "model", "", "run that made the codes: adds controls made from --spectra")
	fl.StringSliceVar(&f.spectra, "spectra", nil, "folders or files of the spectra, for --model")
	c.MarkFlagsRequiredTogether("model", "spectra")
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
	bright := brightRows(table)
	unique, selection := selectRows(table, f.all)
	if len(unique) == 0 {
		return nil, fmt.Errorf("%s: none of %d spectra is left to count (%s)", f.labels, rows, selection)
	}
	labels, err := chooseLabels(table, f.only)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.labels, err)
	}
	p := &stages{w: c.ErrOrStderr()}
	defer p.done()
	r := &report.Report{Provenance: report.Provenance{
		Codes: f.codes, Labels: f.labels, Selection: selection, Stars: countStars(table, unique),
		Date: time.Now().UTC(), Version: version(),
	}}
	if r.Codes, r.Labels, err = info.KeepRows(codes, labels, unique); err != nil {
		return nil, err
	}
	if r.Count, err = info.CountPublished(r.Codes, r.Labels, info.Options{
		Threshold: f.threshold, Progress: func(done, total int) { p.set("counting as published", done, total) },
	}); err != nil {
		return nil, fmt.Errorf("%s: %w", f.codes, err)
	}
	if !f.publishedOnly {
		if r.Corrected, err = f.correct(c, codes, labels, table, bright, p); err != nil {
			return nil, err
		}
	}
	return r, report.Write(f.out, r)
}

// correct is the corrected count of the given rows.
func (f countFlags) correct(c *cobra.Command, codes *mat.Dense, labels []info.Label, table *catalog.Table, rows []int, p *stages) (*info.Counted, error) {
	kept, labels, err := info.KeepRows(codes, labels, rows)
	if err != nil {
		return nil, err
	}
	stars, err := resample.By(table.Pick(rows).StarKeys())
	if err != nil {
		return nil, err
	}
	o := info.CountOptions{
		Clusters: stars, Threshold: f.threshold, Alpha: f.alpha, Seed: f.seed,
		Associate: info.AssociateOptions{Permutations: f.permutations}, Progress: p.set,
	}
	for _, name := range f.runs {
		other, err := sameRows(name, codes, rows)
		if err != nil {
			return nil, err
		}
		o.Runs = append(o.Runs, info.Encoder{Name: name, Codes: other})
	}
	for _, name := range slices.Sorted(maps.Keys(f.controls)) {
		other, err := sameRows(f.controls[name], codes, rows)
		if err != nil {
			return nil, err
		}
		o.Encoders = append(o.Encoders, info.Encoder{Name: name, Codes: other})
	}
	if f.model != "" {
		if err := addControls(c, f.model, f.spectra, table.Pick(rows).IDs, f.seed, &o, p); err != nil {
			return nil, err
		}
	}
	counted, err := info.Count(kept, labels, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.codes, err)
	}
	return counted, nil
}

// sameRows are other codes of the spectra of codes, of the rows given.
func sameRows(name string, codes *mat.Dense, rows []int) (*mat.Dense, error) {
	other, err := npy.ReadMatrix(name)
	if err != nil {
		return nil, err
	}
	n, _ := other.Dims()
	if want, _ := codes.Dims(); n != want {
		return nil, fmt.Errorf("%s has %d rows, the codes %d: they must be of the same spectra", name, n, want)
	}
	kept, _, err := info.KeepRows(other, nil, rows)
	return kept, err
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

// brightRows are the rows whose median flux is not known to be too low.
func brightRows(t *catalog.Table) (rows []int) {
	for i := range t.Rows() {
		if t.Median == nil || !(t.Median[i] < faintest) {
			rows = append(rows, i)
		}
	}
	return rows
}

// selectRows are the rows that count as published, and in words which they are.
func selectRows(t *catalog.Table, all bool) (rows []int, words string) {
	bright := brightRows(t)
	if all {
		return bright, fmt.Sprintf("all spectra, %d with a median flux below %d dropped", t.Rows()-len(bright), faintest)
	}
	how := "one spectrum an object"
	if t.Unique != nil {
		how += " (unique_subset)"
	} else if t.Stars != nil {
		how += " (first of each target_name)"
	}
	unique := t.UniqueStars()
	for _, i := range unique {
		if _, found := slices.BinarySearch(bright, i); found {
			rows = append(rows, i)
		}
	}
	return rows, fmt.Sprintf("%s, %d with a median flux below %d dropped", how, len(unique)-len(rows), faintest)
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
	keys := t.Pick(rows).StarKeys()
	slices.Sort(keys)
	return len(slices.Compact(keys))
}

// counted is what count --json prints; report.json has it all.
type counted struct {
	Report      string         `json:"report"`
	Rows        int            `json:"rows"`
	Stars       int            `json:"stars"`
	Nodes       int            `json:"nodes"`
	Informative []int          `json:"informative"`
	Best        map[string]int `json:"best_node"` // by label, where one node leads at every bin number

	Corrected *correctedSummary `json:"corrected,omitempty"`
}

// correctedSummary is the corrected answer in short.
type correctedSummary struct {
	N           int              `json:"n_informative"`
	Interval    [2]int           `json:"n_informative_interval"`
	Unexplained []int            `json:"unexplained"`
	Carries     map[int][]string `json:"carries"`
	Through     map[int][]string `json:"through"`
}

func summary(r *report.Report, out string) counted {
	s := counted{
		Report: filepath.Join(out, report.JSONName), Rows: r.Count.Rows, Stars: r.Provenance.Stars,
		Nodes: len(r.Count.MAD), Informative: r.Count.Informative, Best: map[string]int{},
	}
	if s.Informative == nil {
		s.Informative = []int{}
	}
	if k := r.Corrected; k != nil {
		s.Corrected = &correctedSummary{
			N: k.Informative.At, Interval: [2]int{k.Informative.Lo, k.Informative.Hi},
			Unexplained: append([]int{}, k.UnexplainedNodes()...), Carries: map[int][]string{}, Through: map[int][]string{},
		}
		for _, i := range k.InformativeNodes() {
			s.Corrected.Carries[i] = append([]string{}, k.Findings[i].Carries()...)
			s.Corrected.Through[i] = append([]string{}, k.Findings[i].Through()...)
		}
	}
	for _, l := range r.Count.Labels {
		if node, unanimous := l.Best(); unanimous {
			s.Best[l.Name] = node
		}
	}
	return s
}
