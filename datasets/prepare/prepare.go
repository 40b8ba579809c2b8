// Package prepare fills stores: files become preprocessed spectra, and spectra
// the codes of a model. It uses all processors and as much memory for a million
// spectra as for a thousand; stopped at any moment it goes on where it was; a
// bad file is left out, named with its cause, and stops nothing.
//
// Which file goes into which shard depends on the sorted list of files alone, so
// that one machine and a cluster, one run and ten, write the same bytes. The
// Apache Beam pipelines are in package pipeline, which this one does not import.
//
// It does not fetch spectra and does not train.
//
//	r, err := prepare.Spectra(ctx, files, "survey.store", prepare.Recipe{Grid: spectrum.PaperGrid()}, nil)
package prepare

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Recipe says what files become.
type Recipe struct {
	Grid      spectrum.Grid
	Preset    spectrum.Preset
	Type      store.Type // "": float32
	Labels    string     // label table to take along, CSV; "": none
	ShardRows int        // files of a shard; 0: those that give 64 MiB
	Retry     bool       // read files again that gave no spectrum before
}

// shardBytes is about the size of a shard: large enough for a disk to read at
// speed, small enough to be built in memory and to lose little when stopped.
const shardBytes = 64 << 20

func (r Recipe) shardRows() int {
	if r.ShardRows > 0 {
		return r.ShardRows
	}
	return max(1, shardBytes/4/r.Grid.Len())
}

// Layout is the layout of the stores that a recipe makes.
func (r Recipe) Layout() (store.Layout, error) {
	labels, err := r.labels()
	if err != nil {
		return store.Layout{}, err
	}
	t, err := facts{}.table(labels)
	if err != nil {
		return store.Layout{}, err
	}
	l := store.Layout{Samples: r.Grid.Len(), Type: r.Type, Grid: &r.Grid, Preset: &r.Preset, Columns: store.ColumnsOf(t)}
	if l.Type == "" {
		l.Type = store.Float32
	}
	return l, nil
}

// Report is what a run did.
type Report struct {
	Rows     int                `json:"spectra"` // written by this run
	Before   int                `json:"before"`  // files or rows that were done before
	Failed   int                `json:"failed"`  // files of this run that gave no row
	Shards   int                `json:"shards"`  // written by this run
	Seconds  float64            `json:"seconds"`
	Failures []datasets.Failure `json:"-"` // the files of Failed
}

// Spectra reads, preprocesses and stores files (see datasets.Files), on this
// machine. A store that is there is added to: files whose dp_id it has are not
// read again, nor, unless the recipe says so, those that gave no spectrum. When it returns, quarantine.csv
// in the store names every file that gave no spectrum, with the cause. Stopped
// by ctx it returns ctx's error; the same call goes on. progress may be nil.
func Spectra(ctx context.Context, files []string, dir string, r Recipe, progress func(done, total int)) (Report, error) {
	return With(files, dir, r, func(jobs []Job) error {
		return eachJob(ctx, jobs, progress, func(j Job) error {
			_, err := j.Run(dir, r)
			return err
		})
	})
}

// With does what is common to all ways of filling a store: it claims the store,
// plans, has the jobs run, and reports what they committed.
func With(files []string, dir string, r Recipe, run func(jobs []Job) error) (Report, error) {
	began := time.Now()
	l, err := r.Layout()
	if err != nil {
		return Report{}, err
	}
	w, err := store.NewWriter(dir, l)
	if err != nil {
		return Report{}, err
	}
	defer w.Close()
	p, err := plan(dir, files, r)
	if err != nil {
		return Report{}, err
	}
	failed := run(p.jobs)
	report := Report{Before: p.before, Failures: p.doubles}
	m, err := w.Manifest()
	if err != nil {
		return report, err
	}
	report.add(m, p.jobs)
	report.Failed = len(report.Failures)
	report.Seconds = time.Since(began).Seconds()
	if err := writeQuarantine(dir, m, p.doubles); err != nil {
		return report, err
	}
	return report, failed
}

// add counts what the jobs committed.
func (r *Report) add(m *store.Manifest, jobs []Job) {
	mine := map[int]bool{}
	for _, j := range jobs {
		mine[j.Number] = true
	}
	for _, e := range m.Shards {
		if !mine[e.Number] {
			continue
		}
		r.Shards++
		r.Rows += e.Rows
		for _, x := range e.LeftOut {
			r.Failures = append(r.Failures, datasets.Failure{Path: x.Source, Err: fmt.Errorf("%s", x.Cause)})
		}
	}
}

// eachJob runs jobs, two at once: one is written while the next is read.
func eachJob(ctx context.Context, jobs []Job, progress func(done, total int), run func(Job) error) error {
	var done atomic.Int64
	total := 0
	for _, j := range jobs {
		total += len(j.Files)
	}
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for _, j := range jobs {
		g.Go(func() error {
			if err := running.Err(); err != nil {
				return err
			}
			if err := run(j); err != nil {
				return err
			}
			if n := int(done.Add(int64(len(j.Files)))); progress != nil {
				progress(n, total)
			}
			return nil
		})
	}
	return g.Wait()
}
