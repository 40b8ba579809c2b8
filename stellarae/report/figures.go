package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
)

// A drawing is a figure of the report.
type drawing struct {
	Name  string // of its files, without extension
	Alt   string // what it shows, for those who cannot see it
	Read  string // how to read it
	Label string // of a scatter; empty for the others

	Corrected bool // of the corrected count

	png, svg []byte
}

// draw draws all figures.
func (r *Report) draw(f *findings) ([]drawing, error) {
	var all []drawing
	add := func(d drawing, fig *figure.Figure, err error) error {
		if err != nil {
			return err
		}
		if d.png, err = fig.PNG(); err != nil {
			return err
		}
		if d.svg, err = fig.SVG(); err != nil {
			return err
		}
		if fig.Dropped > 0 && d.Label == "" {
			d.Read += fmt.Sprintf(" Not drawn for want of a usable number: %d.", fig.Dropped)
		}
		all = append(all, d)
		return nil
	}
	if err := r.drawCorrected(add); err != nil {
		return nil, err
	}
	fig, err := figure.MAD(figure.MADOf(r.Count))
	if err := add(drawing{
		Name: "mad", Alt: "Median absolute deviation of every node",
		Read: "One stem is one node. A node that the decoder does not use keeps the same code for every spectrum, so its stem is short; nodes whose stem passes the dashed line are informative.",
	}, fig, err); err != nil {
		return nil, err
	}
	if d := figure.MIOf(r.Count); d.Labels != nil {
		fig, err := figure.MI(d)
		if err := add(drawing{
			Name: "mutual_information", Alt: "Mutual information of nodes and labels, by number of bins",
			Read: "One stripe is one label, one column one node, one row one number of bins, in which the brightest node is 1. A column that stays bright from top to bottom is related to the label; a haze that rises downward is the bias of fine bins.",
		}, fig, err); err != nil {
			return nil, err
		}
	}
	if r.Codes == nil {
		return all, nil
	}
	names := map[string]bool{}
	for i, l := range f.Labels {
		if l.Best < 0 {
			continue
		}
		fig, err := r.scatter(i, l.Best)
		if err := add(drawing{
			Name: fileName("scatter_"+l.Name, names), Label: l.Name,
			Alt:  fmt.Sprintf("Code of node %d against %s", l.Best, l.Name),
			Read: "One point is one spectrum. A relation shows as a curve, also one that rises and falls, which a correlation coefficient misses; a shapeless cloud is none.",
		}, fig, err); err != nil {
			return nil, err
		}
	}
	if fig, err := r.kiel(); fig != nil || err != nil {
		if err := add(drawing{
			Name: "kiel", Alt: "Surface gravity against effective temperature of the sample",
			Read: "Where the stars of the sample lie: hot to the left, giants above. Along the main sequence temperature and gravity go together, so a node that knows one seems to know the other.",
		}, fig, err); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r *Report) scatter(label, node int) (*figure.Figure, error) {
	l := r.Labels[label]
	d := figure.ScatterData{
		Title: fmt.Sprintf("Node %d and %s", node, inSentence(figure.QuantityName(l.Name))),
		X:     l.Values, XLabel: figure.AxisLabel(l.Name),
		Y: mat.Col(nil, node, r.Codes), YLabel: fmt.Sprintf("Node %d", node),
	}
	d.Color, d.ColorLabel, d.Categories = r.color(l.Name)
	if l.Name == "spec_type_no" {
		d.XCategories = figure.SpectralTypes
	}
	// What the count clipped would squeeze the rest.
	clipped, _, _ := info.SigmaClip(l.Values, 5, 5)
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range l.Values {
		if !clipped[i] {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if room := 0.04 * (hi - lo); room > 0 && !math.IsInf(room, 0) {
		d.XRange = [2]float64{lo - room, hi + room}
	}
	return figure.Scatter(d)
}

// kiel is nil where the sample has no temperatures or gravities.
func (r *Report) kiel() (*figure.Figure, error) {
	teff, logg := r.column("Teff"), r.column("logg")
	if teff == nil || logg == nil {
		return nil, nil
	}
	for i := range teff {
		if isFinite(teff[i]) && isFinite(logg[i]) {
			d := figure.KielData{Title: "The sample", Teff: teff, LogG: logg}
			d.Color, d.ColorLabel, d.Categories = r.color("Teff")
			return figure.Kiel(d)
		}
	}
	return nil, nil
}

// color is what points are coloured by when they already show a label: the
// spectral type, else the temperature, else nothing.
func (r *Report) color(shown string) (values []float64, name string, categories []string) {
	if v := r.column("spec_type_no"); v != nil && shown != "spec_type_no" {
		return v, figure.QuantityName("spec_type_no"), figure.SpectralTypes
	}
	if v := r.column("Teff"); v != nil && shown != "Teff" {
		return v, figure.AxisLabel("Teff"), nil
	}
	return nil, "", nil
}

// column is a label's values, or nil where none is finite.
func (r *Report) column(name string) []float64 {
	for _, l := range r.Labels {
		if l.Name == name && slices.ContainsFunc(l.Values, isFinite) {
			return l.Values
		}
	}
	return nil
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

var notInNames = regexp.MustCompile("[^a-zA-Z0-9]+")

// fileName makes a file's name of a text from a file: letters, digits and
// underscores, not too long, and not one of those taken.
func fileName(text string, taken map[string]bool) string {
	base := strings.Trim(notInNames.ReplaceAllString(text, "_"), "_")
	base = base[:min(len(base), 60)]
	name := base
	for i := 2; taken[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// inSentence writes the first letter small where the second one is.
func inSentence(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
