package fits_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/fits"
)

// A spectrum in the form of the archive's Phase 3 products: header cards in an
// empty primary HDU, and a table of one row whose cells are vectors.
func ExampleWriteFile() {
	dir, err := os.MkdirTemp("", "fits")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "product.fits")

	err = fits.WriteFile(path,
		&fits.ImageHDU{Cards: []fits.Card{
			{Key: "OBJECT", Value: "HD 10700"},
			{Key: "ESO DRS BERV", Value: 11.25, Comment: "[km/s]"},
		}},
		&fits.TableHDU{Name: "SPECTRUM", Columns: []fits.ColumnData{
			{Name: "WAVE", Unit: "angstrom", Data: [][]float64{{3785, 3785.01, 3785.02}}},
			{Name: "FLUX", Unit: "adu", Data: [][]float32{{10, 11.5, 9}}},
		}})
	if err != nil {
		log.Fatal(err)
	}

	f, err := fits.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	berv, _ := f.HDUs[0].Header.Float("ESO DRS BERV")
	table, err := f.HDUs[1].Table()
	if err != nil {
		log.Fatal(err)
	}
	for i, c := range table.Columns() {
		values, err := table.Floats(0, i)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(c.Name, c.Format, c.Unit, values)
	}
	fmt.Println("BERV", berv)
	// Output:
	// WAVE 3D angstrom [3785 3785.01 3785.02]
	// FLUX 3E adu [10 11.5 9]
	// BERV 11.25
}

func ExampleOpen() {
	f, err := fits.Open("testdata/product.fits")
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range f.HDUs {
		fmt.Println(h.Index, h.Name, h.Kind)
	}
	_, err = f.HDUs[1].Image()
	fmt.Println(err)
	// Output:
	// 0 PRIMARY image
	// 1 SPECTRUM bintable
	// testdata/product.fits: hdu 1: holds no image but bintable
}

// Stored integers come as physical values: here BSCALE is 0.5, BZERO is 10 and
// the third sample is BLANK.
func ExampleHDU_Image() {
	f, err := fits.Open("testdata/images.fits.gz")
	if err != nil {
		log.Fatal(err)
	}
	im, err := f.HDUs[6].Image()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.HDUs[6].Name, im.Shape, im.Float64s())
	// Output:
	// I SCALED [1 3] [10.5 11 NaN]
}
