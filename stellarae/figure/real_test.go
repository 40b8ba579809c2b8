package figure

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/spectrum"
)

func realFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("STELLARAE_REAL")
	if dir == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	return dir
}

// Every line of the table is in VALD's list for the Sun, and strong there.
func TestLinesAreVALD(t *testing.T) {
	f, err := os.Open(filepath.Join(realFolder(t), "linelists", "VALD-Solar.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := make([]bool, len(Lines))
	for s := bufio.NewScanner(f); s.Scan(); {
		// 'Fe 1', wavelength, excitation, Vmic, log gf, three dampings, Lande factor, central depth, ...
		cell := strings.Split(s.Text(), ",")
		if len(cell) < 11 {
			continue
		}
		wave, err := strconv.ParseFloat(strings.TrimSpace(cell[1]), 64)
		if err != nil {
			continue
		}
		depth, err := strconv.ParseFloat(strings.TrimSpace(cell[9]), 64)
		if err != nil {
			continue
		}
		for i, l := range Lines {
			// VALD resolves isotopes within 0.003 A of the rounded value.
			if strings.Trim(cell[0], "' ") == l.Ion && math.Abs(wave-l.Wave) < 0.008 && depth > 0.5 {
				found[i] = true
			}
		}
	}
	for i, l := range Lines {
		if !found[i] {
			t.Errorf("%s at %.2f A (%s) is not in the list", l.Name, l.Wave, l.Ion)
		}
	}
}

// Sunlight reflected by Vesta, at rest: the flux has a minimum at every line.
func TestLinesAreSolar(t *testing.T) {
	s, err := spectrum.Load(filepath.Join(realFolder(t), "spectra", "Sun_Vesta_HARPS_coadd.fits"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Lines {
		lo, hi := visible(s.Wave, l.Wave-0.6, l.Wave+0.6)
		least := lo
		for i := lo; i < hi; i++ {
			if s.Flux[i] < s.Flux[least] {
				least = i
			}
		}
		// 0.1 A is 5 km/s at 6000 A; the zero point of the frame is known to 0.3 km/s.
		if off := s.Wave[least] - l.Wave; math.Abs(off) > 0.1 {
			t.Errorf("%s at %.2f A: the nearest minimum is %.3f A away", l.Name, l.Wave, off)
		}
	}
}

// A HARPS spectrum of 313,000 samples becomes a small picture.
func TestRealSpectrum(t *testing.T) {
	s, err := spectrum.Load(filepath.Join(realFolder(t), "spectra", "HD128621_HARPS.2012-03-24T08-37-45.581_s1d_A.fits"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Spectrum(SpectrumData{Title: s.Info.Object, Wave: s.Wave, Flux: s.Flux, FluxLabel: "Flux", Lines: true, Velocity: -22.9})
	if err != nil {
		t.Fatal(err)
	}
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if f.Dropped != 0 || len(svg) > 60_000 {
		t.Errorf("%d samples dropped, %d bytes", f.Dropped, len(svg))
	}
}
