package figure

import (
	"bytes"
	"fmt"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// counted is a count of 20 nodes: 0 carries a velocity, 1 a temperature, which a
// label of mass follows, and the others hardly move.
func counted(t *testing.T) *info.Counted {
	t.Helper()
	const rows, nodes = 300, 20
	rng := rand.New(rand.NewPCG(1, 2))
	codes := mat.NewDense(rows, nodes, nil)
	labels := []info.Label{{Name: "radvel"}, {Name: "Teff"}, {Name: "Mass"}}
	for r := range rows {
		velocity, temperature := rng.NormFloat64(), rng.NormFloat64()
		codes.SetRow(r, append([]float64{velocity, temperature}, make([]float64, nodes-2)...))
		for i := 2; i < nodes; i++ {
			codes.Set(r, i, 1e-3*rng.NormFloat64())
		}
		for l, v := range []float64{velocity + 0.1*rng.NormFloat64(), temperature + 0.1*rng.NormFloat64(), temperature + 0.6*rng.NormFloat64()} {
			labels[l].Values = append(labels[l].Values, v)
		}
	}
	c, err := info.Count(codes, labels, info.CountOptions{
		Seed: 1, Bootstrap: 20, ConditionalRows: 300, ConditionalPermutations: 49,
		Associate: info.AssociateOptions{Permutations: 99}, Runs: []info.Encoder{{Name: "runs/other.npy", Codes: codes}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDataOfACount(t *testing.T) {
	c := counted(t)
	m := AssociationMapOf(c)
	if len(m.Nodes) != mostMapped || !slices.IsSorted(m.Nodes) || m.Nodes[0] != 0 || m.Nodes[1] != 1 {
		t.Errorf("nodes %v: want 0, 1 and others, sixteen in all", m.Nodes)
	}
	for l, row := range m.Through {
		for node, through := range row {
			if want := l == 2 && node == 1; through != want {
				t.Errorf("%s of node %d is known through another: %v, want %v", c.Map.Cells[l][node].Label, node, through, want)
			}
		}
	}
	plane := UsePlaneOf(c)
	if len(plane.Use) != 20 || len(plane.Names) != 2 || plane.Names[0] != "0 Radial velocity" || plane.Names[1] != "1 T_{eff}" {
		t.Errorf("%d nodes, names %v", len(plane.Use), plane.Names)
	}
	if plane.Use[0] != c.Findings[0].MAD.Estimate || plane.Bits[1] != c.Findings[1].Best.Effect.Bits {
		t.Error("use and bits are not those found")
	}
	curve := ThresholdCurveOf(c)
	if len(curve.Runs) != 2 || curve.Runs[1].Name != "other.npy" || curve.Threshold != c.Threshold {
		t.Fatalf("runs %v", curve.Runs)
	}
	if !slices.Equal(curve.Runs[0].Count, curve.Runs[1].Count) {
		t.Errorf("the same codes give %v and %v", curve.Runs[0].Count, curve.Runs[1].Count)
	}
	depend := DependencyOf(c)
	carried := fmt.Sprint(depend.Nodes, depend.Labels)
	for _, e := range depend.Carried {
		carried += fmt.Sprint(" ", e.Node, e.Label, e.Through)
	}
	if want := "[0 1] [radvel Teff Mass] 0 0 false 1 1 false 1 2 true"; carried != want {
		t.Errorf("%s, want %s", carried, want)
	}
	if len(depend.LabelPairs) != 1 || depend.LabelPairs[0] != (DependentPair{A: 1, B: 2}) {
		t.Errorf("labels that go together: %v", depend.LabelPairs)
	}
	mad, mi := MADOf(c.Published), MIOf(c.Published)
	if !mad.Log || !slices.Equal(mad.Informative, []int{0, 1}) || len(mi.Labels) != 3 || mi.Labels[1].Name != "T_{eff}" {
		t.Errorf("%+v, labels %v", mad, mi.Labels)
	}
	for name, draw := range map[string]func() (*Figure, error){
		"map":        func() (*Figure, error) { return AssociationMap(m) },
		"plane":      func() (*Figure, error) { return UsePlane(plane) },
		"curve":      func() (*Figure, error) { return ThresholdCurve(curve) },
		"dependency": func() (*Figure, error) { return Dependency(depend) },
		"mad":        func() (*Figure, error) { return MAD(mad) },
		"mi":         func() (*Figure, error) { return MI(mi) },
	} {
		if _, err := draw(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A curve has room for seven runs, and more are left out.
func TestManyRuns(t *testing.T) {
	c := counted(t)
	for range 9 {
		c.Runs = append(c.Runs, c.Runs[0])
	}
	if d := ThresholdCurveOf(c); len(d.Runs) != 7 {
		t.Errorf("%d runs", len(d.Runs))
	} else if _, err := ThresholdCurve(d); err != nil {
		t.Error(err)
	}
}

// A notebook shows the figure as PNG of its own resolution, or of one that fits.
func TestMIMEBundle(t *testing.T) {
	f, err := MAD(MADData{MAD: []float64{0.5, 0.01}, Threshold: 0.02})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ dpi, want int }{{0, NotebookDPI}, {-1, NotebookDPI}, {60, 60}} {
		f.DPI = test.dpi
		b := f.MIMEBundle()
		img, err := png.Decode(bytes.NewReader(b["image/png"].([]byte)))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := img.Bounds().Dx(), int(f.Width.Points()/72*float64(test.want)); got < want-1 || got > want+1 {
			t.Errorf("DPI %d: %d pixels wide, want %d", test.dpi, got, want)
		}
		if text := b["text/plain"].(string); !strings.HasPrefix(text, "figure of ") {
			t.Errorf("text %q", text)
		}
	}
}
