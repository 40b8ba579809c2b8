package sky_test

import (
	"fmt"

	"github.com/stellarae/lab/datasets/catalog/sky"
)

// Alpha Centauri B moves 46 arcsec between 2000 and a spectrum of 2012.
func Example() {
	star := sky.Position{RA: 219.8961, Dec: -60.8375, PMRA: -3600.35, PMDec: 952.11, Epoch: 2000}
	spectrum := sky.JulianYear(56010.35955534)
	ra, dec := star.At(spectrum)
	fmt.Printf("%.4f %.4f, moved by %.1f arcsec\n", ra, dec, sky.Separation(star.RA, star.Dec, ra, dec))

	index := sky.NewIndex([]sky.Position{star}, 2010)
	for _, near := range index.Near(sky.Position{RA: ra, Dec: dec, Epoch: spectrum}, 5) {
		fmt.Printf("star %d at %.1f arcsec\n", near.Star, near.Separation)
	}
	// Output:
	// 219.8710 -60.8343, moved by 45.5 arcsec
	// star 0 at 0.0 arcsec
}
