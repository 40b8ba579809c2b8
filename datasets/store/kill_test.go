package store

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The test writes a survey of any size: -spectra 20000 -samples 16384 is one of
// window spectra.
var (
	spectra  = flag.Int("spectra", 300, "rows of the store in TestKilledWriter")
	samples  = flag.Int("samples", 2048, "samples of its rows")
	perShard = flag.Int("per-shard", 0, "rows of a shard; 0: a hundredth of all")
)

// TestMain is the writer that TestKilledWriter kills, when told so.
func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv("STORE_WRITER"); dir != "" {
		if err := writeOn(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// writeOn adds blocks until the store is complete, and says which are in.
func writeOn(dir string) error {
	l := layout(*samples, Float32)
	w, err := NewWriter(dir, l)
	if err != nil {
		return err
	}
	defer w.Close()
	m, err := w.Manifest()
	if err != nil {
		return err
	}
	for at, n := m.Rows(), len(m.Shards); at < *spectra; n++ {
		rows := min(shardRows(), *spectra-at)
		if _, err := w.Add(block(l, n, rows)); err != nil {
			return err
		}
		fmt.Println(n)
		at += rows
	}
	return nil
}

func shardRows() int {
	if *perShard > 0 {
		return *perShard
	}
	return max(1, *spectra/100)
}

// A writer killed at ten random moments leaves a store that opens, whose shards
// are whole, and that has every shard it said was in.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)) // moments are not repeatable anyway
	began := time.Now()
	said, kills, torn := -1, 0, 0
	for round := 0; ; round++ {
		wait := time.Hour
		if kills < 10 { // by now a tenth of the rest, on average
			wait = time.Duration(1+random.IntN(200)) * time.Millisecond * time.Duration(1+*spectra**samples/20e6)
		}
		last, finished := runWriter(t, dir, wait)
		said = max(said, last)
		torn += uncommitted(t, dir, said)
		if finished {
			break
		}
		kills++
	}
	t.Logf("%d kills in %v, %d uncommitted or partial files left by them", kills, time.Since(began), torn)
	if kills == 0 {
		t.Error("the writer was done before it could be killed")
	}
	whole := written(t, layout(*samples, Float32), rowsOfShards()...)
	entries, err := os.ReadDir(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // one by one: the survey may be larger than the memory
		got, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Error(err)
		}
		want, err := os.ReadFile(filepath.Join(whole, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from that of a writer that was not killed", e.Name())
		}
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) != len(entries) {
		t.Errorf("%d files, want %d: %v", len(there), len(entries), err)
	}
}

func rowsOfShards() (rows []int) {
	for at := 0; at < *spectra; at += shardRows() {
		rows = append(rows, min(shardRows(), *spectra-at))
	}
	return rows
}

// runWriter runs the writer and kills it after a time; it gives the last shard
// that it said was in.
func runWriter(t *testing.T, dir string, wait time.Duration) (last int, finished bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), "STORE_WRITER="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(wait, func() { cmd.Process.Kill() })
	last = -1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Sscan(lines.Text(), &last)
	}
	err = cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
	stop.Stop()
	return last, err == nil
}

// uncommitted checks the store and counts what is in its folder and not in it.
func uncommitted(t *testing.T, dir string, said int) int {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		if said >= 0 || Is(dir) {
			t.Fatal(err)
		}
		return 0 // killed before there was a store
	}
	defer s.Close()
	if err := Verify(context.Background(), dir, nil); err != nil {
		t.Fatal(err)
	}
	shards := s.Manifest().Shards
	for n, e := range shards {
		if e.Number != n {
			t.Fatalf("shard %d is lost", n)
		}
	}
	if len(shards) <= said {
		t.Fatalf("shard %d was committed and is lost", said)
	}
	row := make([]float32, s.Samples())
	for n, first := range s.first[:len(s.first)-1] {
		want := block(Layout{Samples: s.Samples()}, n, 1).Flux
		if err := s.Row(first, row); err != nil || !slices.Equal(row, want) {
			t.Fatalf("shard %d does not hold what was written: %v", n, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, e := range entries {
		if partial.MatchString(e.Name()) || ofShard.MatchString(e.Name()) {
			left++
		}
	}
	return left - 2*len(shards)
}
