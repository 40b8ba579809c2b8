package info

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestMedian(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		want   float64 // numpy.median
	}{
		{nil, nan},
		{[]float64{3}, 3},
		{[]float64{4, 1}, 2.5},
		{[]float64{9, -1, 4}, 4},
		{[]float64{2, 1, 2, 8}, 2},
		{[]float64{1, nan, 2}, nan},
		{[]float64{math.Inf(-1), 0, math.Inf(1)}, 0},
	} {
		values := slices.Clone(c.values)
		if got := Median(values); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Median(%v) = %v, want %v", c.values, got, c.want)
		}
		if len(values) > 0 && !math.IsNaN(values[0]) && values[0] != c.values[0] {
			t.Errorf("Median reordered %v", c.values)
		}
	}
}

func TestInformativeIsStrict(t *testing.T) {
	got := Informative([]float64{0.02, math.Nextafter(0.02, 1), math.NaN(), 0, math.Inf(1)}, 0.02)
	if !slices.Equal(got, []int{1, 4}) {
		t.Errorf("got %v, want [1 4]", got)
	}
}

// MAD(a + b z) = |b| MAD(z), exact for powers of two.
func TestMADIsEquivariant(t *testing.T) {
	codes, _ := survey()
	rows, nodes := codes.Dims()
	moved := mat.NewDense(rows, nodes, nil)
	moved.Apply(func(_, _ int, z float64) float64 { return -4 * z }, codes)
	median, mad := MAD(codes)
	m2, mad2 := MAD(moved)
	for i := range mad {
		if mad2[i] != 4*mad[i] || m2[i] != -4*median[i] {
			t.Errorf("node %d: median %v -> %v, MAD %v -> %v", i, median[i], m2[i], mad[i], mad2[i])
		}
	}
	one, zero := MAD(mat.NewDense(1, 2, []float64{3, -1}))
	if !slices.Equal(one, []float64{3, -1}) || !slices.Equal(zero, []float64{0, 0}) {
		t.Errorf("one row: median %v, MAD %v", one, zero)
	}
}

func TestSigmaClipOfNothing(t *testing.T) {
	for _, values := range [][]float64{nil, {math.NaN()}, {math.Inf(1), math.NaN()}} {
		clipped, lo, hi := SigmaClip(values, 5, 5)
		if len(clipped) != len(values) || slices.Contains(clipped, false) || !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("%v: %v %v %v", values, clipped, lo, hi)
		}
	}
	if clipped, _, _ := SigmaClip([]float64{2, 2, 2}, 5, 5); slices.Contains(clipped, true) {
		t.Error("equal values were clipped")
	}
}

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

