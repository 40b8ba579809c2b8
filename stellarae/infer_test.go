package stellarae

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// worst is the largest difference of two matrices.
func worst(t testing.TB, got, want [][]float32) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	off := 0.0
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("row %d has %d values, want %d", i, len(got[i]), len(want[i]))
		}
		for k := range want[i] {
			d := math.Abs(float64(got[i][k]) - float64(want[i][k]))
			if !(d <= off) {
				off = d
			}
		}
	}
	return off
}

// A spectrum's code does not depend on those it is encoded with.
func TestEncodeInBatches(t *testing.T) {
	for _, test := range []struct {
		name string
		m    *Model
		n    int
	}{
		{"plain", newModel(t, tiny(), 1), 300}, // more than a batch of 256
		{"device", onDevice(t, tiny()), 300},
		{"device, mini", onDevice(t, preset(t, "mini")), 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, all := test.m, rows(test.m.Config, test.n, 5)
			var single [][]float32
			for _, row := range all {
				code, err := m.Encode([][]float32{row})
				if err != nil {
					t.Fatal(err)
				}
				single = append(single, code...)
			}
			if spread := worst(t, single[:1], single[1:2]); spread < 1e-3 {
				t.Fatalf("two codes differ by %.2g: nothing is compared", spread)
			}
			for _, parts := range [][]int{{test.n}, {1, 2, 3, test.n - 6}, {5, test.n - 5}} {
				var got [][]float32
				at := 0
				for _, n := range parts {
					codes, err := m.Encode(all[at : at+n])
					if err != nil {
						t.Fatal(err)
					}
					got, at = append(got, codes...), at+n
				}
				if off := worst(t, got, single); !(off <= 1e-5) {
					t.Errorf("in parts of %v: off by %.2g", parts, off)
				}
			}
			some := single[:7]
			spectra, err := m.Decode(some)
			if err != nil {
				t.Fatal(err)
			}
			again, err := m.Reconstruct(all[:7])
			if err != nil {
				t.Fatal(err)
			}
			if off := worst(t, again, spectra); !(off <= 1e-4) {
				t.Errorf("Reconstruct is off Decode of Encode by %.2g", off)
			}
		})
	}
}

