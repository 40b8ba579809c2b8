package spectrum

import (
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadText(t *testing.T) {
	nan, inf := math.NaN(), float32(math.Inf(1))
	info := Info{File: "star.txt", ID: "star", Format: "text", Airmass: nan, SNR: nan, BERV: nan, RV: nan}
	wave := []float64{5000, 5000.01}
	for name, c := range map[string]struct {
		text string
		want Spectrum
	}{
		"blanks":    {"5000 1.5\n5000.01\t2\n", Spectrum{Wave: wave, Flux: []float32{1.5, 2}}},
		"commas":    {"5000,1.5,0.1\n 5000.01 , 2 ,0.2", Spectrum{Wave: wave, Flux: []float32{1.5, 2}, Err: []float32{0.1, 0.2}}},
		"names":     {"\ufeffwave;flux\r\n\r\n5000;1.5\r\n5000.01;2\r\n", Spectrum{Wave: wave, Flux: []float32{1.5, 2}}},
		"comments":  {"# a star\n5000 1.5 # first\n#\n  5000.01 2", Spectrum{Wave: wave, Flux: []float32{1.5, 2}}},
		"falling":   {"5000.01 2 .2\n5000 1.5 .1\n", Spectrum{Wave: wave, Flux: []float32{1.5, 2}, Err: []float32{0.1, 0.2}}},
		"not known": {"5000 inf nan\n5000.01 1e300 nan\n", Spectrum{Wave: wave, Flux: []float32{inf, inf}}},
		"more":      {"5000 1.5 .1 0 x\n5000.01 2 .2\n", Spectrum{Wave: wave, Flux: []float32{1.5, 2}, Err: []float32{0.1, 0.2}}},
	} {
		c.want.Info = info
		s, err := ReadText("star.txt", strings.NewReader(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(&c.want, s, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadTextRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "x: the file is empty",
		"garbage\n":                            "x: no line of numbers: neither FITS nor text of columns",
		"5000 1\n":                             "x: 1 samples are not a spectrum",
		"5000\n5001\n":                         "x: line 1: 1 columns, want 2",
		"a b\nc d\n5000 1\n":                   `x: line 2: column 1: "c" is not a number`,
		"5000 1\nwave flux\n":                  `x: line 2: column 1: "wave" is not a number`,
		"5000 one\n":                           `x: line 1: column 2: "one" is not a number`,
		"5000 1\n5001 1 0.1\n":                 "x: line 2: 3 columns, want 2",
		"5000 1 0.1\n5001 1\n":                 "x: line 2: 2 columns, want 3",
		"5000 1\n\n5000 2\n":                   "x: line 3: wavelength 5000 is not",
		"5000 1\n5001 2\n5000.5 2\n":           "x: line 3: wavelength 5000.5 is not",
		"5001 1\n5000 2\n5000.5 2\n":           "x: line 3: wavelength 5000.5 is not",
		"0 1\n":                                "x: line 1: wavelength 0 is not",
		"nan 1\n":                              "x: line 1: wavelength NaN is not",
		"1e999 1\n":                            "x: line 1: wavelength +Inf is not",
		"5000 1\n5001\x00 1\n":                 "x: line 2: a zero byte",
		"5000 1\n" + strings.Repeat("1", 5000): "x: line 2: longer than 4096 bytes",
	} {
		s, err := ReadText("x", strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: got %v and error %v, want %q", text, s, err, want)
		}
	}
}

// endless gives rows of ever longer wavelengths without an end.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	const row = "00000000 1\n"
	if len(p) < len(row) {
		return 0, io.ErrShortBuffer
	}
	e.n++
	copy(p, row)
	for i, k := 7, e.n; i >= 0; i, k = i-1, k/10 {
		p[i] = byte('0' + k%10)
	}
	return len(row), nil
}

func TestReadTextStopsAtTheBound(t *testing.T) {
	_, err := readText("x", new(endless), 3000)
	if err == nil || err.Error() != "x: line 3001: more than 3000 samples" {
		t.Errorf("error %v", err)
	}
}
