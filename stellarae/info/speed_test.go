package info_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/mi"
	"golang.org/x/sys/unix"
	"gonum.org/v1/gonum/mat"
)

// cost is the seconds on the clock and those of the processor, which a busy machine
// changes less.
type cost struct{ clock, processor float64 }

// peer is testdata/speed.py at work.
type peer struct {
	in  io.Writer
	out *bufio.Reader
}

func (p peer) ask(t *testing.T, what string) (took cost, found []float64) {
	t.Helper()
	if _, err := fmt.Fprintln(p.in, what); err != nil {
		t.Fatal(err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Fields(line) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, v)
	}
	return cost{found[0], found[1]}, found[2:]
}

// A table of the paper's size and one estimate by neighbours, in Python and here
// turn by turn: the numbers must agree, the times are for information.
func TestSideBySideWithPython(t *testing.T) {
	python := os.Getenv("STELLARAE_PYTHON")
	if python == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against Python")
	}
	const spectra, nodes, quantities, pairs = 7007, 128, 9, 10000
	rng := rand.New(rand.NewPCG(6, 6))
	codes := mat.NewDense(spectra, nodes, nil)
	codes.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, codes)
	labels := make([]info.Label, quantities)
	for l := range labels {
		labels[l] = info.Label{Name: fmt.Sprint(l), Values: make([]float64, spectra)}
		for r := range spectra {
			labels[l].Values[r] = codes.At(r, l) + rng.NormFloat64()
		}
	}
	x, y := make([]float64, pairs), make([]float64, pairs)
	for i := range x {
		x[i] = rng.NormFloat64()
		y[i] = 0.5*x[i] + rng.NormFloat64()
	}
	var data []float64
	for node := range nodes {
		data = append(data, mat.Col(nil, node, codes)...)
	}
	for _, l := range labels {
		data = append(data, l.Values...)
	}
	p := startPeer(t, python, append(append(data, x...), y...))

	compare(t, p, "table", 5, func() (found []float64) {
		count, err := info.CountPublished(codes, labels, info.Options{Sigma: 1e9}) // clip is no part of the loop
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range count.Labels {
			found = append(found, slices.Concat(l.MI...)...)
		}
		return found
	}, 1e-12)
	compare(t, p, "ksg", 25, func() []float64 {
		nats, err := mi.KSG1(mi.Standardise(x), mi.Standardise(y), 3)
		if err != nil {
			t.Fatal(err)
		}
		return []float64{nats}
	}, 1e-6) // scikit-learn adds noise, of 1e-10 of the values
}

func startPeer(t *testing.T, python string, data []float64) peer {
	t.Helper()
	name := filepath.Join(t.TempDir(), "columns")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := binary.Write(f, binary.NativeEndian, data); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(python, "testdata/speed.py", name)
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	command.Stderr = &complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the end of its input ends it
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("%v\n%s", err, complaint.String())
		}
	})
	p := peer{in, bufio.NewReader(out)}
	if line, err := p.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return p
}

func compare(t *testing.T, p peer, what string, turns int, ours func() []float64, tolerance float64) {
	t.Helper()
	timed := func(processors int) (cost, []float64) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		runtime.GC() // of what came before
		start, busy := time.Now(), processorTime(t)
		found := ours()
		return cost{time.Since(start).Seconds(), processorTime(t) - busy}, found
	}
	worst := 0.0
	var theirs, all, single []cost
	for range turns {
		took, want := p.ask(t, what)
		theirs = append(theirs, took)
		took, got := timed(runtime.NumCPU())
		all = append(all, took)
		took, _ = timed(1)
		single = append(single, took)
		if len(got) != len(want) {
			t.Fatalf("%s: %d numbers, Python has %d", what, len(got), len(want))
		}
		for i := range got {
			worst = max(worst, math.Abs(got[i]-want[i]))
		}
	}
	if !(worst <= tolerance) {
		t.Errorf("%s: differs by %.1e nats", what, worst)
	}
	clock := func(c cost) float64 { return c.clock }
	processor := func(c cost) float64 { return c.processor }
	python := middle(theirs, clock)
	t.Logf("%s: medians of %d turns (least to most), seconds; largest difference %.1e nats", what, turns, worst)
	t.Logf("  Python           %v; of the processor %v", python, middle(theirs, processor))
	for name, costs := range map[string][]cost{"one processor": single, fmt.Sprint(runtime.NumCPU(), " processors"): all} {
		ours, busy := middle(costs, clock), middle(costs, processor)
		t.Logf("  %-16s %v, %.1f times as fast; of the processor %v, %.1f times", name,
			ours, python.median/ours.median, busy, middle(theirs, processor).median/busy.median)
	}
}

func processorTime(t *testing.T) float64 {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// spread is the median, the least and the largest.
type spread struct{ median, low, high float64 }

func (s spread) String() string { return fmt.Sprintf("%.4f (%.4f-%.4f)", s.median, s.low, s.high) }

func middle(costs []cost, of func(cost) float64) spread {
	var values []float64
	for _, c := range costs {
		values = append(values, of(c))
	}
	return spread{info.Median(values), slices.Min(values), slices.Max(values)}
}
