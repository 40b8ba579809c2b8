// Command draw makes the pictures of docs/statistics.md from small experiments
// whose truth is known, and prints the numbers that the page quotes.
//
// It measures no estimator thoroughly; docs/estimators.md does.
//
//	go run ./docs/draw docs/images
package main

import (
	"fmt"
	"image/color"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: draw FOLDER")
	}
	for name, make := range map[string]func(path string) error{
		"statistics-bins.png":     bins,
		"statistics-visits.png":   visits,
		"statistics-indirect.png": indirect,
	} {
		if err := make(filepath.Join(os.Args[1], name)); err != nil {
			log.Fatal(err)
		}
	}
}

// pairs are n pairs of Gaussian numbers with correlation rho.
func pairs(rng *rand.Rand, n int, rho float64) (x, y []float64) {
	for range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x, y = append(x, a), append(y, rho*a+math.Sqrt(1-rho*rho)*b)
	}
	return x, y
}

// Colours that readers with any common form of colour blindness tell apart
// (Okabe and Ito).
var (
	blue   = color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}
	orange = color.RGBA{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}
	red    = color.RGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}
	grey   = color.RGBA{R: 0x80, G: 0x80, B: 0x80, A: 0xff}
)

// curve adds a line with points to a plot.
func curve(p *plot.Plot, name string, xy plotter.XYs, c color.Color) error {
	line, points, err := plotter.NewLinePoints(xy)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, vg.Points(1.6)
	points.Color, points.Shape, points.Radius = c, draw.CircleGlyph{}, vg.Points(2.6)
	p.Add(line, points)
	p.Legend.Add(name, line, points)
	return nil
}

// level adds a dashed line of one height.
func level(p *plot.Plot, name string, y, from, to float64) error {
	line, err := plotter.NewLine(plotter.XYs{{X: from, Y: y}, {X: to, Y: y}})
	if err != nil {
		return err
	}
	line.Color, line.Dashes = grey, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(line)
	if name != "" {
		p.Legend.Add(name, line)
	}
	return nil
}

// logTicks labels the given places of a logarithmic axis.
func logTicks(a *plot.Axis, at []int) {
	var ticks plot.ConstantTicks
	for _, v := range at {
		ticks = append(ticks, plot.Tick{Value: float64(v), Label: fmt.Sprint(v)})
	}
	a.Scale, a.Tick.Marker = plot.LogScale{}, ticks
}

func save(p *plot.Plot, path string) error {
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding = vg.Points(3)
	return p.Save(6.4*vg.Inch, 3.6*vg.Inch, path)
}

// bins draws what histograms say of pairs whose mutual information is known.
func bins(path string) error {
	const rows = 4000 // about as many as the paper has radial velocities
	rng := rand.New(rand.NewPCG(1, 1))
	at := []int{5, 10, 20, 40, 80, 160}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "bins an axis", "mutual information (nat)"
	logTicks(&p.X, at)
	for _, series := range []struct {
		rho   float64
		name  string
		color color.Color
	}{{0.95, "correlation 0.95", blue}, {0.5, "correlation 0.5", orange}, {0, "nothing shared", red}} {
		x, y := pairs(rng, rows, series.rho)
		var xy plotter.XYs
		for _, n := range at {
			estimate, err := info.HistogramMI(x, y, n)
			if err != nil {
				return err
			}
			xy = append(xy, plotter.XY{X: float64(n), Y: estimate})
		}
		neighbours, err := mi.KSG1(x, y, 3)
		if err != nil {
			return err
		}
		truth := mi.Gaussian(series.rho)
		fmt.Printf("bins: rho %.2f, truth %.3f, histograms %.3f, neighbours %.3f\n", series.rho, truth, ys(xy), neighbours)
		if err := curve(p, series.name, xy, series.color); err != nil {
			return err
		}
		name := ""
		if series.rho == 0 {
			name = "the truth of each"
		}
		if err := level(p, name, truth, 5, 160); err != nil {
			return err
		}
	}
	return save(p, path)
}

