package sample_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/sample"
)

// Three spectra of two stars, coded by two nodes, of which the first follows the
// velocity.
func Example() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"codes.ids.txt": "survey/b.fits\nsurvey/a.fits\nsurvey/c.fits\n",
		"labels.csv":    "dp_id,target_name,radvel\na,HD 1,-10\nb,HD 1,-12\nc,HD 2,30\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			panic(err)
		}
	}
	if err := npy.WriteFloat32(filepath.Join(dir, "codes.npy"), []int{3, 2}, []float32{-1, 5, -0.8, 5, 2, 5}); err != nil {
		panic(err)
	}

	s, err := sample.Open(dir)
	if err != nil {
		panic(err)
	}
	velocity, err := s.Label("radvel")
	if err != nil {
		panic(err)
	}
	fmt.Println(s.Stars.Rows(), "spectra of", s.Stars.Len(), "stars")
	fmt.Println("radvel", velocity, "with node 0:", info.Spearman(s.Node(0), velocity))
	// Output:
	// 3 spectra of 2 stars
	// radvel [-12 -10 30] with node 0: 1
}