func TestSpearman(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{1, 10, 100, 1000}, 1},
		{[]float64{1, 2, 3, 4}, []float64{9, 7, 5, -3}, -1},
		{[]float64{1, nan, 3, 4, 0}, []float64{2, 8, 3, nan, 1}, 1},
		{[]float64{1, 1, 1}, []float64{1, 2, 3}, nan},
		{[]float64{1}, []float64{1}, nan},
		{nil, nil, nan},
	} {
		got := Spearman(c.x, c.y)
		if !(math.Abs(got-c.want) < 1e-15) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Spearman(%v, %v) = %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

func TestCountPublishedReportsUselessLabels(t *testing.T) {
	codes, labels := survey()
	got, err := CountPublished(codes, labels, Options{Bins: []int{5, 10}})
	if err != nil {
		t.Fatal(err)
	}
	empty, constant := got.Labels[3], got.Labels[4]
	if empty.Reason != "no values" || empty.MI != nil || empty.Normalised() != nil {
		t.Errorf("empty label: %+v", empty)
	}
	if constant.Reason != "all values equal 2" || constant.MI[1][4] != 0 || constant.Normalised()[0][0] != 0 {
		t.Errorf("constant label: %+v", constant)
	}
	for _, l := range []LabelMI{empty, constant} {
		if node, unanimous := l.Best(); node != -1 || unanimous {
			t.Errorf("label %s: best node %d, unanimous %v", l.Name, node, unanimous)
		}
	}
}

func TestCountPublishedRefuses(t *testing.T) {
	with := func(r, i int, v float64) *mat.Dense {
		m := mat.NewDense(4, 3, nil)
		m.Set(r, i, v)
		return m
	}
	good := with(0, 0, 1)
	for _, c := range []struct {
		codes  *mat.Dense
		labels []Label
		o      Options
		cause  string
	}{
		{nil, nil, Options{}, "no codes"},
		{&mat.Dense{}, nil, Options{}, "no codes"},
		{with(2, 1, math.Inf(-1)), nil, Options{}, "row 2 of 4, node 1, is -Inf"},
		{with(3, 2, math.NaN()), nil, Options{}, "row 3 of 4, node 2, is NaN"},
		{good, []Label{{"Teff", make([]float64, 5)}}, Options{}, `label "Teff" has 5 values for 4 rows`},
		{good, []Label{{"wild", []float64{-1e308, 1e308, 0, 0}}}, Options{}, `label "wild": the range`},
		{good, nil, Options{Bins: []int{5, 0}}, "0 bins"},
		{good, nil, Options{Bins: []int{}}, "no numbers of bins"},
		{good, nil, Options{Sigma: -1}, "must be positive"},
		{good, nil, Options{Threshold: math.NaN()}, "must be positive"},
	} {
		if _, err := CountPublished(c.codes, c.labels, c.o); err == nil || !strings.Contains(err.Error(), c.cause) {
			t.Errorf("error %v, want one that says %q", err, c.cause)
		}
	}
}

func TestProgressCountsEveryPairOnce(t *testing.T) {
	codes, labels := survey()
	var mu sync.Mutex
	var seen []int
	_, err := CountPublished(codes, labels, Options{Workers: 4, Progress: func(done, total int) {
		if !mu.TryLock() {
			t.Error("two reports at the same time")
			return
		}
		defer mu.Unlock()
		if total != 25 {
			t.Errorf("total %d, want 25", total)
		}
		seen = append(seen, done)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 25 || !slices.IsSorted(seen) || seen[24] != 25 {
		t.Errorf("reports %v", seen)
	}
}

func TestBest(t *testing.T) {
	for _, c := range []struct {
		name      string
		mi        [][]float64
		node      int
		unanimous bool
	}{
		{"always", [][]float64{{1, 3}, {2, 4}}, 1, true},
		{"mostly", [][]float64{{5, 3}, {2, 4}, {3, 4}}, 1, false},
		{"a tie", [][]float64{{1, 3}, {5, 4}}, 0, false},
		{"a row of zeros", [][]float64{{0, 0}, {5, 4}}, 0, false},
		{"zeros", [][]float64{{0, 0}}, -1, false},
	} {
		if node, unanimous := (LabelMI{MI: c.mi}).Best(); node != c.node || unanimous != c.unanimous {
			t.Errorf("%s: %d, %v, want %d, %v", c.name, node, unanimous, c.node, c.unanimous)
		}
	}
	if got := (LabelMI{MI: [][]float64{{1, 4, 2}}}).Normalised()[0]; !slices.Equal(got, []float64{0.25, 1, 0.5}) {
		t.Errorf("normalised to %v", got)
	}
}

func TestKeepRows(t *testing.T) {
	codes := mat.NewDense(3, 2, []float64{0, 1, 10, 11, 20, 21})
	labels := []Label{{"a", []float64{5, 6, 7}}}
	kept, some, err := KeepRows(codes, labels, []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	if !mat.Equal(kept, mat.NewDense(2, 2, []float64{20, 21, 0, 1})) || !slices.Equal(some[0].Values, []float64{7, 5}) {
		t.Errorf("kept %v and %v", kept, some)
	}
	kept.Set(0, 0, -1)
	some[0].Values[0] = -1
	if codes.At(2, 0) != 20 || labels[0].Values[2] != 7 {
		t.Error("the original changed")
	}
	for cause, call := range map[string]func() error{
		"no rows":         func() error { _, _, err := KeepRows(codes, labels, nil); return err },
		"row 3":           func() error { _, _, err := KeepRows(codes, labels, []int{3}); return err },
		"row -1":          func() error { _, _, err := KeepRows(codes, labels, []int{-1}); return err },
		"2 values for 3 ": func() error { _, _, err := KeepRows(codes, []Label{{"b", []float64{1, 2}}}, []int{0}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), cause) {
			t.Errorf("error %v, want one that says %q", err, cause)
		}
	}
}
