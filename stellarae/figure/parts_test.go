package figure

import (
	"encoding/csv"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// testdata/viridis.csv is matplotlib's table, written by make_fixtures.py.
func TestSequentialIsViridis(t *testing.T) {
	f, err := os.Open("testdata/viridis.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 256 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		got := sequential(float64(i) / 255)
		for k, v := range []uint8{got.R, got.G, got.B} {
			want, err := strconv.Atoi(row[k])
			if err != nil {
				t.Fatal(err)
			}
			if d := int(v) - want; d < -1 || d > 1 {
				t.Errorf("colour %d of 255: %v, want %v", i, got, row)
			}
		}
	}
	if sequential(-3) != sequential(0) || sequential(7) != sequential(1) || sequential(nan) != noData {
		t.Error("outside [0, 1] the end colours, for NaN grey")
	}
}

// luminance is the relative luminance of WCAG 2 (https://www.w3.org/TR/WCAG21/).
func luminance(c color.RGBA) float64 {
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

// Lines and points must be seen on white, also without any colour.
func TestColorsShowOnWhite(t *testing.T) {
	all := append(append([]color.RGBA{muted}, categorical...), spectralColors...)
	for i := 0; i <= 20; i++ {
		all = append(all, onWhite(float64(i)/20))
	}
	for _, c := range all {
		if contrast := 1.05 / (luminance(c) + 0.05); contrast < 1.4 {
			t.Errorf("%v has a contrast of %.2f to white", c, contrast)
		}
	}
	for i := 1; i <= 20; i++ {
		if luminance(onWhite(float64(i)/20)) <= luminance(onWhite(float64(i-1)/20)) {
			t.Errorf("the sequence does not grow lighter at %d/20", i)
		}
	}
}

// A decimated line touches the same lowest and highest values in every column
// as the whole line.
func TestDecimateKeepsEnvelope(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for trial := range 200 {
		n, columns := 1+rng.IntN(5000), 1+rng.IntN(300)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(i) + 0.9*rng.Float64()
			if y[i] = rng.NormFloat64(); rng.IntN(500) == 0 {
				y[i] = nan
			}
		}
		from, to := float64(rng.IntN(n)), float64(n)+1
		lo, hi := visible(x, from, to)
		picks := decimate(x, func(i int) float64 { return y[i] }, finite, lo, hi, from, to, columns)

		column := func(i int) int { return int(math.Floor((x[i] - from) / (to - from) * float64(columns))) }
		envelope := func(samples func(yield func(int))) map[int]span {
			m := map[int]span{}
			samples(func(i int) {
				s, ok := m[column(i)]
				if !ok {
					s = empty()
				}
				m[column(i)] = s.add(y[i])
			})
			return m
		}
		want := envelope(func(yield func(int)) {
			for i := lo; i < hi; i++ {
				if finite(y[i]) {
					yield(i)
				}
			}
		})
		breaks, last := 0, -1
		got := envelope(func(yield func(int)) {
			for _, i := range picks {
				switch {
				case i < 0:
					breaks++
				case i <= last:
					t.Fatalf("trial %d: sample %d after %d", trial, i, last)
				default:
					last = i
					yield(i)
				}
			}
		})
		if len(got) != len(want) {
			t.Fatalf("trial %d: %d columns, want %d", trial, len(got), len(want))
		}
		for k, w := range want {
			if got[k] != w {
				t.Fatalf("trial %d: column %d spans %v, want %v", trial, k, got[k], w)
			}
		}
		if most := 2*(columns+2+breaks) + breaks; len(picks) > most {
			t.Fatalf("trial %d: %d points for %d columns and %d breaks", trial, len(picks), columns, breaks)
		}
	}
}

// number reads a label back.
func readLabel(t *testing.T, label string) float64 {
	t.Helper()
	s := strings.NewReplacer("\u2212", "-", "\u00d710^{", "e", "}", "").Replace(label)
	if rest, ok := strings.CutPrefix(s, "10^{"); ok {
		s = "1e" + rest
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("label %q: %v", label, err)
	}
	return v
}

func TestTicks(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		size := math.Pow(10, 12*rng.Float64()-6)
		lo := size * 20 * (rng.Float64() - 0.5)
		hi := lo + size
		want := 2 + rng.IntN(8)
		labels, last := 0, math.Inf(-1)
		for _, tick := range (linearTicks{want}).Ticks(lo, hi) {
			if tick.Value <= last || tick.Value < lo-1e-6*size || tick.Value > hi+1e-6*size {
				t.Fatalf("tick %v after %v in %v to %v", tick.Value, last, lo, hi)
			}
			last = tick.Value
			if !tick.IsMinor() {
				labels++
				if v := readLabel(t, tick.Label); math.Abs(v-tick.Value) > 1e-9*math.Max(size, math.Abs(v)) {
					t.Fatalf("tick %v is labelled %s", tick.Value, tick.Label)
				}
			}
		}
		if labels < 1 || labels > 2*want {
			t.Fatalf("%d labels for %d in %v to %v", labels, want, lo, hi)
		}
	}
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{0.0007, 2, "10^{\u22123} 0.01 0.1 1"},
		{0.018, 0.35, "0.02 0.05 0.1 0.2"},
		{1, 2e6, "1 10 100 1000 10^{4} 10^{5} 10^{6}"},
		{1e-20, 1, "10^{\u221218} 10^{\u221215} 10^{\u221212} 10^{\u22129} 10^{\u22126} 10^{\u22123} 1"},
	} {
		var got []string
		for _, tick := range (logTicks{}).Ticks(c.lo, c.hi) {
			if !tick.IsMinor() {
				got = append(got, tick.Label)
				if v := readLabel(t, tick.Label); math.Abs(v/tick.Value-1) > 1e-9 {
					t.Errorf("tick %v is labelled %s", tick.Value, tick.Label)
				}
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v to %v: %s, want %s", c.lo, c.hi, s, c.want)
		}
	}
}

