package figure_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/figure"
)

func ExampleSpectrum() {
	var d figure.SpectrumData
	for i := range 2048 {
		wave := 5150 + 0.02*float64(i)
		line := math.Exp(-math.Pow((wave-5172.68)/0.3, 2))
		d.Wave = append(d.Wave, wave)
		d.Flux = append(d.Flux, float32(1-0.8*line))
		d.Model = append(d.Model, float32(1-0.7*line))
	}
	d.Lines = true
	f, err := figure.Spectrum(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "figure")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(f.Save(filepath.Join(dir, "spectrum.png")), f.Save(filepath.Join(dir, "spectrum.svg")))
	fmt.Printf("%.1f x %.1f inches\n", f.Width.Points()/72, f.Height.Points()/72)
	// Output:
	// <nil> <nil>
	// 7.0 x 4.4 inches
}

func ExampleMAD() {
	f, err := figure.MAD(figure.MADData{
		MAD: []float64{0.004, 0.61, math.NaN(), 0.007}, Threshold: 0.02, Informative: []int{1},
	})
	fmt.Println(f.Dropped, err)
	_, err = figure.MAD(figure.MADData{MAD: []float64{0.1}, Informative: []int{7}})
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// figure: mad: informative node 7 of 1
}

func ExampleScatter() {
	f, err := figure.Scatter(figure.ScatterData{
		X: []float64{-20, 3, math.NaN()}, XLabel: figure.AxisLabel("radvel"),
		Y: []float64{1.2, -0.1, 0.3}, YLabel: "Node 124",
		Color: []float64{4, 5, 5}, Categories: figure.SpectralTypes, ColorLabel: "Spectral type",
	})
	fmt.Println(f.Dropped, err)
	// Output: 1 <nil>
}
