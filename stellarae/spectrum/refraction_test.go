package spectrum

import (
	"math"
	"testing"
)

// The peer evaluates the published formulas with 40 digits.
func TestRefractionIsExact(t *testing.T) {
	for _, c := range peers(t).Refraction {
		near(t, "Morton 2000", Morton2000.Air(c.Vacuum), c.Morton, 1e-15)
		near(t, "Ciddor 1996", Ciddor1996.Air(c.Vacuum), c.Ciddor, 1e-15)
		near(t, "Morton 2000 back", Morton2000.Vacuum(c.Morton), c.Vacuum, 1e-15)
		near(t, "Ciddor 1996 back", Ciddor1996.Vacuum(c.Ciddor), c.Vacuum, 1e-15)
	}
}

// Published pairs, to the digits they are given with.
func TestRefractionOfKnownLines(t *testing.T) {
	for _, c := range []struct {
		source            string
		air, vacuum, digs float64
	}{
		{"sodium D2, Morton (1991, ApJS 77, 119)", 5889.9510, 5891.5833, 2e-4},
		{"sodium D1, Morton (1991, ApJS 77, 119)", 5895.9242, 5897.5581, 2e-4},
		{"H beta, SDSS line table", 4861.325, 4862.683, 2e-3},
		{"[O III], SDSS line table", 5006.843, 5008.240, 2e-3},
	} {
		for _, r := range []Refraction{Morton2000, Ciddor1996} {
			if got := r.Air(c.vacuum); math.Abs(got-c.air) > c.digs {
				t.Errorf("%s: %v A in vacuum is %.5f A in air by %v, want %v", c.source, c.vacuum, got, r, c.air)
			}
			if got := r.Vacuum(c.air); math.Abs(got-c.vacuum) > c.digs {
				t.Errorf("%s: %v A in air is %.5f A in vacuum by %v, want %v", c.source, c.air, got, r, c.vacuum)
			}
		}
	}
}

// airtovac of the IDL Astronomy User's Library and of AstroLib.jl, which has the
// same formula: the example of its manual and its own test.
func TestCiddorIsAirtovac(t *testing.T) {
	near(t, "a krypton line", Ciddor1996.Vacuum(6056.125), 6057.801930991426, 1e-11)
	near(t, "2100 A", Ciddor1996.Vacuum(2100), 2100.666421596007, 1e-11)
}

func TestRefractionThereAndBack(t *testing.T) {
	for _, r := range []Refraction{Morton2000, Ciddor1996} {
		for w := 2000.0; w < 1e5; w *= 1.003 {
			near(t, r.String(), r.Vacuum(r.Air(w)), w, 1e-15)
		}
		for _, w := range []float64{1, 912, 1215.67, 1999} {
			if r.Air(w) != w || r.Vacuum(w) != w {
				t.Errorf("%v moves %v A, which is given in vacuum by convention", r, w)
			}
		}
	}
	// The two formulas differ by less than 0.1 m/s over the range of HARPS.
	for w := 3780.0; w < 6920; w += 10 {
		near(t, "Ciddor against Morton", Ciddor1996.Air(w), Morton2000.Air(w), 1e-8)
	}
}

func TestInMediumAndBack(t *testing.T) {
	s := made(3781, 0.5, make([]float32, 6000))
	v := s.In(Vacuum, Ciddor1996)
	if v.Medium != Vacuum || s.Medium != Air || v.Wave[0] <= s.Wave[0]+1 {
		t.Errorf("vacuum: %v from %v A, of %v from %v A", v.Medium, v.Wave[0], s.Medium, s.Wave[0])
	}
	back := v.In(Air, Ciddor1996)
	for i := range s.Wave {
		near(t, "back in air", back.Wave[i], s.Wave[i], 1e-15)
	}
	if same := s.In(Air, Morton2000); &same.Wave[0] != &s.Wave[0] {
		t.Error("air to air copies the wavelengths")
	}
}
