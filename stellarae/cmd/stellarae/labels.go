package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog/crossmatch"
	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/datasets/catalog/starname"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// labelsFlags are the flags of labels.
type labelsFlags struct {
	catalogs, maps, aliases    []string
	list, mapping, out         string
	radius, sigma              float64
	asJSON                     bool
	report, text, seen, failed string // files beside out
}

// labelled is what labels prints.
type labelled struct {
	Labels    string                   `json:"labels"`
	Report    string                   `json:"report"`
	Summary   string                   `json:"summary"`
	List      string                   `json:"list"`
	Failures  string                   `json:"failures"`
	Spectra   int                      `json:"spectra"`
	Stars     int                      `json:"stars"`
	Failed    int                      `json:"failed"`
	Matched   crossmatch.Matched       `json:"stars_matched"`
	ByLabel   []crossmatch.LabelReport `json:"by_label"`
	Conflicts int                      `json:"conflicts"`
	Seconds   float64                  `json:"seconds"`
}

func newLabels() *cobra.Command {
	var f labelsFlags
	c := &cobra.Command{
		Use:   "labels FILE...|DIR --catalog CATALOGUE... --out labels.csv",
		Short: "Make the table of labels from catalogues of stars",
		Long: `labels finds the star of every spectrum in catalogues and writes what they say of
it as a table: dp_id, target_name, unique_subset, median, then Teff, logg, [M/H],
Mass, radvel, vsini, E(B-V), spec_type_no as far as the catalogues have them, each
with its error and the catalogue it is from.

Catalogues are CSV, TSV, RDB or VOTable, also compressed with gzip. Columns are
found by name, UCD and unit; --map and --mapping say otherwise. Of two catalogues
that have a label the first one given counts.

A star is found by its name, in any usual spelling and by what is linked in
catalogues and --aliases, else by its place at the spectrum's epoch, with proper
motion. Asteroids, the Moon and the sky by day are the Sun.

Beside labels.csv it writes labels.report.json and labels.report.txt (what matched
how, where catalogues disagree, what was left over), labels.failures.csv (files
that are no spectra) and labels.spectra.csv, what was read of the spectra: run
again, or after an interruption, only files new or changed are read. --list takes
such a table, or one of an archive's answer, in place of files.

A mapping is JSON, by the catalogue's name:
  {"sweetcat": {"missing": ["-1.0"], "epoch": 2000,
                "labels": {"logg": {"column": "Logg", "error": "eLogg"}, "Mass": "Mass_t"}}}`,
		Example: `  stellarae labels spectra --catalog gr8stars.csv --catalog sweetcat.csv --out labels.csv
  stellarae labels spectra --catalog gaia=dr3.vot.gz --map gaia:Teff=teff_gspphot --map gaia:epoch=2016 --out labels.csv
  stellarae labels --list labels.spectra.csv --catalog twins.rdb --aliases aliases.csv --sigma 5 --out labels.csv`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, paths []string) error {
			if err := f.check(paths); err != nil {
				return err
			}
			r, report, err := f.run(c, paths)
			if err != nil {
				return err
			}
			if f.asJSON {
				return printJSON(c.OutOrStdout(), r)
			}
			if err := report.Summary(c.OutOrStdout()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "\n%s: %d spectra in %.1f s; the whole account is in %s\n", r.Labels, r.Spectra, r.Seconds, r.Report)
			return err
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.catalogs, "catalog", nil, "catalogue, FILE or NAME=FILE; again for more, the first takes precedence")
	flags.StringVar(&f.out, "out", "", "file for the table, .csv")
	flags.StringVar(&f.list, "list", "", "table of spectra in place of files")
	flags.StringVar(&f.mapping, "mapping", "", "JSON file that says what the columns of catalogues are")
	flags.StringArrayVar(&f.maps, "map", nil, "[CATALOGUE:]QUANTITY=COLUMN[:UNIT], also of name, ra, dec, pmra, pmdec, epoch; no COLUMN: from none")
	flags.StringArrayVar(&f.aliases, "aliases", nil, "CSV file of names, those of one star in a line")
	flags.Float64Var(&f.radius, "radius", 10, "arcsec, for a match by place; 0: none by place")
	flags.Float64Var(&f.sigma, "sigma", 3, "from which catalogues disagree, in standard errors of the difference")
	must(c.MarkFlagRequired("catalog"))
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &f.asJSON)
	return c
}

// check refuses what cannot be meant, before any work.
func (f *labelsFlags) check(paths []string) error {
	switch {
	case !strings.HasSuffix(f.out, ".csv"):
		return usagef("--out %s: want a name that ends in .csv", f.out)
	case len(paths) == 0 && f.list == "":
		return usagef("no spectra: want files, a folder or --list")
	case len(paths) > 0 && f.list != "":
		return usagef("want files or --list, not both")
	case !(f.radius >= 0 && f.radius <= 3600):
		return usagef("--radius %v: want 0 to 3600 arcsec", f.radius)
	case !(f.sigma > 0):
		return usagef("--sigma %v: want more than 0", f.sigma)
	}
	stem := strings.TrimSuffix(f.out, ".csv")
	f.report, f.text, f.seen, f.failed = stem+".report.json", stem+".report.txt", stem+".spectra.csv", stem+".failures.csv"
	return placeFor(f.out)
}

