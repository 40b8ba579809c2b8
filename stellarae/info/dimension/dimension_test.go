package dimension_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/info/dimension"
	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// planted is rows of d dimensions turned into columns of which the others are
// empty, and noise.
func planted(rng *rand.Rand, n, d, columns int, noise float64) *mat.Dense {
	turn := mat.NewDense(d, columns, nil)
	turn.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() / math.Sqrt(float64(columns)) }, turn)
	inner := mat.NewDense(n, d, nil)
	inner.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, inner)
	var rows mat.Dense
	rows.Mul(inner, turn)
	rows.Apply(func(_, _ int, v float64) float64 { return v + noise*rng.NormFloat64() }, &rows)
	return &rows
}

// Four hundred stars with six visits each, on three dimensions in twenty columns:
// the visits of a star differ by noise only.
func ExampleEstimate() {
	rng := rand.New(rand.NewPCG(1, 1))
	stars := planted(rng, 400, 3, 20, 0)
	visits := mat.NewDense(2400, 20, nil)
	var names []int
	for r := range 2400 {
		names = append(names, r/6)
		for j := range 20 {
			visits.Set(r, j, stars.At(r/6, j)+0.002*rng.NormFloat64())
		}
	}
	clusters, err := resample.By(names)
	if err != nil {
		fmt.Println(err)
		return
	}
	one, err := dimension.Estimate(visits, clusters, dimension.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	all, err := dimension.Estimate(visits, clusters, dimension.Options{AllRows: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("one a star: TwoNN %.1f, 95 %% of the variance in %.0f\n", one.TwoNN.Mean, one.Components.Mean)
	fmt.Printf("all visits: TwoNN %.1f, 95 %% of the variance in %.0f\n", all.TwoNN.Mean, all.Components.Mean)
	// Output:
	// one a star: TwoNN 3.4, 95 % of the variance in 3
	// all visits: TwoNN 9.0, 95 % of the variance in 3
}

func TestPlantedDimensions(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for _, d := range []int{1, 2, 4, 6} {
		r, err := dimension.Estimate(planted(rng, 1500, d, 32, 0), nil, dimension.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d: TwoNN %.2f, MLE %.2f, participation %.2f, components %.0f", d, r.TwoNN.Mean, r.MLE.Mean, r.Participation.Mean, r.Components.Mean)
		if math.Abs(r.TwoNN.Mean-float64(d)) > 0.15*float64(d) || math.Abs(r.MLE.Mean-float64(d)) > 0.15*float64(d) ||
			r.Components.Mean > float64(d) || r.Participation.Mean > float64(d)+1e-9 {
			t.Errorf("%d planted: %+v", d, r)
		}
	}
}

// Noise of a fiftieth lifts the small scales; the plateau is seen at larger ones.
func TestGrideSeesNoiseAtSmallScales(t *testing.T) {
	r, err := dimension.Estimate(planted(rand.New(rand.NewPCG(3, 1)), 2000, 2, 10, 0.02), nil, dimension.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, last := r.Scales[0], r.Scales[len(r.Scales)-1]
	if first.Dimension < 3 || math.Abs(last.Dimension-2) > 0.3 || last.Radius <= first.Radius || last.Order != 64 {
		t.Errorf("scales %+v", r.Scales)
	}
}

// Turning and scaling all columns alike changes no estimate.
func TestRotationsChangeNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	rows := planted(rng, 300, 3, 5, 0.01)
	random := mat.NewDense(5, 5, nil)
	random.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, random)
	var qr mat.QR
	qr.Factorize(random)
	var turn, turned mat.Dense
	qr.QTo(&turn)
	turned.Mul(rows, &turn)
	turned.Scale(7, &turned)
	one, err1 := dimension.Estimate(rows, nil, dimension.Options{})
	two, err2 := dimension.Estimate(&turned, nil, dimension.Options{})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for _, pair := range [][2]dimension.Value{
		{one.Participation, two.Participation}, {one.Components, two.Components}, {one.TwoNN, two.TwoNN}, {one.MLE, two.MLE},
	} {
		if math.Abs(pair[0].Mean-pair[1].Mean) > 1e-9 {
			t.Errorf("%v turned %v", pair[0], pair[1])
		}
	}
	for i := range one.Scales {
		if math.Abs(one.Scales[i].Dimension-two.Scales[i].Dimension) > 1e-9 {
			t.Errorf("scale %+v turned %+v", one.Scales[i], two.Scales[i])
		}
	}
}

// The standard error is the spread over samples.
func TestGrideKnowsItsError(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	var off, n float64
	for range 40 {
		near, err := dimension.FindNeighbours(planted(rng, 300, 1, 1, 0), 2)
		if err != nil {
			t.Fatal(err)
		}
		s := near.Gride()[0]
		off += math.Pow((s.Dimension-1)/s.SE, 2)
		n++
	}
	if ratio := math.Sqrt(off / n); ratio < 0.6 || ratio > 1.6 {
		t.Errorf("deviations are %.2f standard errors", ratio)
	}
}

func TestBadInput(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	good := planted(rng, 50, 2, 3, 0)
	broken, repeated := mat.DenseCopyOf(good), mat.DenseCopyOf(good)
	broken.Set(7, 1, math.NaN())
	repeated.SetRow(8, good.RawRowView(9))
	for name, rows := range map[string]*mat.Dense{
		"NaN": broken, "equal rows": repeated, "few rows": mat.DenseCopyOf(good.Slice(0, 9, 0, 3)),
		"constant": mat.NewDense(50, 2, nil), "one row": mat.NewDense(1, 2, nil),
	} {
		r, err := dimension.Estimate(rows, nil, dimension.Options{})
		if err == nil {
			t.Errorf("%s: %+v", name, r)
		}
		if name == "equal rows" && !errors.Is(err, dimension.ErrRepeats) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := dimension.Estimate(good, resample.Singles(49), dimension.Options{}); err == nil {
		t.Error("clusters of another number of rows")
	}
}

func BenchmarkEstimate(b *testing.B) {
	rows := planted(rand.New(rand.NewPCG(7, 1)), 7007, 6, 128, 0.01)
	for b.Loop() {
		if _, err := dimension.Estimate(rows, nil, dimension.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
