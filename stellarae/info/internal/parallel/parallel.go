// Package parallel spreads the items of a table over the processors.
//
// It keeps no queue and knows no errors: work that can fail stores its error
// beside its result.
//
//	parallel.Each(len(pairs), 0, func() func(int) {
//		scratch := make([]float64, rows)
//		return func(i int) { out[i] = estimate(pairs[i], scratch) }
//	})
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls a worker with every i in 0..n-1, each once. Every goroutine gets
// a worker of its own from make, and so its own scratch space. Less than one
// goroutine means one a processor.
func Each(n, workers int, make func() func(i int)) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	if workers == 1 {
		work := make()
		for i := range n {
			work(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work := make()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}

// chunk is how many cheap items a goroutine takes at once.
const chunk = 512

// Chunks is Each for many cheap items: a worker gets the items from i to
// before j.
func Chunks(n, workers int, make func() func(i, j int)) {
	Each((n+chunk-1)/chunk, workers, func() func(int) {
		work := make()
		return func(c int) { work(c*chunk, min((c+1)*chunk, n)) }
	})
}
