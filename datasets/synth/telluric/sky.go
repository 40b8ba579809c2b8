package telluric

import (
	"cmp"
	"math"
	"slices"

	"github.com/stellarae/lab/datasets/synth/photosphere"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Sky holds the optical depths of the air at one airmass, computed once. Its
// methods can be called concurrently.
type Sky struct {
	start    float64 // ln of the axis's first wavelength, Angstrom, air
	dry, wet []band
}

// band is a stretch of the axis in which a gas absorbs.
type band struct {
	first int
	depth []float32
}

const (
	skyStep  = 0.05 // km/s, of the axis
	faintest = 1e-6 // optical depth in a unit of column at which a line's wing ends
	weakest  = 1e-5 // at the centre of the weakest line that counts
	farthest = 25   // 1/cm from its centre at which any line ends, as HITRAN has it
)

// New computes the optical depths between two air wavelengths in Angstrom of
// oxygen at airmass 1 and of water a mm.
func New(first, last float64, oxygen, water Gas) *Sky {
	s := &Sky{start: math.Log(first)}
	n := int(math.Log(last/first)*lightSpeed/skyStep) + 1
	s.dry, s.wet = s.bands(&oxygen, n), s.bands(&water, n)
	return s
}

// trace is where a line lies on the axis.
type trace struct {
	line     *Line
	from, to int
}

// bands are the optical depths of a gas where it absorbs.
func (s *Sky) bands(g *Gas, n int) (bands []band) {
	var traces []trace
	for i := range g.Lines {
		l := &g.Lines[i]
		deep := g.column * l.Intensity
		width := l.Width * groundPressure
		if deep/(math.Pi*width) < weakest {
			continue
		}
		reach := min(farthest, math.Sqrt(deep*width/(math.Pi*faintest))) / l.Number * lightSpeed / skyStep
		at := s.index(l.Number)
		t := trace{l, max(0, int(at-reach)), min(n, int(at+reach)+1)}
		if t.from < t.to {
			traces = append(traces, t)
		}
	}
	slices.SortFunc(traces, func(a, b trace) int { return cmp.Compare(a.from, b.from) })
	for _, t := range traces {
		if k := len(bands) - 1; k >= 0 && t.from <= bands[k].first+len(bands[k].depth) {
			if more := t.to - bands[k].first - len(bands[k].depth); more > 0 {
				bands[k].depth = append(bands[k].depth, make([]float32, more)...)
			}
			continue
		}
		bands = append(bands, band{t.from, make([]float32, t.to-t.from)})
	}
	k := 0
	for _, t := range traces {
		for t.from >= bands[k].first+len(bands[k].depth) {
			k++
		}
		for _, l := range layers {
			s.add(bands[k].depth[t.from-bands[k].first:t.to-bands[k].first], t, g, l)
		}
	}
	return bands
}

// index is the position on the axis of a vacuum wavenumber.
func (s *Sky) index(number float64) float64 {
	return (math.Log(spectrum.Morton2000.Air(1e8/number)) - s.start) * lightSpeed / skyStep
}

// add adds the optical depth of a line in a layer: a Voigt profile, far from
// its centre the Lorentzian it becomes.
func (s *Sky) add(depth []float32, t trace, g *Gas, l layer) {
	centre := s.index(t.line.Number + t.line.Shift*l.pressure)
	doppler := thermalUnit * math.Sqrt(l.temperature/g.mass) / skyStep // samples
	width := t.line.Width * l.pressure * math.Pow(reference/l.temperature, t.line.Exponent)
	damping := width / t.line.Number * lightSpeed / skyStep / doppler
	// The profile's integral over wavenumber is 1.
	unit := t.line.Number / lightSpeed * skyStep * doppler
	scale := g.columnIn(l) * g.intensity(t.line, l.temperature) / (unit * math.SqrtPi)
	for i := range depth {
		u := (float64(t.from+i) - centre) / doppler
		if u*u > 400 {
			depth[i] += float32(scale * damping / (math.SqrtPi * (u*u + damping*damping)))
			continue
		}
		depth[i] += float32(scale * photosphere.Voigt(damping, math.Abs(u)))
	}
}

// Absorb multiplies light by the transmission of the air. Sample i of light
// has the wavelength exp(start + i step / c), Angstrom, air, in the frame of
// the observatory; step is in km/s. The depth of every line grows in proportion
// to airmass, and that of water to its column in mm.
func (s *Sky) Absorb(light []float64, start, step, airmass, water float64) {
	s.absorb(light, s.dry, start, step, airmass)
	s.absorb(light, s.wet, start, step, airmass*water)
}

func (s *Sky) absorb(light []float64, bands []band, start, step, column float64) {
	// The axis sample of light[i] is offset + i stride.
	offset, stride := (start-s.start)*lightSpeed/skyStep, step/skyStep
	for _, b := range bands {
		first, last := float64(b.first), float64(b.first+len(b.depth)-1)
		from := max(0, int(math.Ceil((first-offset)/stride)))
		for i := from; i < len(light); i++ {
			at := offset + float64(i)*stride
			if at >= last {
				break
			}
			k := int(at - first)
			part := at - first - float64(k)
			d := float64(b.depth[k])
			light[i] *= math.Exp(-column * (d + part*(float64(b.depth[k+1])-d)))
		}
	}
}
