package main

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// codes are Gaussian, two nodes of them informative however many there are, with
// nine labels: the first two follow these nodes, the others nothing.
func codes(rows, nodes int) (*mat.Dense, []info.Label) {
	random := rand.New(rand.NewPCG(3, 4))
	z := mat.NewDense(rows, nodes, nil)
	z.Apply(func(_, node int, _ float64) float64 {
		if node < 2 {
			return random.NormFloat64()
		}
		return 0.005 * random.NormFloat64()
	}, z)
	labels := make([]info.Label, 9)
	for l := range labels {
		labels[l] = info.Label{Name: fmt.Sprint("label ", l), Values: make([]float64, rows)}
		for row := range rows {
			labels[l].Values[row] = 0.5 * random.NormFloat64()
			if l < min(2, nodes) {
				labels[l].Values[row] += z.At(row, l)
			}
		}
	}
	return z, labels
}

// count is the corrected count, with all its resampling.
func count(o options) (*work, error) {
	z, labels := codes(o.spectra, max(o.nodes, 1))
	return &work{device: "Go", units: o.spectra, pass: func() error {
		_, err := info.Count(z, labels, info.CountOptions{Seed: 1})
		return err
	}}, nil
}

// published is the paper's count: MAD, and histograms of every node with every
// label.
func published(o options) (*work, error) {
	z, labels := codes(o.spectra, max(o.nodes, 1))
	return &work{device: "Go", units: o.spectra, pass: func() error {
		_, err := info.CountPublished(z, labels, info.Options{})
		return err
	}}, nil
}
