package intervene

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
)

// SwapOptions of Swap. The zero value is usable.
type SwapOptions struct {
	Pairs    int    // of spectra, drawn at random; 0 means 200
	Seed     uint64 // of the pairs, the same ones for every node
	Progress func(done, total int)
}

// Swapped is what it does to give a spectrum another one's value of a node.
type Swapped struct {
	Node  int
	Swaps int // two a pair: each gets the other's value

	Moved float64 // root mean square by which the node was moved, in its spreads: about sqrt 2
	Flux  float64 // root mean square change of the decoded flux

	// Follows is the slope of the change found when the decoded spectrum is
	// encoded again on the change made: 1 where the node follows, 0 where it is
	// as before. Correlation is that of the two.
	Follows, Correlation float64

	// Leakage is the root mean square change found in every node, in its own
	// spreads over the codes. That of the node itself is near Moved where it
	// follows.
	Leakage []float64
	// Others is the root mean square Leakage of the other nodes asked for, Most the
	// one with the largest, -1 where there is none.
	Others float64
	Most   int
}

// Swap exchanges a node between the codes of two spectra, decodes and encodes
// again: a node that stands for something of its own is found again as it was
// put in (it follows), and no other node changes (nothing leaks). All is
// compared with the unchanged code decoded and encoded again, which need not be
// itself. Codes are rows x nodes; each of the given nodes is swapped in turn.
// Leakage counts in them: give the nodes in use, for the spread of a collapsed
// one is nothing to measure by.
//
// Fewer than two codes, nodes they do not have, a node of no spread and a coder
// that fails are errors.
func Swap(encode Encoder, decode Decoder, codes [][]float32, nodes []int, o SwapOptions) ([]Swapped, error) {
	if o.Pairs == 0 {
		o.Pairs = 200
	}
	if err := checkCodes(codes, nodes); err != nil {
		return nil, err
	}
	if o.Pairs < 1 {
		return nil, fmt.Errorf("intervene: %d pairs: want one at least", o.Pairs)
	}
	spread := spreads(codes)
	for _, k := range nodes {
		if spread[k] == 0 {
			return nil, fmt.Errorf("intervene: node %d is the same in all %d codes: there is nothing to swap", k, len(codes))
		}
	}
	total, done := len(codes)+2*o.Pairs*len(nodes), 0
	report := func(n int) {
		done += n
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	base, _, err := cycle(encode, decode, codes, codes, report)
	if err != nil {
		return nil, err
	}
	swaps := drawPairs(len(codes), o)
	before, put := make([][]float32, len(swaps)), make([][]float32, len(swaps))
	var out []Swapped
	for _, k := range nodes {
		for n, s := range swaps {
			before[n] = codes[s.to]
			put[n] = append([]float32(nil), codes[s.to]...)
			put[n][k] = codes[s.from][k]
		}
		found, flux, err := cycle(encode, decode, put, before, report)
		if err != nil {
			return nil, fmt.Errorf("node %d: %w", k, err)
		}
		r := compareSwaps(k, nodes, swaps, codes, base, found, spread)
		r.Flux = flux
		out = append(out, r)
	}
	return out, nil
}

// swap gives the code of row to the node of row from.
type swap struct{ to, from int }

func drawPairs(rows int, o SwapOptions) []swap {
	random := rand.New(rand.NewPCG(o.Seed, 0x73776170))
	var swaps []swap
	for range o.Pairs {
		a, b := random.IntN(rows), random.IntN(rows-1)
		if b >= a {
			b++
		}
		swaps = append(swaps, swap{a, b}, swap{b, a})
	}
	return swaps
}

// cycle decodes codes and encodes the spectra again; flux is the root mean
// square difference of the spectra to those of the codes before.
func cycle(encode Encoder, decode Decoder, codes, before [][]float32, report func(n int)) (again [][]float32, flux float64, err error) {
	square, n := 0.0, 0.0
	for start := 0; start < len(codes); start += decodeBatch {
		end := min(start+decodeBatch, len(codes))
		spectra, err := run("decoder", decode, codes[start:end], 0)
		if err != nil {
			return nil, 0, err
		}
		old, err := run("decoder", decode, before[start:end], len(spectra[0]))
		if err != nil {
			return nil, 0, err
		}
		for r := range spectra {
			for i, f := range spectra[r] {
				d := float64(f) - float64(old[r][i])
				square += d * d
				n++
			}
		}
		part, err := run("encoder", encode, spectra, len(codes[0]))
		if err != nil {
			return nil, 0, err
		}
		again = append(again, part...)
		report(end - start)
	}
	return again, math.Sqrt(square / n), nil
}

// compareSwaps compares what was put into node k of codes with what was found.
func compareSwaps(k int, nodes []int, swaps []swap, codes, base, found [][]float32, spread []float64) Swapped {
	r := Swapped{Node: k, Swaps: len(swaps), Leakage: make([]float64, len(spread)), Most: -1}
	made, got := make([]float64, len(swaps)), make([]float64, len(swaps))
	squares, products := 0.0, 0.0
	for n, s := range swaps {
		made[n] = float64(codes[s.from][k]) - float64(codes[s.to][k])
		got[n] = float64(found[n][k]) - float64(base[s.to][k])
		squares += made[n] * made[n]
		products += made[n] * got[n]
		for l := range spread {
			d := (float64(found[n][l]) - float64(base[s.to][l])) / spread[l]
			r.Leakage[l] += d * d / float64(len(swaps))
		}
	}
	r.Moved = math.Sqrt(squares/float64(len(swaps))) / spread[k]
	r.Follows = products / squares
	r.Correlation = stat.Correlation(made, got, nil)
	others := 0.0
	for _, l := range nodes {
		if l == k {
			continue
		}
		others += r.Leakage[l] / float64(len(nodes)-1)
		if r.Most < 0 || r.Leakage[l] > r.Leakage[r.Most] {
			r.Most = l
		}
	}
	r.Others = math.Sqrt(others)
	for l, v := range r.Leakage {
		r.Leakage[l] = math.Sqrt(v)
	}
	return r
}
