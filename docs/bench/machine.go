package main

import (
	"runtime"
	"sync"

	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/stellarae/lab/stellarae/xla"
)

// product multiplies two square float32 matrices on the device, eight times a
// pass; its units are operations. What comes back is one number.
func product(o options) (*work, error) {
	const times = 8
	device, err := xla.Open()
	if err != nil {
		return nil, err
	}
	exec, err := NewExec(device.Backend, func(a *Node) *Node {
		x := a
		for range times {
			x = MulScalar(Dot(x, a).Product(), 1/float32(o.size))
		}
		return ReduceAllSum(x)
	})
	if err != nil {
		return nil, err
	}
	a := tensors.FromFlatDataAndDimensions(spectra(o.size, o.size), o.size, o.size)
	return &work{device: device.Description, units: times * 2 * o.size * o.size * o.size, pass: func() error {
		out, err := exec.Call(a)
		if err != nil {
			return err
		}
		if _, err := tensors.CopyFlatData[float32](out[0]); err != nil {
			return err
		}
		return out[0].FinalizeAll()
	}}, nil
}

// inParts runs f on as many parts of n as there are processors, at once.
func inParts(n int, f func(part, from, to int)) {
	parts := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for p := range parts {
		wait.Go(func() { f(p, p*n/parts, (p+1)*n/parts) })
	}
	wait.Wait()
}

// copying copies memory on all processors; its units are the bytes read and
// those written.
func copying(o options) (*work, error) {
	from, to := make([]uint64, o.size<<17), make([]uint64, o.size<<17)
	for i := range from {
		from[i] = uint64(i)
	}
	return &work{device: "memory", units: 2 * 8 * len(from), pass: func() error {
		inParts(len(from), func(_, a, b int) { copy(to[a:b], from[a:b]) })
		return nil
	}}, nil
}

// reading sums memory on all processors; its units are bytes.
func reading(o options) (*work, error) {
	from := make([]uint64, o.size<<17)
	for i := range from {
		from[i] = uint64(i)
	}
	sums := make([]uint64, runtime.GOMAXPROCS(0))
	return &work{device: "memory", units: 8 * len(from), pass: func() error {
		inParts(len(from), func(part, a, b int) { sums[part] = sum(from[a:b]) })
		return nil
	}}, nil
}

// sum has eight sums run beside each other, so that memory is what it waits for.
func sum(v []uint64) uint64 {
	var s [8]uint64
	for ; len(v) >= 8; v = v[8:] {
		s[0] += v[0]
		s[1] += v[1]
		s[2] += v[2]
		s[3] += v[3]
		s[4] += v[4]
		s[5] += v[5]
		s[6] += v[6]
		s[7] += v[7]
	}
	for _, x := range v {
		s[0] += x
	}
	return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7]
}