func ys(xy plotter.XYs) (y []float64) {
	for _, p := range xy {
		y = append(y, p.Y)
	}
	return y
}

// visits draws how often a test claims a relation where there is none, when a
// star is observed several times: 100 stars, a node and a label that are
// constant for a star and know nothing of each other.
func visits(path string) error {
	const stars, surveys, permutations, alpha = 100, 400, 99, 0.05
	rng := rand.New(rand.NewPCG(2, 1))
	var spectra, whole plotter.XYs
	at := []int{1, 2, 4, 8, 16}
	for _, n := range at {
		var claims [2]int
		for range surveys {
			var node, label []float64
			var star []int
			for s := range stars {
				z, l := rng.NormFloat64(), rng.NormFloat64()
				for range n {
					node = append(node, z+0.05*rng.NormFloat64()) // the noise of a visit
					label, star = append(label, l), append(star, s)
				}
			}
			byStar, err := resample.By(star)
			if err != nil {
				return err
			}
			for i, unit := range []*resample.Clusters{resample.Singles(len(node)), byStar} {
				if pValue(rng, node, label, unit, permutations) <= alpha {
					claims[i]++
				}
			}
		}
		spectra = append(spectra, plotter.XY{X: float64(n), Y: 100 * float64(claims[0]) / surveys})
		whole = append(whole, plotter.XY{X: float64(n), Y: 100 * float64(claims[1]) / surveys})
	}
	fmt.Printf("visits: %v: false claims %.1f %% permuting spectra, %.1f %% permuting stars\n", at, ys(spectra), ys(whole))
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "visits to each star", "false claims (%)"
	p.Y.Min, p.Y.Max = 0, 100
	logTicks(&p.X, at)
	if err := curve(p, "the label dealt anew among spectra", spectra, red); err != nil {
		return err
	}
	if err := curve(p, "the label dealt anew among stars", whole, blue); err != nil {
		return err
	}
	if err := level(p, "5 %, what was asked for", 5, 1, 16); err != nil {
		return err
	}
	return save(p, path)
}

// pValue is the share of permutations whose correlation is at least as strong as
// the one observed.
func pValue(rng *rand.Rand, node, label []float64, unit *resample.Clusters, permutations int) float64 {
	observed := math.Abs(stat.Correlation(node, label, nil))
	atLeast := 1
	dealt := make([]float64, len(label))
	for range permutations {
		for i, from := range unit.Between(rng) {
			dealt[i] = label[from]
		}
		if math.Abs(stat.Correlation(node, dealt, nil)) >= observed {
			atLeast++
		}
	}
	return float64(atLeast) / float64(permutations+1)
}

// indirect draws a node that knows gravity only because it knows temperature.
func indirect(path string) error {
	rng := rand.New(rand.NewPCG(3, 1))
	var node, gravity, teff []float64
	for range 1500 {
		t := 4200 + 2600*rng.Float64()
		teff = append(teff, t)
		node = append(node, (t-5500)/800+0.1*rng.NormFloat64())
		gravity = append(gravity, 4.75-0.6*(t-4200)/2600+0.06*rng.NormFloat64())
	}
	all, err := mi.KSG1(mi.NormalScores(node), mi.NormalScores(gravity), 3)
	if err != nil {
		return err
	}
	beyond, err := mi.Conditional(mi.NormalScores(node), mi.NormalScores(gravity), [][]float64{mi.NormalScores(teff)}, 3)
	if err != nil {
		return err
	}
	fmt.Printf("indirect: node and log g share %.2f bits, beyond temperature %.2f\n", mi.Bits(all), mi.Bits(beyond))
	f, err := figure.Scatter(figure.ScatterData{
		X: node, Y: gravity, XLabel: "value of the node", YLabel: "log g (cm s^{-2})", Color: teff, ColorLabel: "T_{eff} (K)",
	})
	if err != nil {
		return err
	}
	return f.Save(path)
}
