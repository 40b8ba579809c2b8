package synth

import (
	"fmt"
	"hash/fnv"
	"math"
	"runtime"
	"testing"
)

// Mini is the same, bit for bit, as when the notebooks were stored.
func TestMiniIsTheSame(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round the last bit another way")
	}
	s := newSurvey(t, Mini, 200, 1)
	h := fnv.New64a()
	for _, i := range []int{0, 7, 63, 199} {
		x := s.Spectrum(i)
		for k := range x.Flux {
			fmt.Fprintf(h, "%x %x %x\n", math.Float64bits(x.Wave[k]), math.Float32bits(x.Flux[k]), math.Float32bits(x.Err[k]))
		}
		fmt.Fprintf(h, "%+v\n", s.Truth(i))
	}
	if got := h.Sum64(); got != 0xca35b8bb5ebc2dda {
		t.Errorf("the sum over spectra and truth is %016x", got)
	}
}

// Where Full's stars are hardest to sample: crowded violet, a Balmer line, Mg b,
// and the bands of the air's oxygen with the lines of its water.
var exactWindows = []float64{3930, 4090, 5160, 6270, 6865}

// Full's spectra as the instrument sees them, air and gas included, agree to
// 1e-3 of the continuum with those of a step of an eighth, broadened in the
// velocities themselves.
func TestFullIsSampledWellEnough(t *testing.T) {
	const finer = 8
	for _, first := range exactWindows {
		p := presets[Full]
		p.detectors = false
		p.grid.Start, p.grid.Samples, p.grid.PadLeft = first, 3000, 0
		o := Options{Preset: Full + Preset(fmt.Sprint(" of ", first)), N: 400, Seed: 5}
		s := p.survey(o)
		p.step /= finer
		o.Preset += " finer"
		fine := p.survey(o)
		a, b := s.scratch.Get().(*buffers), fine.scratch.Get().(*buffers)
		for _, i := range edges(s) {
			x := &s.truth[i]
			s.clean(x, a)
			x = &fine.truth[i]
			b.star = x.star()
			light := b.light[:fine.synthesis.light.Len()]
			fine.synthesis.light.Flux(light, b.star.photosphere())
			for k, f := range light {
				b.scratch[2*k], b.scratch[2*k+1] = float64(f), float64(f)
				if k > 0 {
					b.scratch[2*k-1] = float64(f+light[k-1]) / 2
				}
			}
			convolve(b.normalised, b.scratch, broadening(b.star, interpolate(fine.synthesis.limb, x.Teff), p.step))
			fine.clean(x, b)
			worst, where := 0.0, 0.0
			continuum := make([]float64, len(a.flux))
			for k := range continuum {
				continuum[k] = 1
			}
			s.instrument.shape(continuum, x.Teff, x.EBV)
			for k, f := range a.flux {
				if d := math.Abs(f-b.flux[k]) / continuum[k]; d > worst {
					worst, where = d, s.instrument.wave[k]
				}
			}
			t.Logf("%+v: %.2g at %.2f", x.star(), worst, where)
			if worst > 1e-3 {
				t.Errorf("%+v: off by %.2g at %.2f A", x.star(), worst, where)
			}
		}
	}
}

// edges are the first visits to the stars at the edges of the population, and
// to two others.
func edges(s *Survey) []int {
	first := s.firstVisits()
	at := []int{first[0], first[0], first[0], first[0], first[0], first[0], first[0]}
	for _, i := range first {
		x := s.truth[i]
		for k, better := range []bool{
			x.Teff < s.truth[at[0]].Teff, x.Teff > s.truth[at[1]].Teff, x.MH < s.truth[at[2]].MH,
			x.MH > s.truth[at[3]].MH, x.LogG < s.truth[at[4]].LogG, x.LogG > s.truth[at[5]].LogG, x.VSini > s.truth[at[6]].VSini,
		} {
			if better {
				at[k] = i
			}
		}
	}
	return append(at, first[1:3]...)
}
