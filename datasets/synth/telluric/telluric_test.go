package telluric

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stellarae/lab/datasets/synth/photosphere"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// light is a flat spectrum of ones from an air wavelength, and its start.
func light(from, to, step float64) ([]float64, float64) {
	x := make([]float64, int(math.Log(to/from)*lightSpeed/step))
	for i := range x {
		x[i] = 1
	}
	return x, math.Log(from)
}

// The transmission at airmass X is that at airmass 1 to the power X: Beer and
// Lambert's law, for oxygen and, by the column, for water.
func TestDepthGrowsWithAirmass(t *testing.T) {
	sky := New(5850, 6915, Oxygen(), Water(nil))
	see := func(airmass, water float64) []float64 {
		x, start := light(5860, 6910, 0.4)
		sky.Absorb(x, start, 0.4, airmass, water)
		return x
	}
	one := see(1, 2)
	deepest := 1.0
	for _, airmass := range []float64{1.3, 2.4} {
		for i, x := range see(airmass, 2) {
			deepest = min(deepest, x)
			if want := math.Pow(one[i], airmass); math.Abs(x-want) > 1e-12 {
				t.Fatalf("airmass %g, sample %d: %.9f, want %.9f", airmass, i, x, want)
			}
		}
	}
	dry, wet := see(1, 0), see(1, 2)
	for i, x := range see(1, 6) {
		if want := dry[i] * math.Pow(wet[i]/dry[i], 3); math.Abs(x-want) > 1e-12 {
			t.Fatalf("6 mm, sample %d: %.9f, want %.9f", i, x, want)
		}
	}
	if deepest > 0.01 {
		t.Errorf("the deepest line leaves %.3f", deepest)
	}
}

// The tables and Absorb against the sum over all lines and layers at a few
// hundred wavelengths.
func TestAgainstDirectSum(t *testing.T) {
	oxygen, water := Oxygen(), Water(nil)
	sky := New(5850, 6915, oxygen, water)
	worst := 0.0
	for _, from := range []float64{5889, 6277, 6503, 6868, 6884.4} {
		const step, airmass, column = 0.037, 1.4, 3.0
		x, start := light(from, from+2, step)
		sky.Absorb(x, start, step, airmass, column)
		for i := 0; i < len(x); i += 23 {
			wave := math.Exp(start + float64(i)*step/lightSpeed)
			want := math.Exp(-airmass * (direct(&oxygen, wave) + column*direct(&water, wave)))
			worst = max(worst, math.Abs(x[i]-want))
		}
	}
	t.Logf("worst difference %.2g", worst)
	if worst > 1e-3 {
		t.Errorf("off by %.2g", worst)
	}
}

// direct is the optical depth of a gas at an air wavelength at airmass 1.
func direct(g *Gas, wave float64) (depth float64) {
	number := 1e8 / spectrum.Morton2000.Vacuum(wave)
	for i := range g.Lines {
		line := &g.Lines[i]
		for _, l := range layers {
			const c, k, unit = 2.99792458e10, 1.380649e-16, 1.66053907e-24
			doppler := line.Number / c * math.Sqrt(2*k*l.temperature/(g.mass*unit))
			width := line.Width * l.pressure * math.Pow(296/l.temperature, line.Exponent)
			u := math.Abs(number-line.Number-line.Shift*l.pressure) / doppler
			depth += g.columnIn(l) * g.intensity(line, l.temperature) * photosphere.Voigt(width/doppler, u) / (doppler * math.SqrtPi)
		}
	}
	return depth
}

// All of a gas's column is in its layers.
func TestLayersHoldTheColumn(t *testing.T) {
	for _, g := range []Gas{Oxygen(), Water(nil)} {
		sum := 0.0
		for _, l := range layers {
			sum += g.columnIn(l)
		}
		if math.Abs(sum/g.column-1) > 1e-12 {
			t.Errorf("%g of the column", sum/g.column)
		}
	}
	// 4.5e24 /cm2 stand above the sea (Gordon et al. 2022 aside: 0.2095 of 1,033 g/cm2).
	if o := Oxygen(); math.Abs(o.column/(0.2095*1033*groundPressure/28.965*6.022e23)-1) > 0.01 {
		t.Errorf("column of oxygen %.4g", o.column)
	}
}

