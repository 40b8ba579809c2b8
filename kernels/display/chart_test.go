package display

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

func ExampleChart() {
	Line([]int{1, 2, 3}, []float64{0.9, 0.4, 0.2}).Name("train").
		Add("test", []int{1, 2, 3}, []float64{1, 0.6, 0.5}).
		Title("Loss").X("epoch").LogY().Show()
	// Output: Vega-Lite chart: Loss
}

// charts are one of each kind, with all that can be set.
func charts() map[string]*Chart {
	day := func(d int) time.Time { return time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC) }
	wave := make([][]float64, 40)
	for i := range wave {
		for j := range 60 {
			wave[i] = append(wave[i], math.Sin(float64(i)/6)*math.Cos(float64(j)/8))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	var x, y, normal []float64
	for range 200 {
		x = append(x, r.Float64())
		y = append(y, r.NormFloat64())
	}
	for range 1000 {
		normal = append(normal, r.NormFloat64())
	}
	normal = append(normal, math.NaN())
	return map[string]*Chart{
		"line": Line([]int{1, 2, 3, 4}, []float64{0.9, 0.4, math.NaN(), 0.2}).Name("train").
			Add("test", []int{1, 2, 3, 4}, []float64{1, 0.6, 0.5, 0.45}).Title("Loss").X("epoch").Y("loss").LogY(),
		"line of one":   Line(nil, []float32{3, 1, 2}),
		"line of times": Line([]time.Time{day(1), day(2), day(4)}, []int{1, 3, 2}).Size(300, 200),
		"scatter":       Scatter(x, y).Title("Points").X("x").Y("y"),
		"scatter log":   Scatter([]float64{1, 10, 100, -1}, []float64{1, 2, 3, 4}).LogX(),
		"bar":           Bar([]string{"z", "a", "m"}, []float64{3, 1, 2}).Y("bits"),
		"bars":          Bar([]string{"a", "b"}, []int{3, 1}).Name("ours").Add("theirs", []string{"a", "b"}, []int{2, 4}),
		"heatmap":       Heatmap(wave).Title("Wave").X("x").Y("y").Color("height").Extent(0, 6, -2, 2),
		"heatmap small": Heatmap(mat.NewDense(2, 2, []float64{1, 2, 3, math.NaN()})),
		"histogram":     Histogram(normal, 0).Title("Residuals").X("σ"),
	}
}

// TestCharts compares the small charts with golden files, and with
// DISPLAY_CHARTS=file writes all for testdata/charts.py to check and to draw.
func TestCharts(t *testing.T) {
	specs := map[string]any{}
	for name, c := range charts() {
		spec, err := c.Spec()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		specs[name] = spec
	}
	if path := os.Getenv("DISPLAY_CHARTS"); path != "" {
		raw, err := json.Marshal(specs)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, large := range []string{"scatter", "heatmap"} {
		delete(specs, large)
	}
	golden(t, "charts.json", specs)
}

func values(t *testing.T, c *Chart) []any {
	t.Helper()
	spec, err := c.Spec()
	if err != nil {
		t.Fatal(err)
	}
	return spec["data"].(object)["values"].([]any)
}

// TestLongLineKeepsItsPeaks: of a spectrum's length, with one sample that stands
// out either way.
func TestLongLineKeepsItsPeaks(t *testing.T) {
	y := make([]float64, 327_680)
	for i := range y {
		y[i] = math.Sin(float64(i) / 1000)
	}
	y[123_457], y[200_001] = 5, -7
	c := Line(nil, y)
	list := values(t, c)
	if len(list) > maxPoints {
		t.Errorf("%d points", len(list))
	}
	low, high, before := 0.0, 0.0, -1.0
	for _, v := range list {
		row := v.(object)
		var x, y float64
		json.Unmarshal([]byte(row["x"].(rawNumber)), &x)
		json.Unmarshal([]byte(row["y"].(rawNumber)), &y)
		low, high = min(low, y), max(high, y)
		if x <= before {
			t.Fatalf("x goes from %v to %v", before, x)
		}
		before = x
	}
	if low != -7 || high != 5 {
		t.Errorf("from %v to %v", low, high)
	}
	spec, _ := c.Spec()
	if s := spec["title"].(object)["subtitle"]; s != "10000 of 327680 points drawn" {
		t.Errorf("subtitle %v", s)
	}
	if n := len(values(t, Scatter(nil, y))); n != maxPoints {
		t.Errorf("a cloud of %d points", n)
	}
}

func TestLogLeavesOut(t *testing.T) {
	c := Line([]float64{-1, 0, 1, 2}, []float64{1, 1, 0, 1}).LogX().LogY()
	if n := len(values(t, c)); n != 1 {
		t.Errorf("%d points on logarithmic axes", n)
	}
}

func TestLargeHeatmapIsAveraged(t *testing.T) {
	z := mat.NewDense(20, 3000, nil)
	for i := range 20 {
		for j := range 3000 {
			z.Set(i, j, float64(j/20))
		}
	}
	c := Heatmap(z)
	list := values(t, c)
	if len(list) != 20*150 {
		t.Errorf("%d cells", len(list))
	}
	if z := list[7].(object)["z"]; z != rawNumber("7") {
		t.Errorf("mean of twenty equal cells: %v", z)
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		values  []float64
		bins    int
		want    []int
		dropped int
	}{
		{nil, 3, []int{}, 0},
		{[]float64{math.NaN(), math.Inf(1)}, 3, []int{}, 2},
		{[]float64{2, 2}, 3, []int{2}, 0},
		{[]float64{0, 1, 2, 3}, 3, []int{1, 1, 2}, 0},
		{[]float64{0, 0.5, 10}, 2, []int{2, 1}, 0},
	}
	for _, test := range tests {
		bins, dropped := count(test.values, test.bins)
		got := []int{}
		for _, b := range bins {
			got = append(got, b.n)
		}
		if !reflect.DeepEqual(got, test.want) || dropped != test.dropped {
			t.Errorf("%v: %v, %d left out; want %v, %d", test.values, got, dropped, test.want, test.dropped)
		}
	}
}

// FuzzCount: no value is lost, and bins follow each other.
func FuzzCount(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 5)
	f.Add(math.NaN(), -math.MaxFloat64, math.MaxFloat64, 0)
	f.Fuzz(func(t *testing.T, a, b, c float64, n int) {
		list := []float64{a, b, c, a, a + b}
		before := slices.Clone(list)
		bins, dropped := count(list, n%1000)
		for i, b := range bins {
			dropped += b.n
			if i > 0 && b.from != bins[i-1].to {
				t.Errorf("bin %d begins at %v, the one before ends at %v", i, b.from, bins[i-1].to)
			}
		}
		if dropped != len(list) {
			t.Errorf("%d values of %d", dropped, len(list))
		}
		for i := range list {
			if math.Float64bits(list[i]) != math.Float64bits(before[i]) {
				t.Error("the values were modified")
			}
		}
	})
}

func BenchmarkLineOfASpectrum(b *testing.B) {
	y := make([]float64, 327_680)
	for i := range y {
		y[i] = math.Sin(float64(i))
	}
	for b.Loop() {
		if _, err := vegaBundle(Line(nil, y)); err != nil {
			b.Fatal(err)
		}
	}
}
