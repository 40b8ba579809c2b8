package pytorch_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/pytorch"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.pth.tar")
	err = pytorch.Save(path, &pytorch.Checkpoint{
		Tensors: []pytorch.Tensor{{Name: "predict0.weight", Shape: []int{1, 1, 3}, Data: []float32{0.25, 0.5, 0.25}}},
		Meta:    map[string]any{"epoch": 182, "iteration": 1500000},
	})
	if err != nil {
		log.Fatal(err)
	}
	c, err := pytorch.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	weight, ok := c.Tensor("predict0.weight")
	fmt.Println(weight.Shape, weight.Data, ok)
	fmt.Println(c.Meta["epoch"], c.Meta["iteration"])
	// Output:
	// [1 1 3] [0.25 0.5 0.25] true
	// 182 1500000
}

// A pickle can ask for any Python function. This one asks for os.system.
func ExampleLoad_refused() {
	_, err := pytorch.Load("testdata/refused_system.pth.tar")
	fmt.Println(err)
	// Output:
	// testdata/refused_system.pth.tar: pickle: refused: it needs the Python object "posix.system", and tensors do not
}
