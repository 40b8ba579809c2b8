package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SpectrumData is a spectrum with, where Model is given, its reconstruction.
type SpectrumData struct {
	Title string
	Wave  []float64 // Angstrom, in air, increasing
	Flux  []float32 // NaN leaves a gap
	Model []float32 // the reconstruction; nil for none

	FluxLabel string       // of the vertical axis; "Flux / median" where empty
	Range     [2]float64   // Angstrom, the part to draw; {0, 0} for all
	Masked    [][2]float64 // Angstrom, ranges to shade: detector gap, padding
	Lines     bool         // name the strong lines in range
	Velocity  float64      // km/s, radial velocity by which the lines' names are shifted
}

const (
	pageWidth = 7 * vg.Inch // two columns of a journal
	thin      = vg.Length(0.6)
)

// Spectrum draws a spectrum, its reconstruction over it, and spectrum minus
// reconstruction in a panel below. Samples whose flux or model is not finite are left out and
// counted. An error names what is wrong with the data: no sample, unequal
// lengths, wavelengths out of order, or nothing to draw in the range.
func Spectrum(d SpectrumData) (*Figure, error) {
	const what = "spectrum"
	if err := increasing(what, "wavelength", d.Wave); err != nil {
		return nil, err
	}
	if err := sameLength(what, len(d.Wave), column{"fluxes", len(d.Flux)}); err != nil {
		return nil, err
	}
	if d.Model != nil {
		if err := sameLength(what, len(d.Wave), column{"samples of the model", len(d.Model)}); err != nil {
			return nil, err
		}
	}
	x, err := rangeOr(what, "wavelength", d.Range, span{d.Wave[0], d.Wave[len(d.Wave)-1]})
	if err != nil {
		return nil, err
	}

	flux := func(i int) float64 { return float64(d.Flux[i]) }
	model := func(i int) float64 { return float64(d.Model[i]) }
	residual := func(i int) float64 { return flux(i) - model(i) }
	dropped, y, dy := 0, empty(), 0.0
	for i, w := range d.Wave {
		bad := !finite(flux(i)) || d.Model != nil && !finite(model(i))
		if bad {
			dropped++
		}
		if !x.contains(w) {
			continue
		}
		y = y.add(flux(i))
		if d.Model != nil {
			y = y.add(model(i))
			if !bad && !d.masked(w) {
				dy = math.Max(dy, math.Abs(residual(i)))
			}
		}
	}
	if !y.set() {
		return nil, fmt.Errorf("figure: %s: no finite flux between %.2f and %.2f A", what, x.lo, x.hi)
	}

	if d.FluxLabel == "" {
		d.FluxLabel = fluxLabel
	}
	top := newPanel(waveLabel, d.FluxLabel)
	top.weight = 2.6
	top.setRange(x, y.wider(0.05))
	pg := page{title: d.Title, panels: []*panel{top}}
	for _, m := range d.Masked {
		top.Add(band{span{m[0], m[1]}})
	}
	if d.Lines {
		top.identify(d.Velocity)
	}
	top.Add(&curve{x: d.Wave, y: flux, color: black, width: thin})
	height := 3.2 * vg.Inch
	if d.Model != nil {
		top.Add(&curve{x: d.Wave, y: model, color: vermilion, width: thin})
		top.key = []keyEntry{{"spectrum", black, nil}, {"reconstruction", vermilion, nil}}
		top.hideX()
		low := newPanel(waveLabel, "Residual")
		low.frame.y = linearTicks{3}
		low.setRange(x, span{-dy, dy}.wider(0.08))
		for _, m := range d.Masked {
			low.Add(band{span{m[0], m[1]}})
		}
		low.Add(level{y: 0, style: draw.LineStyle{Color: muted, Width: thin}})
		low.Add(&curve{x: d.Wave, y: residual, color: blue, width: thin})
		pg.panels = append(pg.panels, low)
		height = 4.4 * vg.Inch
	}
	return pg.finish(pageWidth, height, dropped), nil
}

func (d *SpectrumData) masked(wave float64) bool {
	for _, m := range d.Masked {
		if wave >= m[0] && wave <= m[1] {
			return true
		}
	}
	return false
}

const (
	waveLabel = "Wavelength in air (\u00c5)"
	fluxLabel = "Flux / median"
)

// band shades a range of the horizontal axis.
type band struct{ span }

// Plot implements plot.Plotter.
func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	trX, _ := p.Transforms(&c)
	lo, hi := max(trX(b.lo), c.Min.X), min(trX(b.hi), c.Max.X)
	if lo < hi {
		c.FillPolygon(faint, []vg.Point{{X: lo, Y: c.Min.Y}, {X: hi, Y: c.Min.Y}, {X: hi, Y: c.Max.Y}, {X: lo, Y: c.Max.Y}})
	}
}

// level is a horizontal line over the whole width.
type level struct {
	y     float64
	style draw.LineStyle
}

// Plot implements plot.Plotter.
func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	_, trY := p.Transforms(&c)
	if y := trY(l.y); c.ContainsY(y) {
		c.StrokeLine2(l.style, c.Min.X, y, c.Max.X, y)
	}
}
