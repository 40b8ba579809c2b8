package figure

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
)

var regen = flag.Bool("regen", false, "write the golden images anew; then look at them")

// goldens are the figures that are compared with testdata/NAME_golden.png.
// Their data are made up, save the six deviations, which are the published
// ones (Sedaghat et al. 2021, figure of section 6.1).
var goldens = map[string]func() (*Figure, error){
	"spectrum": func() (*Figure, error) {
		d := madeSpectrum(327680, 3785, 0.01)
		d.Title = "A spectrum of 327,680 samples and its reconstruction"
		d.Lines, d.Masked = true, [][2]float64{{5304, 5338}}
		for i, w := range d.Wave { // no flux between the detectors, and a model that does not know
			if w > 5304 && w < 5338 {
				d.Flux[i], d.Model[i] = 0, 0.8
			}
		}
		return Spectrum(d)
	},
	"spectrum_zoom": func() (*Figure, error) {
		d := madeSpectrum(327680, 3785, 0.01)
		d.Lines, d.Range = true, [2]float64{5880, 5910}
		return Spectrum(d)
	},
	"spectrum_gap": func() (*Figure, error) {
		d := madeSpectrum(2048, 4960, 0.16)
		d.Model, d.Lines = nil, true
		for i := 700; i < 800; i++ {
			d.Flux[i] = float32(math.NaN())
		}
		return Spectrum(d)
	},
	"mad":     func() (*Figure, error) { return MAD(publishedMAD()) },
	"mad_log": func() (*Figure, error) { d := publishedMAD(); d.Log = true; return MAD(d) },
	"mi": func() (*Figure, error) {
		return MI(MIData{
			Title: "Mutual information of latent nodes and labels", Bins: madeBins,
			Labels: []info.LabelMI{
				madeMI(QuantityName("radvel"), 124, 11), madeMI(QuantityName("Teff"), 85, 19),
				madeMI(QuantityName("logg"), 85, 58), madeMI(QuantityName("[M/H]"), 3, 11),
			},
		})
	},
	"mi_one": func() (*Figure, error) {
		return MI(MIData{Bins: madeBins, Labels: []info.LabelMI{madeMI(QuantityName("radvel"), 124, 11)}})
	},
	"scatter_types": func() (*Figure, error) {
		rv, teff, _, code := madeSample(3000)
		return Scatter(ScatterData{
			Title: "Node 124 and the radial velocity", X: rv, XLabel: AxisLabel("radvel"), Y: code, YLabel: "Node 124",
			Color: madeTypes(teff), ColorLabel: "Spectral type", Categories: SpectralTypes,
		})
	},
	"scatter_teff": func() (*Figure, error) {
		rv, teff, _, code := madeSample(300)
		return Scatter(ScatterData{
			X: rv, XLabel: AxisLabel("radvel"), Y: code, YLabel: "Node 124",
			Color: teff, ColorLabel: AxisLabel("Teff"), XRange: [2]float64{-60, 60},
		})
	},
	"scatter_by_type": func() (*Figure, error) {
		_, teff, logg, _ := madeSample(300)
		return Scatter(ScatterData{
			X: madeTypes(teff), XLabel: AxisLabel("spec_type_no"), XCategories: SpectralTypes, Y: logg, YLabel: AxisLabel("logg"),
		})
	},
	"training":  func() (*Figure, error) { return Training(madeTraining()) },
	"traversal": func() (*Figure, error) { return Traversal(madeTraversal()) },
	"kiel": func() (*Figure, error) {
		_, teff, logg, code := madeSample(3000)
		return Kiel(KielData{Title: "The sample", Teff: teff, LogG: logg, Color: code, ColorLabel: "Node 124"})
	},
}

