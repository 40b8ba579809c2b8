package stellarae

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFullNetworkAgainstPyTorch compares outputs, losses and every gradient of
// the published network at full size. crosscheck/golden_full.py makes the
// numbers, 200 MB, and says why gradients are compared to 1e-4 of their largest
// value without LeakyReLU's kink and to 1e-3 with it.
func TestFullNetworkAgainstPyTorch(t *testing.T) {
	dir := os.Getenv("STELLARAE_GOLDEN_FULL")
	if dir == "" {
		t.Skip("STELLARAE_GOLDEN_FULL is not set to a folder of golden_full.py: skipping the network at full size")
	}
	for _, test := range []struct {
		name             string
		slope, gradients float64
	}{{"full", 0.1, 1e-3}, {"linear", 1, 1e-4}} {
		t.Run(test.name, func(t *testing.T) {
			config, err := Preset("paper")
			if err != nil {
				t.Fatal(err)
			}
			config.Slope = test.slope
			m := torchModel(t, config, filepath.Join(dir, test.name+".pth.tar"))
			compare(t, m, load(t, filepath.Join(dir, test.name+"_golden.pth.tar")), 1e-4, test.gradients)
		})
	}
	t.Run("legacy", func(t *testing.T) {
		today, legacy := load(t, filepath.Join(dir, "full.pth.tar")), load(t, filepath.Join(dir, "full_legacy.pth.tar"))
		if len(today.Tensors) != len(legacy.Tensors) {
			t.Fatalf("%d tensors, %d in the older format", len(today.Tensors), len(legacy.Tensors))
		}
		for i, x := range today.Tensors {
			y := legacy.Tensors[i]
			if x.Name != y.Name || fmt.Sprint(x.Shape) != fmt.Sprint(y.Shape) || !slices.Equal(x.Data, y.Data) {
				t.Errorf("%s is not %s of the older format", x.Name, y.Name)
			}
		}
	})
}
