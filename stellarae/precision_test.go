package stellarae

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// offNorm is how far values are from others, of the others' norm.
func offNorm(got, want []float32) float64 {
	var off, norm float64
	for i, w := range want {
		off += math.Pow(float64(got[i])-float64(w), 2)
		norm += float64(w) * float64(w)
	}
	return math.Sqrt(off / norm)
}

// With eight significant bits the loss stays within a hundredth, the gradient
// within a tenth of its norm; and nothing is computed in float32
// by mistake, which would be a thousand times closer.
func TestBFloat16Loss(t *testing.T) {
	for _, name := range []string{"mini", "window"} {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		m := newModel(t, c, 3)
		flux := flatten(rows(c, 2, 1))
		noise := Training{Batch: 2, Seed: 1}.noise(c.Nodes)(0)
		want := evaluate(t, m, lossIn(Float32), flux, noise)
		got := evaluate(t, m, lossIn(BFloat16), flux, noise)
		var gradient, wanted []float32
		for _, s := range c.Parameters() {
			gradient, wanted = append(gradient, got[s.Name]...), append(wanted, want[s.Name]...)
		}
		loss, off := offNorm(got["total"], want["total"]), offNorm(gradient, wanted)
		t.Logf("%s: the loss is %.2g off, the gradient %.2g", name, loss, off)
		if !(loss < 1e-2 && off < 0.1 && off > 1e-4) {
			t.Errorf("%s: the loss is %.2g off, the gradient %.2g", name, loss, off)
		}
	}
}

// Codes and spectra in bfloat16 are near those in float32, and the model goes
// back to what it was.
func TestUsePrecision(t *testing.T) {
	c, err := Preset("mini")
	if err != nil {
		t.Fatal(err)
	}
	m := newModel(t, c, 3)
	spectra := rows(c, 5, 1)
	both := func() (codes, back []float32) {
		z := encoded(t, m, spectra)
		return flatten(z), flatten(decoded(t, m, z))
	}
	use := func(p Precision) {
		if err := m.UsePrecision(p); err != nil {
			t.Fatal(err)
		}
	}
	codes, back := both()
	use(BFloat16)
	inHalf, backInHalf := both()
	for name, d := range map[string]float64{"codes": offNorm(inHalf, codes), "spectra": offNorm(backInHalf, back)} {
		t.Logf("%s: %.2g apart", name, d)
		if !(d < 2e-2 && d > 1e-5) {
			t.Errorf("%s: %.2g apart", name, d)
		}
	}
	use("")
	if again, backAgain := both(); offNorm(again, codes) != 0 || offNorm(backAgain, back) != 0 {
		t.Error("float32 is not what it was")
	}
	if err := m.UsePrecision("float16"); err == nil || !strings.Contains(err.Error(), `"float16": want float32 or bfloat16`) {
		t.Error(err)
	}
}

// Trainings in bfloat16 learn as those in float32 do: what separates them is
// far less than what separates random starts.
func TestBFloat16Curves(t *testing.T) {
	want := curves(t, nil)
	got := curves(t, func(tr *Trainer) stepGraph {
		tr.Training.Precision = BFloat16
		return tr.graph
	})
	last, worst := drift(t, got, want)
	t.Logf("at most %.2g deviations among %d starts, %.2g at step %d", worst, curveStarts, last, curveSteps)
	if !(worst < 1 && worst > 1e-4) {
		t.Errorf("a drift of %.2g deviations", worst)
	}
}

// A training in bfloat16 goes on as one; one in float32 is recorded as ever.
func TestPrecisionIsRecorded(t *testing.T) {
	for p, want := range map[Precision]bool{"": false, BFloat16: true} {
		b, err := json.Marshal(Training{Precision: p})
		if err != nil || strings.Contains(string(b), `"precision":"bfloat16"`) != want || strings.Contains(string(b), "precision") != want {
			t.Errorf("%q: %s, %v", p, b, err)
		}
	}
	if err := (Training{Precision: "half"}).Defaults(tiny()).Validate(); err == nil || !strings.Contains(err.Error(), `"half"`) {
		t.Error(err)
	}
}
