package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae"
)

// Every work answers every line with times that passed.
func TestServe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	small := options{preset: "mini", samples: 512, nodes: 4, batch: 2, spectra: 100, size: 64}
	for _, name := range slices.Sorted(maps.Keys(works)) {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := serve(works[name], small, strings.NewReader("\n\n"), &out); err != nil {
				t.Fatal(err)
			}
			answers := json.NewDecoder(&out)
			var ready struct {
				Device string
				Units  int
			}
			if err := answers.Decode(&ready); err != nil || ready.Device == "" || ready.Units < 1 {
				t.Errorf("%+v, %v", ready, err)
			}
			for range 2 {
				var took struct{ Wall, Processor float64 }
				if err := answers.Decode(&took); err != nil || took.Wall <= 0 || took.Processor < 0 {
					t.Errorf("%+v, %v", took, err)
				}
			}
			if answers.More() {
				t.Error("more answers than questions")
			}
		})
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// The operations are those that PyTorch 2.15 counts for ae1d.paper() of
// stellarae/crosscheck (torch.utils.flop_counter, encode and decode of one
// spectrum): 696,975,360 products with their sums.
func TestLayers(t *testing.T) {
	c, err := stellarae.Preset("paper")
	if err != nil {
		t.Fatal(err)
	}
	var operations, parameters int
	all := layersOf(c)
	for i, l := range all {
		operations += l.Operations
		parameters += l.Parameters
		if i > 0 && l.Name != "fc2" && l.In != all[i-1].Out {
			t.Errorf("%s takes %d values, %s gives %d", l.Name, l.In, all[i-1].Name, all[i-1].Out)
		}
	}
	if parameters != c.ParameterCount() {
		t.Errorf("%d parameters, not %d", parameters, c.ParameterCount())
	}
	if operations != 2*696975360 {
		t.Errorf("%d operations a spectrum", operations)
	}
}

func TestSum(t *testing.T) {
	for n := range 20 {
		v := make([]uint64, n)
		for i := range v {
			v[i] = uint64(i)
		}
		if got, want := sum(v), uint64(n*(n-1)/2); n > 0 && got != want {
			t.Errorf("%d numbers: %d, want %d", n, got, want)
		}
	}
}
