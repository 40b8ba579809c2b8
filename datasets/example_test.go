package datasets_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Four spectra of three stars: two are dealt into batches, the two of one star
// are held.
func Example() {
	dir, err := os.MkdirTemp("", "survey")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	grid := spectrum.Grid{Start: 5000, Step: 0.1, Samples: 4}
	for i, star := range []string{"HD 1", "HD 2", "HD 2", "HD 3"} {
		path := filepath.Join(dir, fmt.Sprintf("ADP.%d.fits", i))
		err := fits.WriteFile(path,
			&fits.ImageHDU{Cards: []fits.Card{{Key: "OBJECT", Value: star}}},
			&fits.TableHDU{Columns: []fits.ColumnData{
				{Name: "WAVE", Data: [][]float64{grid.Waves()}},
				{Name: "FLUX", Data: [][]float32{{90, 100, 100, 110}}},
			}})
		if err != nil {
			panic(err)
		}
	}

	d, failed, err := datasets.Open([]string{dir}, datasets.Options{Grid: grid, Preset: spectrum.Paper})
	if err != nil {
		panic(err)
	}
	train, held := datasets.SplitByStar(d, 0.3, 5)
	fmt.Println(d.Len(), "rows,", len(failed), "failed")
	for _, i := range held {
		fmt.Println("held:", d.ID(i), "of", d.Star(i))
	}
	batches, err := datasets.NewBatches(d, train, 2, 1, nil)
	if err != nil {
		panic(err)
	}
	flux, err := batches.Batch(0)
	if err != nil {
		panic(err)
	}
	fmt.Println(flux)
	// Output:
	// 4 rows, 0 failed
	// held: ADP.1 of HD 2
	// held: ADP.2 of HD 2
	// [0.9 1 1 1.1 0.9 1 1 1.1]
}
