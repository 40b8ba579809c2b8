//go:build !amd64

package synth

// dot is the scalar product of a and the first len(a) values of b.
func dot(a, b []float64) float64 { return dotEach(a, b) }

// dots are the scalar products of a and what begins at the first eight values of b.
func dots(a, b []float64, sums *[8]float64) { dotsEach(a, b, sums) }