// Levels: N = 1 splits by 3.961 and 2.084 1/cm: the lines of O2 at 118.75 and
// 56.26 GHz (Rosenkranz 1993) are J = 0 and J = 2 to J = 1.
func TestSpinLevels(t *testing.T) {
	energy := map[[2]int]float64{}
	for _, l := range spinLevels() {
		energy[[2]int{l.n, l.j}] = l.energy
	}
	const ghz = 29.9792458
	for j, want := range map[int]float64{0: 118.7503, 2: 56.2648} {
		if got := (energy[[2]int{1, 1}] - energy[[2]int{1, j}]) * ghz; math.Abs(got-want) > 0.01 {
			t.Errorf("N = 1, J = %d: %.4f GHz, want %.4f", j, got, want)
		}
	}
	// And N = 3: 62.4863 and 58.4466 GHz.
	for j, want := range map[int]float64{2: 62.4863, 4: 58.4466} {
		if got := (energy[[2]int{3, 3}] - energy[[2]int{3, j}]) * ghz; math.Abs(got-want) > 0.01 {
			t.Errorf("N = 3, J = %d: %.4f GHz, want %.4f", j, got, want)
		}
	}
	// Spin components add up over the two levels that mix.
	share := map[int]float64{}
	for _, l := range spinLevels() {
		share[l.j] += l.share
	}
	for j, x := range share {
		if want := min(1, float64(j)); math.Abs(x-want) > 1e-12 {
			t.Errorf("J = %d: shares add up to %.6f", j, x)
		}
	}
}

// record is a row of HITRAN's with made-up numbers.
const record = " 1115903.123456 1.234E-25 9.876E-04.09870.480  136.76170.74-.025000 rest of the record"

func TestReadRecords(t *testing.T) {
	lines, err := ReadRecords("made.par", strings.NewReader(record+"\n\n"+record+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Line{15903.123456, 1.234e-25, 0.0987, 0.74, -0.025, 136.7617}
	if len(lines) != 2 || lines[0] != want || lines[1] != want {
		t.Errorf("read %+v, want %+v", lines, want)
	}
	for text, says := range map[string]string{
		"":            "no line",
		"too short\n": "row 1: 9 characters",
		strings.Replace(record, "1.23", "1,23", 1):                 "row 1, Intensity",
		strings.Replace(record, " 1.234E-25", "-1.234E-25", 1):     "Intensity is -1.234e-25",
		strings.Replace(record, "15903.123456", "           0", 1): "wave_number is 0",
		strings.Repeat("x", 5000):                                  "token too long",
	} {
		if _, err := ReadRecords("made.par", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "made.par: ") {
			t.Errorf("%.40q: error %v, want one with %q", text, err, says)
		}
	}
}

func FuzzReadRecords(f *testing.F) {
	f.Add(record)
	f.Add(" 71 14526.9 1E-300")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := ReadRecords("fuzz", strings.NewReader(text))
		if err == nil && len(lines) == 0 {
			t.Error("no lines and no error")
		}
		for _, l := range lines {
			if !(l.Number > 0) || !(l.Intensity >= 0) || math.IsInf(l.Number, 0) || math.IsNaN(l.Lower) {
				t.Errorf("let %+v pass", l)
			}
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(3780, 6915, Oxygen(), Water(nil))
	}
}

func BenchmarkAbsorb(b *testing.B) {
	sky := New(3780, 6915, Oxygen(), Water(nil))
	x, start := light(3780, 6914, 0.4)
	for b.Loop() {
		sky.Absorb(x, start, 0.4, 1.2, 3)
	}
}

func ExampleSky_Absorb() {
	sky := New(6860, 6900, Oxygen(), Water(nil))
	const step = 0.4 // km/s
	light := []float64{1, 1, 1, 1, 1, 1, 1, 1}
	sky.Absorb(light, math.Log(6872.2), step, 1.5, 3)
	for _, x := range light {
		fmt.Printf("%.2f ", x)
	}
	fmt.Println()
	// Output:
	// 0.20 0.10 0.02 0.00 0.00 0.00 0.00 0.00
}
