package paper

import (
	"fmt"
	"slices"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
)

// draw draws the simulated survey's figures.
func (s *simulation) draw(l *Lane) error {
	if err := s.drawCount(l, "simulated survey"); err != nil {
		return err
	}
	for _, d := range []struct{ name, label string }{{"radvel", "radvel"}, {"teff", "Teff"}} {
		if node, _ := best(s.published, d.label); node >= 0 {
			if err := s.drawScatter(l, d.name, node, d.label); err != nil {
				return err
			}
		}
	}
	if err := s.drawKiel(l, "kiel"); err != nil {
		return err
	}
	if err := s.drawReconstruction(l); err != nil {
		return err
	}
	return s.drawSlider(l)
}

// drawCount draws the figures of both sections: deviations, and heat maps.
func (s *sample) drawCount(l *Lane, where string) error {
	p := s.published
	f, err := figure.MAD(figure.MADData{Title: "Median absolute deviation, " + where, MAD: p.MAD, Threshold: p.Threshold, Informative: p.Informative})
	if err := l.draw("mad", "Median absolute deviation of every node; the informative ones are numbered", f, err); err != nil {
		return err
	}
	d := figure.MIData{Title: "Mutual information, " + where, Bins: p.Bins}
	for _, name := range []string{"radvel", "Teff", "logg", "E(B-V)"} {
		if mi := labelOf(p, name); mi != nil && mi.MI != nil {
			d.Labels = append(d.Labels, info.LabelMI{Name: figure.QuantityName(name), MI: mi.MI})
		}
	}
	f, err = figure.MI(d)
	return l.draw("mi", "Mutual information of nodes and labels by number of bins, every row divided by its maximum", f, err)
}

func (s *sample) drawScatter(l *Lane, name string, node int, label string) error {
	d := figure.ScatterData{
		Title:  fmt.Sprintf("Node %d against %s", node, figure.QuantityName(label)),
		XLabel: figure.AxisLabel(label), YLabel: fmt.Sprintf("Node %d", node),
		ColorLabel: "Spectral type", Categories: figure.SpectralTypes,
	}
	values, err := s.values(label)
	if err != nil {
		return err
	}
	types, err := s.values("spec_type_no")
	if err != nil { // a table without types
		d.ColorLabel, d.Categories = "", nil
	}
	code := s.node(node)
	for _, r := range s.bright {
		d.X, d.Y = append(d.X, values[r]), append(d.Y, code[r])
		if d.Categories != nil {
			d.Color = append(d.Color, types[r])
		}
	}
	f, err := figure.Scatter(d)
	return l.draw(name, fmt.Sprintf("Node %d of every star against %s, coloured by spectral type", node, label), f, err)
}

func (s *sample) drawKiel(l *Lane, name string) error {
	d := figure.KielData{Title: "Temperature and gravity of the sample", Ascending: true}
	teff, err := s.values("Teff")
	if err != nil {
		return err
	}
	logg, err := s.values("logg")
	if err != nil {
		return err
	}
	for _, r := range s.bright {
		d.Teff, d.LogG = append(d.Teff, teff[r]), append(d.LogG, logg[r])
	}
	f, err := figure.Kiel(d)
	return l.draw(name, "Surface gravity against temperature of every star", f, err)
}

func (s *simulation) drawReconstruction(l *Lane) error {
	again, err := s.model.Decode(s.codes32[:1])
	if err != nil {
		return err
	}
	g := s.model.Config.Grid
	cut := func(row []float32) []float32 { return row[g.PadLeft : g.PadLeft+g.Samples] }
	f, err := figure.Spectrum(figure.SpectrumData{
		Title: fmt.Sprintf("A star not trained on, from %d numbers", s.model.Config.Nodes),
		Wave:  g.Waves(), Flux: cut(s.rows[0]), Model: cut(again[0]), Lines: true,
	})
	return l.draw("reconstruction", "A spectrum, its reconstruction, and what is left", f, err)
}

// drawSlider moves velocity's node around a star's code, and shows one line.
func (s *simulation) drawSlider(l *Lane) error {
	node, _ := best(s.published, "radvel")
	if node < 0 {
		return nil
	}
	values := []float64{-2, -1, 0, 1, 2}
	spectra, err := s.model.Traverse(slices.Clone(s.codes32[0]), node, []float32{-2, -1, 0, 1, 2})
	if err != nil {
		return err
	}
	g := s.model.Config.Grid
	for i, row := range spectra {
		spectra[i] = row[g.PadLeft : g.PadLeft+g.Samples]
	}
	f, err := figure.Traversal(figure.TraversalData{
		Title: fmt.Sprintf("Node %d moved: the lines shift", node), Node: node, Values: values,
		Wave: g.Waves(), Spectra: spectra, Range: [2]float64{5155, 5195}, Lines: true,
	})
	return l.draw("slider", "The decoded spectrum for five values of velocity's node", f, err)
}
