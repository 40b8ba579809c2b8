package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ScatterData is one quantity against another, as a latent node against a
// label, coloured by a third.
type ScatterData struct {
	Title          string
	X, Y           []float64
	XLabel, YLabel string

	// Color is a number for every point: continuous, or, where Categories is
	// given, the index of its category (not an index: none). nil leaves all
	// points in one colour.
	Color      []float64
	ColorLabel string
	Categories []string // such as SpectralTypes

	XCategories                []string   // names of X = 0, 1, ...; nil for numbers
	XRange, YRange, ColorRange [2]float64 // {0, 0} for what the points need
	InvertX, InvertY           bool       // larger numbers to the left, downward
}

// SpectralTypes are the categories of the label spec_type_no, hot to cool.
var SpectralTypes = []string{"O", "B", "A", "F", "G", "K", "M"}

// Scatter draws a half-transparent point for every pair. Pairs with a
// coordinate that is not finite are left out and counted; points without a
// colour are grey and lie below the others. A continuous colour scale spans the
// middle 98 % of its values, so that outliers do not take it all, and ends in
// points where it does not reach them. It is an error to have no pair to draw,
// unequal lengths, or more categories than colours.
func Scatter(d ScatterData) (*Figure, error) {
	const what = "scatter"
	if len(d.X) == 0 {
		return nil, fmt.Errorf("figure: %s: no points", what)
	}
	if err := sameLength(what, len(d.X), column{"vertical values", len(d.Y)}); err != nil {
		return nil, err
	}
	if d.Color != nil {
		if err := sameLength(what, len(d.X), column{"colour values", len(d.Color)}); err != nil {
			return nil, err
		}
	}
	xr, yr := empty(), empty()
	var shown []int
	for i := range d.X {
		if finite(d.X[i]) && finite(d.Y[i]) {
			shown = append(shown, i)
			xr, yr = xr.add(d.X[i]), yr.add(d.Y[i])
		}
	}
	if len(shown) == 0 {
		return nil, fmt.Errorf("figure: %s: none of %d points has two finite coordinates", what, len(d.X))
	}
	dropped := len(d.X) - len(shown)
	var err error
	if xr, err = rangeOr(what, "horizontal", d.XRange, xr.wider(0.04)); err != nil {
		return nil, err
	}
	if yr, err = rangeOr(what, "vertical", d.YRange, yr.wider(0.04)); err != nil {
		return nil, err
	}
	colors, side, err := d.colors(shown)
	if err != nil {
		return nil, err
	}

	p := newPanel(d.XLabel, d.YLabel)
	p.setRange(xr, yr)
	p.frame.x = linearTicks{6}
	if d.XCategories != nil {
		var ticks plot.ConstantTicks
		for i, name := range d.XCategories {
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
		}
		p.frame.x = ticks
	}
	if d.InvertX {
		p.X.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	}
	if d.InvertY {
		p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	}
	inside := 0
	for _, i := range shown {
		if xr.contains(d.X[i]) && yr.contains(d.Y[i]) {
			inside++
		}
	}
	p.note = fmt.Sprintf("n = %d", inside)
	if out := len(shown) - inside; out > 0 {
		p.note += fmt.Sprintf(" (%d outside the frame)", out)
	}
	p.Add(newDots(d.X, d.Y, shown, colors))
	return page{title: d.Title, panels: []*panel{p}, side: side}.finish(5.2*vg.Inch, 3.9*vg.Inch, dropped), nil
}

