package datasets

import (
	"fmt"
	"maps"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Batches deals rows of a dataset into batches, in the order of a sampling.
// Which rows a step gets depends on the sampling's seed and the step alone, so a
// training can go on at any step. The next steps are read ahead while one is in
// use.
type Batches struct {
	data     Dataset
	rows     []int
	size     int
	sampling Sampling
	onBad    func(i int, err error)

	mu    sync.Mutex
	bad   map[int]bool
	ahead map[int]chan result // by step
	epoch int
	order []int // of epoch
}

type result struct {
	flux []float32
	err  error
}

// readAhead is how many steps are prepared before they are asked for.
const readAhead = 2

// NewBatches deals batches of size spectra from the given rows, each of them
// once an epoch. onBad, if not nil, hears once of every row that cannot be read,
// of one at a time, and must not ask for batches; the row after it takes its
// place.
func NewBatches(d Dataset, rows []int, size int, seed uint64, onBad func(i int, err error)) (*Batches, error) {
	return NewSampled(d, rows, EverySpectrum(len(rows), seed), size, onBad)
}

// NewSampled is NewBatches with a sampling that was made for the same rows.
func NewSampled(d Dataset, rows []int, s Sampling, size int, onBad func(i int, err error)) (*Batches, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("no spectra to train on")
	}
	if size < 1 {
		return nil, fmt.Errorf("batches of %d spectra", size)
	}
	return &Batches{data: d, rows: rows, size: size, sampling: s, onBad: onBad,
		bad: map[int]bool{}, ahead: map[int]chan result{}, epoch: -1}, nil
}

// Fingerprint identifies the rows dealt from and, where an epoch is not every
// spectrum once, the sampling.
func (b *Batches) Fingerprint() string {
	f := Fingerprint(b.data, b.rows)
	if b.sampling.name != everySpectrum {
		f += ", " + b.sampling.name
	}
	return f
}

// Batch gives the spectra of a step, flat, and starts reading those after it.
// The slice is the caller's to keep.
func (b *Batches) Batch(step int) ([]float32, error) {
	b.mu.Lock()
	c := b.start(step)
	maps.DeleteFunc(b.ahead, func(s int, _ chan result) bool { return s <= step || s > step+readAhead })
	for s := step + 1; s <= step+readAhead; s++ {
		b.start(s)
	}
	b.mu.Unlock()
	r := <-c
	return r.flux, r.err
}

// start reads the batch of a step, if that has not begun. b.mu is held.
func (b *Batches) start(step int) chan result {
	if c, ok := b.ahead[step]; ok {
		return c
	}
	c := make(chan result, 1)
	b.ahead[step] = c
	places := b.places(step)
	go func() {
		samples := b.data.Samples()
		flux := make([]float32, b.size*samples)
		var g errgroup.Group
		g.SetLimit(runtime.GOMAXPROCS(0))
		for k, place := range places {
			g.Go(func() error { return b.fill(place, flux[k*samples:(k+1)*samples]) })
		}
		err := g.Wait()
		c <- result{flux, err}
	}()
	return c
}

// places are the positions in rows that make up a step, counted from 0. b.mu
// is held.
func (b *Batches) places(step int) []int {
	places := make([]int, b.size)
	for k := range places {
		position := step*b.size + k
		if epoch := position / b.sampling.size; epoch != b.epoch {
			b.order = b.sampling.epoch(epoch)
			b.epoch = epoch
		}
		places[k] = b.order[position%b.sampling.size]
	}
	return places
}

// fill reads the row at a place or, where that cannot be read, the next one
// that can. It gives up when a hundred in a row cannot.
func (b *Batches) fill(place int, dst []float32) error {
	var first error
	for try := range min(100, len(b.rows)) {
		row := b.rows[(place+try)%len(b.rows)]
		err := b.data.Row(row, dst)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
		b.mu.Lock()
		if !b.bad[row] && b.onBad != nil {
			b.onBad(row, err)
		}
		b.bad[row] = true
		b.mu.Unlock()
	}
	return fmt.Errorf("no readable spectrum near %s: %w", b.data.ID(b.rows[place]), first)
}
