package photosphere

import "golang.org/x/sys/cpu"

//go:noescape
func fillAVX2(n int, f, ln, opacity, wing, shares *float32, alone, share float32)

//go:noescape
func slabAVX2(n int, tau, sum, f1, f2, l0, l1, l2, l3 *float32, s *slab, table *expint, weight float32)

//go:noescape
func lorentzAVX2(n int, dst *float32, at, width, height, soft, reach float32)

//go:noescape
func quarticAVX2(n int, dst *float32, at, width, height, soft, softer, beyond, reach float32)

//go:noescape
func voigtsAVX2(n int, parts *voigtPart)

//go:noescape
func refine8AVX2(n int, fine, wing, shares *float32)

//go:noescape
func rampAVX2(n int, dst *float32, y, rise float32)

var avx2 = cpu.X86.HasAVX2

func fill(f, ln *lanes, opacity []float32, w wing, alone, share float32) {
	if !avx2 {
		fillEach(f, ln, opacity, w, alone, share)
		return
	}
	_ = w[len(opacity)/nearStride+2]
	fillAVX2(len(opacity), &f[0], &ln[0], &opacity[0], &w[0], &nearShares[0], alone, share)
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

func addVoigts(parts []voigtPart) {
	if avx2 && len(parts) > 0 {
		voigtsAVX2(len(parts), &parts[0])
		return
	}
	for i := range parts {
		parts[i].addEach()
	}
}

func (w wing) refine(coarse wing) {
	if !avx2 {
		w.refineEach(coarse)
		return
	}
	_ = coarse[len(w)/8+2]
	refine8AVX2(len(w), &w[0], &coarse[0], &farShares[0])
}

func addRamp(dst []float32, y, rise float32) {
	if !avx2 || len(dst) < 8 {
		addRampEach(dst, y, rise)
		return
	}
	rampAVX2(len(dst), &dst[0], y, rise)
}