func TestGoldens(t *testing.T) {
	for name, draw := range goldens {
		t.Run(name, func(t *testing.T) {
			f, err := draw()
			if err != nil {
				t.Fatal(err)
			}
			f.DPI = 70
			got := render(t, f)
			path := filepath.Join("testdata", name+"_golden.png")
			if *regen {
				writePNG(t, path, got)
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			want, err := png.Decode(file)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if share := differing(got, want); share > sameImage {
				out := filepath.Join(t.ArtifactDir(), name+".png")
				writePNG(t, out, got)
				t.Errorf("%.3f %% of the pixels differ from %s (keep %s with -artifacts; -regen to accept)", 100*share, path, out)
			}
		})
	}
}

// render is the figure as its PNG shows it.
func render(t *testing.T, f *Figure) image.Image {
	t.Helper()
	data, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// writePNG keeps five bits of every colour, which halves the file and is far
// below what differing sees.
func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	coarse := image.NewRGBA(img.Bounds())
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			five := func(v uint32) uint8 { return uint8(v>>11<<3 | v>>13) }
			coarse.SetRGBA(x, y, color.RGBA{five(r), five(g), five(b), 0xff})
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, coarse); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sameImage is the share of pixels that may differ visibly: another processor
// rounds the edges of a few letters and lines differently.
const sameImage = 0.0002

// differing is the share of pixels whose red, green or blue differs by more
// than an eighth of the scale; 1 for images of different sizes.
func differing(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	n, box := 0, a.Bounds()
	for y := range box.Dy() {
		for x := range box.Dx() {
			r0, g0, b0, _ := a.At(x, y).RGBA()
			r1, g1, b1, _ := b.At(x, y).RGBA()
			apart := func(u, v uint32) bool { return max(u, v)-min(u, v) > 0xffff/8 }
			if apart(r0, r1) || apart(g0, g1) || apart(b0, b1) {
				n++
			}
		}
	}
	return float64(n) / float64(box.Dx()*box.Dy())
}

// The comparison must notice what a reader would: one deviation off by a
// tenth, one letter of the title.
func TestGoldensNotice(t *testing.T) {
	mad := func(d MADData) image.Image {
		f, err := MAD(d)
		if err != nil {
			t.Fatal(err)
		}
		f.DPI = 70
		return render(t, f)
	}
	base := mad(publishedMAD())
	d := publishedMAD()
	d.MAD[99] *= 0.9
	if share := differing(mad(d), base); share <= sameImage {
		t.Errorf("a moved deviation changes %.5f of the pixels", share)
	}
	d = publishedMAD()
	d.Title = "Deviation of the latent modes"
	if share := differing(mad(d), base); share <= sameImage {
		t.Errorf("another title changes %.5f of the pixels", share)
	}
}

// madeSpectrum is a continuum with the lines of the table and 4,000 others, and
// a reconstruction that blurs it.
func madeSpectrum(n int, start, step float64) SpectrumData {
	rng := rand.New(rand.NewPCG(1, 1))
	d := SpectrumData{Wave: make([]float64, n), Flux: make([]float32, n), Model: make([]float32, n)}
	for i := range d.Wave {
		d.Wave[i] = start + step*float64(i)
		c := math.Exp(-math.Pow((d.Wave[i]-6000)/1500, 2))
		d.Flux[i], d.Model[i] = float32(c), float32(c)
	}
	line := func(wave, depth, width float64) {
		for i := max(0, int((wave-6*width-start)/step)); i < min(n, int((wave+6*width-start)/step)); i++ {
			at := d.Wave[i] - wave
			d.Flux[i] *= float32(1 - depth*math.Exp(-at*at/2/width/width))
			wide := 1.7 * width
			d.Model[i] *= float32(1 - depth/1.7*math.Exp(-at*at/2/wide/wide))
		}
	}
	for range 4000 {
		line(3785+3280*rng.Float64(), 0.7*rng.Float64(), 0.06)
	}
	for _, l := range Lines {
		line(l.Wave, 0.8, 0.5)
	}
	for i := range d.Flux {
		d.Flux[i] += float32(0.01 * rng.NormFloat64())
	}
	return d
}

func publishedMAD() MADData {
	d := MADData{Title: "Deviation of the latent nodes", MAD: make([]float64, 128), Threshold: 0.02}
	for i := range d.MAD {
		d.MAD[i] = 0.006 + 0.003*math.Sin(float64(i*i))
	}
	for n, v := range map[int]float64{11: 0.64, 19: 0.11, 58: 0.035, 85: 0.56, 99: 0.67, 124: 0.44} {
		d.MAD[n] = v
	}
	d.Informative = []int{11, 19, 58, 85, 99, 124}
	return d
}

var madeBins = []int{5, 10, 20, 40, 80, 160}

// madeMI has one node that knows the label, one that knows half as much, and
// noise that grows with the number of bins.
func madeMI(name string, best, second int) info.LabelMI {
	rng := rand.New(rand.NewPCG(uint64(best), uint64(second)))
	l := info.LabelMI{Name: name, MI: make([][]float64, len(madeBins))}
	for r := range l.MI {
		l.MI[r] = make([]float64, 128)
		for n := range l.MI[r] {
			l.MI[r][n] = 0.02 + 0.06*float64(r) + 0.05*rng.Float64()
		}
		l.MI[r][best] += 1.2
		l.MI[r][second] += 0.5
	}
	return l
}

func madeSample(n int) (rv, teff, logg, code []float64) {
	rng := rand.New(rand.NewPCG(3, 4))
	rv, teff, logg, code = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		rv[i] = 30 * rng.NormFloat64()
		teff[i] = 5600 * math.Exp(0.22*rng.NormFloat64())
		logg[i] = 4.6 - math.Max(0, (teff[i]-5500)/6000) - 0.5*rng.ExpFloat64()*rng.Float64()
		code[i] = -2.5*rv[i]/25*math.Exp(-math.Abs(rv[i])/30) + 0.1*rng.NormFloat64()
		if teff[i] > 8000 {
			code[i] = 0.05 + 0.1*rng.NormFloat64()
		}
	}
	return rv, teff, logg, code
}

