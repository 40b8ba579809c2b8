package spectrum

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/stellarae/fits"
)

// sound fails the test if a spectrum that was read is none, or if preparing it
// panics or gives samples that are not finite.
func sound(t *testing.T, s *Spectrum) {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatalf("what was read is no spectrum: %v", err)
	}
	if s.Info.File == "" || s.Info.ID == "" || s.Info.Format == "" {
		t.Fatalf("nameless: %+v", s.Info)
	}
	g := Grid{Start: s.Wave[0], Step: (s.Wave[len(s.Wave)-1] - s.Wave[0]) / 16, Samples: 16, PadLeft: 2, Masked: [][2]int{{0, 2}}}
	for _, p := range []Preset{Paper, Clean} {
		out, err := p.Apply(s, g)
		if err != nil {
			continue
		}
		if len(out) != g.Len() {
			t.Fatalf("%v: %d samples, want %d", p, len(out), g.Len())
		}
		for i, v := range out {
			if v-v != 0 {
				t.Fatalf("%v: sample %d is %v", p, i, v)
			}
		}
	}
}

func FuzzReadText(f *testing.F) {
	for _, text := range []string{
		"5000 1\n5001 2\n", "# c\nwave,flux,err\n5000,1,.1\n5001,nan,.1\n", "5001;1;0\r\n5000;2;1\r\n", "1e-300 1\n1e300 inf\n", "\ufeff1 2 3 4\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if isFITS(data) {
			return
		}
		if s, err := Read("fuzz.txt", data); err == nil {
			sound(t, s)
		}
	})
}

func FuzzRead(f *testing.F) {
	wave, flux := []float64{5000, 5001, 5002, 5003}, []float32{1, 2, 3, 4}
	f.Add(file(f, phase3(wave, flux, card("TUCD1", "em.wl"))...))
	f.Add(file(f, &fits.ImageHDU{}, &fits.TableHDU{Columns: []fits.ColumnData{
		{Name: "wave", Unit: "nm", Data: wave}, {Name: "flux", Data: flux}, {Name: "err", Data: flux}}}))
	f.Add(file(f, &fits.ImageHDU{Data: flux, Cards: []fits.Card{card("CRVAL1", 5000.0), card("CDELT1", 1.0), card("CTYPE1", "WAVE-LOG")}}))
	f.Add(file(f, &fits.ImageHDU{Data: flux, Cards: []fits.Card{card("CRVAL1", 3.7), card("CD1_1", 1e-5), card("DC-FLAG", int64(1))}}))
	raw, err := os.ReadFile(filepath.Join("testdata", "vacuum.fits.gz"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Read("fuzz.fits", data); err == nil {
			sound(t, s)
		}
	})
}
