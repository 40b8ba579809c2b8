package figure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
)

var nan, inf = math.NaN(), math.Inf(1)

// Every figure says what is wrong with its data.
func TestErrors(t *testing.T) {
	spectrum := func(d SpectrumData) error { _, err := Spectrum(d); return err }
	mad := func(d MADData) error { _, err := MAD(d); return err }
	mi := func(d MIData) error { _, err := MI(d); return err }
	scatter := func(d ScatterData) error { _, err := Scatter(d); return err }
	training := func(d TrainingData) error { _, err := Training(d); return err }
	traversal := func(d TraversalData) error { _, err := Traversal(d); return err }
	kiel := func(d KielData) error { _, err := Kiel(d); return err }
	wave, flux := []float64{5000, 5001, 5002}, []float32{1, 0.5, 1}
	fnan := float32(nan)
	label := func(rows ...[]float64) []info.LabelMI { return []info.LabelMI{{Name: "Teff", MI: rows}} }

	for _, c := range []struct {
		err  error
		want string
	}{
		{spectrum(SpectrumData{}), "spectrum: no wavelength"},
		{spectrum(SpectrumData{Wave: wave, Flux: flux[:2]}), "spectrum: 2 fluxes for 3 values"},
		{spectrum(SpectrumData{Wave: wave, Flux: flux, Model: flux[:1]}), "spectrum: 1 samples of the model for 3 values"},
		{spectrum(SpectrumData{Wave: []float64{5000, nan, 5002}, Flux: flux}), "wavelength 1 is NaN"},
		{spectrum(SpectrumData{Wave: []float64{5000, 5000, 5002}, Flux: flux}), "wavelength 1 (5000) does not exceed"},
		{spectrum(SpectrumData{Wave: wave, Flux: []float32{fnan, fnan, fnan}}), "no finite flux between 5000.00 and 5002.00 A"},
		{spectrum(SpectrumData{Wave: wave, Flux: flux, Range: [2]float64{5001, 5000}}), "5001 to 5000 is no wavelength range"},
		{spectrum(SpectrumData{Wave: wave, Flux: flux, Range: [2]float64{6000, 6001}}), "no finite flux between 6000"},
		{mad(MADData{}), "mad: no nodes"},
		{mad(MADData{MAD: []float64{0.1, -0.1}}), "the deviation of node 1 is negative"},
		{mad(MADData{MAD: []float64{0.1}, Informative: []int{1}}), "informative node 1 of 1"},
		{mad(MADData{MAD: []float64{nan, 0}, Log: true}), "no deviation can be drawn"},
		{mi(MIData{Bins: []int{5}}), "0 labels and 1 numbers of bins"},
		{mi(MIData{Bins: []int{5, 10}, Labels: label([]float64{1})}), "Teff: 1 rows for 2 numbers of bins"},
		{mi(MIData{Bins: []int{5, 10}, Labels: label([]float64{1, 2}, []float64{1})}), "Teff: row 1 has 1 nodes, the first row 2"},
		{mi(MIData{Bins: []int{5}, Labels: label([]float64{1, nan})}), "Teff: row 0, node 1 is NaN"},
		{mi(MIData{Bins: []int{5}, Labels: append(label([]float64{1, 2}), label([]float64{1})...)}), "Teff has 1 nodes, Teff 2"},
		{scatter(ScatterData{}), "scatter: no points"},
		{scatter(ScatterData{X: []float64{1}, Y: []float64{1, 2}}), "scatter: 2 vertical values for 1 values"},
		{scatter(ScatterData{X: []float64{1}, Y: []float64{1}, Color: []float64{}}), "0 colour values for 1 values"},
		{scatter(ScatterData{X: []float64{1, nan}, Y: []float64{inf, 1}}), "none of 2 points has two finite coordinates"},
		{scatter(ScatterData{X: []float64{1}, Y: []float64{1}, Color: []float64{nan}}), "no finite colour value"},
		{scatter(ScatterData{X: []float64{1}, Y: []float64{1}, Color: []float64{1}, Categories: make([]string, 9)}), "9 categories for 7 colours"},
		{scatter(ScatterData{X: []float64{1}, Y: []float64{1}, XRange: [2]float64{2, 1}}), "2 to 1 is no horizontal range"},
		{training(TrainingData{}), "training: no step"},
		{training(TrainingData{Step: []int{2, 1}}), "step 1 (1) does not exceed"},
		{training(TrainingData{Step: []int{1, 2}, Loss: []float64{1}}), "1 losses for 2 values"},
		{training(TrainingData{Step: []int{1, 2}, Loss: []float64{nan, inf}}), "nothing finite to draw"},
		{training(TrainingData{Step: []int{1, 2}, NodeKL: [][]float64{{1}, {1, 2}}}), "step 2 has 2 nodes, the first step 1"},
		{traversal(TraversalData{Values: []float64{0}, Node: 3}), "a single value of node 3"},
		{traversal(TraversalData{Values: []float64{0, 1}, Wave: wave, Spectra: [][]float32{flux}}), "1 spectra for 2 values"},
		{traversal(TraversalData{Values: []float64{0, 1}, Wave: wave, Spectra: [][]float32{flux, flux[:2]}}), "2 samples for 3 values"},
		{kiel(KielData{Teff: []float64{5777}}), "0 vertical values for 1 values"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), "figure: ") || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", c.err, c.want)
		}
	}
}

