package synth

// Scalar products of at least one value. On processors with AVX2 those of
// dot_amd64.s take their place, whose results are the same to the last bit.

// dotEach adds in four sums that the processor can add side by side.
func dotEach(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+3 < len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func dotsEach(a, b []float64, sums *[8]float64) {
	for k := range sums {
		sums[k] = dotEach(a, b[k:])
	}
}
