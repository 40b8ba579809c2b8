package report

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// The rule, on tables small enough to follow: five nodes, so that the median
// node is the third largest.
func TestRule(t *testing.T) {
	flat := []float64{1, 1, 1, 1, 1}
	for name, c := range map[string]struct {
		mi     [][]float64
		best   int
		wins   int
		clear  int
		direct bool
	}{
		"bright in all rows":        {[][]float64{{0, 9, 1, 1, 1}, {0, 9, 1, 1, 1}}, 1, 2, 2, true},
		"three times is enough":     {[][]float64{{0, 3, 1, 1, 1}}, 1, 1, 1, true},
		"less is not":               {[][]float64{{0, 2.9, 1, 1, 1}}, 1, 1, 0, false},
		"half of the rows":          {[][]float64{{0, 9, 1, 1, 1}, {9, 1, 1, 1, 1}}, 0, 1, 1, true},
		"fewer than half":           {[][]float64{{0, 9, 1, 1, 1}, {0, 2, 1, 1, 1}, {0, 2, 1, 1, 1}}, 1, 3, 1, false},
		"largest, but in a haze":    {[][]float64{{5, 9, 5, 5, 5}, {5, 9, 5, 5, 5}}, 1, 2, 0, false},
		"equal nodes, no contrast":  {[][]float64{flat}, 0, 1, 0, false},
		"no information":            {[][]float64{{0, 0, 0, 0, 0}}, -1, 0, 0, false},
		"all others know nothing":   {[][]float64{{0, 0, 0, 1, 0}}, 3, 1, 1, true},
		"two nodes share the label": {[][]float64{{0, 9, 8, 1, 1}, {0, 8, 9, 1, 1}, {0, 9, 8, 1, 1}}, 1, 2, 2, true},
	} {
		r := &Report{Count: &info.Published{
			MAD: make([]float64, 5), Median: make([]float64, 5), Informative: []int{1}, Labels: []info.LabelMI{{Name: "Teff", MI: c.mi}},
		}}
		l := r.findings().Labels[0]
		if l.Best != c.best || l.Wins != c.wins || l.Clear != c.clear || l.Direct != c.direct {
			t.Errorf("%s: node %d, %d maxima, %d clear, direct %t", name, l.Best, l.Wins, l.Clear, l.Direct)
		}
	}
}

func TestShares(t *testing.T) {
	r := &Report{Count: &info.Published{
		MAD: []float64{1, 1, 0, 0, 0}, Median: make([]float64, 5), Informative: []int{0, 1},
		Labels: []info.LabelMI{{Name: "Teff", MI: [][]float64{{9, 5, 1, 1, 1}, {11, 3, 1, 1, 0}, {0, 2, 1, 1, 1}}}},
	}}
	f := r.findings()
	// Rows one and two are clear: (5-1)/(9-1) and (3-1)/(11-1) for node 1.
	if got, want := f.Nodes[1].Shares, (0.5+0.2)/2; len(got) != 1 || math.Abs(got[0].Share-want) > 1e-12 {
		t.Errorf("share of node 1: %v, want %v", got, want)
	}
	if got := f.Nodes[0].Shares; len(got) != 1 || got[0].Share != 1 {
		t.Errorf("share of the best node: %v", got)
	}
	if !slices.Equal(f.Unexplained, []int{1}) {
		t.Errorf("unexplained: %v", f.Unexplained)
	}
}

func TestThresholds(t *testing.T) {
	for _, c := range []struct {
		mad          []float64
		informative  []int
		below, above float64
	}{
		{[]float64{0.01, 0.5, 0.03}, []int{1, 2}, 0.01, 0.03},
		{[]float64{0.5, 0.3}, []int{0, 1}, 0, 0.3},
		{[]float64{0.01}, nil, 0.01, math.Inf(1)},
	} {
		r := &Report{Count: &info.Published{MAD: c.mad, Median: c.mad, Informative: c.informative}}
		if f := r.findings(); f.Below != c.below || f.Above != c.above {
			t.Errorf("%v: from %v to %v", c.mad, f.Below, f.Above)
		}
	}
}

