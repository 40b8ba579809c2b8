package synth

import "testing"

func benchmarkSpectrum(b *testing.B, p Preset) {
	s, err := New(Options{Preset: p, N: 1000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	s.Prepare(nil)
	i := 0
	for b.Loop() {
		s.Spectrum(i % s.Len())
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "spectra/s")
}

func BenchmarkMini(b *testing.B)   { benchmarkSpectrum(b, Mini) }
func BenchmarkWindow(b *testing.B) { benchmarkSpectrum(b, Window) }
func BenchmarkFull(b *testing.B)   { benchmarkSpectrum(b, Full) }

// Mini with a list of lines: the one-off set-up of a survey of the size of the
// demo's, and its spectra.
func BenchmarkPrepare(b *testing.B) {
	for b.Loop() {
		ownLines(b, 10000).Prepare(nil)
	}
}

func BenchmarkMiniOwnLines(b *testing.B) {
	s := ownLines(b, 1000)
	s.Prepare(nil)
	i := 0
	for b.Loop() {
		s.Spectrum(i % s.Len())
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "spectra/s")
}

func ownLines(b *testing.B, n int) *Survey {
	s, err := New(Options{Preset: Mini, N: n, Seed: 1, Lines: deep.builtIn()})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkNew(b *testing.B) {
	for range b.N {
		if _, err := New(Options{Preset: Mini, N: 5500, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	s, err := New(Options{Preset: Mini, N: 500, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if err := s.Write(b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(500*float64(b.N)/b.Elapsed().Seconds(), "files/s")
}
