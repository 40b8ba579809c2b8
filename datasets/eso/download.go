package eso

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Report is what a download did.
type Report struct {
	Files    int // products of the list
	Present  int // of them, that the folder had before
	Fetched  int // that were brought now
	Bytes    int64
	Time     time.Duration
	Failures []Failure
}

// Failure is a product that could not be had, and why.
type Failure struct {
	ID  string
	Err error
}

// Progress is how far a download is.
type Progress struct {
	Files, Done, Failed int
	Bytes, Total        int64         // brought, and to bring, by this download; Total is estimated
	Rate                float64       // bytes a second
	Left                time.Duration // about; 0 while it cannot be told
}

// Download brings the products of a list into a folder, as dp_id.fits (or
// .fits.gz, .fits.Z: what the bytes are), and makes the folder. What is there
// already is not fetched again; what was broken off, even by the machine, goes
// on where it stopped if the server can tell that its file is still the same.
// A file is there under its name only whole and checked: length, checksum if
// the list has one, and that it is FITS to its last block.
//
// A product that cannot be had is one of the Report's failures. Download
// itself fails, with the Report so far, if it cannot go on: the context ended,
// another download uses the folder, the disk has or had too little room, or
// file after file fails so that the archive is taken to be down. It may always be
// called again with the same list. progress may be nil; it is called a few
// times a second, by one goroutine at a time.
func (a *Archive) Download(ctx context.Context, list []Product, dir string, progress func(Progress)) (report Report, err error) {
	began := time.Now()
	report.Files = len(list)
	if err := a.checkList(list); err != nil {
		return report, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return report, err
	}
	locked, err := lock(dir)
	if err != nil {
		return report, err
	}
	defer locked.Close()
	j, err := openJournal(dir)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	left, err := missing(ctx, j, list, dir)
	if err != nil {
		return report, err
	}
	report.Present = len(list) - len(left)
	plan := a.planFor(left, dir)
	free, err := a.free(dir)
	if err != nil {
		return report, err
	}
	if plan.Bytes > free {
		return report, fmt.Errorf("%s: %d bytes are to be fetched and %d are free", dir, plan.Bytes, free)
	}
	d := &download{a: a, dir: dir, journal: j, report: &report, began: began, tell: progress, left: len(left), total: plan.Bytes}
	err = d.run(ctx, left)
	report.Time = time.Since(began)
	return report, err
}

// missing gives the products that a folder has not, and cleans up what a
// killed program left between two steps.
func missing(ctx context.Context, j *journal, list []Product, dir string) ([]Product, error) {
	if err := atomicfile.Clean(dir); err != nil {
		return nil, err
	}
	states, err := filepath.Glob(filepath.Join(escape(dir), "*"+stateSuffix))
	if err != nil {
		return nil, err
	}
	for _, state := range states {
		if _, err := os.Lstat(strings.TrimSuffix(state, ".json")); errors.Is(err, os.ErrNotExist) {
			if err := os.Remove(state); err != nil {
				return nil, err
			}
		}
	}
	var left []Product
	for _, p := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, ok := j.has(dir, p); ok {
			continue
		}
		e, ok := found(dir, p)
		if !ok {
			left = append(left, p)
			continue
		}
		if err := j.add(e); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// escape makes a path one that stands for itself in a pattern.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// download is one run.
type download struct {
	a       *Archive
	dir     string
	journal *journal
	tell    func(Progress)
	began   time.Time
	left    int // files to fetch

	mu     sync.Mutex
	report *Report
	row    int // failures without a success between them
	bytes  int64
	total  int64
	told   time.Time
}

func (d *download) run(ctx context.Context, list []Product) error {
	if len(list) == 0 {
		d.say(true)
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan Product)
	group.Go(func() error {
		defer close(work)
		for _, p := range list {
			select {
			case work <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range d.a.o.Connections {
		group.Go(func() error {
			for p := range work {
				if err := d.one(ctx, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// one fetches a product. Its error is one that ends the run.
func (d *download) one(ctx context.Context, p Product) error {
	var brought int64
	e, err := d.a.fetch(ctx, d.dir, p, func(n int64) {
		brought += n
		d.grown(n)
	})
	var own local
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &own):
		return fmt.Errorf("%s: %w", p.ID, err)
	case err != nil:
		return d.failed(p, brought, err)
	}
	if err := d.journal.add(e); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.row = 0
	d.report.Fetched++
	d.report.Bytes += e.Size
	d.total += e.Size - expected(p)
	d.say(true)
	return nil
}

// failed notes a product that could not be had. Many in a row that might have
// been had at another time mean that the archive is down.
func (d *download) failed(p Product, brought int64, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Failures = append(d.report.Failures, Failure{p.ID, err})
	d.total -= expected(p) - brought
	d.say(true)
	var final permanent
	if errors.As(err, &final) {
		return nil
	}
	if d.row++; d.row >= 2*d.a.o.Connections {
		return fmt.Errorf("%d files in a row could not be had, the last for: %w", d.row, err)
	}
	return nil
}

func (d *download) grown(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes += n
	d.say(false)
}

// say tells the progress, now or if the last time is a while ago.
func (d *download) say(now bool) {
	if d.tell == nil || !now && time.Since(d.told) < 200*time.Millisecond {
		return
	}
	d.told = time.Now()
	done := d.report.Fetched + len(d.report.Failures)
	p := Progress{
		Files: d.report.Files, Done: d.report.Present + d.report.Fetched, Failed: len(d.report.Failures),
		Bytes: max(d.bytes, 0), // less where a part was thrown away
	}
	p.Total = max(d.total, p.Bytes)
	elapsed := time.Since(d.began)
	if elapsed > 0 {
		p.Rate = float64(p.Bytes) / elapsed.Seconds()
	}
	if p.Bytes > 0 && done < d.left {
		p.Left = time.Duration(float64(elapsed) * float64(p.Total-p.Bytes) / float64(p.Bytes))
	}
	d.tell(p)
}
