package info

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"
)

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
