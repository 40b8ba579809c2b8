// Package intervene finds out what the nodes of an autoencoder mean by acting
// on it instead of looking at labels: shift a spectrum by a known velocity and
// see which nodes answer (DopplerResponse), move a node and compare what the
// decoder makes of it with physics (NodeDerivatives), exchange a node between
// two spectra (Swap). InjectedVelocity makes a label that is known by
// construction, the positive control of a count.
//
// It takes an encoder and a decoder as functions, rows on a spectrum.Grid, and
// nothing else; it reads no files and knows no labels, and it does not judge
// whether the autoencoder is a good one.
//
//	d, err := intervene.DopplerResponse(model.Encode, rows, config.Grid, intervene.DopplerOptions{})
//	for _, n := range d.Nodes {
//		fmt.Println(n.Node, n.Slope, n.SlopeSE, n.Verdict(25))
//	}
//
// Standard errors are over rows, which therefore are to be independent: one
// spectrum of each star.
package intervene

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/stat"
)

// Encoder gives the code of every row, as (*stellarae.Model).Encode does: rows
// x samples in, rows x nodes out.
type Encoder func(rows [][]float32) ([][]float32, error)

// Decoder gives the spectrum of every code, as (*stellarae.Model).Decode does:
// rows x nodes in, rows x samples out.
type Decoder func(codes [][]float32) ([][]float32, error)

// Interval is what is found in most spectra.
type Interval struct {
	Median float64
	Lo, Hi float64 // 5th and 95th percentile over the spectra
}

// intervalOf takes the values that are not NaN; without one it is NaN.
func intervalOf(values []float64) Interval {
	values = slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(values) == 0 {
		return Interval{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	at := func(p float64) float64 { // as numpy.quantile does
		h := p * float64(len(values)-1)
		below := int(h)
		above := min(below+1, len(values)-1)
		return values[below] + (h-float64(below))*(values[above]-values[below])
	}
	return Interval{Median: at(0.5), Lo: at(0.05), Hi: at(0.95)}
}

// encodeBatch is how many rows of some samples are encoded at once: at most
// some 32 MB. decodeBatch is how many codes are decoded at once, 20 MB of the
// paper's spectra.
func encodeBatch(samples int) int { return max(1, min(256, 1<<23/samples)) }

const decodeBatch = 16

// run calls f on rows and sees that it gives one row of the width for each, all
// finite; a width of 0 is that of the first.
func run(what string, f func([][]float32) ([][]float32, error), rows [][]float32, width int) ([][]float32, error) {
	out, err := f(rows)
	if err != nil {
		return nil, fmt.Errorf("intervene: %s: %w", what, err)
	}
	if len(out) != len(rows) {
		return nil, fmt.Errorf("intervene: %s: %d rows out of %d", what, len(out), len(rows))
	}
	for r, row := range out {
		if width == 0 {
			width = len(row)
		}
		if len(row) != width || width == 0 {
			return nil, fmt.Errorf("intervene: %s: row %d has %d values, want %d", what, r, len(row), width)
		}
		for i, v := range row {
			if v-v != 0 {
				return nil, fmt.Errorf("intervene: %s: value %d of row %d is %v", what, i, r, v)
			}
		}
	}
	return out, nil
}

// encodeAll encodes the rows that at gives, in batches of bounded memory; at is
// called by several goroutines at once.
func encodeAll(encode Encoder, n, samples, nodes int, at func(r int) ([]float32, error), done func(rows int)) ([][]float32, error) {
	codes := make([][]float32, 0, n)
	size := encodeBatch(samples)
	for start := 0; start < n; start += size {
		rows, errs := make([][]float32, min(size, n-start)), make([]error, min(size, n-start))
		var g errgroup.Group
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i := range rows {
			g.Go(func() error {
				rows[i], errs[i] = at(start + i)
				return nil
			})
		}
		g.Wait() // never an error
		for i, err := range errs {
			if err != nil {
				return nil, fmt.Errorf("intervene: row %d: %w", start+i, err)
			}
		}
		part, err := run("encoder", encode, rows, nodes)
		if err != nil {
			return nil, err
		}
		codes = append(codes, part...)
		nodes = len(codes[0])
		done(len(rows))
	}
	return codes, nil
}

// spreads are the standard deviations of the nodes over the codes.
func spreads(codes [][]float32) []float64 {
	out := make([]float64, len(codes[0]))
	for k := range out {
		out[k] = stat.StdDev(column(codes, k), nil)
	}
	return out
}

func column(codes [][]float32, k int) []float64 {
	values := make([]float64, len(codes))
	for r, code := range codes {
		values[r] = float64(code[k])
	}
	return values
}

// checkCodes wants two codes at least, of one length and finite, and nodes that
// they have.
func checkCodes(codes [][]float32, nodes []int) error {
	if len(codes) < 2 {
		return fmt.Errorf("intervene: %d codes: want two at least", len(codes))
	}
	same := func(rows [][]float32) ([][]float32, error) { return rows, nil }
	if _, err := run("codes", same, codes, 0); err != nil {
		return err
	}
	for _, k := range nodes {
		if k < 0 || k >= len(codes[0]) {
			return fmt.Errorf("intervene: node %d: codes have nodes 0 to %d", k, len(codes[0])-1)
		}
	}
	return nil
}
