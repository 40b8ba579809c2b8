package synth

import "testing"

func benchmarkSpectrum(b *testing.B, p Preset) {
	s, err := New(Options{Preset: p, N: 1000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		s.Spectrum(i % s.Len())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "spectra/s")
}

func BenchmarkMini(b *testing.B)   { benchmarkSpectrum(b, Mini) }
func BenchmarkWindow(b *testing.B) { benchmarkSpectrum(b, Window) }
func BenchmarkFull(b *testing.B)   { benchmarkSpectrum(b, Full) }
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
