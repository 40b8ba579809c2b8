package datasets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// repeated is n rows of stars with random numbers of visits.
func repeated(n int, seed uint64) numbered {
	random := rand.New(rand.NewPCG(seed, 0))
	stars := make([]string, n)
	for i := range stars {
		stars[i] = fmt.Sprintf("HD %d", int(random.ExpFloat64()*float64(n)/8))
	}
	return numbered{n: n, star: func(i int) string { return stars[i] }}
}

func starsOf(d Dataset, rows []int) map[string]bool {
	stars := map[string]bool{}
	for _, i := range rows {
		stars[d.Star(i)] = true
	}
	return stars
}

func all(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// Every row is in one of the sets, every star in one of them, both are in
// order, and the second has the share of the stars, rounded up.
func TestSplitByStar(t *testing.T) {
	for seed := range uint64(20) {
		for _, n := range []int{0, 1, 2, 10, 300} {
			for _, share := range []float64{0, 0.01, 0.2, 0.5, 1} {
				d := repeated(n, seed)
				rest, held := SplitByStar(d, share, seed)
				both := slices.Concat(rest, held)
				slices.Sort(both)
				if !slices.Equal(both, all(n)) {
					t.Fatalf("n %d, share %v: %v and %v are not the rows", n, share, rest, held)
				}
				if !slices.IsSorted(rest) || !slices.IsSorted(held) {
					t.Fatalf("n %d, share %v: out of order", n, share)
				}
				inHeld := starsOf(d, held)
				for star := range starsOf(d, rest) {
					if inHeld[star] {
						t.Fatalf("n %d, share %v: %s is in both", n, share, star)
					}
				}
				stars := len(starsOf(d, both))
				if k := float64(len(inHeld)); k < share*float64(stars) || k >= share*float64(stars)+1 {
					t.Errorf("n %d, share %v: %v of %d stars held", n, share, k, stars)
				}
				again, heldAgain := SplitByStar(d, share, seed)
				if !slices.Equal(again, rest) || !slices.Equal(heldAgain, held) {
					t.Errorf("n %d, share %v: another split the second time", n, share)
				}
			}
		}
	}
}

// Another seed holds other stars; which ones does not depend on the rows'
// order or on how often a star was visited.
func TestSplitByStarHoldsStars(t *testing.T) {
	d := repeated(300, 5)
	_, held := SplitByStar(d, 0.3, 1)
	_, other := SplitByStar(d, 0.3, 2)
	if slices.Equal(held, other) {
		t.Error("two seeds hold the same stars")
	}
	backwards := numbered{n: 600, star: func(i int) string { return d.star(299 - i/2) }}
	_, heldBackwards := SplitByStar(backwards, 0.3, 1)
	a, b := starsOf(d, held), starsOf(backwards, heldBackwards)
	if len(a) != len(b) {
		t.Fatalf("%d stars held, %d backwards", len(a), len(b))
	}
	for star := range a {
		if !b[star] {
			t.Errorf("%s is held in one order alone", star)
		}
	}
	// Each star is held about as often as the share says.
	counts := map[string]int{}
	const seeds = 400
	for seed := range uint64(seeds) {
		_, held := SplitByStar(d, 0.3, seed)
		for star := range starsOf(d, held) {
			counts[star]++
		}
	}
	for star := range starsOf(d, all(300)) {
		if share := float64(counts[star]) / seeds; share < 0.2 || share > 0.4 { // 4 standard deviations
			t.Errorf("%s is held in %.0f %% of the splits, want about 30", star, 100*share)
		}
	}
}

// Rows come in the order asked for, and one that cannot be read is an error.
func TestRows(t *testing.T) {
	d := numbered{n: 10}
	rows, err := Rows(d, []int{7, 2, 7})
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, d.Samples())
	for k, i := range []int{7, 2, 7} {
		if err := d.Row(i, want); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows[k], want) {
			t.Errorf("row %d is not that of %d", k, i)
		}
	}
	bad := numbered{n: 10, bad: map[int]bool{3: true}}
	if _, err := Rows(bad, []int{1, 3}); err == nil {
		t.Error("a row that cannot be read")
	}
}
