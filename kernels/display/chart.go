package display

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Chart is a Vega-Lite chart in the making: of lines, points, bars, a heat map
// or a histogram. Dragging moves it and the wheel zooms; pointing at a mark
// shows its numbers. As the last expression of a cell a Chart shows itself.
// Slices that do not fit together are an error of Spec and of the Output.
//
//	display.Line(epochs, loss).Add("test", epochs, testLoss).Title("Training").LogY().Show()
type Chart struct {
	kind          string // line, point, bar, heatmap, histogram
	series        []series
	cells         *cells
	bins          []bin
	title         string
	notes         []string
	x, y, color   string
	width, height int
	logX, logY    bool
	err           error
}

// Line draws y over x: slices of numbers, x also of times or strings; nil counts
// from 0. Of more than 10,000 points the extremes are kept and the rest left out.
func Line(x, y any) *Chart { return newChart("line").Add("", x, y) }

// Scatter draws points. Of more than 10,000 every so-manieth is drawn.
func Scatter(x, y any) *Chart { return newChart("point").Add("", x, y) }

// Bar draws a bar for each label.
func Bar(labels, values any) *Chart { return newChart("bar").Add("", labels, values) }

// Heatmap draws a [][]float64, or a matrix with methods Dims and At, as coloured
// cells, row 0 at the bottom. More than 150 x 150 cells are averaged together.
func Heatmap(z any) *Chart {
	c := newChart("heatmap")
	c.cells, c.err = newCells(z)
	return c
}

// Histogram counts values, a slice of numbers, in bins of equal width; bins 0
// chooses their number (Freedman and Diaconis 1981).
func Histogram(values any, bins int) *Chart {
	c := newChart("histogram")
	c.y = "count"
	list, err := toNumbers(values)
	if err != nil {
		c.err = fmt.Errorf("histogram: %w", err)
		return c
	}
	var dropped int
	c.bins, dropped = count(list, bins)
	if dropped > 0 {
		c.note("without %d not finite", dropped)
	}
	return c
}

func newChart(kind string) *Chart { return &Chart{kind: kind, width: 600, height: 320} }

// Add draws another series of a chart of lines, points or bars. Names of series
// become the legend.
func (c *Chart) Add(name string, x, y any) *Chart {
	switch c.kind {
	case "heatmap", "histogram":
		c.fail(fmt.Errorf("a %s has one series", c.kind))
		return c
	}
	s, err := newSeries(name, x, y)
	if err != nil {
		c.fail(fmt.Errorf("series %q: %w", name, err))
		return c
	}
	if len(c.series) > 0 && c.series[0].scale != s.scale {
		c.fail(fmt.Errorf("series %q: x is %s, that of the first is %s", name, s.scale, c.series[0].scale))
	}
	c.series = append(c.series, s)
	return c
}

// Name names the first series in the legend.
func (c *Chart) Name(name string) *Chart {
	if len(c.series) > 0 {
		c.series[0].name = name
	}
	return c
}

// Title writes a line above the chart.
func (c *Chart) Title(s string) *Chart { c.title = s; return c }

// X names the horizontal axis.
func (c *Chart) X(label string) *Chart { c.x = label; return c }

// Y names the vertical axis.
func (c *Chart) Y(label string) *Chart { c.y = label; return c }

// Color names the scale of colours of a heat map.
func (c *Chart) Color(label string) *Chart { c.color = label; return c }

// Size is that of the plotting area in pixels; 600 x 320 without.
func (c *Chart) Size(width, height int) *Chart {
	if width <= 0 || height <= 0 {
		c.fail(fmt.Errorf("a chart of %d x %d pixels", width, height))
	}
	c.width, c.height = width, height
	return c
}

// LogX makes the horizontal axis logarithmic; points at or below 0 are left out.
func (c *Chart) LogX() *Chart { c.logX = true; return c }

// LogY makes the vertical axis logarithmic; points at or below 0 are left out.
func (c *Chart) LogY() *Chart { c.logY = true; return c }

// Extent gives the edges of a heat map in the units of its axes, in place of
// columns and rows.
func (c *Chart) Extent(x0, x1, y0, y1 float64) *Chart {
	if c.cells == nil {
		c.fail(errors.New("only a heat map has an extent"))
		return c
	}
	c.cells.extent = [4]float64{x0, x1, y0, y1}
	return c
}

// Show displays the chart. Update of the Output puts another in its place.
func (c *Chart) Show() *Output[*Chart] {
	return show(c, func(c *Chart) (pipe.Bundle, error) { return vegaBundle(c) })
}

// MIMEBundle is the chart as the value of a cell.
func (c *Chart) MIMEBundle() map[string]any {
	b, err := vegaBundle(c)
	if err != nil {
		return map[string]any{"text/plain": "chart: " + err.Error()}
	}
	return b.Data
}

func (c *Chart) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *Chart) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// object is a JSON object.
type object = map[string]any

// Spec is the Vega-Lite 5 specification.
func (c *Chart) Spec() (map[string]any, error) {
	if c.err != nil {
		return nil, fmt.Errorf("%s: %w", c.kind, c.err)
	}
	spec := object{
		"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
		"width":   c.width,
		"height":  c.height,
	}
	notes := c.notes
	switch c.kind {
	case "heatmap":
		notes = append(notes, c.specHeatmap(spec)...)
	case "histogram":
		c.specHistogram(spec)
	default:
		notes = append(notes, c.specSeries(spec)...)
	}
	if c.title != "" || len(notes) > 0 {
		title := object{"text": c.title}
		if len(notes) > 0 {
			title["subtitle"] = strings.Join(notes, "; ")
		}
		spec["title"] = title
	}
	return spec, nil
}
