package synth

import (
	"fmt"
	"hash/fnv"
	"math"
	"sync"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/synth/onelayer"
	"github.com/stellarae/lab/datasets/synth/photosphere"
	"github.com/stellarae/lab/datasets/synth/telluric"
)

// synthesis computes the spectrum a star shows without an instrument: flux
// over continuum on an axis of equal steps in ln(wavelength), so that a
// velocity is a shift.
type synthesis struct {
	layer *onelayer.Synthesis    // nil: light
	light *photosphere.Synthesis // nil: layer
	table *photosphere.Table     // of light; nil: every star is computed
	every int                    // light has one in so many of the axis' samples
	limb  [][2]float64           // limb darkening in the middle against Teff, K
	start float64                // ln of the first wavelength in Angstrom
	step  float64                // km/s
	n     int
}

// newSynthesis computes lines between two wavelengths in steps of step km/s,
// every so many of them where rotation and macroturbulence have not yet
// broadened lines.
func newSynthesis(lines []linelist.Line, first, last, step float64, every int, table bool) *synthesis {
	s := &synthesis{light: photosphere.New(lines, veil, first, last, step*float64(every)), start: math.Log(first), step: step, every: every}
	s.n = s.light.Len() * every
	if table {
		s.table = photosphere.NewTable(s.light)
	}
	for teff := 3000.0; teff <= 10000; teff += 500 {
		star := photosphere.Star{Teff: teff, LogG: interpolate(mainSequence, teff)}
		s.limb = append(s.limb, [2]float64{teff, photosphere.Limb(star, math.Sqrt(first*last))})
	}
	return s
}

// newOneLayer is newSynthesis by the simpler model, with its built-in list.
func newOneLayer(first, last, step float64) *synthesis {
	s := &synthesis{layer: onelayer.New(shallow.builtIn(), first, last, step), start: math.Log(first), step: step}
	s.n = s.layer.Len()
	s.limb = [][2]float64{{solar.Teff, 0.6}}
	return s
}

// ready holds the syntheses of the built-in lists by preset: they are the same
// for all surveys.
var ready sync.Map

// prepareSynthesis is the preset's synthesis with a list, nil for the built-in one.
func (p *settings) prepareSynthesis(preset Preset, lines []linelist.Line, first, last float64) *synthesis {
	if lines != nil {
		return newSynthesis(complete(lines), first, last, min(p.step, tableStep), p.every(), p.oneLayer)
	}
	prepare := sync.OnceValue(func() *synthesis {
		if p.oneLayer {
			return newOneLayer(first, last, p.step)
		}
		return newSynthesis(deep.builtIn(), first, last, p.step, p.every(), false)
	})
	shared, _ := ready.LoadOrStore(preset, prepare)
	return shared.(func() *synthesis)()
}

// every is how many of the axis' samples share one of starlight: two where the
// air's lines, narrower than stars', are to be drawn too.
func (p *settings) every() int {
	if p.sky {
		return 2
	}
	return 1
}

// tableStep is the widest step that samples lines well enough, km/s.
const tableStep = 1.0

// signature tells lists of lines apart; that of none is empty.
func signature[T linelist.Line | telluric.Line](lines []T) string {
	if lines == nil {
		return ""
	}
	h := fnv.New64a()
	for _, l := range lines {
		fmt.Fprintf(h, "%+v\n", l)
	}
	return fmt.Sprintf("%d lines, %016x", len(lines), h.Sum64())
}

// index is the fractional position of a wavelength.
func (s *synthesis) index(wave float64) float64 {
	return (math.Log(wave) - s.start) * lightSpeed / s.step
}

// normalised fills flux (length s.n) with flux over continuum in the rest
// frame. Rotation and macroturbulence broaden what the star's surface sends
// out; they keep equivalent widths. The scratch spaces have the same length.
func (s *synthesis) normalised(star Star, flux, scratch []float64, light []float32) {
	limb := interpolate(s.limb, star.Teff)
	if s.layer != nil {
		s.layer.Flux(scratch, star.photosphere())
		convolve(flux, scratch, broadening(star, limb, s.step))
		return
	}
	light = light[:s.light.Len()]
	if s.table != nil {
		s.table.Flux(light, star.photosphere())
	} else {
		s.light.Flux(light, star.photosphere())
	}
	coarse := scratch[:len(light)]
	for i, f := range light {
		coarse[i] = float64(f)
	}
	for k, kernel := range bandLimited(star, limb, s.step, s.every) {
		convolveInto(flux[k:], s.every, coarse, kernel)
	}
}
