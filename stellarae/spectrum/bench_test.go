package spectrum

import (
	"os"
	"path/filepath"
	"testing"
)

// product is an archive product of 313,156 samples on disk.
func product(b *testing.B) string {
	b.Helper()
	s := made(3781.73, 0.01, synthetic(1, 313156, 0))
	path := filepath.Join(b.TempDir(), "ADP.fits")
	if err := os.WriteFile(path, file(b, phase3(s.Wave, s.Flux)...), 0o644); err != nil {
		b.Fatal(err)
	}
	return path
}

func BenchmarkLoadAndPaper(b *testing.B) {
	path := product(b)
	for b.Loop() {
		s, err := Load(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Paper.Apply(s, PaperGrid()); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkApply(b *testing.B, p Preset, start, step float64, g Grid) {
	s := made(start, step, synthetic(1, 313156, 0))
	for b.Loop() {
		if _, err := p.Apply(s, g); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPaper(b *testing.B)          { benchmarkApply(b, Paper, 3781.73, 0.01, PaperGrid()) }
func BenchmarkPaperResampled(b *testing.B) { benchmarkApply(b, Paper, 3781.735, 0.01, PaperGrid()) }
func BenchmarkPaperMini(b *testing.B)      { benchmarkApply(b, Paper, 3781.73, 0.01, MiniGrid()) }
func BenchmarkClean(b *testing.B)          { benchmarkApply(b, Clean, 3781.73, 0.01, PaperGrid()) }
func BenchmarkCleanMini(b *testing.B)      { benchmarkApply(b, Clean, 3781.73, 0.01, MiniGrid()) }

func benchmarkBroadening(b *testing.B, f func(s *Spectrum) (*Spectrum, error)) {
	s := made(3781.73, 0.01, synthetic(1, 313156, 0))
	for b.Loop() {
		if _, err := f(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBroaden115000(b *testing.B) {
	benchmarkBroadening(b, func(s *Spectrum) (*Spectrum, error) { return s.Broaden(115000) })
}

func BenchmarkBroaden10000(b *testing.B) {
	benchmarkBroadening(b, func(s *Spectrum) (*Spectrum, error) { return s.Broaden(10000) })
}

func BenchmarkRotate2(b *testing.B) {
	benchmarkBroadening(b, func(s *Spectrum) (*Spectrum, error) { return s.Rotate(2, 0.6) })
}

func BenchmarkRotate30(b *testing.B) {
	benchmarkBroadening(b, func(s *Spectrum) (*Spectrum, error) { return s.Rotate(30, 0.6) })
}

func BenchmarkToVacuum(b *testing.B) {
	benchmarkBroadening(b, func(s *Spectrum) (*Spectrum, error) { return s.In(Vacuum, Morton2000), nil })
}