// madeTypes are the types by temperature, every twentieth one unknown.
func madeTypes(teff []float64) []float64 {
	types := make([]float64, len(teff))
	for i, t := range teff {
		for _, limit := range []float64{30000, 10000, 7500, 6000, 5200, 3700} {
			if t < limit {
				types[i]++
			}
		}
		if i%20 == 0 {
			types[i] = math.NaN()
		}
	}
	return types
}

func madeTraining() TrainingData {
	rng := rand.New(rand.NewPCG(5, 6))
	d := TrainingData{Title: "Training"}
	for i := range 300 {
		step := 500 * i
		row, sum := make([]float64, 128), 0.0
		for n := range row {
			row[n] = 0.01 * rng.Float64()
			if n%20 == 5 {
				row[n] += (3 - 0.02*float64(n)) * (1 - math.Exp(-float64(step)/(20000+200*float64(n))))
			}
			sum += row[n]
		}
		beta := 1e-3 * math.Min(1, float64(step)/50000)
		rec := 0.02 + 0.3*math.Exp(-float64(step)/15000)*(1+0.1*rng.NormFloat64())
		d.Step = append(d.Step, step)
		d.Reconstruction = append(d.Reconstruction, rec)
		d.Loss = append(d.Loss, rec+beta*sum)
		d.KL, d.Beta, d.NodeKL = append(d.KL, sum), append(d.Beta, beta), append(d.NodeKL, row)
	}
	return d
}

// madeTraversal shifts a spectrum by 10 km/s for every unit of the node.
func madeTraversal() TraversalData {
	s := madeSpectrum(1024, 5160, 0.02)
	d := TraversalData{Title: "Node 124 moved, all others at rest", Node: 124, Wave: s.Wave, Lines: true, Range: [2]float64{5165, 5175}}
	for v := -3; v <= 3; v++ {
		d.Values = append(d.Values, float64(v))
		moved := make([]float32, len(s.Wave))
		for i := range moved {
			moved[i] = s.Model[min(max(i-9*v, 0), len(moved)-1)]
		}
		d.Spectra = append(d.Spectra, moved)
	}
	return d
}
