package pytorch

import (
	"path/filepath"
	"testing"
)

// paperSize is a checkpoint of about as many numbers as the published one,
// 7.0 million, in three of its shapes.
func paperSize() *Checkpoint {
	c := &Checkpoint{Meta: map[string]any{"epoch": 182}}
	for _, t := range []Tensor{
		{Name: "fc11.weight", Shape: []int{128, 10240}},
		{Name: "fc12.weight", Shape: []int{128, 10240}},
		{Name: "fc2.weight", Shape: []int{10240, 128}},
		{Name: "conv15.0.weight", Shape: []int{512, 512, 3}},
		{Name: "deconv15.0.weight", Shape: []int{512, 512, 3}},
		{Name: "conv14.0.weight", Shape: []int{512, 512, 6}},
	} {
		n := 1
		for _, size := range t.Shape {
			n *= size
		}
		t.Data = make([]float32, n)
		c.Tensors = append(c.Tensors, t)
	}
	return c
}

func BenchmarkLoad(b *testing.B) {
	path := saved(b, paperSize())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	c := paperSize()
	path := filepath.Join(b.TempDir(), "c.pth.tar")
	for b.Loop() {
		if err := Save(path, c); err != nil {
			b.Fatal(err)
		}
	}
}
