package spectrum

import (
	"fmt"
	"math"
	"slices"
)

const (
	// MinGood is the share of the grid's samples outside its masked ranges that
	// Clean wants to be good.
	MinGood = 0.75

	windowWidth   = 100 // Angstrom: over less the continuum is the same for the scale
	blockWidth    = 0.5 // Angstrom: fits between the lines of a cool star
	blockSamples  = 5   // the least in a block
	blockLevel    = 0.95
	largeError    = 5  // times the median error of the window
	constantRun   = 50 // samples of one value, which no detector gives
	constantRatio = 4  // above or below the median flux
)

// applyClean is Clean.
func applyClean(s *Spectrum, g Grid) ([]float32, error) {
	s = within(s, g)
	bad := badSamples(s)
	s.Err = nil
	flux := make([]float32, g.Samples)
	if first, ok := onGrid(s, g); ok {
		for i := range flux {
			flux[i] = s.Flux[first+i]
			if bad[first+i] {
				flux[i] = float32(math.NaN())
			}
		}
	} else {
		flux, _ = rebin(s, g.Waves(), bad)
	}
	good, want := hide(g, flux)
	if good == 0 || float64(good) < MinGood*float64(want) {
		return nil, fmt.Errorf("%s: %d of %d samples between %.2f and %.2f A are good, fewer than %g %%", s.name(), good, want, g.Start, g.End(), 100*MinGood)
	}
	scale := continuum(flux, g.Step)
	if !(scale > 0) {
		return nil, fmt.Errorf("%s: the continuum level %g is not positive", s.name(), scale)
	}
	fill(flux, blockOf(g.Step))
	return scaleInto(s, g, flux, scale)
}

// hide sets flux to NaN in the grid's masked ranges and counts the samples
// outside them and the good ones of those.
func hide(g Grid, flux []float32) (good, want int) {
	masked := make([]bool, g.Len())
	for _, m := range g.Masked {
		for i := m[0]; i <= m[1]; i++ {
			masked[i] = true
		}
	}
	for i, f := range flux {
		if masked[g.PadLeft+i] {
			flux[i] = float32(math.NaN())
			continue
		}
		want++
		if f == f {
			good++
		}
	}
	return good, want
}

// badSamples marks the samples that Clean calls bad.
func badSamples(s *Spectrum) []bool {
	bad := make([]bool, len(s.Flux))
	good := make([]float32, 0, len(s.Flux))
	for i, f := range s.Flux {
		if f-f != 0 || f == 0 {
			bad[i] = true
			continue
		}
		good = append(good, f)
	}
	level := median(good)
	for i := 0; i < len(bad); {
		end := i + 1
		for end < len(bad) && s.Flux[end] == s.Flux[i] {
			end++
		}
		ratio := s.Flux[i] / level
		if end-i >= constantRun && !(ratio < constantRatio && ratio > 1./constantRatio) {
			for j := i; j < end; j++ {
				bad[j] = true
			}
		}
		i = end
	}
	if slices.ContainsFunc(s.Err, known) {
		markErrors(s, bad)
	}
	return bad
}

// known tells whether e is a usable standard deviation.
func known(e float32) bool { return e > 0 && e <= math.MaxFloat32 }

// markErrors marks the samples whose error is unknown or far above that of their
// window.
func markErrors(s *Spectrum, bad []bool) {
	var errs []float32
	for start := 0; start < len(bad); {
		end := start
		errs = errs[:0]
		for ; end < len(bad) && s.Wave[end] <= s.Wave[start]+windowWidth; end++ {
			if known(s.Err[end]) {
				errs = append(errs, s.Err[end])
			}
		}
		limit := largeError * median(errs)
		for i := start; i < end; i++ {
			if e := s.Err[i]; !known(e) || e > limit {
				bad[i] = true
			}
		}
		start = end
	}
}

// blockOf is the number of samples in a block, no more than MaxSamples.
func blockOf(step float64) int {
	return int(max(blockSamples, min(math.Round(blockWidth/step), MaxSamples)))
}

// continuum is the scale of Clean for flux with NaN where it is bad.
func continuum(flux []float32, step float64) float32 {
	block := min(blockOf(step), len(flux))
	n := float64(len(flux))
	windows := int(max(1, min(math.Round(n*step/windowWidth), n/float64(block))))
	var levels, blocks, values []float32
	for w := range windows {
		window := flux[w*len(flux)/windows : (w+1)*len(flux)/windows]
		blocks = blocks[:0]
		for start := 0; start < len(window); start += block {
			values = values[:0]
			for _, f := range window[start:min(start+block, len(window))] {
				if f == f {
					values = append(values, f)
				}
			}
			if 2*len(values) >= block {
				blocks = append(blocks, median(values))
			}
		}
		if len(blocks) > 0 {
			levels = append(levels, quantile(blocks, blockLevel))
		}
	}
	return median(levels)
}

// fill replaces NaN as Clean says; at least one sample is not NaN.
func fill(flux []float32, block int) {
	for i := 0; i < len(flux); i++ {
		if flux[i] == flux[i] {
			continue
		}
		end := i
		for end < len(flux) && flux[end] != flux[end] {
			end++
		}
		reach := min(end-i, block)
		// What is left of the stretch is filled already, what is right of it may
		// have holes of its own.
		left, right := median(flux[max(0, i-reach):i]), median(firstGood(flux[end:], reach))
		if i == 0 {
			left = right
		}
		if end == len(flux) {
			right = left
		}
		for j := i; j < end; j++ {
			t := float32(j-i+1) / float32(end-i+1)
			flux[j] = left + t*(right-left)
		}
		i = end
	}
}

// firstGood are the first n values that are not NaN.
func firstGood(flux []float32, n int) []float32 {
	good := make([]float32, 0, n)
	for _, f := range flux {
		if len(good) == n {
			break
		}
		if f == f {
			good = append(good, f)
		}
	}
	return good
}
