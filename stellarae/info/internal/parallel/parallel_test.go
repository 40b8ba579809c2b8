package parallel

import (
	"sync/atomic"
	"testing"
)

func TestEveryItemOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 511, 512, 513, 3000} {
		for _, workers := range []int{-1, 0, 1, 2, 7} {
			seen := make([]atomic.Int32, n)
			Each(n, workers, func() func(int) { return func(i int) { seen[i].Add(1) } })
			Chunks(n, workers, func() func(int, int) {
				return func(i, j int) {
					for ; i < j; i++ {
						seen[i].Add(1)
					}
				}
			})
			for i := range seen {
				if got := seen[i].Load(); got != 2 {
					t.Fatalf("n %d, %d workers: item %d seen %d times by two loops", n, workers, i, got)
				}
			}
		}
	}
}