func TestRuns(t *testing.T) {
	for in, want := range map[string][]run{
		"":                 nil,
		"plain_name ^2":    {{"plain_name ^2", 1, 0}},
		"T_{eff} (K)":      {{"T", 1, 0}, {"eff", scriptSize, -0.15}, {"\u00a0(K)", 1, 0}},
		" ":                {{"\u00a0", 1, 0}},
		"km s^{-1}":        {{"km s", 1, 0}, {"-1", scriptSize, 0.33}},
		"a^{b}_{c}":        {{"a", 1, 0}, {"b", scriptSize, 0.33}, {"c", scriptSize, -0.15}},
		"open _{brace":     {{"open _{brace", 1, 0}},
		"a\x00\nb\xff\tc_": {{"ab\ufffdc_", 1, 0}},
	} {
		got := runs(in)
		if len(got) != len(want) {
			t.Errorf("%q: %v, want %v", in, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", in, got, want)
			}
		}
	}
}

// Text without scripts is set exactly as gonum sets it, whatever its alignment
// and rotation.
func TestMarkupSetsPlainText(t *testing.T) {
	paint := func(h text.Handler, x text.XAlignment, y text.YAlignment, rotation float64) *vgimg.Canvas {
		c := vgimg.New(200, 200)
		sty := style(12)
		sty.Handler, sty.XAlign, sty.YAlign, sty.Rotation = h, x, y, rotation
		dc := draw.New(c)
		dc.FillText(sty, vg.Point{X: 100, Y: 100}, "Median (\u00c5)")
		return c
	}
	for _, x := range []text.XAlignment{draw.XLeft, draw.XCenter, draw.XRight} {
		for _, y := range []text.YAlignment{draw.YTop, draw.YCenter, draw.YBottom} {
			for _, rotation := range []float64{0, math.Pi / 2} {
				if differing(paint(setText, x, y, rotation).Image(), paint(setText.Plain, x, y, rotation).Image()) != 0 {
					t.Errorf("alignment %v, %v, rotation %v", x, y, rotation)
				}
			}
		}
	}
}

func TestIdentified(t *testing.T) {
	for i, l := range Lines {
		if i > 0 && l.Wave <= Lines[i-1].Wave {
			t.Errorf("%s at %v is out of order", l.Name, l.Wave)
		}
	}
	at := identified(span{5880, 5900}, 0)
	if len(at) != 2 || at[0].Name != "Na D" || at[1].Wave != 5895.92 {
		t.Errorf("between 5880 and 5900: %v", at)
	}
	// 100 km/s shift Na D2 by 5889.95 x 100 / 299792.458 = 1.965 A.
	if moved := identified(span{5880, 5900}, 100); math.Abs(moved[0].Wave-5891.915) > 0.001 {
		t.Errorf("at 100 km/s: %v", moved)
	}
	if Lines[len(Lines)-2].Wave != 5895.92 {
		t.Error("the shift moved the table")
	}
}
