package stellarae_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
	"github.com/stellarae/lab/stellarae/xla"
)

// oneLine are spectra of 64 samples that differ in the depth of their line: the
// one thing there is to learn.
type oneLine struct{ batch int }

func (s oneLine) Fingerprint() string { return "one line" }

func (s oneLine) Batch(step int) ([]float32, error) {
	random := rand.New(rand.NewPCG(1, uint64(step)))
	var flux []float32
	for range s.batch {
		flux = append(flux, line(random.Float64())...)
	}
	return flux, nil
}

func line(depth float64) []float32 {
	flux := make([]float32, 64)
	for i := range flux {
		x := (float64(i) - 32) / 4
		flux[i] = float32(1 - depth*math.Exp(-x*x))
	}
	return flux
}

// A small network is trained on spectra with one degree of freedom, kept as a
// run, and read back.
func Example() {
	device, err := xla.Open()
	if err != nil {
		panic(err)
	}
	backend := device.Backend
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	config := stellarae.Config{
		Name: "small", Grid: spectrum.Grid{Start: 5000, Step: 0.1, Samples: 64}, Nodes: 2, Slope: 0.1,
		Encoder: []stellarae.Conv{{In: 1, Out: 8, Kernel: 5, Stride: 2}, {In: 8, Out: 8, Kernel: 3, Stride: 2}},
	}
	training := stellarae.Training{Steps: 1500, Batch: 8, Seed: 1, LearningRate: 5e-3, Beta: 1e-5}
	run := filepath.Join(dir, "run")
	_, err = stellarae.Train(context.Background(), backend, run, config, training, oneLine{training.Batch}, stellarae.RunOptions{})
	if err != nil {
		panic(err)
	}

	model, err := stellarae.OpenRun(backend, run)
	if err != nil {
		panic(err)
	}
	again, err := model.Reconstruct([][]float32{line(0.2), line(0.5), line(0.8)})
	if err != nil {
		panic(err)
	}
	for i, depth := range []float64{0.2, 0.5, 0.8} {
		got := 1 - float64(again[i][32])
		fmt.Printf("depth %v comes back to 0.1: %v\n", depth, math.Abs(got-depth) < 0.1)
	}
	// Output:
	// depth 0.2 comes back to 0.1: true
	// depth 0.5 comes back to 0.1: true
	// depth 0.8 comes back to 0.1: true
}
