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
	"github.com/stellarae/lab/stellarae/orderstat"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// BenchmarkSpectra prepares simulated files on one core and, where
// STELLARAE_PYTHON names a Python with astropy, has testdata/bench_prepare.py do
// the same right after, again and again by turns. cpu-ms are of the processor, a
// spectrum; x-astropy is the median over the turns of the ratio of the two. Both
// have done the job before they are timed, and the files are in the page cache.
// The rows of the two are compared bit for bit.
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
			dir := filepath.Join(surveys(b), c.name)
			if _, err := os.Stat(dir); err != nil {
				s, err := synth.New(synth.Options{N: c.n, Seed: 3, Preset: c.preset})
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Write(dir); err != nil {
					b.Fatal(err)
				}
			}
			files, err := datasets.Files([]string{dir})
			if err != nil {
				b.Fatal(err)
			}
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			out := filepath.Join(b.TempDir(), "store")
			var ours, theirs, ratios []float64
			for k := range b.N + 1 {
				before := processorTime(b)
				b.StartTimer()
				if _, err := Spectra(context.Background(), files, out, Recipe{Grid: c.grid}, nil); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				cpu := processorTime(b) - before
				if k == 0 { // warming up
					b.ResetTimer()
				} else {
					perFile := 1000 / float64(len(files))
					ours = append(ours, cpu*perFile)
					if peer := astropy(b, c.name, dir, out); peer > 0 {
						theirs, ratios = append(theirs, peer*perFile), append(ratios, peer/cpu)
					}
				}
				if err := os.RemoveAll(out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(orderstat.Median(ours), "cpu-ms")
			b.ReportMetric(float64(len(files)*b.N)/b.Elapsed().Seconds(), "spectra/s")
			if len(theirs) > 0 {
				b.ReportMetric(orderstat.Median(theirs), "astropy-cpu-ms")
				b.ReportMetric(orderstat.Median(ratios), "x-astropy")
			}
		})
	}
}

// surveyFolder holds the simulated files, which are made once however often a
// benchmark is called.
var surveyFolder string

func surveys(b *testing.B) string {
	if surveyFolder == "" {
		var err error
		if surveyFolder, err = os.MkdirTemp("", "surveys"); err != nil {
			b.Fatal(err)
		}
	}
	return surveyFolder
}

func TestMain(m *testing.M) {
	code := m.Run()
	if surveyFolder != "" {
		os.RemoveAll(surveyFolder) // nothing is left to do about an error
	}
	os.Exit(code)
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
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
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
