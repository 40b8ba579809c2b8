package figure

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
	"github.com/stellarae/lab/stellarae/info/significance"
)

var madeLabels = []string{"radvel", "Teff", "logg", "[M/H]", "Mass", "vsini", "E(B-V)", "airmass", "snr"}

// cellOf is a cell whose p-values follow from its effect, as those of a test
// with 999 permutations do.
func cellOf(node int, label string, bits float64) info.Association {
	a := info.Association{Node: node, Label: label, Effect: significance.Effect{Bits: bits}, P: 1, Adjusted: 1, Q: 1}
	switch {
	case bits > 0.08:
		a.P, a.Adjusted, a.Q = 0.001, 0.001, 0.004
	case bits > 0.04:
		a.P, a.Adjusted, a.Q = 0.004, 0.2, 0.03
	}
	return a
}

// madeMap is nodes x labels of noise, in which node k knows label k, and the
// one after it a little; every fifth label can tell nothing.
func madeMap(nodes []int, labels []string, claims bool) AssociationMapData {
	rng := rand.New(rand.NewPCG(9, 1))
	d := AssociationMapData{Title: "What nodes and labels share", Nodes: nodes}
	for l, name := range labels {
		row, through := make([]info.Association, 128), make([]bool, 128)
		for n := range row {
			row[n] = cellOf(n, name, 0.012*rng.NormFloat64())
			if l%5 == 4 {
				row[n].Reason, row[n].Effect.Bits = "all values equal 1", math.NaN()
			}
		}
		if claims && l < len(nodes) && l%5 != 4 {
			row[nodes[l]] = cellOf(nodes[l], name, 0.9/float64(l+1))
			next := nodes[(l+1)%len(nodes)]
			row[next] = cellOf(next, name, 0.2/float64(l+1))
			through[next] = true
		}
		d.Cells, d.Through = append(d.Cells, row), append(d.Through, through)
	}
	return d
}

func longLabels(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("A label with a long name of its own, number %d", i))
	}
	return names
}

// madeIntervals are estimates beside references that are larger, as those of
// histograms are.
func madeIntervals(labels []string, nodes []int, sources int) MIIntervalsData {
	d := MIIntervalsData{Title: "Mutual information of labels and nodes"}
	for l, label := range labels {
		for k, node := range nodes {
			v := 0.9 / float64(1+l+2*k)
			p := MIPair{Label: label, Node: node, Interval: resample.Interval{Estimate: v - 0.1, Lo: v - 0.1 - 0.3*v, Hi: v - 0.1 + 0.3*v}}
			for s, name := range []string{"histogram, 40 bins", "Gaussian mixture", "nearest neighbours", "a", "b", "c"}[:sources] {
				p.References = append(p.References, MIReference{Name: name, Value: v + 0.05*float64(s), Spread: 0.02 * float64(2-s%3)})
			}
			d.Pairs = append(d.Pairs, p)
		}
	}
	return d
}

// madeDimension falls from small scales, which see noise, to a plateau at six.
func madeDimension(scales, draws int) DimensionScaleData {
	d := DimensionScaleData{Title: "Dimension of the informative nodes", Report: dimension.Report{
		Rows: 600, Columns: 6, Draws: draws,
		Participation: dimension.Value{Mean: 4.7}, Components: dimension.Value{Mean: 6},
		TwoNN: dimension.Value{Mean: 6.3, SD: 0.2}, MLE: dimension.Value{Mean: 5.6, SD: 0.05},
	}}
	for i := range scales {
		d.Report.Scales = append(d.Report.Scales, dimension.Scale{
			Order: 2 << i, Radius: 0.4 * math.Pow(2, float64(i)/6), Dimension: 5.4 + 1.2*math.Exp(-float64(i)), SE: 0.4 / math.Sqrt(float64(1+i)),
		})
	}
	return d
}

