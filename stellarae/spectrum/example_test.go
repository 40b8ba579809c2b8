package spectrum_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// An archive product, prepared for a small network over its range.
func ExampleLoad() {
	s, err := spectrum.Load("testdata/phase3.fits")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %s: %d samples from %.2f A in %v, %v, airmass %.3f\n",
		s.Info.ID, s.Info.Object, len(s.Wave), s.Wave[0], s.Medium, s.Frame, s.Info.Airmass)
	g := spectrum.Grid{Start: 3782, Step: 0.04, Samples: 64}
	flux, err := spectrum.Paper.Apply(s, g)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d samples from %.2f to %.2f A, the first %.3f times the median\n", len(flux), g.Start, g.End(), flux[0])
	// Output:
	// ADP.2014-09-23T11:01:38.230 HD 1: 500 samples from 3781.73 A in air, barycentric, airmass 1.375
	// 64 samples from 3782.00 to 3784.52 A, the first 0.254 times the median
}

// A spectrum that does not reach as far as the grid says so.
func ExamplePreset_Apply() {
	s, err := spectrum.Load("testdata/s1d.fits")
	if err != nil {
		log.Fatal(err)
	}
	_, err = spectrum.Paper.Apply(s, spectrum.PaperGrid())
	fmt.Println(err)
	// Output: testdata/s1d.fits: covers 3781.19 to 3786.18 A, the grid needs 3785.00 to 6910.00 A
}

func ExampleReadText() {
	s, err := spectrum.ReadText("vega.txt", strings.NewReader("# A0V\n6562.78 0.41 0.01\n6562.79 0.40 0.01\n"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Info.ID, s.Wave, s.Flux, s.Err)
	// Output: vega [6562.78 6562.79] [0.41 0.4] [0.01 0.01]
}

// Where the barycentric spectrum of a star that approaches at 22 km/s has the
// sodium line, and where it was at the observatory.
func ExampleSpectrum_InFrame() {
	s := &spectrum.Spectrum{Wave: []float64{5889.951, 5895.924}, Flux: []float32{0.1, 0.2}, Frame: spectrum.StellarRest}
	s.Info.RV, s.Info.BERV = -22, 18.26
	for _, frame := range []spectrum.Frame{spectrum.Barycentric, spectrum.Topocentric} {
		moved, err := s.InFrame(frame)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v: %.3f A in air, %.3f A in vacuum\n", frame, moved.Wave[0], moved.In(spectrum.Vacuum, spectrum.Morton2000).Wave[0])
	}
	// Output:
	// barycentric: 5889.519 A in air, 5891.151 A in vacuum
	// topocentric: 5889.160 A in air, 5890.792 A in vacuum
}

// A narrow line, in a star that rotates fast, as a spectrograph of low
// resolution sees it.
func ExampleSpectrum_Broaden() {
	s := &spectrum.Spectrum{}
	for i := range 801 {
		w := 5996 + 0.01*float64(i)
		f := float32(1)
		if i == 400 {
			f = 0
		}
		s.Wave, s.Flux = append(s.Wave, w), append(s.Flux, f)
	}
	fast, err := s.Rotate(20, 0.6)
	if err != nil {
		log.Fatal(err)
	}
	seen, err := fast.Broaden(20000)
	if err != nil {
		log.Fatal(err)
	}
	for _, i := range []int{320, 360, 400} {
		fmt.Printf("%.1f A: %.4f\n", seen.Wave[i], seen.Flux[i])
	}
	// Output:
	// 5999.2 A: 1.0000
	// 5999.6 A: 0.9957
	// 6000.0 A: 0.9841
}
