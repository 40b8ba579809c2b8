package info_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/mi"
	"github.com/stellarae/lab/stellarae/info/resample"
)

// A node that follows the temperature of 400 stars, seen once to five times each.
func ExampleMutualInformation() {
	rng := rand.New(rand.NewPCG(3, 2021))
	var code, teff []float64
	var names []int
	for star := range 400 {
		z := rng.NormFloat64()
		for range 1 + rng.IntN(5) {
			code = append(code, z+0.5*rng.NormFloat64())
			teff = append(teff, 5500-800*z)
			names = append(names, star)
		}
	}
	teff[3] = math.NaN() // not in the catalogue
	stars, err := resample.By(names)
	if err != nil {
		fmt.Println(err)
		return
	}
	i, err := info.MutualInformation(code, teff, stars, info.InformationOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	truth := mi.Gaussian(1 / math.Sqrt(1.25))
	fmt.Printf("%.2f nats, %.2f to %.2f, of %.2f; %d stars, %d rows, %d missing\n",
		i.Estimate, i.Lo, i.Hi, truth, i.Clusters, i.Rows, i.Missing)
	fmt.Printf("bias seen by halving: %.2f\n", i.Bias)
	// Output:
	// 0.78 nats, 0.70 to 0.86, of 0.80; 400 stars, 1207 rows, 1 missing
	// bias seen by halving: -0.02
}

// Nine of ten intervals hold the truth; those that take every visit to a
// star for independent do not.
func TestInformationIntervalsHoldTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("statistics over many samples")
	}
	const surveys, stars = 40, 150
	var held, naive, strays int
	for seed := range uint64(surveys) {
		rng := rand.New(rand.NewPCG(seed, 77))
		var x, y []float64
		var ids []int
		for s := range stars {
			z := rng.NormFloat64()
			label := 0.6*z + 0.8*rng.NormFloat64()
			for range 1 + rng.IntN(4) {
				x, y, ids = append(x, z+0.01*rng.NormFloat64()), append(y, label), append(ids, s)
			}
		}
		clusters, err := resample.By(ids)
		if err != nil {
			t.Fatal(err)
		}
		truth := mi.Gaussian(0.6)
		o := info.InformationOptions{Draws: 2, Interval: resample.Options{Draws: 4, Seed: seed}}
		i, err := info.MutualInformation(x, y, clusters, o)
		if err != nil {
			t.Fatal(err)
		}
		if i.Lo <= truth && truth <= i.Hi {
			held++
		}
		if math.Abs(i.Estimate-truth) > 3*i.SE {
			strays++
		}
		if i, err = info.MutualInformation(x, y, nil, o); err != nil {
			t.Fatal(err)
		}
		if i.Lo <= truth && truth <= i.Hi {
			naive++
		}
	}
	t.Logf("of %d: %d hold the truth, %d are off by 3 SE; %d without stars", surveys, held, strays, naive)
	if held < 32 || strays > 2 || naive > 3 {
		t.Errorf("of %d: %d hold the truth, %d are off by 3 SE; %d without stars", surveys, held, strays, naive)
	}
}

// Uniform noise has hard edges that lower the estimate: halving says by how much.
func TestHalvingTellsTheBiasOfEdges(t *testing.T) {
	var plain, corrected float64
	const repeat = 12
	for seed := range uint64(repeat) {
		rng := rand.New(rand.NewPCG(seed, 78))
		x, y := make([]float64, 1000), make([]float64, 1000)
		for i := range x {
			x[i] = rng.Float64()
			y[i] = x[i] + 0.5*rng.Float64()
		}
		i, err := info.MutualInformation(x, y, nil, info.InformationOptions{Neighbours: 10, Interval: resample.Options{Draws: 8}})
		if err != nil {
			t.Fatal(err)
		}
		truth := 0.25 + math.Ln2
		plain += (i.Estimate - truth) / repeat
		corrected += (i.Estimate - i.Bias - truth) / repeat
	}
	t.Logf("mean error %.3f nats, less the bias %.3f", plain, corrected)
	if plain > -0.03 || math.Abs(corrected) > 0.5*math.Abs(plain) {
		t.Errorf("mean error %.3f nats, less the bias %.3f", plain, corrected)
	}
}

func TestMutualInformationRefuses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 79))
	x, y := make([]float64, 100), make([]float64, 100)
	for i := range x {
		x[i], y[i] = rng.NormFloat64(), rng.NormFloat64()
	}
	with := func(v float64) []float64 {
		c := slices.Clone(y)
		c[9] = v
		return c
	}
	one, err := resample.By(make([]string, 100))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		x, y     []float64
		clusters *resample.Clusters
		o        info.InformationOptions
		want     error // nil for any
	}{
		"lengths":      {x, y[:99], nil, info.InformationOptions{}, nil},
		"clusters":     {x, y, resample.Singles(99), info.InformationOptions{}, nil},
		"few rows":     {x[:39], y[:39], nil, info.InformationOptions{}, mi.ErrTooFew},
		"no rows":      {nil, nil, nil, info.InformationOptions{}, mi.ErrTooFew},
		"one star":     {x, y, one, info.InformationOptions{}, mi.ErrTooFew},
		"all missing":  {x, slices.Repeat([]float64{math.NaN()}, 100), nil, info.InformationOptions{}, mi.ErrTooFew},
		"infinite":     {x, with(math.Inf(1)), nil, info.InformationOptions{}, mi.ErrNotFinite},
		"constant":     {x, make([]float64, 100), nil, info.InformationOptions{}, mi.ErrConstant},
		"neighbours":   {x, y, nil, info.InformationOptions{Neighbours: -1}, nil},
		"a level of 2": {x, y, nil, info.InformationOptions{Interval: resample.Options{Level: 2}}, nil},
	} {
		i, err := info.MutualInformation(c.x, c.y, c.clusters, c.o)
		if err == nil || i != (info.Information{}) || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, i, err)
		}
	}
	if i, err := info.MutualInformation(x, with(math.NaN()), nil, info.InformationOptions{}); err != nil || i.Rows != 99 || i.Missing != 1 {
		t.Errorf("one value missing: %+v, %v", i, err)
	}
}
