package photosphere

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// What the processor does to eight samples at a time is, to the last bit, what
// the loops do to one after the other.
func TestVectorsAreTheLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	same := func(what string, got, want []float32) {
		t.Helper()
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%s: sample %d of %d is %g, want %g", what, i, len(want), got[i], want[i])
			}
		}
	}
	logNormal := func(n int, sigma float64) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(math.Exp(sigma * rng.NormFloat64()))
		}
		return x
	}
	for range 300 {
		n := 8 * (1 + rng.IntN(20))
		start := logNormal(n, 1)
		both := func(what string, fast, loop func(x []float32)) {
			t.Helper()
			got, want := slices.Clone(start), slices.Clone(start)
			fast(got)
			loop(want)
			same(what, got, want)
			if slices.Equal(want, start) {
				t.Errorf("%s does nothing", what)
			}
		}
		v := logNormal(4, 2)
		at, width, height, soft := -float32(n)*rng.Float32(), 0.1+rng.Float32(), v[0], v[1]
		reach := width * float32(n)
		both("addLorentz", func(x []float32) { addLorentz(x, at, width, height, soft, reach) },
			func(x []float32) { addLorentzEach(x, at, width, height, soft, reach) })
		both("addQuartic", func(x []float32) { addQuartic(x, at, width, height, soft, v[2], reach/20, reach) },
			func(x []float32) { addQuarticEach(x, at, width, height, soft, v[2], reach/20, reach) })
		row, core := rng.IntN(voigtRows), min(reach, voigtEdge)
		part := voigtPart{rows: (*[2][voigtCells]float32)(voigt()[row : row+2]), at: at, width: width, reach: core, p0: v[0], p1: v[1], amplitude: v[2], soft: v[3]}
		both("addVoigts", func(x []float32) {
			parts := []voigtPart{part, part}
			parts[0].dst, parts[1].dst = x, x[n-8:]
			addVoigts(parts)
		}, func(x []float32) {
			for _, dst := range [][]float32{x, x[n-8:]} {
				part.dst = dst
				part.addEach()
			}
		})
		cut := n - rng.IntN(8)
		both("addRamp", func(x []float32) { addRamp(x[:cut], at, width) }, func(x []float32) { addRampEach(x[:cut], at, width) })
		w := wing(logNormal(n, 2))
		both("refine", func(x []float32) { wing(x).refine(w[:n/8+3]) }, func(x []float32) { wing(x).refineEach(w[:n/8+3]) })

		var f, ln [2][4]lanes
		for k := range 4 {
			opacity := logNormal(block, 3)
			alone, share := float32(math.Exp(rng.NormFloat64())), float32(math.Exp(rng.NormFloat64()))
			w, again := wing(logNormal(block/nearStride+3, 2)), slices.Clone(opacity)
			fill(&f[0][k], &ln[0][k], opacity, w, alone, share)
			fillEach(&f[1][k], &ln[1][k], again, w, alone, share)
			same("emptied", opacity, again)
			same("f", f[0][k][:], f[1][k][:])
			same("ln f", ln[0][k][:], ln[1][k][:])
		}
		var tau, sum [2]lanes
		copy(tau[0][:], logNormal(block, 2))
		tau[1] = tau[0]
		lanes := 1 + rng.IntN(block+1)
		s := &slabs[1+rng.IntN(depths-1)]
		s.pass(lanes, &tau[0], &sum[0], &f[0][1], &f[0][2], &ln[0][0], &ln[0][1], &ln[0][2], &ln[0][3], expintTable(), width)
		s.passEach(lanes, &tau[1], &sum[1], &f[0][1], &f[0][2], &ln[0][0], &ln[0][1], &ln[0][2], &ln[0][3], expintTable(), width)
		same("tau", tau[0][:lanes], tau[1][:lanes])
		same("light", sum[0][:lanes], sum[1][:lanes])
	}
}