func onDevice(t testing.TB, c Config) *Model {
	t.Helper()
	m, err := New(device(t).Backend, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The pure Go backend, the fallback, computes what this machine's device does.
func TestBackendsAgree(t *testing.T) {
	if device(t).Platform == "go" {
		t.Skip("there is the Go backend alone: nothing to compare")
	}
	one, two := newModel(t, tiny(), 1), onDevice(t, tiny())
	all := rows(tiny(), 5, 1)
	for name, f := range map[string]func(*Model) ([][]float32, error){
		"Encode":      func(m *Model) ([][]float32, error) { return m.Encode(all) },
		"Reconstruct": func(m *Model) ([][]float32, error) { return m.Reconstruct(all) },
	} {
		a, err := f(one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f(two)
		if err != nil {
			t.Fatal(err)
		}
		if off := worst(t, a, b); !(off <= 1e-5) {
			t.Errorf("%s: off by %.2g", name, off)
		}
	}
	training := Training{Steps: 20, Batch: 4, Seed: 1}
	last := func(m *Model) Losses {
		trainer, err := NewTrainer(m, training)
		if err != nil {
			t.Fatal(err)
		}
		var l Losses
		for range training.Steps {
			flux, err := linesFor(tiny(), training).Batch(trainer.Step())
			if err != nil {
				t.Fatal(err)
			}
			if l, err = trainer.Do(flux); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	a, b := last(one), last(two)
	if math.Abs(a.Total-b.Total) > 1e-4*b.Total || math.Abs(a.Gradient-b.Gradient) > 1e-3*b.Gradient {
		t.Errorf("after 20 steps: %+v, on the device %+v", a, b)
	}
}

// At most four million samples go through the network at once, and few shapes
// are compiled.
func TestBatchSize(t *testing.T) {
	for name, want := range map[string]map[int]int{
		"mini":  {0: 1, 1: 1, 2: 2, 3: 4, 200: 256, 257: 256, 100000: 256},
		"paper": {1: 1, 2: 2, 9: 8, 100000: 8},
	} {
		m := &Model{Config: preset(t, name)}
		for n, size := range want {
			if got := m.batch(n); got != size || got*m.Config.Samples() > 1<<22 {
				t.Errorf("%s: %d rows in batches of %d, want %d", name, n, got, size)
			}
		}
	}
}

func TestInferRefuses(t *testing.T) {
	m := newModel(t, tiny(), 1)
	good := rows(tiny(), 3, 1)
	code := []float32{0, 1, 2}
	for want, try := range map[string]func() ([][]float32, error){
		"row 1 has 63 values: the model takes 64": func() ([][]float32, error) {
			return m.Encode([][]float32{good[0], good[1][1:], good[2]})
		},
		"row 0 has 0 values":                        func() ([][]float32, error) { return m.Encode([][]float32{nil}) },
		"row 0 has 4 values: the model takes 3":     func() ([][]float32, error) { return m.Decode([][]float32{{1, 2, 3, 4}}) },
		"row 2 has 65 values":                       func() ([][]float32, error) { return m.Reconstruct([][]float32{good[0], good[1], make([]float32, 65)}) },
		"node -1: the model has nodes 0 to 2":       func() ([][]float32, error) { return m.Traverse(code, -1, []float32{1}) },
		"node 3: the model has nodes 0 to 2":        func() ([][]float32, error) { return m.Traverse(code, 3, []float32{1}) },
		"a code of 2 values: the model has 3 nodes": func() ([][]float32, error) { return m.Traverse(code[1:], 0, []float32{1}) },
	} {
		out, err := try()
		if err == nil || !strings.Contains(err.Error(), want) || out != nil {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
	if codes, err := m.Encode(nil); err != nil || len(codes) != 0 {
		t.Errorf("no spectra: %v, %v", codes, err)
	}
}

// A traversal is the decoder on codes that differ in one node.
func TestTraverse(t *testing.T) {
	m := newModel(t, tiny(), 1)
	code := []float32{0.5, -1, 2}
	spectra, err := m.Traverse(code, 1, []float32{-3, -1, 3})
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Decode([][]float32{{0.5, -3, 2}, {0.5, -1, 2}, {0.5, 3, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, spectra); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(code, []float32{0.5, -1, 2}) {
		t.Errorf("the caller's code is %v", code)
	}
	if spectra, err := m.Traverse(code, 0, nil); err != nil || len(spectra) != 0 {
		t.Errorf("no values: %v, %v", spectra, err)
	}
}

// What goes in through NewFrom comes out through Values, in the order and the
// shapes of Parameters.
func TestValuesAndNewFrom(t *testing.T) {
	c := tiny()
	random := rand.New(rand.NewPCG(1, 2))
	want := map[string][]float32{}
	var order []string
	m, err := NewFrom(plain(t), c, func(s Shape) ([]float32, error) {
		order = append(order, s.Name)
		values := make([]float32, s.Size())
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
		want[s.Name] = values
		return values, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range c.Parameters() {
		if order[i] != s.Name {
			t.Errorf("parameter %d is %s, want %s", i, order[i], s.Name)
		}
	}
	if diff := cmp.Diff(want, parameters(t, m)); diff != "" {
		t.Error(diff)
	}
	again, err := NewFrom(plain(t), c, func(s Shape) ([]float32, error) { return m.Values(s.Name) })
	if err != nil {
		t.Fatal(err)
	}
	all := rows(c, 4, 1)
	one, err := m.Reconstruct(all)
	if err != nil {
		t.Fatal(err)
	}
	two, err := again.Reconstruct(all)
	if err != nil || !cmp.Equal(one, two) {
		t.Errorf("the copy decodes differently: %v", err)
	}

	for _, name := range []string{"conv4.0.weight", "", "/conv1.0.weight", "conv1"} {
		if _, err := m.Values(name); err == nil || !strings.Contains(err.Error(), "no parameter "+name) {
			t.Errorf("Values(%q): %v", name, err)
		}
	}
	cause := errors.New("the file ends")
	for want, values := range map[string]func(Shape) ([]float32, error){
		"parameter conv1.0.weight: the file ends":         func(Shape) ([]float32, error) { return nil, cause },
		"parameter conv1.0.weight: 21 values for [4 1 5]": func(s Shape) ([]float32, error) { return make([]float32, s.Size()+1), nil },
		"parameter conv1.0.weight: 0 values for [4 1 5]":  func(s Shape) ([]float32, error) { return nil, nil },
	} {
		if _, err := NewFrom(plain(t), c, values); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The start keeps a signal's power through the network, and is the seed's.
func TestNew(t *testing.T) {
	c := preset(t, "mini")
	one, again, two := newModel(t, c, 1), newModel(t, c, 1), newModel(t, c, 2)
	if !cmp.Equal(parameters(t, one), parameters(t, again)) || cmp.Equal(parameters(t, one), parameters(t, two)) {
		t.Error("the start is not the seed's")
	}
	gains := c.gains()
	for name, values := range parameters(t, one) {
		sum, square := 0.0, 0.0
		for _, v := range values {
			sum += float64(v)
			square += float64(v) * float64(v)
		}
		n := float64(len(values))
		gain, random := gains[name]
		if !random && square != 0 {
			t.Errorf("%s does not start at zero", name)
		}
		// Of a uniform variable the variance's standard error is 0.9/sqrt(n) of it.
		if random && n > 100 && (math.Abs(square/n/gain-1) > 5/math.Sqrt(n) || math.Abs(sum/n) > 5*math.Sqrt(gain/n)) {
			t.Errorf("%s: mean %.3g, variance %.3g; want 0 and %.3g", name, sum/n, square/n, gain)
		}
	}
	codes := make([][]float32, 8)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range codes {
		codes[i] = make([]float32, c.Nodes)
		for k := range codes[i] {
			codes[i][k] = float32(random.NormFloat64())
		}
	}
	spectra, err := one.Decode(codes)
	if err != nil {
		t.Fatal(err)
	}
	power := 0.0
	for _, v := range flatten(spectra) {
		power += float64(v) * float64(v) / float64(len(spectra)*c.Samples())
	}
	if !(power > 0.02 && power < 50) {
		t.Errorf("codes of power 1 decode to power %.2g", power)
	}
	t.Logf("decoded power %.2g", power)
}
