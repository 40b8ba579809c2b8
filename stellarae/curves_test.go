package stellarae

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae/pytorch"
)

// Training curves: networks learn from the same spectra, in the same order and
// with the same noise, by our graph, by the plain one and by PyTorch. Rounding
// makes any two trainings drift apart; the drift is held against how much the
// curves of different random starts differ.

var updateCurves = flag.Bool("update-curves", false, "write PyTorch's curves into "+torchCurves)

const (
	torchCurves = "crosscheck/testdata/curves.npy" // PyTorch's, in float64, of all starts
	curveSteps  = 200
	curveStarts = 5

	// curveBar is how far a curve may be from another, in standard deviations
	// among the starts. Two orders of summing a batch are 1e-5 apart; a tenth
	// would still be lost among the starts.
	curveBar = 1e-3
)

// curve has a training's losses before every update: total, reconstruction, KL.
type curve [][3]float64

// curveTrainer is a trainer of the tiny network; takes gives what
// computes its steps, nil being the trainer itself.
func curveTrainer(t testing.TB, takes func(tr *Trainer) stepGraph) *Trainer {
	t.Helper()
	return curveTrainerOf(t, tiny(), 8, takes)
}

func curveTrainerOf(t testing.TB, c Config, batch int, takes func(tr *Trainer) stepGraph) *Trainer {
	t.Helper()
	d := device(t)
	if d.Platform == "go" {
		t.Skip("thousands of steps take seconds with XLA, minutes without")
	}
	m, err := New(d.Backend, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTrainer(m, Training{Steps: curveSteps, Batch: batch, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if takes != nil {
		takeStepsWith(t, tr, takes(tr))
	}
	return tr
}

// stepGraph is a step as Trainer.graph is one.
type stepGraph = func(scope *gomlx.Scope, flux, noise, beta, rate *Node) *Node

func takeStepsWith(t testing.TB, tr *Trainer, step stepGraph) {
	t.Helper()
	var err error
	if tr.whole, err = gomlx.NewExec(tr.Model.backend, tr.Model.store, step); err != nil {
		t.Fatal(err)
	}
}

// plainStep takes steps with the plain graph.
func plainStep(tr *Trainer) stepGraph { return plainStepBut("")(tr) }

// plainStepBut does so with the derivative by a kernel turned round, an error
// that a wrong sign in its indices would make.
func plainStepBut(kernel string) func(tr *Trainer) stepGraph {
	return func(tr *Trainer) stepGraph {
		return func(scope *gomlx.Scope, flux, noise, beta, rate *Node) *Node {
			c := tr.Model.Config
			l, byName := plainLoss(c, tr.Model.parameters(flux.Graph()), flux, noise, beta)
			var grads []*Node
			for _, s := range c.Parameters() {
				g := byName[s.Name]
				if s.Name == kernel {
					g = Reverse(g, 2)
				}
				grads = append(grads, g)
			}
			return Concatenate([]*Node{l.vector(), Reshape(tr.update(scope, grads, rate), 1)}, 0)
		}
	}
}

// turnedStep takes our steps with the batch in the opposite order: the same
// sums, rounded otherwise.
func turnedStep(tr *Trainer) stepGraph {
	return func(scope *gomlx.Scope, flux, noise, beta, rate *Node) *Node {
		return tr.graph(scope, Reverse(flux, 0), Reverse(noise, 0), beta, rate)
	}
}

// restart gives a trainer the parameters of a random start and a fresh Adam.
func restart(t testing.TB, tr *Trainer, seed uint64) {
	t.Helper()
	start, err := New(tr.Model.backend, tr.Model.Config, seed)
	if err != nil {
		t.Fatal(err)
	}
	for v := range tr.Model.store.IterVariables() {
		value := tensors.FromShape(v.Shape())
		if start.store.GetVariable(v.Path()) != nil {
			values, err := start.Values(v.Name())
			if err != nil {
				t.Fatal(err)
			}
			value = tensors.FromFlatDataAndDimensions(values, v.Shape().Dimensions...)
		}
		if err := v.SetValue(value); err != nil {
			t.Fatal(err)
		}
	}
	tr.step = 0
}

// follow takes the steps up to one.
func follow(t testing.TB, tr *Trainer, to int) (c curve) {
	t.Helper()
	data := linesFor(tr.Model.Config, tr.Training)
	for tr.Step() < to {
		flux, err := data.Batch(tr.Step())
		if err != nil {
			t.Fatal(err)
		}
		l, err := tr.Do(flux)
		if err != nil {
			t.Fatal(err)
		}
		kl := 0.0
		for _, k := range l.KL {
			kl += k
		}
		c = append(c, [3]float64{l.Total, l.Reconstruction, kl})
	}
	return c
}

// curves are those of the tiny network from all starts.
func curves(t testing.TB, takes func(tr *Trainer) stepGraph) []curve {
	t.Helper()
	return curvesFrom(t, curveTrainer(t, takes), curveStarts)
}

func curvesFrom(t testing.TB, tr *Trainer, starts int) (all []curve) {
	t.Helper()
	for i := range starts {
		restart(t, tr, uint64(i+1))
		all = append(all, follow(t, tr, curveSteps))
	}
	return all
}

// drift is how far curves are from others, at the last step and at the worst
// one: the largest difference over the starts and the three losses, each in
// standard deviations of the others' among the starts at that step.
func drift(t testing.TB, got, want []curve) (last, worst float64) {
	t.Helper()
	return driftOf(t, got, want, 3)
}

// driftOf looks at the first so many of the three losses.
func driftOf(t testing.TB, got, want []curve, parts int) (last, worst float64) {
	t.Helper()
	for step := range want[0] {
		last = 0
		for part := range parts {
			var sum, squares float64
			for _, c := range want {
				sum += c[step][part]
				squares += c[step][part] * c[step][part]
			}
			n := float64(len(want))
			deviation := math.Sqrt((squares - sum*sum/n) / (n - 1))
			for i, c := range want {
				if d := math.Abs(got[i][step][part]-c[step][part]) / deviation; !(d <= last) {
					last = d
				}
			}
		}
		if !(last <= worst) {
			worst = last
		}
	}
	return last, worst
}

// TestCurves: 200 steps by our graph, the plain one and PyTorch are the same
// training, and one wrong derivative is another.
func TestCurves(t *testing.T) {
	ours := curves(t, nil)
	var first, last float64
	for _, c := range ours {
		first, last = first+c[0][1], last+c[curveSteps-1][1]
	}
	if !(last < first/4) {
		t.Errorf("errors of %.3g became %.3g: where nothing is learned, curves say little", first, last)
	}
	tests := []struct {
		name string
		with []curve
		same bool
	}{
		{"the plain graph", curves(t, plainStep), true},
		{"PyTorch in float64", readCurves(t, torchCurves), true},
		{"ours, batches turned round", curves(t, turnedStep), true},
		{"the plain graph, derivative by conv1 turned round", curves(t, plainStepBut("conv1.0.weight")), false},
	}
	for _, test := range tests {
		last, worst := drift(t, ours, test.with)
		t.Logf("%-50s at most %.1e deviations among %d starts, %.1e at step %d", test.name, worst, curveStarts, last, curveSteps)
		if (worst <= curveBar) != test.same {
			t.Errorf("%s: a drift of %.2g deviations, the bar is %g", test.name, worst, curveBar)
		}
	}
}

// TestCheckpointGoesOn: a training that our graph began goes on with the plain
// one, its Adam as it was, as if nothing had happened; and the other way round.
func TestCheckpointGoesOn(t *testing.T) {
	for name, takes := range map[string][2]func(tr *Trainer) stepGraph{"ours to plain": {nil, plainStep}, "plain to ours": {plainStep, nil}} {
		path := filepath.Join(t.TempDir(), "half.ckpt")
		first := curveTrainer(t, takes[0])
		follow(t, first, curveSteps/2)
		if err := first.save(path, nil); err != nil {
			t.Fatal(err)
		}
		var state any
		second, err := resume(first.Model.backend, path, &state)
		if err != nil {
			t.Fatal(err)
		}
		if takes[1] != nil {
			takeStepsWith(t, second, takes[1](second))
		}
		off := furthest(follow(t, second, curveSteps), follow(t, first, curveSteps))
		t.Logf("%s: total losses at most %.1e apart", name, off)
		if !(off <= 1e-3) {
			t.Errorf("%s: a total loss off by %.2g of itself", name, off)
		}
	}
}

// furthest is the largest relative difference of total losses.
func furthest(got, want curve) (worst float64) {
	for i := range want {
		if d := math.Abs(got[i][0]/want[i][0] - 1); !(d <= worst) {
			worst = d
		}
	}
	return worst
}

// TestCurvesWithPyTorch makes PyTorch's curves again, and hands checkpoints
// over: ours to PyTorch, which goes on as we do, and its own back to us.
func TestCurvesWithPyTorch(t *testing.T) {
	if os.Getenv("STELLARAE_PYTHON") == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against PyTorch")
	}
	tr := curveTrainer(t, nil)
	dir := t.TempDir()
	writeSteps(t, dir, tr, 0, curveSteps)
	for i := range curveStarts {
		restart(t, tr, uint64(i+1))
		exportTorch(t, filepath.Join(dir, fmt.Sprintf("start%d.pth.tar", i+1)), tr.Model)
	}
	torchTrains(t, dir)
	found := map[string][]curve{}
	for i := range curveStarts {
		for _, kind := range []string{"float64", "float32"} {
			found[kind] = append(found[kind], readCurves(t, filepath.Join(dir, fmt.Sprintf("start%d.%s.npy", i+1, kind)))...)
		}
	}
	if *updateCurves {
		writeCurves(t, torchCurves, found["float64"])
	}
	kept := readCurves(t, torchCurves)
	if _, worst := drift(t, found["float64"], kept); !(worst <= curveBar/100) {
		t.Errorf("%s made again: off by %.2g deviations", torchCurves, worst)
	}
	_, worst := drift(t, found["float32"], kept)
	t.Logf("PyTorch in float32 is at most %.1e deviations from itself in float64", worst)

	// Both have a fresh Adam at step 100 and at 150.
	restart(t, tr, 1)
	follow(t, tr, 100)
	dir = t.TempDir()
	exportTorch(t, filepath.Join(dir, "ours.pth.tar"), tr.Model)
	writeSteps(t, dir, tr, 100, 150)
	torchTrains(t, dir)
	want, m := goOn(t, tr.Model, 100, 150)
	end, _ := goOn(t, m, 150, curveSteps)
	theirs := torchModel(t, m.Config, filepath.Join(dir, "ours.end.pth.tar"))
	back, _ := goOn(t, theirs, 150, curveSteps)
	got := append(readCurves(t, filepath.Join(dir, "ours.float32.npy"))[0], back...)
	off := furthest(got, append(want, end...))
	t.Logf("ours to PyTorch and back: total losses at most %.1e apart", off)
	if !(off <= 1e-3) {
		t.Errorf("ours to PyTorch and back: a total loss off by %.2g of itself", off)
	}
}

// goOn trains a copy of a model from a step on with a fresh Adam.
func goOn(t testing.TB, m *Model, from, to int) (curve, *Model) {
	t.Helper()
	fresh, err := NewFrom(m.backend, m.Config, func(s Shape) ([]float32, error) { return m.Values(s.Name) })
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTrainer(fresh, Training{Steps: curveSteps, Batch: 8, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	tr.step = from
	return follow(t, tr, to), fresh
}

// torchTrains runs curves.py on a folder.
func torchTrains(t testing.TB, dir string) {
	t.Helper()
	cmd := exec.Command(os.Getenv("STELLARAE_PYTHON"), "-B", "crosscheck/curves.py", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("curves.py: %v\n%s", err, out)
	}
}

// writeSteps writes what the steps of a training are given, for curves.py.
func writeSteps(t testing.TB, dir string, tr *Trainer, from, to int) {
	t.Helper()
	var x, noise, rate, beta []float32
	for step := from; step < to; step++ {
		flux, err := linesFor(tr.Model.Config, tr.Training).Batch(step)
		if err != nil {
			t.Fatal(err)
		}
		x, noise = append(x, flux...), append(noise, tr.noise(step)...)
		rate = append(rate, float32(tr.Training.LearningRateAt(step)))
		beta = append(beta, float32(tr.Training.BetaAt(step)))
	}
	c, n, batch := tr.Model.Config, to-from, tr.Training.Batch
	decoder := slices.Clone(c.Encoder)
	slices.Reverse(decoder)
	for i, l := range decoder {
		decoder[i] = Conv{In: l.Out, Out: l.In, Kernel: l.Stride + 2, Stride: l.Stride}
	}
	config, err := json.Marshal(map[string]any{"samples": c.Samples(), "nodes": c.Nodes, "slope": c.Slope, "encoder": c.Encoder, "decoder": decoder})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "config.json"), config)
	for name, a := range map[string]struct {
		values []float32
		shape  []int
	}{"x": {x, []int{n, batch, c.Samples()}}, "noise": {noise, []int{n, batch, c.Nodes}}, "rate": {rate, []int{n}}, "beta": {beta, []int{n}}} {
		if err := npy.WriteFloat32(filepath.Join(dir, name+".npy"), a.shape, a.values); err != nil {
			t.Fatal(err)
		}
	}
}

func exportTorch(t testing.TB, path string, m *Model) {
	t.Helper()
	c := &pytorch.Checkpoint{}
	for _, s := range m.Config.Parameters() {
		values, err := m.Values(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		c.Tensors = append(c.Tensors, pytorch.Tensor{Name: s.Name, Shape: s.Dims, Data: values})
	}
	if err := pytorch.Save(path, c); err != nil {
		t.Fatal(err)
	}
}

// readCurves reads one curve (steps, 3) or several (starts, steps, 3).
func readCurves(t testing.TB, path string) (all []curve) {
	t.Helper()
	shape, values, err := npy.ReadFloat32s(path)
	if err != nil {
		t.Fatal(err)
	}
	steps := shape[len(shape)-2]
	for rows := range slices.Chunk(values, 3*steps) {
		var c curve
		for row := range slices.Chunk(rows, 3) {
			c = append(c, [3]float64{float64(row[0]), float64(row[1]), float64(row[2])})
		}
		all = append(all, c)
	}
	return all
}

func writeCurves(t testing.TB, path string, all []curve) {
	t.Helper()
	var flat []float32
	for _, c := range all {
		for _, row := range c {
			flat = append(flat, float32(row[0]), float32(row[1]), float32(row[2]))
		}
	}
	if err := npy.WriteFloat32(path, []int{len(all), len(all[0]), 3}, flat); err != nil {
		t.Fatal(err)
	}
}
