package figure_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
)

// size is that of a figure on paper.
func size(f *figure.Figure, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%.1f x %.1f inches, %d left out", f.Width.Points()/72, f.Height.Points()/72, f.Dropped)
}

// Two nodes, of which the first knows the label.
func ExampleAssociationMap() {
	rng := rand.New(rand.NewPCG(1, 1))
	codes := mat.NewDense(200, 2, nil)
	label := info.Label{Name: "Teff", Values: make([]float64, 200)}
	for r := range 200 {
		codes.Set(r, 0, rng.NormFloat64())
		codes.Set(r, 1, rng.NormFloat64())
		label.Values[r] = codes.At(r, 0) + 0.5*rng.NormFloat64()
	}
	m, err := info.Associate(codes, []info.Label{label}, resample.Singles(200), info.AssociateOptions{Permutations: 99})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Carried(0, 0.05), m.Carried(1, 0.05))
	fmt.Println(size(figure.AssociationMap(figure.AssociationMapData{Cells: m.Cells})))
	// Output:
	// [Teff] []
	// 4.0 x 2.3 inches, 0 left out
}

func ExampleMIIntervals() {
	fmt.Println(size(figure.MIIntervals(figure.MIIntervalsData{Pairs: []figure.MIPair{
		{
			Label: "radvel", Node: 124, Interval: resample.Interval{Estimate: 0.61, Lo: 0.55, Hi: 0.67},
			References: []figure.MIReference{{Name: "Gaussian mixture", Value: 0.63, Spread: 0.02}},
		},
		{Label: "radvel", Node: 85, Interval: resample.Interval{Estimate: math.NaN()}},
	}})))
	// Output: 7.0 x 1.7 inches, 1 left out
}

// Codes in three dimensions of eight.
func ExampleDimensionScale() {
	rng := rand.New(rand.NewPCG(2, 2))
	codes := mat.NewDense(300, 8, nil)
	for r := range 300 {
		for k := range 3 {
			codes.Set(r, k, rng.NormFloat64())
		}
	}
	report, err := dimension.Estimate(codes, nil, dimension.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", report.Participation.Mean)
	fmt.Println(size(figure.DimensionScale(figure.DimensionScaleData{Report: report})))
	// Output:
	// 3.0
	// 7.0 x 3.2 inches, 0 left out
}

func ExampleUsePlane() {
	fmt.Println(size(figure.UsePlane(figure.UsePlaneData{
		Use: []float64{0.61, 0.44, 0.004, math.NaN()}, UseThreshold: 0.02,
		Bits: []float64{0.8, -0.01, 0.3, 0}, BitsThreshold: 0.05,
		Names: map[int]string{0: "0: radial velocity", 1: "1"},
	})))
	// Output: 5.6 x 4.3 inches, 1 left out
}

func ExampleDependency() {
	d := figure.DependencyData{
		Nodes: []int{85, 99, 124}, Labels: []string{"radvel", "Teff", "logg"},
		Carried: []figure.CarriedLabel{
			{Node: 2, Label: 0, Bits: 0.9}, {Node: 0, Label: 1, Bits: 0.6}, {Node: 0, Label: 2, Bits: 0.2, Through: true},
		},
		LabelPairs: []figure.DependentPair{{A: 1, B: 2}},
	}
	fmt.Println(size(figure.Dependency(d)))
	d.LabelPairs[0].B = 7
	fmt.Println(size(figure.Dependency(d)))
	// Output:
	// 5.2 x 1.7 inches, 0 left out
	// figure: dependency: pair 0 of labels joins 1 and 7 of 3
}

func ExampleThresholdCurve() {
	fmt.Println(size(figure.ThresholdCurve(figure.ThresholdCurveData{
		Threshold: 0.02,
		Runs: []figure.ThresholdRun{{
			Name: "seed 1", Thresholds: []float64{0.005, 0.01, 0.02, 0.04}, Count: []int{9, 6, 6, 5}, Lo: []int{7, 6, 5, 4}, Hi: []int{12, 7, 6, 6},
		}},
	})))
	// Output: 5.2 x 3.6 inches, 0 left out
}

func ExampleDopplerResponse() {
	fmt.Println(size(figure.DopplerResponse(figure.DopplerResponseData{
		Velocity:   []float64{-10, 0, 10},
		Change:     [][]float64{{0.02, 0, -0.01}, {-1.2, 0, 1.3}},
		Responding: []int{1},
	})))
	// Output: 5.6 x 3.6 inches, 0 left out
}

func ExampleTraversalVsPhysics() {
	fmt.Println(size(figure.TraversalVsPhysics(figure.TraversalVsPhysicsData{
		Node: 124, Quantity: "radial velocity", Correlation: 0.98,
		Wave: []float64{5172.5, 5172.6, 5172.7, 5172.8}, Change: []float64{0, -0.1, 0.1, 0}, Derivative: []float64{0, -0.12, 0.11, 0.01},
	})))
	// Output: 7.0 x 4.0 inches, 0 left out
}

// A count knows what its figures need.
func ExampleAssociationMapOf() {
	rng := rand.New(rand.NewPCG(1, 1))
	codes := mat.NewDense(200, 3, nil)
	label := info.Label{Name: "Teff"}
	for r := range 200 {
		codes.SetRow(r, []float64{rng.NormFloat64(), rng.NormFloat64(), 1e-3 * rng.NormFloat64()})
		label.Values = append(label.Values, codes.At(r, 0)+0.5*rng.NormFloat64())
	}
	c, err := info.Count(codes, []info.Label{label}, info.CountOptions{Bootstrap: 20, Associate: info.AssociateOptions{Permutations: 99}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(size(figure.AssociationMap(figure.AssociationMapOf(c))))
	fmt.Println(figure.UsePlaneOf(c).Names[0])
	// Output:
	// 4.0 x 2.9 inches, 0 left out
	// 0 T_{eff}
}
