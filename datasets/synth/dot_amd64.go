package synth

import "golang.org/x/sys/cpu"

//go:noescape
func dotAVX2(n int, a, b *float64) float64

//go:noescape
func dotsAVX2(n int, a, b *float64, sums *[8]float64)

var avx2 = cpu.X86.HasAVX2

// dot is the scalar product of a and the first len(a) values of b.
func dot(a, b []float64) float64 {
	if !avx2 {
		return dotEach(a, b)
	}
	b = b[:len(a)]
	return dotAVX2(len(a), &a[0], &b[0])
}

// dots are the scalar products of a and what begins at the first eight values of b.
func dots(a, b []float64, sums *[8]float64) {
	if !avx2 {
		dotsEach(a, b, sums)
		return
	}
	b = b[:len(a)+7]
	dotsAVX2(len(a), &a[0], &b[0], sums)
}