// colors gives every point its colour, of which those shown are explained.
func (d *ScatterData) colors(shown []int) ([]color.RGBA, side, error) {
	of := make([]color.RGBA, len(d.X))
	switch {
	case d.Color == nil:
		for i := range of {
			of[i] = blue
		}
		return of, nil, nil
	case d.Categories != nil:
		l, err := d.byCategory(shown, of)
		return of, l, err
	}
	values := make([]float64, 0, len(shown))
	for _, i := range shown {
		values = append(values, d.Color[i])
	}
	all, most := middle(values, 0), middle(values, 0.01)
	if !all.set() {
		return nil, nil, fmt.Errorf("figure: scatter: no finite colour value")
	}
	r, err := rangeOr("scatter", "colour", d.ColorRange, most)
	if err != nil {
		return nil, nil, err
	}
	for i, v := range d.Color {
		of[i] = noData
		if !math.IsNaN(v) {
			of[i] = onWhite((v - r.lo) / (r.hi - r.lo))
		}
	}
	return of, &colorBar{
		label: d.ColorLabel, lo: r.lo, hi: r.hi, color: onWhite,
		under: all.lo < r.lo, over: all.hi > r.hi,
	}, nil
}

// byCategory colours the points and counts the ones shown in every category.
// Points in none are grey.
func (d *ScatterData) byCategory(shown []int, of []color.RGBA) (*legend, error) {
	colors := categorical
	if slices.Equal(d.Categories, SpectralTypes) {
		colors = spectralColors
	}
	if len(d.Categories) > len(colors) {
		return nil, fmt.Errorf("figure: scatter: %d categories for %d colours", len(d.Categories), len(colors))
	}
	count := make([]int, len(d.Categories))
	none := 0
	for _, i := range shown {
		k := int(d.Color[i])
		if float64(k) != d.Color[i] || k < 0 || k >= len(count) {
			of[i] = noData
			none++
			continue
		}
		of[i] = colors[k]
		count[k]++
	}
	l := &legend{title: d.ColorLabel}
	for k, n := range count {
		if n > 0 {
			l.entries = append(l.entries, legendEntry{fmt.Sprintf("%s (%d)", d.Categories[k], n), colors[k]})
		}
	}
	if none > 0 {
		l.entries = append(l.entries, legendEntry{fmt.Sprintf("none (%d)", none), noData})
	}
	return l, nil
}

// spectralColors go from hot to cool, O to M, in Okabe and Ito's colours.
var spectralColors = []color.RGBA{black, blue, skyBlue, green, orange, vermilion, purple}

// dots draws points, those without a colour first.
type dots struct {
	x, y    []float64
	order   []int
	colors  []color.RGBA
	radius  vg.Length
	opacity float64
}

func newDots(x, y []float64, shown []int, colors []color.RGBA) *dots {
	s := &dots{x: x, y: y, colors: colors}
	for _, grey := range []bool{true, false} {
		for _, i := range shown {
			if (colors[i] == noData) == grey {
				s.order = append(s.order, i)
			}
		}
	}
	// The more points, the smaller and the fainter.
	dense := math.Log10(float64(len(shown))+1) / 5 // 1 at 100,000 points
	s.radius = vg.Length(math.Max(0.6, 2.8-2.4*dense))
	s.opacity = math.Max(0.15, math.Min(0.8, 1.25-dense))
	return s
}

// manyDots is the number beyond which points are drawn as pixels: a vector
// graphic of every one would be larger and slower than the picture of them.
const manyDots = 1500

// Plot implements plot.Plotter.
func (s *dots) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	if len(s.order) > manyDots {
		r := newRaster(c)
		for _, i := range s.order {
			if at := (vg.Point{X: trX(s.x[i]), Y: trY(s.y[i])}); c.Contains(at) {
				r.disc(at, s.radius, s.colors[i], s.opacity)
			}
		}
		r.draw(c)
		return
	}
	for _, i := range s.order {
		col := s.colors[i]
		sty := draw.GlyphStyle{
			Color:  color.NRGBA{R: col.R, G: col.G, B: col.B, A: uint8(math.Round(255 * s.opacity))},
			Radius: s.radius, Shape: draw.CircleGlyph{},
		}
		c.DrawGlyph(sty, vg.Point{X: trX(s.x[i]), Y: trY(s.y[i])})
	}
}
