package synth

import (
	"fmt"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Preset names a kind of survey.
type Preset string

const (
	// Mini is spectrum.MiniGrid at R = 6,000: cool dwarfs whose radial velocity, temperature and reddening
	// show, while metallicity, rotation and gravity (a function of temperature) hardly do. The reddening is far
	// beyond that of near stars, so that its slope exceeds temperature's and a network can tell the two apart.
	Mini Preset = "mini"
	// Window is the same window at 0.02 A and R = 50,000: stars as HARPS observes them, through air and dust, by a
	// detector that errs, with a catalogue that misses and errs.
	Window Preset = "window"
	// Full is the archive product: Window's stars in spectrum.PaperGrid, R = 115,000, the gap between the detectors zero.
	Full Preset = "full"
)

// settings are the numbers behind a preset.
type settings struct {
	grid       spectrum.Grid
	resolution float64
	step       float64    // of the synthesis, km/s
	oneLayer   bool       // the simpler model of stars; with a list of lines, a table of the full one
	detectors  bool       // the product reaches beyond the grid and has HARPS's gap
	teff       [2]float64 // K
	rv         float64    // standard deviation, km/s
	giants     float64    // share of the stars
	metals     float64    // standard deviation of [M/H] before it is cut to mh, dex
	mh         [2]float64
	gravity    float64 // scatter of a dwarf's log g about its temperature's, dex
	rotation   float64 // median vsini of a cool star, km/s
	rotationTo float64 // largest vsini, km/s
	reddening  func(u float64) float64
	snr        [2]float64
	tail       float64 // exponent of the visits' distribution
	visits     int     // most visits to a star
	// Air, gas between the stars, flaws of the detector, stars as they are
	// observed, and a catalogue that errs.
	sky bool
}

// fastest is the greatest radial velocity of a star, km/s.
func (p *settings) fastest() float64 {
	if p.sky {
		return fastestStar + fastestOrbit + 1
	}
	return 5 * p.rv
}

var presets = map[Preset]settings{
	Mini: {
		grid: spectrum.MiniGrid(), resolution: 6000, step: 1.5, oneLayer: true,
		teff: [2]float64{4600, 6600}, rv: 25, giants: 0, metals: 0.1, mh: [2]float64{-0.6, 0.4}, gravity: 0.03, rotation: 2.5, rotationTo: 10,
		reddening: evenReddening(4.5), snr: [2]float64{40, 200}, tail: 1.5, visits: 100,
	},
	Window: {
		grid: spectrum.Grid{Start: 4960, Step: 0.02, Samples: 16384}, resolution: 50000, step: 0.5,
		teff: [2]float64{3600, 6800}, rv: 25, giants: 0.15, metals: 0.25, mh: [2]float64{-0.6, 0.4}, gravity: 0.08, rotation: 2.5, rotationTo: 60,
		reddening: evenReddening(1), snr: [2]float64{40, 200}, tail: 1.2, visits: 300, sky: true,
	},
	Full: {
		grid: spectrum.PaperGrid(), resolution: 115000, step: 0.36, detectors: true,
		teff: [2]float64{3400, 8500}, rv: 25, giants: 0.15, metals: 0.25, mh: [2]float64{-0.6, 0.4}, gravity: 0.08, rotation: 2.5, rotationTo: 100,
		reddening: nearbyReddening, snr: [2]float64{20, 300}, tail: 1.05, visits: 1000, sky: true,
	},
}

// What the two detectors of HARPS see, Angstrom in air at the telescope; in
// the barycentric frame of the product it moves by the Earth's velocity.
// Measured on pipeline products, where the gap holds zeros.
const (
	harpsFirst, harpsLast       = 3781.50, 6912.86
	harpsGapFirst, harpsGapLast = 5304.32, 5337.26
	fastestEarth                = 32.0 // km/s
)

// ParsePreset is the preset of a name: mini, window or full.
func ParsePreset(name string) (Preset, error) {
	if _, ok := presets[Preset(name)]; !ok {
		return "", fmt.Errorf("synth: no preset %q: want mini, window or full", name)
	}
	return Preset(name), nil
}
