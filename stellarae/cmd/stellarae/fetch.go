package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/eso"
)

// archiveVariable is the environment's address of the archive.
const archiveVariable = "STELLARAE_ARCHIVE"

func newFetch() *cobra.Command {
	c := &cobra.Command{
		Use:   "fetch",
		Short: "Find and download spectra of the ESO archive",
		Long: `fetch finds HARPS spectra (Phase 3 products) in the ESO archive and downloads
them: query writes a list, which can be looked at and cut, and download brings
what is in it. Whatever ends a download, the same command goes on with it.

Proprietary files need a token of the ESO user portal in the environment
variable ` + eso.TokenVariable + `. It is sent to the archive's file service alone and
written nowhere.`,
		Example: `  stellarae fetch query --target HD10700 --min-snr 50 --out list.csv
  stellarae fetch download --list list.csv --out spectra --dry-run
  stellarae fetch download --list list.csv --out spectra`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newFetchQuery(), newFetchDownload())
	for _, sub := range c.Commands() {
		wrapUsage(sub)
	}
	return c
}

// archiveFlag adds --archive.
func archiveFlag(c *cobra.Command, base *string) {
	c.Flags().StringVar(base, "archive", "", "address of another archive of the same form; also "+archiveVariable)
}

func openArchive(base string, o eso.Options) (*eso.Archive, error) {
	o.Base = cmp.Or(base, os.Getenv(archiveVariable))
	o.Token = eso.TokenFromEnv()
	a, err := eso.New(o)
	if err != nil {
		return nil, usageError{err}
	}
	return a, nil
}

