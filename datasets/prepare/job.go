package prepare

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/store"
)

// What all jobs of a process have at once, however many a runner starts: files
// being read, of 10 MB each where they are full products, and blocks.
var (
	reading = make(chan struct{}, runtime.GOMAXPROCS(0))
	blocks  = make(chan struct{}, 4)
)

// Run makes a job's shard and commits it to the store in dir. It may be run
// again, by another process too: the bytes are the same.
func (j Job) Run(dir string, r Recipe) (store.Entry, error) {
	blocks <- struct{}{}
	defer func() { <-blocks }()
	l, err := r.Layout()
	if err != nil {
		return store.Entry{}, err
	}
	labels, err := r.labels()
	if err != nil {
		return store.Entry{}, err
	}
	flux := fluxOf(len(j.Files) * r.Grid.Len())
	defer fluxes.Put(flux)
	b, err := j.block(r, labels, *flux)
	if err != nil {
		return store.Entry{}, err
	}
	e, err := store.WriteShard(dir, l, j.Number, b)
	if err != nil {
		return e, err
	}
	return e, store.Commit(dir, e)
}

// fluxes are blocks' samples, which the system is slow to give anew.
var fluxes sync.Pool

// fluxOf is room for n samples that hold anything.
func fluxOf(n int) *[]float32 {
	if flux, ok := fluxes.Get().(*[]float32); ok && cap(*flux) >= n {
		*flux = (*flux)[:n]
		return flux
	}
	flux := make([]float32, n)
	return &flux
}

// block reads and preprocesses a job's files; flux has room for their rows.
func (j Job) block(r Recipe, labels *labels, flux []float32) (store.Block, error) {
	samples := r.Grid.Len()
	read, errs := make([]fact, len(j.Files)), make([]error, len(j.Files))
	var wait sync.WaitGroup
	for i, file := range j.Files {
		reading <- struct{}{}
		wait.Go(func() {
			defer func() { <-reading }()
			read[i], errs[i] = readFile(file, r, flux[i*samples:(i+1)*samples])
		})
	}
	wait.Wait()
	var (
		b    store.Block
		rows facts
	)
	for i, file := range j.Files {
		if errs[i] != nil {
			b.LeftOut = append(b.LeftOut, store.LeftOut{Source: file, Cause: errs[i].Error()})
			continue
		}
		if k := len(rows); k < i {
			copy(flux[k*samples:], flux[i*samples:(i+1)*samples])
		}
		rows = append(rows, read[i])
	}
	b.Flux = flux[:len(rows)*samples]
	var err error
	b.Table, err = rows.table(labels)
	return b, err
}

// readFile turns a file into a row, and a panic over it into an error: a survey
// of 270,000 files has one that nobody thought of.
func readFile(file string, r Recipe, row []float32) (f fact, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: cannot be read: %v", file, p)
		}
	}()
	out, err := r.Preset.ApplyFile(file, r.Grid, row)
	return fact{id: datasets.FileID(file), info: out.Info, median: out.Median}, err
}
