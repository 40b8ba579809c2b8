package photosphere

import "golang.org/x/sys/cpu"

//go:noescape
func fillAVX2(n int, f, ln, opacity *float32, alone, share float32)

//go:noescape
func slabAVX2(n int, tau, sum, f1, f2, l0, l1, l2, l3 *float32, s *slab, table *expint, weight float32)

//go:noescape
func lorentzAVX2(n int, dst *float32, at, width, height, soft, reach float32)

//go:noescape
func quarticAVX2(n int, dst *float32, at, width, height, soft, softer, beyond, reach float32)

//go:noescape
func voigtAVX2(n int, dst, low *float32, at, width, p0, p1, amplitude, soft, reach float32)

//go:noescape
func refine4AVX2(n int, fine, wing, shares *float32)

//go:noescape
func refine8AVX2(n int, fine, wing, shares *float32)

//go:noescape
func rampAVX2(n int, dst *float32, y, rise float32)

var avx2 = cpu.X86.HasAVX2

func fill(f, ln *lanes, opacity []float32, alone, share float32) {
	if !avx2 {
		fillEach(f, ln, opacity, alone, share)
		return
	}
	fillAVX2(len(opacity), &f[0], &ln[0], &opacity[0], alone, share)
}

func (s *slab) pass(n int, tau, sum, f1, f2, l0, l1, l2, l3 *lanes, table *expint, weight float32) {
	if !avx2 {
		s.passEach(n, tau, sum, f1, f2, l0, l1, l2, l3, table, weight)
		return
	}
	slabAVX2(n, &tau[0], &sum[0], &f1[0], &f2[0], &l0[0], &l1[0], &l2[0], &l3[0], s, table, weight)
}

func addLorentz(dst []float32, at, width, height, soft, reach float32) {
	if !avx2 {
		addLorentzEach(dst, at, width, height, soft, reach)
		return
	}
	lorentzAVX2(len(dst), &dst[0], at, width, height, soft, reach)
}

func addQuartic(dst []float32, at, width, height, soft, softer, beyond, reach float32) {
	if !avx2 {
		addQuarticEach(dst, at, width, height, soft, softer, beyond, reach)
		return
	}
	quarticAVX2(len(dst), &dst[0], at, width, height, soft, softer, beyond, reach)
}

func addVoigt(dst []float32, v *voigtTable, row int, at, width, p0, p1, amplitude, soft, reach float32) {
	if !avx2 {
		addVoigtEach(dst, v, row, at, width, p0, p1, amplitude, soft, reach)
		return
	}
	voigtAVX2(len(dst), &dst[0], &v[row][0], at, width, p0, p1, amplitude, soft, reach)
}

func refine4(fine []float32, w wing, shares *[16]float32) {
	if !avx2 {
		refineEach(fine, w, shares[:])
		return
	}
	_ = w[len(fine)/4+2]
	refine4AVX2(len(fine), &fine[0], &w[0], &shares[0])
}

func refine8(fine []float32, w wing, shares *[32]float32) {
	if !avx2 {
		refineEach(fine, w, shares[:])
		return
	}
	_ = w[len(fine)/8+2]
	refine8AVX2(len(fine), &fine[0], &w[0], &shares[0])
}

func addRamp(dst []float32, y, rise float32) {
	if !avx2 || len(dst) < 8 {
		addRampEach(dst, y, rise)
		return
	}
	rampAVX2(len(dst), &dst[0], y, rise)
}
