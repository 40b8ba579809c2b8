package main

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/intervene"
)

// drawFigures draws the answers of both networks, and what the nodes that are
// velocity do to the spectrum; of none the one that comes nearest.
func (r *intervened) drawFigures(e experiments) error {
	if err := e.drawResponses(e.trained, "Spectra shifted", "doppler.png"); err != nil {
		return err
	}
	if err := e.drawResponses(e.untrained, "Spectra shifted, untrained network", "doppler-untrained.png"); err != nil {
		return err
	}
	for i, n := range r.Nodes {
		if n.Verdict == intervene.Unused || n.Verdict != intervene.Velocity && i > 0 {
			continue
		}
		at := slices.IndexFunc(e.trained.derivatives, func(d intervene.NodeDerivative) bool { return d.Node == n.Node })
		if err := e.drawDerivative(e.trained.derivatives[at], filepath.Join(r.Out, fmt.Sprintf("node-%d.png", n.Node))); err != nil {
			return err
		}
	}
	return nil
}

// drawResponses draws the mean response of the nodes in use, if there is one,
// those that velocity explains most in colour.
func (e experiments) drawResponses(of network, title, file string) error {
	d := of.doppler
	data := figure.DopplerResponseData{Velocity: d.Velocities}
	unused := 0
	for _, n := range d.Nodes {
		change := make([]float64, len(n.Mean))
		verdict := of.verdict(n.Node, e.scatter)
		for j, v := range n.Mean {
			change[j] = v / n.Spread
			if verdict == intervene.Unused {
				change[j] = math.NaN() // there is no spread to measure it by
			}
		}
		data.Change = append(data.Change, change)
		switch verdict {
		case intervene.Unused:
			unused++
		case intervene.Velocity, intervene.Mixed:
			data.Responding = append(data.Responding, n.Node)
		}
	}
	if unused == len(d.Nodes) {
		return nil
	}
	if unused > 0 {
		title += fmt.Sprintf("; %d nodes not in use", unused)
	}
	slices.SortStableFunc(data.Responding, func(a, b int) int {
		return cmp.Compare(d.Nodes[b].Explained(e.scatter), d.Nodes[a].Explained(e.scatter))
	})
	const colours = 7
	if n := len(data.Responding); n > colours {
		title += fmt.Sprintf("; the first %d of %d that answer", colours, n)
		data.Responding = data.Responding[:colours]
	}
	data.Title = title
	f, err := figure.DopplerResponse(data)
	if err != nil {
		return err
	}
	return f.Save(filepath.Join(e.out, file))
}

func (e experiments) drawDerivative(d intervene.NodeDerivative, path string) error {
	g := e.m.Config.Grid
	data := figure.TraversalVsPhysicsData{
		Node: d.Node, Quantity: "radial velocity", Wave: g.Waves(),
		Change: d.Change[g.PadLeft : g.PadLeft+g.Samples], Lines: true,
	}
	var a, b []float64
	for i, v := range d.Physics[g.PadLeft : g.PadLeft+g.Samples] {
		data.Derivative = append(data.Derivative, v*d.Units.Median)
		if !math.IsNaN(v) {
			a, b = append(a, data.Change[i]), append(b, data.Derivative[i])
		}
	}
	data.Correlation = stat.Correlation(a, b, nil)
	f, err := figure.TraversalVsPhysics(data)
	if err != nil {
		return err
	}
	return f.Save(path)
}
