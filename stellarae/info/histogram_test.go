package info

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Where the answer is known: x = y over k equally filled bins has MI log k,
// independent columns 0, and a column that only splits one in two log 2.
func TestHistogramMIKnownValues(t *testing.T) {
	var x, y, half []float64
	for i := range 400 {
		x = append(x, float64(i%20))
		y = append(y, float64(i/20))
		half = append(half, float64(i%20/10))
	}
	for _, c := range []struct {
		name string
		x, y []float64
		bins int
		want float64
	}{
		{"itself", x, x, 20, math.Log(20)},
		{"itself in one bin", x, x, 1, 0},
		{"independent", x, y, 20, 0},
		{"independent in 7 bins", x, y, 7, 0},
		{"its half", x, half, 20, math.Log(2)},
		{"one pair", x[:1], y[:1], 5, 0},
	} {
		got, err := HistogramMI(c.x, c.y, c.bins)
		if err != nil || math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestHistogramMIProperties(t *testing.T) {
	mi := func(x, y []float64, bins int) float64 {
		t.Helper()
		v, err := HistogramMI(x, y, bins)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, kind := range []string{"related", "unrelated", "heavy", "integers", "tenths", "constant"} {
		x, y := pair(kind, 500)
		for _, bins := range []int{1, 2, 5, 10, 40, 160} {
			v := mi(x, y, bins)
			if v < 0 || v > math.Log(float64(bins))+1e-12 {
				t.Errorf("%s, %d bins: %v is outside 0 to log n", kind, bins, v)
			}
			if w := mi(y, x, bins); math.Abs(v-w) > 1e-13 {
				t.Errorf("%s, %d bins: %v one way, %v the other", kind, bins, v, w)
			}
			order := rng.Perm(len(x))
			px, py := make([]float64, len(x)), make([]float64, len(x))
			for to, from := range order {
				px[to], py[to] = x[from], y[from]
			}
			if w := mi(px, py, bins); w != v {
				t.Errorf("%s, %d bins: %v, after a permutation %v", kind, bins, v, w)
			}
			for i := range px { // scaling by a power of two moves no rounding
				px[i], py[i] = 4*px[i], py[i]/1024
			}
			if w := mi(px, py, bins); w != v {
				t.Errorf("%s, %d bins: %v, after scaling %v", kind, bins, v, w)
			}
			if kind == "related" { // no value is within rounding of an edge
				for i := range px {
					px[i], py[i] = 7-0.3*px[i], 2.5*py[i]-100
				}
				if w := mi(px, py, bins); math.Abs(w-v) > 1e-13 {
					t.Errorf("%s, %d bins: %v, after an affine map %v", kind, bins, v, w)
				}
			}
		}
	}
}

// Every value falls into the bin its edges say, also where rounding is coarse.
func TestAxisAgreesWithItsEdges(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		lo := math.Ldexp(rng.NormFloat64(), rng.IntN(100)-50)
		width := math.Abs(math.Ldexp(lo, -rng.IntN(60))) + math.Ldexp(1, -1060)
		hi := lo + width
		if hi == lo {
			hi = math.Nextafter(lo, math.Inf(1))
		}
		bins := 1 + rng.IntN(200)
		a := span(lo, hi, bins, make([]float64, bins+1))
		values := slices.Clone(a.edges)
		for range 50 {
			values = append(values, max(lo, min(hi, lo+rng.Float64()*width)))
		}
		if !slices.IsSorted(a.edges) {
			t.Fatalf("edges of [%g, %g] in %d bins are out of order", lo, hi, bins)
		}
		for _, v := range values {
			k := a.index(v)
			right := k == bins-1 && v <= a.edges[bins] || v < a.edges[k+1]
			if v < a.edges[k] || !right {
				t.Fatalf("%g went to bin %d, [%g, %g]", v, k, a.edges[k], a.edges[k+1])
			}
		}
	}
}

func TestHistogramMIRefuses(t *testing.T) {
	ok := []float64{1, 2}
	for _, c := range []struct {
		x, y  []float64
		bins  int
		cause string
	}{
		{nil, nil, 5, "no values"},
		{ok, ok[:1], 5, "2 values of x for 1 of y"},
		{ok, ok, 0, "0 bins"},
		{ok, ok, 5000, "5000 bins"},
		{ok, []float64{1, math.NaN()}, 5, "y: value 1 is NaN"},
		{[]float64{math.Inf(1), 1}, ok, 5, "x: value 0 is +Inf"},
		{[]float64{-1e308, 1e308}, ok, 5, "overflows"},
	} {
		if _, err := HistogramMI(c.x, c.y, c.bins); err == nil || !strings.Contains(err.Error(), c.cause) {
			t.Errorf("error %v, want one that says %q", err, c.cause)
		}
	}
}
