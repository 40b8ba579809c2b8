// Package datasets turns folders of spectra into rows a network takes: found,
// read, preprocessed, split by star and streamed in batches whose order
// depends on a seed alone.
//
// It does not train and does not know labels; package catalog does.
//
//	d, failed, err := datasets.Open([]string{"survey/"}, datasets.Options{Grid: grid, Preset: spectrum.Paper})
//	train, held := datasets.SplitByStar(d, 0.2, 1)
package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sort"

	"golang.org/x/sync/errgroup"
)

// Dataset is preprocessed spectra, one a row. Row may be called by several
// goroutines at once.
type Dataset interface {
	Len() int
	Samples() int                   // of every row
	ID(i int) string                // dp_id
	Star(i int) string              // target's name; the ID where it is not known
	Row(i int, dst []float32) error // fills dst, Samples long
}

// SplitByStar deals the rows into two sets, the second with about the given
// share of the stars, so that no star has spectra in both: repeat visits would
// otherwise make the second set an easy one. Both are in the rows' order.
func SplitByStar(d Dataset, share float64, seed uint64) (rest, held []int) {
	byStar := map[string][]int{}
	for i := range d.Len() {
		byStar[d.Star(i)] = append(byStar[d.Star(i)], i)
	}
	stars := make([]string, 0, len(byStar))
	for star := range byStar {
		stars = append(stars, star)
	}
	sort.Strings(stars)
	random := rand.New(rand.NewPCG(seed, 0x73706c6974))
	random.Shuffle(len(stars), func(i, j int) { stars[i], stars[j] = stars[j], stars[i] })
	for k, star := range stars {
		if float64(k) < share*float64(len(stars)) {
			held = append(held, byStar[star]...)
		} else {
			rest = append(rest, byStar[star]...)
		}
	}
	sort.Ints(rest)
	sort.Ints(held)
	return rest, held
}

// Fingerprint tells one choice of rows from another: a hash of their
// identifiers in order.
func Fingerprint(d Dataset, rows []int) string {
	h := sha256.New()
	for _, i := range rows {
		fmt.Fprintln(io.Writer(h), d.ID(i))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Rows reads the given rows, in the order given, each Samples long. The first
// one that cannot be read is an error.
func Rows(d Dataset, rows []int) ([][]float32, error) {
	out := make([][]float32, len(rows))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for k, i := range rows {
		g.Go(func() error {
			out[k] = make([]float32, d.Samples())
			return d.Row(i, out[k])
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