// What cannot be drawn is left out and counted.
func TestDropped(t *testing.T) {
	fnan := float32(nan)
	spectrum := func() (*Figure, error) {
		return Spectrum(SpectrumData{
			Wave: []float64{1, 2, 3, 4, 5}, Flux: []float32{1, fnan, 1, 1, 1}, Model: []float32{1, 1, 1, float32(inf), 1},
		})
	}
	for name, c := range map[string]struct {
		make func() (*Figure, error)
		want int
	}{
		"spectrum": {spectrum, 2},
		"mad":      {func() (*Figure, error) { return MAD(MADData{MAD: []float64{0, 1, nan}}) }, 1},
		"mad log":  {func() (*Figure, error) { return MAD(MADData{MAD: []float64{0, 1, nan}, Log: true}) }, 2},
		"scatter": {func() (*Figure, error) {
			return Scatter(ScatterData{X: []float64{1, nan, 3, 4}, Y: []float64{1, 2, -inf, 4}, Color: []float64{1, 1, 1, nan}})
		}, 2},
		"training": {func() (*Figure, error) {
			return Training(TrainingData{Step: []int{1, 2}, Loss: []float64{1, nan}, NodeKL: [][]float64{{1, 2}, {nan, nan}}})
		}, 3},
		"traversal": {func() (*Figure, error) {
			return Traversal(TraversalData{Values: []float64{0, 1}, Wave: []float64{1, 2}, Spectra: [][]float32{{1, 2}, {fnan, 1}}})
		}, 1},
	} {
		f, err := c.make()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Dropped != c.want {
			t.Errorf("%s: %d dropped, want %d", name, f.Dropped, c.want)
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Data at the edge of what makes an axis still make a figure in both formats.
func TestDegenerate(t *testing.T) {
	for name, make := range map[string]func() (*Figure, error){
		"one sample": func() (*Figure, error) { return Spectrum(SpectrumData{Wave: []float64{5000}, Flux: []float32{1}}) },
		"flat": func() (*Figure, error) {
			return Spectrum(SpectrumData{Wave: []float64{1, 2}, Flux: []float32{0, 0}, Model: []float32{0, 0}})
		},
		"huge flux": func() (*Figure, error) {
			return Spectrum(SpectrumData{Wave: []float64{1, 2}, Flux: []float32{-3e38, 3e38}})
		},
		"zero deviation": func() (*Figure, error) { return MAD(MADData{MAD: []float64{0}}) },
		"one deviation":  func() (*Figure, error) { return MAD(MADData{MAD: []float64{1e-300}, Log: true, Informative: []int{0}}) },
		"zero information": func() (*Figure, error) {
			return MI(MIData{Bins: []int{5}, Labels: []info.LabelMI{{MI: [][]float64{{0, 0}}}}})
		},
		"one point": func() (*Figure, error) {
			return Scatter(ScatterData{X: []float64{1}, Y: []float64{0}, Color: []float64{2}})
		},
		"wide points": func() (*Figure, error) { return Scatter(ScatterData{X: []float64{-1e308, 1e308}, Y: []float64{0, 1}}) },
		"one step":    func() (*Figure, error) { return Training(TrainingData{Step: []int{0}, Loss: []float64{1}}) },
	} {
		f, err := make()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if svg, err := f.SVG(); err != nil || bytes.Contains(svg, []byte("NaN")) {
			t.Errorf("%s: the SVG document holds NaN, or %v", name, err)
		}
	}
}

func small(t *testing.T) *Figure {
	t.Helper()
	f, err := MAD(MADData{MAD: []float64{0.1, 0.2}, Threshold: 0.15, Informative: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	f := small(t)
	for _, name := range []string{"a.png", "a.SVG"} {
		if err := f.Save(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	img, err := os.Open(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	// 7 x 3.2 inches at 150 pixels an inch.
	if c, err := png.DecodeConfig(img); err != nil || c.Width != 1050 || c.Height != 480 {
		t.Errorf("the image is %d x %d, %v", c.Width, c.Height, err)
	}

	if err := f.Save(filepath.Join(dir, "a.pdf")); err == nil || !strings.Contains(err.Error(), `".pdf" is neither .png nor .svg`) {
		t.Errorf("a.pdf: %v", err)
	}
	missing := filepath.Join(dir, "none", "a.png")
	if err := f.Save(missing); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("%s: %v", missing, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// Saving twice gives the same bytes, whatever format came between.
func TestEncodingLeavesFigure(t *testing.T) {
	f := small(t)
	first, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.PNG(); err != nil {
		t.Fatal(err)
	}
	if second, err := f.SVG(); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second SVG document differs, %v", err)
	}
}

// Names come from files: they must neither break the document nor add to it.
func TestSVGIsWellFormed(t *testing.T) {
	hostile := "<script>alert(1)</script> & \"x\" ]]> \x00\x01\x1f \xff\xfe \ufffe _{ ^{"
	f, err := Scatter(ScatterData{
		Title: hostile, X: []float64{1, 2}, Y: []float64{1, 2}, XLabel: hostile, YLabel: hostile,
		Color: []float64{0, 1}, ColorLabel: hostile, Categories: []string{hostile, "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	texts := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "script" {
				t.Error("a script came in")
			}
		case xml.CharData:
			if strings.Contains(string(e), "<script>alert(1)</script> & \"x\" ]]>") {
				texts++
			}
		}
	}
	if texts != 5 { // title, two axes, legend's title and entry
		t.Errorf("the text is there %d times", texts)
	}
}

// A long spectrum costs what a picture of it needs, not what it has.
func TestLongSpectrumIsSmall(t *testing.T) {
	f, err := Spectrum(madeSpectrum(327680, 3785, 0.01))
	if err != nil {
		t.Fatal(err)
	}
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	// Three curves, at most two points of about 14 bytes a column, about 1,000 columns.
	if len(svg) > 120_000 {
		t.Errorf("the SVG document has %d bytes", len(svg))
	}
}

func BenchmarkSpectrum(b *testing.B) {
	d := madeSpectrum(327680, 3785, 0.01)
	for _, format := range []struct {
		name string
		do   func(*Figure) ([]byte, error)
	}{{"png", (*Figure).PNG}, {"svg", (*Figure).SVG}} {
		b.Run(format.name, func(b *testing.B) {
			for b.Loop() {
				f, err := Spectrum(d)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := format.do(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScatter270000(b *testing.B) {
	rv, teff, _, code := madeSample(270000)
	for b.Loop() {
		f, err := Scatter(ScatterData{X: rv, Y: code, Color: teff})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
