package info

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls a worker with every i in 0..n-1, each once. Every goroutine
// gets a worker of its own from make, and so its own scratch space. Less than
// one goroutine means one a processor.
func parallel(n, workers int, make func() func(i int)) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			work := make()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}

// progress counts calls and reports them one at a time.
func progress(report func(done, total int), total int) func() {
	if report == nil {
		return func() {}
	}
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		report(done, total)
	}
}