// Labels that no node knows: the rule must hold its peace. With 5 and 10 bins
// and 128 nodes of unequal shape the best node is well above the median one.
func TestRuleOnChance(t *testing.T) {
	const rows, nodes, labels = 1000, 128, 20
	rng := rand.New(rand.NewPCG(21, 22))
	codes := mat.NewDense(rows, nodes, nil)
	for n := range nodes {
		for r := range rows {
			v := rng.NormFloat64()
			if n%3 == 1 {
				v = rng.Float64()
			}
			if n%3 == 2 {
				v = math.Sin(v)
			}
			codes.Set(r, n, v)
		}
	}
	var noise []info.Label
	for k := range labels {
		l := info.Label{Name: strconv.Itoa(k), Values: make([]float64, rows)}
		for r := range l.Values {
			l.Values[r] = rng.NormFloat64()
		}
		noise = append(noise, l)
	}
	count, err := info.CountPublished(codes, noise, info.Options{Bins: []int{5, 10, 20, 40}})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range (&Report{Count: count}).findings().Labels {
		if l.Direct {
			t.Errorf("label %s: node %d is related by chance (%d of %d clear)", l.Name, l.Best, l.Clear, len(l.MI))
		}
	}
}

// Miller's formula is what info's estimate shows for independent numbers.
func TestBias(t *testing.T) {
	const rows = 4000
	rng := rand.New(rand.NewPCG(31, 32))
	codes := mat.NewDense(rows, 20, nil)
	label := info.Label{Name: "Teff", Values: make([]float64, rows)}
	for r := range rows {
		label.Values[r] = rng.Float64()
		for n := range 20 {
			codes.Set(r, n, rng.Float64())
		}
	}
	count, err := info.CountPublished(codes, []info.Label{label}, info.Options{Bins: []int{5, 20, 40, 80}})
	if err != nil {
		t.Fatal(err)
	}
	b := biasOf((&Report{Count: count}).findings(), count.Bins)
	if b == nil || b.Bins != 20 || b.N != rows {
		t.Fatalf("%+v", b)
	}
	if seen := info.Median(count.Labels[0].MI[1]); math.Abs(b.Nats/seen-1) > 0.1 {
		t.Errorf("%.4f nats expected, %.4f seen", b.Nats, seen)
	}
}

// The published numbers: the heat map of the radial velocity and the MADs of
// the paper's own model, read from its figures.
func TestPublished(t *testing.T) {
	dir := os.Getenv("STELLARAE_REAL")
	if dir == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	table := func(name string) [][]string {
		text, err := os.ReadFile(filepath.Join(dir, "reference", name))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(string(text)))
		r.Comment = '#'
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	c := &info.Published{Rows: 7007, Threshold: 0.02, Bins: []int{5, 10, 20, 40, 80, 160}, Median: make([]float64, 128), MAD: make([]float64, 128)}
	for i := range c.MAD {
		c.MAD[i] = 0.01 // the figure's bound for the others
	}
	for _, row := range table("sedaghat_mad_nodes.csv") {
		c.MAD[int(number(row[0]))] = number(row[1])
	}
	c.Informative = info.Informative(c.MAD, c.Threshold)
	rv := info.LabelMI{Name: "radvel", Used: 4061, MI: make([][]float64, 6)}
	for _, row := range table("sedaghat_MI_radvel_heatmap.csv") {
		for k := range rv.MI {
			rv.MI[k] = append(rv.MI[k], number(row[k+1]))
		}
	}
	c.Labels = []info.LabelMI{rv}
	r := &Report{Count: c}
	f := r.findings()
	if l := f.Labels[0]; l.Best != 124 || !l.Unanimous || l.Clear != 6 || !l.Direct {
		t.Errorf("radial velocity: %d, %d of 6 clear", l.Best, l.Clear)
	}
	if want := []int{11, 19, 58, 85, 99}; !slices.Equal(f.Unexplained, want) {
		t.Errorf("without a label: %v", f.Unexplained)
	}
	text, _ := parse(t, render(t, r))
	for _, want := range []string{
		"6 of 128 nodes are informative",
		"Radial velocity is carried by node 124 (largest mutual information at every number of bins).",
		"Any threshold from 0.01 up to, but not including, 0.0345 gives the same nodes.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
