package crossmatch_test

import (
	"fmt"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/crossmatch"
	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/datasets/catalog/starname"
)

func ExampleMatch() {
	catalogue := func(name, text string) *source.Source {
		s, err := source.Read(strings.NewReader(text), source.Mapping{Name: name})
		if err != nil {
			fmt.Println(err)
		}
		return s
	}
	result, err := crossmatch.Match(
		[]crossmatch.Spectrum{crossmatch.NewSpectrum("ADP.1", "Alpha_Cen_B"), crossmatch.NewSpectrum("ADP.2", "HD128621")},
		[]*source.Source{
			catalogue("one", "HIP,Teff,e_Teff\n71681,5207,12\n"),
			catalogue("two", "star,teff,teff_err,mass\nHD 128621,5260,10,0.91\n"),
		},
		starname.NewStars(), crossmatch.Options{},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range result.Table.Columns {
		fmt.Println(c.Name, c.Values)
	}
	c := result.Report.Conflicts[0]
	fmt.Printf("%s %s: %v or %v, %.1f sigma\n", c.Star, c.Quantity, c.Taken, c.Other, *c.Sigma)
	// Output:
	// Teff [5207 5207]
	// e_Teff [12 12]
	// Mass [0.91 0.91]
	// HD 128621 Teff: 5207 +- 12 (one) or 5260 +- 10 (two), 3.4 sigma
}
