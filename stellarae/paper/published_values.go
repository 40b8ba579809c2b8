package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info/mi"
)

// inNats compares the histograms of 40 bins with the printed values.
func (p *publication) inNats() (Answer, error) {
	n, off, where := 0, 0.0, ""
	for _, l := range p.labelsOf(histograms) {
		for i, node := range informativePublished {
			v, ok := nats(p.published, l.Name, 40, node)
			if !ok {
				continue
			}
			n++
			if d := math.Abs(v - histograms[l.Name][i]); d > off {
				off, where = d, fmt.Sprintf(" (%s, node %d)", l.Name, node)
			}
		}
	}
	return Answer{
		Published: fmt.Sprintf("%d values, off by %.4f at most%s", n, off, where),
		Verdict:   verdict(n == len(histograms)*len(informativePublished) && off <= 0.006, Reproduced), Figure: "mi",
	}, nil
}

// byNeighbours compares our estimate by nearest neighbours, of all spectra with the
// label within its clip, with the printed one.
func (p *publication) byNeighbours() (Answer, error) {
	n, off, where := 0, 0.0, ""
	for _, l := range p.labelsOf(neighbours) {
		rows, err := p.clipped(l.Name)
		if err != nil {
			return Answer{}, err
		}
		values, err := p.values(l.Name)
		if err != nil {
			return Answer{}, err
		}
		for i, node := range informativePublished {
			if !p.has(node) {
				continue
			}
			code := p.node(node)
			var x, y []float64
			for _, r := range rows {
				x, y = append(x, code[r]), append(y, values[r])
			}
			v, err := mi.Mixed(mi.NormalScores(x), mi.NormalScores(y), 3)
			if err != nil {
				return Answer{}, err
			}
			n++
			if d := math.Abs(v - neighbours[l.Name][i]); d > off {
				off, where = d, fmt.Sprintf(" (%s, node %d)", l.Name, node)
			}
		}
	}
	return Answer{
		Published: fmt.Sprintf("%d values, off by %.3f at most%s", n, off, where),
		Verdict:   verdict(n == len(neighbours)*len(informativePublished) && off <= 0.1, Reproduced),
	}, nil
}

// extremes finds the highest and the lowest code of node 124 among the stars whose
// velocity is within the clip.
func (p *publication) extremes() (Answer, error) {
	rows, err := p.clipped("radvel")
	if err != nil || len(rows) == 0 {
		return Answer{Published: "no radial velocities", Verdict: NotReproduced}, err
	}
	velocity, err := p.values("radvel")
	if err != nil {
		return Answer{}, err
	}
	if !p.has(124) {
		return Answer{Published: "no node 124", Verdict: NotReproduced}, nil
	}
	code := p.node(124)
	byCode := func(a, b int) int {
		switch {
		case code[a] < code[b]:
			return -1
		case code[a] > code[b]:
			return 1
		}
		return 0
	}
	low, high := slices.MinFunc(rows, byCode), slices.MaxFunc(rows, byCode)
	near := func(row int, z, v float64) bool {
		return math.Abs(code[row]-z) <= 0.05 && math.Abs(velocity[row]-v) <= 3
	}
	return Answer{
		Published: fmt.Sprintf("highest, %.2f, at %+.0f km/s; lowest, %.2f, at %+.0f", code[high], velocity[high], code[low], velocity[low]),
		Verdict:   verdict(near(high, 2.76, -24) && near(low, -3.06, 43), Reproduced), Figure: "radvel",
	}, nil
}

// falls takes the median of node 85 every 500 K.
func (p *publication) falls() (Answer, error) {
	teff, err := p.values("Teff")
	if err != nil {
		return Answer{}, err
	}
	if !p.has(85) {
		return Answer{Published: "no node 85", Verdict: NotReproduced}, nil
	}
	code := p.node(85)
	var medians []float64
	for from := 3000.0; from < 9000; from += 500 {
		var bin []float64
		for _, r := range p.bright {
			if teff[r] >= from && teff[r] < from+500 {
				bin = append(bin, code[r])
			}
		}
		if len(bin) >= 5 {
			medians = append(medians, median(bin))
		}
	}
	if len(medians) < 2 {
		return Answer{Published: "too few temperatures", Verdict: NotReproduced}, nil
	}
	steady := slices.IsSortedFunc(medians, func(a, b float64) int {
		if a > b {
			return -1
		}
		return 1
	})
	return Answer{
		Published: fmt.Sprintf("medians from %.2f to %.2f, falling throughout: %t", medians[0], medians[len(medians)-1], steady),
		Verdict:   verdict(steady, Reproduced), Figure: "teff",
	}, nil
}

// has is whether the codes have a node.
func (p *publication) has(node int) bool {
	_, nodes := p.codes.Dims()
	return node < nodes
}

// clipped are the rows, faint ones too, whose label takes part.
func (p *publication) clipped(label string) (rows []int, err error) {
	values, err := p.values(label)
	if err != nil {
		return nil, err
	}
	out := outliers(values)
	for r := range values {
		if !out[r] {
			rows = append(rows, r)
		}
	}
	return rows, nil
}
