package figure

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
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

func TestGoldens(t *testing.T) { compareGoldens(t, goldens) }

func compareGoldens(t *testing.T, goldens map[string]func() (*Figure, error)) {
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