func (f *labelsFlags) run(c *cobra.Command, paths []string) (*labelled, *crossmatch.Report, error) {
	began := time.Now()
	sources, err := f.openCatalogs(c)
	if err != nil {
		return nil, nil, err
	}
	names := starname.NewStars()
	for _, path := range f.aliases {
		if err := readAliases(names, path); err != nil {
			return nil, nil, err
		}
	}
	spectra, failures, err := f.spectra(c, paths)
	if err != nil {
		return nil, nil, err
	}
	warn(c, failures)
	if len(spectra) == 0 {
		return nil, nil, fmt.Errorf("none of %d files is a spectrum", len(failures))
	}
	p := newProgress(c.ErrOrStderr(), "matching")
	o := crossmatch.Options{Radius: f.radius, Sigma: f.sigma, Progress: func(done, total int) { p.set(done, total, "") }}
	if f.radius == 0 {
		o.Radius = -1
	}
	result, err := crossmatch.Match(spectra, sources, names, o)
	p.done()
	if err != nil {
		return nil, nil, err
	}
	if err := f.write(result, failures); err != nil {
		return nil, nil, err
	}
	r := result.Report
	return &labelled{
		Labels: f.out, Report: f.report, Summary: f.text, List: f.seen, Failures: f.failed, Spectra: r.Spectra, Stars: r.Stars, Failed: len(failures),
		Matched: r.Matched, ByLabel: r.Labels, Conflicts: len(r.Conflicts), Seconds: time.Since(began).Seconds(),
	}, r, nil
}

// write puts the table last, so that where it is the rest is too.
func (f *labelsFlags) write(result *crossmatch.Result, failures []datasets.Failure) error {
	if err := writeFailures(f.failed, failures); err != nil {
		return err
	}
	if err := result.Report.Write(f.report); err != nil {
		return err
	}
	if err := atomicfile.Write(f.text, func(w io.Writer) error { return result.Report.Summary(w) }); err != nil {
		return err
	}
	return result.Table.Write(f.out)
}

// openCatalogs reads the catalogues with their mappings.
func (f *labelsFlags) openCatalogs(c *cobra.Command) ([]*source.Source, error) {
	mappings := map[string]source.Mapping{}
	if f.mapping != "" {
		var err error
		if mappings, err = source.ReadMappings(f.mapping); err != nil {
			return nil, err
		}
	}
	used := make([]bool, len(f.maps))
	p := newProgress(c.ErrOrStderr(), "reading catalogues")
	defer p.done()
	var sources []*source.Source
	for i, text := range f.catalogs {
		name, path := nameAndPath(text)
		m, ok := mappings[name]
		if !ok {
			m = source.MappingFor(mappings, path)
		}
		if name != "" {
			m.Name = name
		}
		for k, flag := range f.maps {
			catalogue, setting := qualified(flag)
			if catalogue != "" && catalogue != name && catalogue != m.Name && catalogue != filepath.Base(path) && catalogue != source.Stem(path) {
				continue
			}
			used[k] = true
			if err := m.Set(setting); err != nil {
				return nil, usageError{err}
			}
		}
		s, err := source.Open(path, m)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
		p.set(i+1, len(f.catalogs), "")
	}
	for k, flag := range f.maps {
		if !used[k] {
			return nil, usagef("--map %s: no catalogue of that name", flag)
		}
	}
	return sources, nil
}

// nameAndPath divides NAME=FILE; a file that is there as written is meant.
func nameAndPath(text string) (name, path string) {
	if name, path, ok := strings.Cut(text, "="); ok {
		if _, err := os.Stat(text); errors.Is(err, fs.ErrNotExist) {
			return name, path
		}
	}
	return "", text
}

// qualified divides CATALOGUE:SETTING.
func qualified(flag string) (catalogue, setting string) {
	before, _, _ := strings.Cut(flag, "=")
	if catalogue, _, ok := strings.Cut(before, ":"); ok {
		return catalogue, flag[len(catalogue)+1:]
	}
	return "", flag
}

func readAliases(names *starname.Stars, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := names.ReadAliases(file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// spectra reads what is to be labelled, and keeps it in a table beside the
// labels as it goes.
func (f *labelsFlags) spectra(c *cobra.Command, paths []string) ([]crossmatch.Spectrum, []datasets.Failure, error) {
	if f.list != "" {
		spectra, err := crossmatch.ReadList(f.list)
		return spectra, nil, err
	}
	files, err := datasets.Files(paths)
	if err != nil {
		return nil, nil, err
	}
	known, err := crossmatch.ReadList(f.seen)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("%w; remove the file to read all spectra anew", err)
	}
	p := newProgress(c.ErrOrStderr(), "reading spectra")
	defer p.done()
	spectra, failed, err := crossmatch.ReadSpectra(c.Context(), files, crossmatch.Reading{
		Known:    known,
		Progress: func(done, total int) { p.set(done, total, "") },
		Keep:     func(all []crossmatch.Spectrum) error { return crossmatch.WriteList(f.seen, all) },
	})
	if errors.Is(err, context.Canceled) {
		return nil, nil, fmt.Errorf("stopped after %d of %d spectra; the same command goes on from there: %w", len(spectra), len(files), err)
	}
	var failures []datasets.Failure
	for _, x := range failed {
		failures = append(failures, datasets.Failure(x))
	}
	return spectra, failures, err
}
