package telluric

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func list(t *testing.T, name string) []Line {
	t.Helper()
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	lines, err := Load(filepath.Join(folder, "linelists", name))
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// The lines of O2 from constants against those HITRAN2020 lists: all that are
// stronger than those of rarer isotopes.
func TestOxygenAgainstHITRAN(t *testing.T) {
	lines := oxygenLines()
	for _, b := range []struct {
		low, high float64 // 1/cm
		least     float64 // intensity
		intensity float64 // worst relative difference
	}{
		// The B band's strengths bend by up to 5 per cent with J (Herman-Wallis), which the constants leave out.
		{14300, 14700, 1e-26, 0.06},
		{15600, 16000, 4e-28, 0.025},
	} {
		var offset, strength, width float64
		n := 0
		for _, want := range list(t, "HITRAN2020_O2_optical.fits") {
			if want.Number < b.low || want.Number > b.high || want.Intensity < b.least {
				continue
			}
			best := lines[0]
			for _, l := range lines {
				if math.Abs(l.Number-want.Number) < math.Abs(best.Number-want.Number) {
					best = l
				}
			}
			n++
			offset = max(offset, math.Abs(best.Number-want.Number))
			strength = max(strength, math.Abs(best.Intensity/want.Intensity-1))
			width = max(width, math.Abs(best.Width/want.Width-1))
			if math.Abs(best.Lower-want.Lower) > 0.02 {
				t.Errorf("%.4f 1/cm: lower level at %.4f, want %.4f", want.Number, best.Lower, want.Lower)
			}
		}
		t.Logf("%d lines between %g and %g 1/cm: off by up to %.4f 1/cm, %.3f of the intensity, %.3f of the width", n, b.low, b.high, offset, strength, width)
		if n < 40 || offset > 0.003 || strength > b.intensity || width > 0.06 {
			t.Errorf("%d lines off by up to %.4f 1/cm, %.3f of the intensity, %.3f of the width", n, offset, strength, width)
		}
	}
}

// The built-in lines of water are HITRAN2020's strongest, rounded.
func TestWaterAgainstHITRAN(t *testing.T) {
	full := list(t, "HITRAN2020_H2O_optical.fits")
	for _, l := range waterLines() {
		var best Line
		for _, f := range full {
			if math.Abs(f.Number-l.Number) < 0.0051 && f.Intensity > best.Intensity {
				best = f
			}
		}
		if math.Abs(best.Intensity/l.Intensity-1) > 0.012 || math.Abs(best.Lower-l.Lower) > 0.5 {
			t.Errorf("%.2f 1/cm, %.3g: HITRAN has %.4f, %.3g", l.Number, l.Intensity, best.Number, best.Intensity)
		}
	}
}
