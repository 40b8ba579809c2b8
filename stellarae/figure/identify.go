package figure

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Line is a strong spectral line of stars.
type Line struct {
	Name string  // of the line, or of the group it belongs to
	Ion  string  // "Ca 2" is singly ionised calcium
	Wave float64 // Angstrom, in air, at rest
}

// Lines are the strong lines between 3785 and 6910 A that stellar spectra are
// read by. Wavelengths in air are those of the VALD line list for the Sun
// (Ryabchikova et al. 2015, Phys. Scr. 90, 054005,
// doi:10.1088/0031-8949/90/5/054005), rounded to 0.01 A.
var Lines = []Line{
	{"Ca K", "Ca 2", 3933.66},
	{"Ca H", "Ca 2", 3968.47},
	{"H\u03b4", "H 1", 4101.73},
	{"Ca I", "Ca 1", 4226.73},
	{"H\u03b3", "H 1", 4340.46},
	{"Fe I", "Fe 1", 4383.54},
	{"H\u03b2", "H 1", 4861.32},
	{"Mg b", "Mg 1", 5167.32},
	{"Mg b", "Mg 1", 5172.68},
	{"Mg b", "Mg 1", 5183.60},
	{"Fe I", "Fe 1", 5269.54},
	{"Na D", "Na 1", 5889.95},
	{"Na D", "Na 1", 5895.92},
	{"H\u03b1", "H 1", 6562.80},
}

const lightSpeed = 299792.458 // km/s

// identifications are lines to name, at the wavelengths they are seen at.
type identifications []Line

// identified are the known lines in range when the star moves away at
// velocity km/s.
func identified(x span, velocity float64) identifications {
	var out identifications
	for _, l := range Lines {
		l.Wave *= 1 + velocity/lightSpeed
		if x.contains(l.Wave) {
			out = append(out, l)
		}
	}
	return out
}

// identify names the lines in the panel's range, and makes room for it above
// the data.
func (p *panel) identify(velocity float64) {
	names := identified(span{p.X.Min, p.X.Max}, velocity)
	if len(names) > 0 {
		p.Y.Max += 0.15 * (p.Y.Max - p.Y.Min)
	}
	p.Add(names)
}

// Plot implements plot.Plotter: a tick under the upper edge for every line, a
// name over every group of lines of one name that stand close together.
func (ids identifications) Plot(c draw.Canvas, p *plot.Plot) {
	const stem, drop, gap = 9, 5, 2 // lengths of the tick, and above it
	sty := style(tickSize)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
	descent := sty.FontExtents().Descent
	line := draw.LineStyle{Color: muted, Width: thin}
	trX, _ := p.Transforms(&c)

	textHeight := sty.Height("X")
	free := []vg.Length{c.Min.X, c.Min.X} // where each row of names may go on
	for i := 0; i < len(ids); {
		j := i
		for j < len(ids) && ids[j].Name == ids[i].Name && trX(ids[j].Wave)-trX(ids[i].Wave) < 60 {
			j++
		}
		mid := (trX(ids[i].Wave) + trX(ids[j-1].Wave)) / 2
		half := sty.Width(ids[i].Name)/2 + gap
		mid = vg.Length(math.Max(float64(c.Min.X+half), math.Min(float64(mid), float64(c.Max.X-half))))
		row := 0
		for row < len(free)-1 && mid-half < free[row] {
			row++
		}
		top := c.Max.Y - drop - vg.Length(row)*textHeight
		if mid-half >= free[row] { // else there is no room for the name
			c.FillText(sty, vg.Point{X: mid, Y: top + descent}, ids[i].Name)
			free[row] = mid + half
		}
		foot := c.Max.Y - drop - textHeight - gap
		if row > 0 {
			foot = top - textHeight - gap
		}
		for ; i < j; i++ {
			x := trX(ids[i].Wave)
			c.StrokeLine2(line, x, foot-stem, x, foot)
		}
	}
}