// madePlane is dead nodes, of which a few seem to know a label, and used ones,
// half of them explained.
func madePlane(nodes int, used []int, leaks int) UsePlaneData {
	rng := rand.New(rand.NewPCG(4, 4))
	d := UsePlaneData{
		Title: "Use and information of the nodes", Use: make([]float64, nodes), Bits: make([]float64, nodes),
		UseThreshold: 0.02, BitsThreshold: 0.06, Names: map[int]string{},
	}
	for n := range d.Use {
		d.Use[n] = 0.004 * math.Exp(0.3*rng.NormFloat64())
		d.Bits[n] = 0.015 * rng.NormFloat64()
		if n%40 == 7 && n/40 < leaks {
			d.Bits[n] = 0.15 + 0.03*float64(n/40)
			d.Names[n] = fmt.Sprint(n)
		}
	}
	for k, n := range used {
		d.Use[n] = 0.3 * math.Exp(0.5*rng.NormFloat64())
		d.Names[n] = fmt.Sprint(n)
		if k%2 == 0 {
			d.Bits[n] = 0.9 / float64(k+1)
			d.Names[n] = fmt.Sprintf("%d: %s", n, QuantityName(madeLabels[k%len(madeLabels)]))
		}
	}
	return d
}

// madeThresholds counts the nodes whose use, spread over decades, is above each
// of 41 thresholds.
func madeThresholds(runs int, interval bool) ThresholdCurveData {
	rng := rand.New(rand.NewPCG(6, 1))
	d := ThresholdCurveData{Title: "Informative nodes by threshold", Threshold: 0.02}
	for k := range runs {
		var use []float64
		for n := range 128 {
			u := 0.004 * math.Exp(0.3*rng.NormFloat64())
			if n < 6+k%2 {
				u = 0.2 * math.Exp(0.7*rng.NormFloat64())
			}
			use = append(use, u)
		}
		r := ThresholdRun{Name: fmt.Sprintf("seed %d", k+1)}
		for i := range 41 {
			t := 0.002 * math.Pow(10, float64(i)/16)
			count := func(factor float64) (n int) {
				for _, u := range use {
					if u*factor > t {
						n++
					}
				}
				return n
			}
			r.Thresholds, r.Count = append(r.Thresholds, t), append(r.Count, count(1))
			if interval {
				r.Lo, r.Hi = append(r.Lo, count(0.8)), append(r.Hi, count(1.25))
			}
		}
		d.Runs = append(d.Runs, r)
	}
	return d
}

// madeGraph is nodes of which every other one carries a label, and some a second
// one through the first.
func madeGraph(nodes []int, labels []string, carried bool) DependencyData {
	d := DependencyData{Title: "What depends on what", Nodes: nodes, Labels: labels}
	if !carried {
		return d
	}
	for k := range nodes {
		if k%2 == 0 {
			l := (5*k + 1) % len(labels)
			d.Carried = append(d.Carried,
				CarriedLabel{Node: k, Label: l, Bits: 0.9 / float64(k+1)},
				CarriedLabel{Node: k, Label: (l + 1) % len(labels), Bits: 0.3 / float64(k+1), Through: true})
			d.LabelPairs = append(d.LabelPairs, DependentPair{l, (l + 1) % len(labels)})
		}
	}
	d.NodePairs = []DependentPair{{0, 1}, {2, len(nodes) - 1}}
	return d
}

// madeResponse has the first of some nodes follow the velocity until it
// saturates, the second its absolute value, and the others noise.
func madeResponse(nodes int, responding []int) DopplerResponseData {
	rng := rand.New(rand.NewPCG(2, 7))
	d := DopplerResponseData{Title: "Codes of a spectrum that is shifted", Change: make([][]float64, nodes), Responding: responding}
	for v := -60.0; v <= 60; v += 5 {
		d.Velocity = append(d.Velocity, v)
		for n := range d.Change {
			d.Change[n] = append(d.Change[n], 0.002*v*rng.NormFloat64())
		}
	}
	for k, n := range responding {
		for i, v := range d.Velocity {
			follow := 2 * math.Tanh(v/40)
			if k > 0 {
				follow = math.Abs(v) / 60 / float64(k)
			}
			d.Change[n][i] += follow
		}
	}
	return d
}

// madePhysics has a node that shifts lines but blurs them.
func madePhysics() TraversalVsPhysicsData {
	s := madeSpectrum(3000, 5160, 0.01)
	d := TraversalVsPhysicsData{Node: 124, Quantity: "radial velocity", Wave: s.Wave, Correlation: 0.934, Lines: true, Range: [2]float64{5165, 5177}}
	slope := func(flux []float32, i int) float64 {
		return float64(flux[min(i+6, len(flux)-1)]) - float64(flux[max(i-6, 0)])
	}
	for i := range s.Wave {
		d.Change = append(d.Change, slope(s.Model, i))
		d.Derivative = append(d.Derivative, slope(s.Flux, i))
	}
	return d
}
