package synth

import (
	"fmt"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Preset names a kind of survey.
type Preset string

const (
	// Mini is spectrum.MiniGrid at R = 6,000: cool dwarfs whose radial velocity, temperature, metallicity and reddening
	// show, while rotation and gravity (a function of temperature) hardly do.
	Mini Preset = "mini"
	// Window is the same window at 0.02 A and R = 50,000: dwarfs and giants.
	Window Preset = "window"
	// Full is the archive product: spectrum.PaperGrid, R = 115,000, the gap between the detectors zero.
	Full Preset = "full"
)

// settings are the numbers behind a preset.
type settings struct {
	grid       spectrum.Grid
	resolution float64
	step       float64 // of the synthesis, km/s
	gap        [2]float64
	teff       [2]float64 // K
	rv         float64    // standard deviation, km/s
	giants     float64    // share of the stars
	gravity    float64    // scatter of a dwarf's log g about its temperature's, dex
	rotation   float64    // median vsini of a cool star, km/s
	rotationTo float64    // largest vsini, km/s
	reddening  func(u float64) float64
	snr        [2]float64
	tail       float64 // exponent of the visits' distribution
	visits     int     // most visits to a star
}

var presets = map[Preset]settings{
	Mini: {
		grid: spectrum.MiniGrid(), resolution: 6000, step: 1,
		teff: [2]float64{3600, 6800}, rv: 25, giants: 0, gravity: 0.03, rotation: 2.5, rotationTo: 10,
		reddening: evenReddening, snr: [2]float64{40, 200}, tail: 1.5, visits: 100,
	},
	Window: {
		grid: spectrum.Grid{Start: 4960, Step: 0.02, Samples: 16384}, resolution: 50000, step: 0.5,
		teff: [2]float64{3600, 6800}, rv: 25, giants: 0.15, gravity: 0.08, rotation: 2.5, rotationTo: 60,
		reddening: evenReddening, snr: [2]float64{40, 200}, tail: 1.2, visits: 300,
	},
	Full: {
		grid: spectrum.PaperGrid(), resolution: 115000, step: 0.5, gap: harpsGap,
		teff: [2]float64{3400, 7200}, rv: 25, giants: 0.15, gravity: 0.08, rotation: 2.5, rotationTo: 100,
		reddening: nearbyReddening, snr: [2]float64{20, 300}, tail: 1.05, visits: 1000,
	},
}

// harpsGap is what falls between the two detectors, Angstrom.
var harpsGap = [2]float64{5304, 5338}

// ParsePreset is the preset of a name: mini, window or full.
func ParsePreset(name string) (Preset, error) {
	if _, ok := presets[Preset(name)]; !ok {
		return "", fmt.Errorf("synth: no preset %q: want mini, window or full", name)
	}
	return Preset(name), nil
}
