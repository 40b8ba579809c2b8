package stellarae

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"github.com/stellarae/lab/stellarae/pytorch"
	"github.com/stellarae/lab/stellarae/spectrum"
	"github.com/stellarae/lab/stellarae/xla"
)

// The golden numbers come from PyTorch: crosscheck/golden_small.py makes the
// small networks, crosscheck/golden_full.py the published one at full size.

// device is the backend all tests of the package share.
func device(t testing.TB) *xla.Device {
	t.Helper()
	d, err := xla.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.Notice != "" {
			t.Log(d.Notice)
		}
	})
	return d
}

func load(t testing.TB, path string) *pytorch.Checkpoint {
	t.Helper()
	c, err := pytorch.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tensor(t testing.TB, c *pytorch.Checkpoint, name string) pytorch.Tensor {
	t.Helper()
	x, ok := c.Tensor(name)
	if !ok {
		t.Fatalf("no tensor %s", name)
	}
	return x
}

// torchModel builds a network with the weights of a checkpoint.
func torchModel(t testing.TB, c Config, path string) *Model {
	t.Helper()
	weights := load(t, path)
	m, err := NewFrom(device(t).Backend, c, func(s Shape) ([]float32, error) {
		x := tensor(t, weights, s.Name)
		if fmt.Sprint(x.Shape) != fmt.Sprint(s.Dims) {
			return nil, fmt.Errorf("PyTorch has %v, want %v", x.Shape, s.Dims)
		}
		return x.Data, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// smallConfig reads a configuration that golden_small.py wrote.
func smallConfig(t testing.TB, name string) Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("crosscheck/testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Samples, Nodes int
		Encoder        []Conv
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return Config{Name: name, Grid: spectrum.Grid{Start: 5000, Step: 0.01, Samples: file.Samples}, Nodes: file.Nodes, Encoder: file.Encoder, Slope: 0.1}
}

// near fails where a tensor is off by more than tolerance times PyTorch's
// largest absolute value.
func near(t testing.TB, name string, got []float32, want pytorch.Tensor, tolerance float64) {
	t.Helper()
	if len(got) != len(want.Data) {
		t.Errorf("%s: %d values, PyTorch has %d", name, len(got), len(want.Data))
		return
	}
	var largest, worst float64
	for i, w := range want.Data {
		largest = math.Max(largest, math.Abs(float64(w)))
		if d := math.Abs(float64(got[i]) - float64(w)); !(d <= worst) {
			worst = d
		}
	}
	if !(worst <= tolerance*largest) {
		t.Errorf("%s: off by %.3g of the largest value %.3g", name, worst/largest, largest)
	}
	t.Logf("%-22s off by %.2g of %.3g", name, worst/largest, largest)
}

// compare runs the whole network once and compares everything with PyTorch's,
// the gradients with a tolerance of their own.
func compare(t *testing.T, m *Model, golden *pytorch.Checkpoint, tolerance, gradients float64) {
	t.Helper()
	x, eps, beta := tensor(t, golden, "x"), tensor(t, golden, "eps"), tensor(t, golden, "beta")
	shapes := m.Config.Parameters()
	exec, err := gomlx.NewExec(m.backend, m.store, func(scope *gomlx.Scope, flux, noise, beta *Node) []*Node {
		p := m.parameters(flux.Graph())
		l, grads := m.Config.loss(p, Float32, flux, noise, beta)
		mu, logVar := m.Config.encode(p, Float32, flux)
		z := Add(mu, Mul(Exp(MulScalar(logVar, 0.5)), noise))
		out := []*Node{mu, logVar, m.Config.decode(p, Float32, z), l.Total, l.Reconstruction, ReduceAllSum(l.KL)}
		for _, s := range shapes {
			out = append(out, grads[s.Name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	batch := x.Shape[0]
	out, err := exec.Call(
		tensors.FromFlatDataAndDimensions(x.Data, batch, m.Config.Samples()),
		tensors.FromFlatDataAndDimensions(eps.Data, batch, m.Config.Nodes), beta.Data[0])
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"mu", "logvar", "decoded", "loss", "reconstruction", "kl"}
	for _, s := range shapes {
		names = append(names, "grad."+s.Name)
	}
	for i, name := range names {
		got, err := tensors.CopyFlatData[float32](out[i])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "grad.") {
			tolerance = gradients
		}
		near(t, name, got, tensor(t, golden, name), tolerance)
	}
}

func TestNetworkAgainstPyTorch(t *testing.T) {
	for _, name := range []string{"paperlike", "plain"} {
		t.Run(name, func(t *testing.T) {
			m := torchModel(t, smallConfig(t, name), "crosscheck/testdata/"+name+".pth.tar")
			golden := load(t, "crosscheck/testdata/"+name+"_golden.pth.tar")
			compare(t, m, golden, 1e-5, 1e-5)

			x := tensor(t, golden, "x")
			rows := make([][]float32, x.Shape[0])
			for i := range rows {
				rows[i] = x.Data[i*x.Shape[1] : (i+1)*x.Shape[1]]
			}
			codes, err := m.Encode(rows)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "Encode", flatten(codes), tensor(t, golden, "mu"), 1e-5)
			spectra, err := m.Reconstruct(rows)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "Reconstruct", flatten(spectra), tensor(t, golden, "decoded_mu"), 1e-5)
		})
	}
}

func flatten(rows [][]float32) []float32 {
	var flat []float32
	for _, r := range rows {
		flat = append(flat, r...)
	}
	return flat
}

// TestTrainerAgainstPyTorch takes five steps of Adam with clipped gradients.
func TestTrainerAgainstPyTorch(t *testing.T) {
	m := torchModel(t, smallConfig(t, "plain"), "crosscheck/testdata/plain.pth.tar")
	golden, adam := load(t, "crosscheck/testdata/plain_golden.pth.tar"), load(t, "crosscheck/testdata/plain_adam.pth.tar")
	x, eps, scales := tensor(t, golden, "x"), tensor(t, golden, "eps"), tensor(t, adam, "scale")
	beta, rate := float64(tensor(t, adam, "beta").Data[0]), float64(tensor(t, adam, "lr").Data[0])
	trainer, err := NewTrainer(m, Training{
		Steps: 1 << 40, Batch: x.Shape[0], Beta: beta, LearningRate: rate,
		WarmUp: 1e-15, BetaWarmUp: 1e-15, ClipNorm: float64(tensor(t, adam, "clip").Data[0]),
	})
	if err != nil {
		t.Fatal(err)
	}
	trainer.noise = func(int) []float32 { return eps.Data }
	losses := make([]float32, len(scales.Data))
	for n, scale := range scales.Data {
		flux := make([]float32, len(x.Data))
		for i, v := range x.Data {
			flux[i] = scale * v
		}
		l, err := trainer.Do(flux)
		if err != nil {
			t.Fatal(err)
		}
		losses[n] = float32(l.Total)
		if n != 0 && n != len(scales.Data)-1 {
			continue
		}
		for _, s := range m.Config.Parameters() {
			got, err := m.Values(s.Name)
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("step%d.%s", n+1, s.Name)
			near(t, name, got, tensor(t, adam, name), 1e-5)
		}
	}
	near(t, "loss", losses, tensor(t, adam, "loss"), 1e-5)
}
