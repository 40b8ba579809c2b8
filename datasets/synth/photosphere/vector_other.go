//go:build !amd64

package photosphere

func fill(f, ln *lanes, opacity []float32, w wing, alone, share float32) {
	fillEach(f, ln, opacity, w, alone, share)
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

func addVoigts(parts []voigtPart) {
	for i := range parts {
		parts[i].addEach()
	}
}

func (w wing) refine(coarse wing) { w.refineEach(coarse) }

func addRamp(dst []float32, y, rise float32) { addRampEach(dst, y, rise) }
