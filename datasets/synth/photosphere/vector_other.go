//go:build !amd64

package photosphere

func fill(f, ln *lanes, opacity []float32, alone, share float32) {
	fillEach(f, ln, opacity, alone, share)
}

func (s *slab) pass(n int, tau, sum, f1, f2, l0, l1, l2, l3 *lanes, table *expint, weight float32) {
	s.passEach(n, tau, sum, f1, f2, l0, l1, l2, l3, table, weight)
}

func addLorentz(dst []float32, at, width, height, soft, reach float32) {
	addLorentzEach(dst, at, width, height, soft, reach)
}

func addQuartic(dst []float32, at, width, height, soft, softer, beyond, reach float32) {
	addQuarticEach(dst, at, width, height, soft, softer, beyond, reach)
}

func addVoigt(dst []float32, v *voigtTable, row int, at, width, p0, p1, amplitude, soft, reach float32) {
	addVoigtEach(dst, v, row, at, width, p0, p1, amplitude, soft, reach)
}

func refine4(fine []float32, w wing, shares *[16]float32) { refineEach(fine, w, shares[:]) }

func refine8(fine []float32, w wing, shares *[32]float32) { refineEach(fine, w, shares[:]) }

func addRamp(dst []float32, y, rise float32) { addRampEach(dst, y, rise) }
