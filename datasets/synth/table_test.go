package synth

import (
	"math"
	"testing"
)

// With a list of one's own Mini's stars come from a table: as seen by the
// instrument they agree with stars computed one by one to 1e-3 of the continuum.
func TestTableIsExact(t *testing.T) {
	s, err := New(Options{Preset: Mini, N: 300, Seed: 11, Lines: deep.builtIn()})
	if err != nil {
		t.Fatal(err)
	}
	fast := s.synthesis
	direct := *fast
	direct.table = nil
	b := s.scratch.Get().(*buffers)
	first := s.firstVisits()
	// The stars at the edges of the population, and some others.
	stars := []int{first[0], first[0], first[0], first[0], first[0], first[0]}
	for _, i := range first {
		x := s.truth[i]
		for k, better := range []bool{
			x.Teff < s.truth[stars[0]].Teff, x.Teff > s.truth[stars[1]].Teff, x.MH < s.truth[stars[2]].MH,
			x.MH > s.truth[stars[3]].MH, x.LogG < s.truth[stars[4]].LogG, x.LogG > s.truth[stars[5]].LogG,
		} {
			if better {
				stars[k] = i
			}
		}
	}
	stars = append(stars, first[:4]...)
	want := make([]float64, len(b.flux))
	for _, i := range stars {
		x := &s.truth[i]
		direct.normalised(x.star(), b.normalised, b.scratch, b.light)
		s.instrument.observe(want, s.synthesis, b.normalised, x.RV)
		fast.normalised(x.star(), b.normalised, b.scratch, b.light)
		s.instrument.observe(b.flux, s.synthesis, b.normalised, x.RV)
		worst := 0.0
		for k, f := range b.flux {
			worst = max(worst, math.Abs(f-want[k]))
		}
		t.Logf("%+v: %.2g", x.star(), worst)
		if worst > 1e-3 {
			t.Errorf("%+v: off by %.2g", x.star(), worst)
		}
	}
}