func newFetchQuery() *cobra.Command {
	var (
		q                         eso.Query
		cone, from, to, out, base string
		async, show, asJSON       bool
	)
	c := &cobra.Command{
		Use:   "query --out list.csv",
		Short: "List the spectra that meet conditions",
		Long: `query asks the archive which spectra meet all conditions, and writes them to a
list: dp_id, estimated size, target, position, date, exposure and signal-to-noise
ratio, one a line. A target is found by the name its observer gave it, so a cone
finds more; * in a name stands for any text. What the archive would cut short is
an error. Large queries run as a job of the archive, which is deleted afterwards.`,
		Example: `  stellarae fetch query --target HD10700 --target "HD 10700" --out tau-ceti.csv
  stellarae fetch query --cone 26.017,-15.9375,0.05 --min-snr 100 --out tau-ceti.csv
  stellarae fetch query --from 2012-03-01 --to 2012-04-01 --limit 500 --out march.csv
  stellarae fetch query --out everything.csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := complete(&q, cone, from, to); err != nil {
				return usageError{err}
			}
			adql, err := q.ADQL()
			if err != nil {
				return usageError{err}
			}
			if show {
				fmt.Fprintln(c.OutOrStdout(), adql)
				return nil
			}
			if out == "" {
				return usagef("required flag(s) \"out\" not set")
			}
			if err := placeFor(out); err != nil {
				return err
			}
			a, err := openArchive(base, eso.Options{})
			if err != nil {
				return err
			}
			began := time.Now()
			var list []eso.Product
			if async {
				list, err = a.FindAsync(c.Context(), q, func(phase string) { fmt.Fprintln(c.ErrOrStderr(), "job:", strings.ToLower(phase)) })
			} else {
				list, err = a.Find(c.Context(), q)
			}
			if err != nil {
				return err
			}
			if err := eso.WriteList(out, list); err != nil {
				return err
			}
			result := struct {
				List     string  `json:"list"`
				Products int     `json:"products"`
				Targets  int     `json:"targets"`
				Bytes    int64   `json:"bytes"`
				Query    string  `json:"query"`
				Seconds  float64 `json:"seconds"`
			}{List: out, Products: len(list), Query: adql, Seconds: time.Since(began).Seconds()}
			names := map[string]bool{}
			for _, p := range list {
				names[p.Target] = true
				result.Bytes += p.Estimate
			}
			result.Targets = len(names)
			if asJSON {
				return printJSON(c.OutOrStdout(), result)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d products of %d targets, about %s\n", out, result.Products, result.Targets, size(result.Bytes))
			return nil
		},
	}
	f := c.Flags()
	f.StringArrayVar(&q.Targets, "target", nil, "target's name as observed; may be given again, any of them counts")
	f.StringVar(&cone, "cone", "", "RA,DEC,RADIUS in degrees, ICRS")
	f.StringVar(&from, "from", "", "first date, 2012-03-24 or 2012-03-24T08:30:00Z")
	f.StringVar(&to, "to", "", "date before which the exposure began")
	f.Float64Var(&q.MinSNR, "min-snr", 0, "least signal-to-noise ratio")
	f.Float64Var(&q.MaxSNR, "max-snr", 0, "greatest signal-to-noise ratio")
	f.IntVar(&q.Limit, "limit", 0, "at most so many, 0 for all")
	f.BoolVar(&async, "async", false, "as a job, however small")
	f.BoolVar(&show, "show", false, "print the query in ADQL and ask nothing")
	f.StringVar(&out, "out", "", "file for the list, .csv")
	archiveFlag(c, &base)
	jsonFlag(c, &asJSON)
	return c
}

// complete reads the conditions that are more than a number or a name.
func complete(q *eso.Query, cone, from, to string) error {
	if cone != "" {
		parts := strings.Split(cone, ",")
		var v [3]float64
		for i := range v {
			var err error
			if len(parts) != len(v) {
				return fmt.Errorf("--cone %s: want RA,DEC,RADIUS", cone)
			}
			if v[i], err = strconv.ParseFloat(strings.TrimSpace(parts[i]), 64); err != nil {
				return fmt.Errorf("--cone %s: %q is no number", cone, parts[i])
			}
		}
		q.Cone = &eso.Cone{RA: v[0], Dec: v[1], Radius: v[2]}
	}
	for _, d := range []struct {
		flag, text string
		t          *time.Time
	}{{"from", from, &q.From}, {"to", to, &q.To}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.t, err = time.Parse(time.DateOnly, d.text); err != nil {
			*d.t, err = time.Parse(time.RFC3339, d.text)
		}
		if err != nil {
			return fmt.Errorf("--%s %s: want a date as 2012-03-24 or 2012-03-24T08:30:00Z", d.flag, d.text)
		}
	}
	return nil
}

func newFetchDownload() *cobra.Command {
	var (
		list, out, base string
		dry, asJSON     bool
		o               eso.Options
	)
	c := &cobra.Command{
		Use:   "download --list list.csv --out DIR",
		Short: "Download the spectra of a list, or go on with it",
		Long: `download brings the products of a list into a folder, as dp_id.fits. What is
there is not fetched again, and files that were broken off go on where they
stopped. A file has its name only when it is whole and checked; until then it is
dp_id.part. The list needs a column dp_id; size and sha256, where it has
them, are checked too.

Products that cannot be had do not stop the rest: they are in fetch.failures.csv
in the folder, with the cause, and the exit code is 1.`,
		Example: `  stellarae fetch download --list list.csv --out spectra --dry-run
  stellarae fetch download --list list.csv --out spectra
  ` + eso.TokenVariable + `=... stellarae fetch download --list mine.csv --out spectra`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := openArchive(base, o)
			if err != nil {
				return err
			}
			products, err := eso.ReadList(list)
			if err != nil {
				return err
			}
			if dry {
				return dryRun(c, a, products, out, asJSON)
			}
			return download(c, a, products, out, asJSON)
		},
	}
	f := c.Flags()
	f.StringVar(&list, "list", "", "list of products, as query writes it")
	f.StringVar(&out, "out", "", "folder for the spectra")
	f.IntVar(&o.Connections, "connections", 4, fmt.Sprintf("at a time, at most %d", eso.MaxConnections))
	f.BoolVar(&dry, "dry-run", false, "only say what would be fetched")
	must(c.MarkFlagRequired("list"))
	must(c.MarkFlagRequired("out"))
	archiveFlag(c, &base)
	jsonFlag(c, &asJSON)
	return c
}

func dryRun(c *cobra.Command, a *eso.Archive, list []eso.Product, dir string, asJSON bool) error {
	plan, err := a.Plan(list, dir)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c.OutOrStdout(), struct {
			Files   int     `json:"files"`
			Present int     `json:"present"`
			Bytes   int64   `json:"bytes"`
			Guessed int     `json:"guessed_sizes"`
			Free    int64   `json:"free"`
			Seconds float64 `json:"seconds"`
		}{plan.Files, plan.Present, plan.Bytes, plan.Guessed, plan.Free, plan.Time.Seconds()})
	}
	w := c.OutOrStdout()
	fmt.Fprintf(w, "%s: %d of %d products are there\n", dir, plan.Present, plan.Files)
	fmt.Fprintf(w, "to fetch: %d, about %s; free: %s\n", plan.Files-plan.Present, size(plan.Bytes), size(plan.Free))
	if plan.Guessed > 0 {
		fmt.Fprintf(w, "%d sizes are not known and taken as %s\n", plan.Guessed, size(eso.TypicalSize))
	}
	fmt.Fprintf(w, "time: about %s at %s/s a connection\n", plan.Time, size(eso.TypicalRate))
	if plan.Bytes > plan.Free {
		return errors.New("the disk has too little room")
	}
	return nil
}

func download(c *cobra.Command, a *eso.Archive, list []eso.Product, dir string, asJSON bool) error {
	p := newProgress(c.ErrOrStderr(), "fetching")
	report, err := a.Download(c.Context(), list, dir, func(now eso.Progress) {
		p.set(now.Done+now.Failed, now.Files, fmt.Sprintf("%s of %s, %s/s", size(now.Bytes), size(now.Total), size(int64(now.Rate))))
	})
	p.done()
	failures := make([]datasets.Failure, len(report.Failures))
	for i, f := range report.Failures {
		failures[i] = datasets.Failure{Path: f.ID, Err: f.Err}
	}
	file := filepath.Join(dir, "fetch.failures.csv")
	if len(failures) > 0 {
		err = errors.Join(err, writeFailures(file, failures))
	} else if e := os.Remove(file); err == nil && e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = e // of an earlier run
	}
	if asJSON {
		err = errors.Join(err, printJSON(c.OutOrStdout(), struct {
			Dir     string  `json:"dir"`
			Files   int     `json:"files"`
			Present int     `json:"present"`
			Fetched int     `json:"fetched"`
			Failed  int     `json:"failed"`
			Bytes   int64   `json:"bytes"`
			Seconds float64 `json:"seconds"`
		}{dir, report.Files, report.Present, report.Fetched, len(failures), report.Bytes, report.Time.Seconds()}))
	} else {
		tellReport(c.OutOrStdout(), dir, report)
	}
	if err == nil && len(failures) > 0 {
		err = fmt.Errorf("%d of %d products could not be had, see %s", len(failures), report.Files, file)
	}
	return err
}

func tellReport(w io.Writer, dir string, r eso.Report) {
	fmt.Fprintf(w, "%s: %d of %d products are there, %d of them fetched now (%s in %s)\n",
		dir, r.Present+r.Fetched, r.Files, r.Fetched, size(r.Bytes), r.Time.Round(100*time.Millisecond))
}

// size writes a number of bytes for people.
func size(n int64) string {
	v, unit := float64(n), "B"
	for _, larger := range []string{"kB", "MB", "GB", "TB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1000, larger
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}
