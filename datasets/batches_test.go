package datasets

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// numbered is a dataset in memory whose row i is filled with i, but for the
// rows that cannot be read.
type numbered struct {
	n    int
	bad  map[int]bool
	star func(i int) string
}

func (d numbered) Len() int        { return d.n }
func (d numbered) Samples() int    { return 3 }
func (d numbered) ID(i int) string { return fmt.Sprintf("row%d", i) }
func (d numbered) Star(i int) string {
	if d.star == nil {
		return d.ID(i)
	}
	return d.star(i)
}

func (d numbered) Row(i int, dst []float32) error {
	if d.bad[i] {
		return fmt.Errorf("%s: no flux", d.ID(i))
	}
	if len(dst) != d.Samples() {
		return fmt.Errorf("%d samples", len(dst))
	}
	for k := range dst {
		dst[k] = float32(i)
	}
	return nil
}

func deal(t testing.TB, d Dataset, rows []int, size int, seed uint64, onBad func(int, error)) *Batches {
	t.Helper()
	b, err := NewBatches(d, rows, size, seed, onBad)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rowsOf are the rows in a step's batch.
func rowsOf(t testing.TB, b *Batches, step int) []int {
	t.Helper()
	flux, err := b.Batch(step)
	if err != nil {
		t.Fatal(err)
	}
	if len(flux) != b.size*b.data.Samples() {
		t.Fatalf("step %d: %d samples", step, len(flux))
	}
	var rows []int
	for i := 0; i < len(flux); i += b.data.Samples() {
		for _, v := range flux[i : i+b.data.Samples()] {
			if v != flux[i] {
				t.Fatalf("step %d mixes rows: %v", step, flux)
			}
		}
		rows = append(rows, int(flux[i]))
	}
	return rows
}

// evens are 0, 2, 4, ...: rows that are not their own positions.
func evens(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = 2 * i
	}
	return rows
}

// Every epoch deals every row once, in an order of its own, whether or not
// the size of a batch divides their number.
func TestEpochsArePermutations(t *testing.T) {
	for _, c := range []struct{ rows, size int }{{12, 4}, {13, 4}, {1, 1}, {1, 5}, {5, 12}, {100, 7}} {
		t.Run(fmt.Sprintf("%d rows by %d", c.rows, c.size), func(t *testing.T) {
			rows := evens(c.rows)
			b := deal(t, numbered{n: 2 * c.rows}, rows, c.size, 1, nil)
			var dealt []int
			for step := 0; len(dealt) < 5*c.rows; step++ {
				dealt = append(dealt, rowsOf(t, b, step)...)
			}
			orders := map[string]bool{}
			for epoch := range 5 {
				order := dealt[epoch*c.rows : (epoch+1)*c.rows]
				orders[fmt.Sprint(order)] = true
				sorted := slices.Sorted(slices.Values(order))
				if !slices.Equal(sorted, rows) {
					t.Fatalf("epoch %d deals %v", epoch, sorted)
				}
			}
			if c.rows >= 10 && len(orders) != 5 {
				t.Errorf("%d different orders in 5 epochs", len(orders))
			}
		})
	}
}

func TestSeedsDeal(t *testing.T) {
	first := func(seed uint64) string {
		return fmt.Sprint(rowsOf(t, deal(t, numbered{n: 50}, evens(25), 25, seed, nil), 0))
	}
	one, again, two := first(1), first(1), first(2)
	if one != again || one == two {
		t.Error("the order is not the seed's")
	}
}

// A step's batch is the same from the start, after a jump, backwards, and
// asked for twice; what a caller does to one leaves the others alone.
func TestBatchDependsOnStepAlone(t *testing.T) {
	d, rows := numbered{n: 46}, evens(23)
	inOrder := deal(t, d, rows, 5, 7, nil)
	want := make([][]int, 40)
	for step := range want {
		want[step] = rowsOf(t, inOrder, step)
	}
	random := rand.New(rand.NewPCG(1, 2))
	b := deal(t, d, rows, 5, 7, nil)
	for range 300 {
		step := random.IntN(len(want))
		if got := rowsOf(t, b, step); !slices.Equal(got, want[step]) {
			t.Fatalf("step %d deals %v, in order %v", step, got, want[step])
		}
		flux, err := b.Batch(step)
		if err != nil {
			t.Fatal(err)
		}
		clear(flux)
	}
	if len(b.ahead) > readAhead {
		t.Errorf("%d batches are kept after the jumps", len(b.ahead))
	}
	for _, step := range []int{0, 17, 39} { // resumed there
		if got := rowsOf(t, deal(t, d, rows, 5, 7, nil), step); !slices.Equal(got, want[step]) {
			t.Errorf("resumed at step %d: %v, in order %v", step, got, want[step])
		}
	}
}

