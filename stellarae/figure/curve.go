package figure

import (
	"image/color"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A curve is a line through (x[i], y(i)); x increases. It breaks where y is
// not finite, or not positive on a logarithmic axis. Where samples are denser than the
// picture can show, each column keeps its lowest and its highest sample, so
// that a spectrum of any length costs the same.
type curve struct {
	x     []float64
	y     func(i int) float64
	color color.Color
	width vg.Length
}

// columnsPerInch is how many columns of samples a picture tells apart.
const columnsPerInch = 150

// Plot implements plot.Plotter.
func (l *curve) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	columns := max(1, int((c.Max.X-c.Min.X)/vg.Inch*columnsPerInch))
	lo, hi := visible(l.x, p.X.Min, p.X.Max)
	_, logarithmic := p.Y.Scale.(plot.LogScale)
	drawable := func(v float64) bool { return finite(v) && (v > 0 || !logarithmic) }

	var lines [][]vg.Point
	var line []vg.Point
	for _, i := range decimate(l.x, l.y, drawable, lo, hi, p.X.Min, p.X.Max, columns) {
		if i < 0 {
			if len(line) > 0 {
				lines = append(lines, line)
			}
			line = nil
			continue
		}
		line = append(line, vg.Point{X: trX(l.x[i]), Y: trY(l.y(i))})
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	sty := draw.LineStyle{Color: l.color, Width: l.width}
	for _, line := range c.ClipLinesXY(lines...) {
		// The time to rasterise a stroke goes with the square of its points.
		for len(line) > strokePoints {
			c.StrokeLines(sty, line[:strokePoints])
			line = line[strokePoints-1:]
		}
		c.StrokeLines(sty, line)
	}
}

const strokePoints = 128

// visible is the range of samples in [from, to] and one more on either side,
// so that lines run out of the frame.
func visible(x []float64, from, to float64) (lo, hi int) {
	lo = sort.SearchFloat64s(x, from)
	hi = sort.Search(len(x), func(i int) bool { return x[i] > to })
	return max(0, lo-1), min(len(x), hi+1)
}

// decimate picks from samples lo to hi-1 those that the line needs when
// [from, to] is cut into columns: the lowest and the highest of every column,
// in their order, or all where there are few. -1 stands for a break.
func decimate(x []float64, y func(int) float64, drawable func(float64) bool, lo, hi int, from, to float64, columns int) []int {
	keepAll := hi-lo <= 2*columns
	out := make([]int, 0, min(hi-lo, 2*columns)+2)
	column, least, most := math.MinInt, -1, -1
	flush := func() {
		switch {
		case least < 0:
		case least == most:
			out = append(out, least)
		default:
			out = append(out, min(least, most), max(least, most))
		}
		least, most = -1, -1
	}
	for i := lo; i < hi; i++ {
		v := y(i)
		if !drawable(v) {
			flush()
			if len(out) > 0 && out[len(out)-1] >= 0 {
				out = append(out, -1)
			}
			column = math.MinInt
			continue
		}
		if keepAll {
			out = append(out, i)
			continue
		}
		if at := int(math.Floor((x[i] - from) / (to - from) * float64(columns))); at != column {
			flush()
			column = at
		}
		if least < 0 || v < y(least) {
			least = i
		}
		if most < 0 || v > y(most) {
			most = i
		}
	}
	flush()
	return out
}

// An envelope shades between the least and the largest of several curves,
// where rows[i][c] is column c at x[i].
type envelope struct {
	x       []float64
	rows    [][]float64
	columns []int
}

// Plot implements plot.Plotter.
func (e *envelope) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	var upper, lower []vg.Point
	for i, row := range e.rows {
		y := empty()
		for _, k := range e.columns {
			y = y.add(row[k])
		}
		if y.set() {
			upper = append(upper, vg.Point{X: trX(e.x[i]), Y: trY(y.hi)})
			lower = append(lower, vg.Point{X: trX(e.x[i]), Y: trY(y.lo) - thin})
		}
	}
	slices.Reverse(lower)
	if len(upper) > 1 {
		c.FillPolygon(noData, c.ClipPolygonXY(append(upper, lower...)))
	}
}
