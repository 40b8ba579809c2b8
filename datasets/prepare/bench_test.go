package prepare

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// BenchmarkSpectra prepares simulated files on one core and, where
// STELLARAE_PYTHON names a Python with astropy, has testdata/bench_prepare.py do
// the same right after, again and again by turns; x-astropy is the ratio of the
// processor times of all turns. The rows of the two are compared bit for bit.
func BenchmarkSpectra(b *testing.B) {
	for _, c := range []struct {
		preset synth.Preset
		name   string
		grid   spectrum.Grid
		n      int
	}{
		{synth.Mini, "mini", spectrum.MiniGrid(), 500},
		{synth.Window, "window", spectrum.WindowGrid(), 200},
		{synth.Full, "paper", spectrum.PaperGrid(), 24},
	} {
		b.Run(c.name, func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "survey")
			s, err := synth.New(synth.Options{N: c.n, Seed: 3, Preset: c.preset})
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Write(dir); err != nil {
				b.Fatal(err)
			}
			files, err := datasets.Files([]string{dir})
			if err != nil {
				b.Fatal(err)
			}
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			var ours, wall, theirs float64
			b.ResetTimer()
			for k := range b.N {
				out := filepath.Join(b.TempDir(), fmt.Sprint(k))
				before, began := processorTime(b), time.Now()
				if _, err := Spectra(context.Background(), files, out, Recipe{Grid: c.grid}, nil); err != nil {
					b.Fatal(err)
				}
				ours += processorTime(b) - before
				wall += time.Since(began).Seconds()
				b.StopTimer()
				theirs += astropy(b, c.name, dir, out)
				os.RemoveAll(out)
				b.StartTimer()
			}
			rows := float64(len(files) * b.N)
			b.ReportMetric(rows/ours, "spectra/cpu-s")
			b.ReportMetric(rows/wall, "spectra/s")
			if theirs > 0 {
				b.ReportMetric(rows/theirs, "astropy-spectra/cpu-s")
				b.ReportMetric(theirs/ours, "x-astropy")
			}
		})
	}
}

// processorTime is what the process has used, in seconds.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// astropy has Python prepare the same files and compares the rows.
func astropy(b *testing.B, name, dir, out string) (seconds float64) {
	python := os.Getenv("STELLARAE_PYTHON")
	if python == "" {
		return 0
	}
	rows := filepath.Join(b.TempDir(), "rows.npy")
	cmd := exec.Command(python, "testdata/bench_prepare.py", name, dir, rows)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1")
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	var wall float64
	if _, err := fmt.Sscan(string(text), &wall, &seconds); err != nil {
		b.Fatal(err)
	}
	_, want, err := npy.ReadFloat32s(rows)
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(out)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	row := make([]float32, s.Samples())
	for i := range s.Len() {
		if err := s.Row(i, row); err != nil {
			b.Fatal(err)
		}
		if !slices.Equal(row, want[i*len(row):(i+1)*len(row)]) {
			b.Fatalf("row %d is not astropy's and numpy's", i)
		}
	}
	return seconds
}
