package retrieve_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/retrieve"
	"gonum.org/v1/gonum/mat"
)

// The noise is numpy's, see testdata/make_fixtures.py; one sample is 60 times the
// noise off, which the noise must not notice and its region must.
func TestCompare(t *testing.T) {
	f := peer(t)
	wave := make([]float64, len(f.Residual))
	flux, model := make([]float32, len(wave)), make([]float32, len(wave))
	for i := range wave {
		wave[i], model[i] = 5000+float64(i), 1
		flux[i] = f.Residual[i] + model[i]
	}
	regions := retrieve.Regions(5000, 5400, 4)
	r, err := retrieve.Compare(wave, flux, model, regions)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.Noise-f.Noise) > 1e-7 { // of float32 about 1
		t.Errorf("noise %v, want %v", r.Noise, f.Noise)
	}
	for i, square := range r.MeanSquare {
		ratio := square / (r.Noise * r.Noise)
		if spiked := i == 1; spiked != (ratio > 20) || !spiked && math.Abs(ratio-1) > 0.4 {
			t.Errorf("%v: mean square %.2f times the noise", regions[i], ratio)
		}
	}
}

func TestRegionsCoverTheRange(t *testing.T) {
	regions := retrieve.Regions(4960, 5288, 8)
	if len(regions) != 8 || regions[0].From != 4960 || regions[7].To != 5288 {
		t.Errorf("regions %v", regions)
	}
	for i, r := range regions[1:] {
		if r.From != regions[i].To {
			t.Errorf("%v does not follow %v", r, regions[i])
		}
	}
	if got := regions[1].String(); got != "5001 to 5042 Å" {
		t.Error(got)
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	wave := []float64{1, 2, 3, 4, 5, 6}
	flux := []float32{1, 3, 2, 5, 1, 0}
	model := make([]float32, 6)
	nan := slices.Clone(flux)
	nan[2] = float32(math.NaN())
	for _, c := range []struct {
		name        string
		flux, model []float32
		regions     []retrieve.Region
		want        string
	}{
		{"lengths", flux[1:], model, nil, "6 wavelengths, 5 samples of flux and 6 of the model"},
		{"nan", nan, model, nil, "sample 2 at 3.00 Å: flux NaN"},
		{"no noise", flux, flux, nil, "no noise"},
		{"outside", flux, model, []retrieve.Region{{7, 9}}, "no sample from 7 to 9 Å"},
	} {
		if _, err := retrieve.Compare(wave, c.flux, c.model, c.regions); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// planted is a survey whose network errs by 0.02 everywhere and whose noise
// differs from spectrum to spectrum by a factor of ten.
type planted struct {
	codes     *mat.Dense
	residuals []retrieve.Residual
	wave      []float64
	regions   []retrieve.Region
	rng       *rand.Rand
}

func plant(n int) *planted {
	p := &planted{codes: mat.NewDense(n, 2, nil), rng: rand.New(rand.NewPCG(5, 5))}
	for i := range 512 {
		p.wave = append(p.wave, 5000+0.1*float64(i))
	}
	p.regions = retrieve.Regions(5000, 5051.2, 4)
	for i := range n {
		p.codes.SetRow(i, []float64{p.rng.NormFloat64(), p.rng.NormFloat64()})
		p.residuals = append(p.residuals, p.residual(math.Pow(10, -2+p.rng.Float64()), nil))
	}
	return p
}

func (p *planted) residual(noise float64, spoil func(flux []float32)) retrieve.Residual {
	flux := make([]float32, len(p.wave))
	phase := 6 * p.rng.Float64()
	for i := range flux {
		flux[i] = float32(0.02*math.Sin(phase+float64(i)/20) + noise*p.rng.NormFloat64())
	}
	if spoil != nil {
		spoil(flux)
	}
	r, err := retrieve.Compare(p.wave, flux, make([]float32, len(flux)), p.regions)
	if err != nil {
		panic(err)
	}
	return r
}

func TestPlantedOutliersComeFirstAndForTheirReason(t *testing.T) {
	p := plant(800)
	p.codes.SetRow(17, []float64{9, -9})
	p.residuals[400] = p.residual(0.02, func(flux []float32) { flux[200] += 3 }) // a cosmic ray
	p.residuals[555] = p.residual(0.005, func(flux []float32) {                  // a line too deep
		for i := 400; i < 440; i++ {
			flux[i] -= 0.2
		}
	})
	x, err := retrieve.New(p.codes, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := retrieve.NewDetector(x, p.residuals, p.regions, 5)
	if err != nil {
		t.Fatal(err)
	}
	ranked := d.Ranked()
	oddest := func(a, b retrieve.Outlier) int { return cmp.Compare(b.Score, a.Score) }
	if len(ranked) != 800 || !slices.IsSortedFunc(ranked, oddest) {
		t.Fatal("not all of the survey, or not the oddest first")
	}
	reasons := map[int]string{17: "far from other stars", 400: "badly drawn from 5013 to 5026 Å", 555: "badly drawn from 5038 to 5051 Å"}
	for _, o := range ranked[:3] {
		want, planted := reasons[o.Row]
		if !planted || len(o.Reasons) != 1 || !strings.HasPrefix(o.Reasons[0], want) || o.Score < retrieve.Odd {
			t.Errorf("row %d, score %.1f: %q, want %q", o.Row, o.Score, o.Reasons, want)
		}
	}
	for _, o := range ranked[3:] {
		if len(o.Reasons) > 0 {
			t.Errorf("row %d of nothing special: %q", o.Row, o.Reasons)
		}
	}
	// Well observed spectra are not odd for that.
	for _, o := range ranked[3:23] {
		if o.Score > retrieve.Odd {
			t.Errorf("row %d, noise %.3f: score %.1f", o.Row, p.residuals[o.Row].Noise, o.Score)
		}
	}
}

func TestANewSpectrumIsJudgedAsARow(t *testing.T) {
	p := plant(200)
	x, err := retrieve.New(p.codes, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := retrieve.NewDetector(x, p.residuals, p.regions, 3)
	if err != nil {
		t.Fatal(err)
	}
	for row := range 200 {
		want := d.Row(row)
		// Its own row is one of the three nearest: the third is the second of the others.
		nearest := x.NearestTo(row, 2)[1].Distance
		got, err := d.Judge(p.codes.RawRowView(row), p.residuals[row])
		if err != nil || got.Row != -1 || !slices.Equal(got.Misfit, want.Misfit) || got.Alone > want.Alone {
			t.Fatalf("row %d: %+v, %v, want %+v", row, got, err, want)
		}
		near, err := x.Nearest(p.codes.RawRowView(row), 3)
		if err != nil || near[0].Row != row || near[0].Distance != 0 || math.Abs(near[2].Distance-nearest) > 1e-9 {
			t.Fatalf("row %d: %v, %v, third at %v", row, near, err, nearest)
		}
	}
	if _, err := d.Judge([]float64{1}, p.residuals[0]); err == nil {
		t.Error("a code of another width is no error")
	}
	if _, err := d.Judge([]float64{1, 2}, retrieve.Residual{Noise: 1}); err == nil {
		t.Error("a residual of other regions is no error")
	}
}

func TestWhatIsNoDetector(t *testing.T) {
	p := plant(20)
	x, err := retrieve.New(p.codes, retrieve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	alike := slices.Repeat(p.residuals[:1], 20)
	for _, c := range []struct {
		name      string
		residuals []retrieve.Residual
		regions   []retrieve.Region
		k         int
		want      string
	}{
		{"fewer residuals", p.residuals[1:], p.regions, 3, "19 residuals for 20 rows"},
		{"fewer regions", p.residuals, p.regions[1:], 3, "row 0: residuals of 4 regions, not 3"},
		{"no neighbours", p.residuals, p.regions, 0, "k is 0"},
		{"too many neighbours", p.residuals, p.regions, 20, "k is 20"},
		{"all alike", alike, p.regions, 3, "the misfit does not vary from 5000 to 5013 Å"},
	} {
		if _, err := retrieve.NewDetector(x, c.residuals, c.regions, c.k); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
