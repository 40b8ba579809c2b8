package spectrum

import "testing"

// Processors without AVX2 have the loops in Go only.
func TestLoopsWithoutAVX2(t *testing.T) {
	if !avx2 {
		t.Skip("this processor has no AVX2: the other tests are of the loops in Go")
	}
	avx2 = false
	defer func() { avx2 = true }()
	TestLoopsAreWhatTheySay(t)
	TestApplyFileIsTheStraightforwardWay(t)
}
