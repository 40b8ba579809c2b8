package stellarae

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// TestSampling computes down, up and correlate sample by sample.
func TestSampling(t *testing.T) {
	d := device(t)
	random := rand.New(rand.NewPCG(4, 2))
	draw := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(random.NormFloat64())
		}
		return v
	}
	samplings := []sampling{{2, 7, 3}, {2, 5, 2}, {2, 3, 1}, {2, 1, 0}, {2, 4, 1}, {1, 3, 1}, {1, 5, 2}, {1, 1, 0}, {2, 15, 7}}
	sizes := []struct{ batch, n, c, o int }{{1, 1, 1, 1}, {2, 3, 1, 2}, {3, 16, 2, 3}, {1, 48, 1, 16}, {2, 512, 16, 16}, {1, 6, 40, 70}}
	for _, s := range samplings {
		for _, size := range sizes {
			batch, n, c, o := size.batch, size.n, size.c, size.o
			wide := s.Stride * n
			fine, coarse, kernel := draw(batch*wide*c), draw(batch*n*o), draw(s.Taps*c*o)
			down, up, correlate := make([]float64, len(coarse)), make([]float64, len(fine)), make([]float64, len(kernel))
			for b := range batch {
				for at := range n {
					for j := range s.Taps {
						i := s.Stride*at + j - s.Pad
						if i < 0 || i >= wide {
							continue
						}
						for x := range c {
							for y := range o {
								f, q, k := (b*wide+i)*c+x, (b*n+at)*o+y, (j*c+x)*o+y
								down[q] += float64(fine[f]) * float64(kernel[k])
								up[f] += float64(coarse[q]) * float64(kernel[k])
								correlate[k] += float64(fine[f]) * float64(coarse[q])
							}
						}
					}
				}
			}
			name := fmt.Sprint(s, size)
			exec, err := NewExec(d.Backend, func(fine, coarse, kernel *Node) []*Node {
				return []*Node{s.down(fine, kernel), s.up(coarse, kernel), s.correlate(fine, coarse)}
			})
			if err != nil {
				t.Fatal(name, err)
			}
			out, err := exec.Call(tensors.FromFlatDataAndDimensions(fine, batch, wide, c),
				tensors.FromFlatDataAndDimensions(coarse, batch, n, o), tensors.FromFlatDataAndDimensions(kernel, s.Taps, c, o))
			if err != nil {
				t.Fatal(name, err)
			}
			for i, want := range [][]float64{down, up, correlate} {
				got, err := tensors.CopyFlatData[float32](out[i])
				if err != nil {
					t.Fatal(name, err)
				}
				what := []string{"down", "up", "correlate"}[i]
				for k := range want {
					if off := math.Abs(float64(got[k]) - want[k]); !(off < 2e-5*math.Sqrt(float64(batch*n*c*o))) {
						t.Fatalf("%s %s: value %d is %v, want %v", what, name, k, got[k], want[k])
					}
				}
			}
		}
	}
}
