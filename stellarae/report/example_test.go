package report_test

import (
	"fmt"
	"math/rand/v2"
	"os"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/report"
)

// Eight nodes of 2,000 stars: node 2 follows the temperature, node 5 something
// that is in no catalogue.
func ExampleReport_Summary() {
	rng := rand.New(rand.NewPCG(1, 2))
	const stars, nodes = 2000, 8
	codes := mat.NewDense(stars, nodes, nil)
	teff := info.Label{Name: "Teff", Values: make([]float64, stars)}
	airmass := info.Label{Name: "airmass", Values: make([]float64, stars)}
	for s := range stars {
		teff.Values[s] = 5500 + 700*rng.NormFloat64()
		airmass.Values[s] = 1 + 0.3*rng.ExpFloat64()
		for n := range nodes {
			codes.Set(s, n, 0.01*rng.NormFloat64())
		}
		codes.Set(s, 2, (5500-teff.Values[s])/1000+0.05*rng.NormFloat64())
		codes.Set(s, 5, rng.NormFloat64())
	}
	labels := []info.Label{teff, airmass}
	count, err := info.CountPublished(codes, labels, info.Options{Bins: []int{5, 10, 20}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := &report.Report{Count: count, Codes: codes, Labels: labels}
	if err := r.Summary(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2 of 8 nodes are informative (MAD > 0.02, 2000 spectra)
	//
	// node     MAD  direct relation to
	//    2  0.4713  Teff
	//    5  0.6933  -
	//
	// label      used  missing  clipped  node  clear maxima  MI (nats)     Spearman
	// Teff       2000        0        0     2  3 of 3        0.97 to 1.90     -1.00
	// airmass    1989        0       11     4  0 of 3        0.01 to 0.09     -0.05
	//
	// 1 informative node shows no direct relation to any label: 5.
}
