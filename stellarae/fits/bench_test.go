package fits

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// phase3 has the form of the archive's products, a row of n samples.
func phase3(n int) []Encoder {
	wave, flux, err := make([]float64, n), make([]float32, n), make([]float32, n)
	for i := range wave {
		wave[i] = 3780 + 0.01*float64(i)
		flux[i] = float32(i % 1000)
	}
	return []Encoder{&ImageHDU{Cards: testCards}, &TableHDU{Name: "SPECTRUM", Columns: []ColumnData{
		{Name: "WAVE", Unit: "angstrom", Data: [][]float64{wave}},
		{Name: "FLUX", Unit: "adu", Data: [][]float32{flux}},
		{Name: "ERR", Unit: "adu", Data: [][]float32{err}},
	}}}
}

// BenchmarkOpen opens the product of 313,000 samples, 5 MB, and takes its
// wavelengths and flux.
func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"product.fits", "product.fits.gz"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), name)
			if err := WriteFile(path, phase3(313_000)...); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				t, err := f.HDUs[1].Table()
				if err != nil {
					b.Fatal(err)
				}
				wave, err := t.Floats(0, 0)
				if err != nil || len(wave) != 313_000 {
					b.Fatal(err)
				}
				if _, err := t.Float32s(0, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHeader reads a header of 3,000 cards, as HARPS pipeline products
// have, and the worst: 3,000 cards that fitsio refuses.
func BenchmarkHeader(b *testing.B) {
	for _, value := range []string{"1.5", ".5"} {
		b.Run("value "+value, func(b *testing.B) {
			var lines strings.Builder
			for i := range 3000 {
				fmt.Fprintf(&lines, "%-80s", fmt.Sprintf("HIERARCH ESO DRS K%d = %s / a comment", i, value))
			}
			b.ReportAllocs()
			for b.Loop() {
				newHeader([]byte(lines.String()))
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{2048, 313_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			hdus := phase3(n)
			b.ReportAllocs()
			for b.Loop() {
				if err := Encode(io.Discard, hdus...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriteFileNoSync(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.fits")
	hdus := phase3(2048)
	for b.Loop() {
		if err := WriteFileNoSync(path, hdus...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is Open without the disk.
func BenchmarkRead(b *testing.B) {
	var file bytes.Buffer
	if err := Encode(&file, phase3(313_000)...); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read("x.fits", file.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
