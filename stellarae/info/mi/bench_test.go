package mi_test

import (
	"fmt"
	"testing"

	"github.com/stellarae/lab/stellarae/info/mi"
)

func BenchmarkKSG1(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		x, y := gaussian(1, n, 0.5)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := mi.KSG1(x, y, 3); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One cell of a permutation test.
func BenchmarkTable(b *testing.B) {
	x, y := gaussian(1, 7007, 0.5)
	p, err := mi.QuantileBins(x, 16)
	if err != nil {
		b.Fatal(err)
	}
	q, err := mi.QuantileBins(y, 16)
	if err != nil {
		b.Fatal(err)
	}
	table := mi.NewTable(16, 16, len(x))
	for b.Loop() {
		table.Count(p, q)
		table.MillerMadow()
	}
}
