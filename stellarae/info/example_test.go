package info_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// Two of four nodes carry something: node 1 follows the temperature, node 3
// nothing that is in the catalogue.
func ExampleCountPublished() {
	rng := rand.New(rand.NewPCG(1, 2021))
	const spectra = 2000
	codes := mat.NewDense(spectra, 4, nil)
	teff := make([]float64, spectra)
	for r := range teff {
		z := rng.NormFloat64()
		codes.SetRow(r, []float64{
			0.01 * rng.NormFloat64(), z, 0.01 * rng.NormFloat64(), 2 * rng.NormFloat64(),
		})
		teff[r] = 5500 - 800*z + 50*rng.NormFloat64()
	}
	teff[7] = math.NaN() // not in the catalogue

	count, err := info.CountPublished(codes, []info.Label{{Name: "Teff", Values: teff}}, info.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("informative nodes", count.Informative)
	label := count.Labels[0]
	node, unanimous := label.Best()
	fmt.Printf("%s: node %d, in all numbers of bins: %v, %d values\n", label.Name, node, unanimous, label.Used)
	for b, row := range label.Normalised() {
		fmt.Printf("%4d bins %.2f\n", count.Bins[b], row)
	}
	// Output:
	// informative nodes [1 3]
	// Teff: node 1, in all numbers of bins: true, 1999 values
	//    5 bins [0.00 1.00 0.00 0.01]
	//   10 bins [0.01 1.00 0.01 0.01]
	//   20 bins [0.03 1.00 0.04 0.04]
	//   40 bins [0.10 1.00 0.11 0.10]
	//   80 bins [0.24 1.00 0.27 0.25]
	//  160 bins [0.52 1.00 0.56 0.54]
}

// Two hundred stars with ten visits each. Node 0 follows temperature; node 1 is a
// property of the star that no label knows, and which, visits taken as
// independent, would seem to know them all.
func ExampleAssociate() {
	rng := rand.New(rand.NewPCG(2, 2021))
	const stars, visits = 200, 10
	codes := mat.NewDense(stars*visits, 2, nil)
	var teff, junk []float64
	var names []int
	for s := range stars {
		z, unknown, j := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		for v := range visits {
			codes.SetRow(s*visits+v, []float64{z + 0.3*rng.NormFloat64(), unknown + 0.1*rng.NormFloat64()})
			names, teff, junk = append(names, s), append(teff, 5500-800*z), append(junk, j)
		}
	}
	labels := []info.Label{{Name: "Teff", Values: teff}, {Name: "junk", Values: junk}}
	clusters, err := resample.By(names)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := info.Associate(codes, labels, clusters, info.AssociateOptions{Permutations: 199})
	if err != nil {
		fmt.Println(err)
		return
	}
	for node := range m.Nodes {
		fmt.Println("node", node, "carries", m.Carried(node, 0.05))
	}
	best := m.Cells[0][0]
	fmt.Printf("%.1f bits of Teff, as a correlation of %.2f, over %d stars\n", mi.Bits(best.MI), best.Effect.Rho, best.Clusters)
	// Output:
	// node 0 carries [Teff]
	// node 1 carries []
	// 1.8 bits of Teff, as a correlation of 0.91, over 200 stars
}

func ExampleSigmaClip() {
	values := []float64{1, 2, 3, 2, 1, 2, 3, 2, 50, math.NaN()}
	clipped, lo, hi := info.SigmaClip(values, 2.5, 5)
	fmt.Println(clipped[8], clipped[9], clipped[0])
	fmt.Printf("kept from %.2f to %.2f\n", lo, hi)
	// Output:
	// true true false
	// kept from 0.23 to 3.77
}

// The size of the paper: 7,007 spectra, 128 nodes, nine labels, six numbers of
// bins.
func BenchmarkCountPublished(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const spectra, nodes, quantities = 7007, 128, 9
	codes := mat.NewDense(spectra, nodes, nil)
	codes.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, codes)
	labels := make([]info.Label, quantities)
	for l := range labels {
		labels[l] = info.Label{Name: fmt.Sprint(l), Values: make([]float64, spectra)}
		for r := range spectra {
			labels[l].Values[r] = codes.At(r, l) + rng.NormFloat64()
		}
	}
	for b.Loop() {
		if _, err := info.CountPublished(codes, labels, info.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMAD(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	codes := mat.NewDense(7007, 128, nil)
	codes.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, codes)
	for b.Loop() {
		info.MAD(codes)
	}
}

func BenchmarkHistogramMI(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float64, 7007), make([]float64, 7007)
	for i := range x {
		x[i], y[i] = rng.NormFloat64(), rng.NormFloat64()
	}
	for _, bins := range []int{5, 40, 160} {
		b.Run(fmt.Sprint(bins), func(b *testing.B) {
			for b.Loop() {
				if _, err := info.HistogramMI(x, y, bins); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