// Several goroutines may ask, also for one step.
func TestBatchesConcurrently(t *testing.T) {
	d, rows := numbered{n: 46, bad: map[int]bool{4: true, 20: true}}, evens(23)
	want := make([][]int, 30)
	alone := deal(t, d, rows, 5, 7, nil)
	for step := range want {
		want[step] = rowsOf(t, alone, step)
	}
	reported := map[int]int{} // no lock: reports come one at a time
	b := deal(t, d, rows, 5, 7, func(i int, _ error) { reported[i]++ })
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			for step := range want {
				flux, err := b.Batch(step)
				if err != nil {
					t.Error(err)
					return
				}
				for k, row := range want[step] {
					if flux[3*k] != float32(row) {
						t.Errorf("step %d deals %v, want %v", step, flux, want[step])
						return
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { g.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("a batch never came")
	}
	b.mu.Lock() // of what is read ahead
	defer b.mu.Unlock()
	if len(reported) != 2 || reported[4] != 1 || reported[20] != 1 {
		t.Errorf("reported %v", reported)
	}
}

// A row that cannot be read gives its place to the next one of the set, always
// to the same, and is reported once.
func TestBadRowsAreReplaced(t *testing.T) {
	rows := evens(20)
	bad := map[int]bool{0: true, 6: true, 8: true, 38: true, 11: true} // 11 is not in the set
	d := numbered{n: 40, bad: bad}
	replacement := map[int]int{0: 2, 6: 10, 8: 10, 38: 2} // 38 is the last, 0 is bad
	whole := deal(t, numbered{n: 40}, rows, 6, 3, nil)
	reports := map[int][]error{}
	b := deal(t, d, rows, 6, 3, func(i int, err error) { reports[i] = append(reports[i], err) })
	for step := range 30 {
		want := rowsOf(t, whole, step)
		for k, row := range want {
			if r, ok := replacement[row]; ok {
				want[k] = r
			}
		}
		if got := rowsOf(t, b, step); !slices.Equal(got, want) {
			t.Fatalf("step %d deals %v, want %v", step, got, want)
		}
	}
	b.mu.Lock() // of what is read ahead
	defer b.mu.Unlock()
	if len(reports) != len(replacement) {
		t.Errorf("reports of %d rows, want %d", len(reports), len(replacement))
	}
	for row, errs := range reports {
		if len(errs) != 1 || errs[0].Error() != fmt.Sprintf("row%d: no flux", row) {
			t.Errorf("row %d: %v", row, errs)
		}
	}
}

func TestNothingReadable(t *testing.T) {
	bad := map[int]bool{}
	for i := range 150 {
		bad[i] = true
	}
	for _, rows := range [][]int{{3}, {5, 6, 7}, evens(75)} {
		_, err := deal(t, numbered{n: 150, bad: bad}, rows, 2, 1, nil).Batch(0)
		if err == nil || !strings.Contains(err.Error(), "no readable spectrum near row") || !strings.HasSuffix(err.Error(), ": no flux") {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	}
	// Many bad rows, not all: the good one is found if it is near enough.
	rows := make([]int, 99)
	for i := range rows {
		rows[i] = i
	}
	most := maps.Clone(bad) // the first rows may still be read ahead
	delete(most, 50)
	for _, row := range rowsOf(t, deal(t, numbered{n: 150, bad: most}, rows, 99, 1, nil), 0) {
		if row != 50 {
			t.Fatalf("dealt row %d", row)
		}
	}
}

func TestNewBatchesRefuses(t *testing.T) {
	if _, err := NewBatches(numbered{n: 5}, nil, 4, 1, nil); err == nil {
		t.Error("no rows")
	}
	for _, size := range []int{0, -1} {
		if _, err := NewBatches(numbered{n: 5}, []int{1}, size, 1, nil); err == nil {
			t.Errorf("batches of %d", size)
		}
	}
}

func TestFingerprint(t *testing.T) {
	seen := map[string]string{}
	for name, f := range map[string]string{
		"all":         Fingerprint(numbered{n: 5}, []int{0, 1, 2, 3, 4}),
		"some":        Fingerprint(numbered{n: 5}, []int{0, 1, 2, 3}),
		"other order": Fingerprint(numbered{n: 5}, []int{1, 0, 2, 3, 4}),
		"split ids":   Fingerprint(renamed{"a", "bc"}, []int{0, 1}),
		"other split": Fingerprint(renamed{"ab", "c"}, []int{0, 1}),
		"none":        Fingerprint(numbered{}, nil),
	} {
		if other, ok := seen[f]; ok {
			t.Errorf("%s and %s are both %s", name, other, f)
		}
		seen[f] = name
	}
	b := deal(t, numbered{n: 5}, []int{0, 1, 2, 3, 4}, 2, 1, nil)
	if seen[b.Fingerprint()] != "all" {
		t.Errorf("batches have the fingerprint of %q", seen[b.Fingerprint()])
	}
}

// renamed is a dataset of nothing but identifiers.
type renamed []string

func (r renamed) Len() int                 { return len(r) }
func (r renamed) Samples() int             { return 0 }
func (r renamed) ID(i int) string          { return r[i] }
func (r renamed) Star(i int) string        { return r[i] }
func (r renamed) Row(int, []float32) error { return errors.New("no rows") }

func BenchmarkBatches(b *testing.B) {
	deals := deal(b, numbered{n: 10000}, evens(5000), 32, 1, nil)
	for step := 0; b.Loop(); step++ {
		if _, err := deals.Batch(step); err != nil {
			b.Fatal(err)
		}
	}
}
