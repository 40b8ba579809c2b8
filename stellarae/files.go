package stellarae

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/datasets"
)

// EncodedFiles are the codes of files, and the files that gave none.
type EncodedFiles struct {
	Files    []string    // those encoded, in the order given
	Codes    [][]float32 // one for each of Files
	Failures []datasets.Failure
}

// EncodeFiles reads, prepares and encodes spectra. Memory is bounded by a few
// batches whatever the number of files: one is encoded while the next is read.
// progress, which may be nil, hears of every batch.
func (m *Model) EncodeFiles(ctx context.Context, files []string, progress func(done int)) (*EncodedFiles, error) {
	size := m.batch(len(files))
	next := make(chan prepared, 1)
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(next)
		for start := 0; start < len(files); start += size {
			select {
			case next <- m.prepare(files[start:min(start+size, len(files))]):
			case <-reading.Done():
				return
			}
		}
	}()
	var result EncodedFiles
	done := 0
	for p := range next {
		codes, err := m.Encode(p.rows)
		if err != nil {
			return nil, err
		}
		result.Files = append(result.Files, p.files...)
		result.Codes = append(result.Codes, codes...)
		result.Failures = append(result.Failures, p.failures...)
		done += len(p.files) + len(p.failures)
		if progress != nil {
			progress(done)
		}
	}
	return &result, ctx.Err()
}

// prepared is a batch of files, read.
type prepared struct {
	files    []string
	rows     [][]float32
	failures []datasets.Failure
}

func (m *Model) prepare(files []string) (p prepared) {
	rows, errs := make([][]float32, len(files)), make([]error, len(files))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		g.Go(func() error {
			rows[i] = make([]float32, m.Config.Samples())
			_, errs[i] = m.Config.Preprocessing.ApplyFile(file, m.Config.Grid, rows[i])
			return nil
		})
	}
	g.Wait() // never an error
	for i, file := range files {
		if errs[i] != nil {
			p.failures = append(p.failures, datasets.Failure{Path: file, Err: errs[i]})
			continue
		}
		p.files, p.rows = append(p.files, file), append(p.rows, rows[i])
	}
	return p
}
