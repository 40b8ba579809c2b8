package xla_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"unsafe"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/stellarae/lab/stellarae/xla"
)

// shared is memory that C's allocator gave and Go sees.
func shared(t *testing.T, device *xla.Device, floats int) (*tensors.Tensor, []float32) {
	t.Helper()
	x, err := tensors.FromShapeForBackend(device.Backend, 0, shapes.Make(dtypes.Float32, floats))
	if err != nil {
		t.Fatal(err)
	}
	if !x.IsShared() {
		t.Skip("this backend shares no memory: it has nothing to keep")
	}
	var values []float32
	x.MustMutableFlatData(func(flat any) { values = flat.([]float32) })
	return x, values
}

func open(t *testing.T) *xla.Device {
	device, err := xla.Open()
	if err != nil {
		t.Fatal(err)
	}
	return device
}

func TestLargeMemoryIsKept(t *testing.T) {
	device := open(t)
	for _, floats := range []int{1 << 18, 1<<18 + 1, 1<<19 - 16, 1 << 19, 1<<24 + 3} {
		first, values := shared(t, device, floats)
		was := uintptr(unsafe.Pointer(&values[0]))
		if at := was % (2 << 20); at < 64 || at > 256 {
			t.Errorf("%d bytes at %#x: a large piece begins a line into a huge page, and go-xla aligns", 4*floats, was)
		}
		values[0], values[floats-1] = 1, 1
		first.MustFinalizeAll()
		second, values := shared(t, device, floats)
		if values[0] != 0 || values[floats-1] != 0 {
			t.Errorf("%d bytes asked for as zeros are %v and %v", 4*floats, values[0], values[floats-1])
		}
		if is := uintptr(unsafe.Pointer(&values[0])); is != was {
			t.Errorf("%d bytes were freed at %#x and taken at %#x", 4*floats, was, is)
		}
		second.MustFinalizeAll()
	}
}

// Pieces of all sizes, taken and freed by many at once, are never in use
// twice: each keeps what its owner wrote at both ends.
func TestLargeMemoryIsNobodyElses(t *testing.T) {
	device := open(t)
	probe, _ := shared(t, device, 1)
	probe.MustFinalizeAll()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			type piece struct {
				x      *tensors.Tensor
				values []float32
				mark   float32
			}
			var held []piece
			for turn := range 400 {
				if len(held) < 6 && random.IntN(2) == 0 {
					x, values := shared(t, device, 1<<16+random.IntN(1<<20))
					mark := float32(1 + 1000*worker + turn)
					if values[0] != 0 || values[len(values)-1] != 0 {
						t.Errorf("worker %d, turn %d: memory that somebody wrote to", worker, turn)
					}
					values[0], values[len(values)-1] = mark, -mark
					held = append(held, piece{x, values, mark})
				} else if len(held) > 0 {
					i := random.IntN(len(held))
					p := held[i]
					if p.values[0] != p.mark || p.values[len(p.values)-1] != -p.mark {
						t.Errorf("worker %d, turn %d: memory was overwritten", worker, turn)
					}
					p.x.MustFinalizeAll()
					held = append(held[:i], held[i+1:]...)
				}
			}
			for _, p := range held {
				p.x.MustFinalizeAll()
			}
		})
	}
	all.Wait()
}
