//go:build unix

package synth

import (
	"slices"
	"syscall"
	"testing"
)

// Full where every star has one visit, so that nothing is shared between
// spectra: processor time a spectrum, whatever else the machine does. Run it
// with -cpu 1 and as many rounds as stars are wanted, -benchtime 500x.
func BenchmarkFullFirstVisits(b *testing.B) {
	s, err := New(Options{Preset: Full, N: 4000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	first := s.firstVisits()
	s.Spectrum(first[0])
	var ms []float64
	for b.Loop() {
		before := processor(b)
		s.Spectrum(first[(len(ms)+1)%len(first)])
		ms = append(ms, 1000*(processor(b)-before))
	}
	sum := 0.0
	for _, x := range ms {
		sum += x
	}
	b.ReportMetric(sum/float64(len(ms)), "mean-ms")
	slices.Sort(ms)
	b.ReportMetric(ms[len(ms)/2], "median-ms")
	b.ReportMetric(ms[len(ms)*95/100], "p95-ms")
}

// processor is the time this process has had, in s.
func processor(b *testing.B) float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}
