package datasets

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// skewed has 4 stars of 1, 2, 5 and 40 spectra, their rows mixed.
func skewed() (d numbered, rows []int) {
	var names []string
	for star, visits := range []int{1, 2, 5, 40} {
		for range visits {
			names = append(names, fmt.Sprintf("star%d", star))
		}
	}
	// 48 rows at even places, in an order of its own
	d = numbered{n: 96, star: func(i int) string { return names[(i/2*31)%48] }}
	return d, evens(48)
}

func TestOnePerStar(t *testing.T) {
	d, rows := skewed()
	s := OnePerStar(d, rows, 3)
	if s.Len() != 4 {
		t.Fatalf("%d spectra an epoch, want one of each of 4 stars", s.Len())
	}
	used, orders := map[int]int{}, map[string]bool{}
	for epoch := range 40 {
		places := s.epoch(epoch)
		stars := map[string]bool{}
		var order string
		for _, place := range places {
			used[rows[place]]++
			stars[d.Star(rows[place])] = true
			order += d.Star(rows[place])
		}
		if len(places) != 4 || len(stars) != 4 {
			t.Fatalf("epoch %d: %v of %v", epoch, places, stars)
		}
		orders[order] = true
	}
	// In 40 epochs the star of 40 visits has shown each once, that of 5 each 8 times.
	want := map[string]int{"star0": 40, "star1": 20, "star2": 8, "star3": 1}
	for _, row := range rows {
		if used[row] != want[d.Star(row)] {
			t.Errorf("%s of %s was dealt %d times, want %d", d.ID(row), d.Star(row), used[row], want[d.Star(row)])
		}
	}
	if len(orders) < 10 { // of 24
		t.Errorf("the stars came in %d orders only", len(orders))
	}
}

// The share of a star's spectra is its weight's, within 5 standard deviations of
// the counts.
func TestByStar(t *testing.T) {
	d, rows := skewed()
	const epochs = 400
	for power, weights := range map[float64][]float64{
		0:   {1, 1, 1, 1},
		0.5: {1, math.Sqrt2, math.Sqrt(5), math.Sqrt(40)},
		1:   {1, 2, 5, 40},
	} {
		s, err := ByStar(d, rows, power, 9)
		if err != nil || s.Len() != 48 {
			t.Fatal(s.Len(), err)
		}
		stars, spectra := map[string]int{}, map[int]int{}
		for epoch := range epochs {
			for _, place := range s.epoch(epoch) {
				stars[d.Star(rows[place])]++
				spectra[place]++
			}
		}
		total := 0.0
		for _, w := range weights {
			total += w
		}
		near := func(what string, got int, share float64) {
			n := float64(48 * epochs)
			if math.Abs(float64(got)-n*share) > 5*math.Sqrt(n*share) {
				t.Errorf("power %g: %s dealt %d times of %g, want %.0f", power, what, got, n, n*share)
			}
		}
		for k, w := range weights {
			near(fmt.Sprintf("star%d", k), stars[fmt.Sprintf("star%d", k)], w/total)
		}
		for place, row := range rows {
			if d.Star(row) == "star3" {
				near(d.ID(row), spectra[place], weights[3]/total/40)
			}
		}
	}
	for _, power := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := ByStar(d, rows, power, 1); err == nil {
			t.Errorf("power %g is taken", power)
		}
	}
}

// Batches of any sampling go on at any step as if they had never stopped, and
// depend on the seed.
func TestSamplingsResume(t *testing.T) {
	d, rows := skewed()
	samplings := map[string]func(seed uint64) Sampling{
		"every spectrum":      func(seed uint64) Sampling { return EverySpectrum(len(rows), seed) },
		"one spectrum a star": func(seed uint64) Sampling { return OnePerStar(d, rows, seed) },
		"by star, power 0.5": func(seed uint64) Sampling {
			s, err := ByStar(d, rows, 0.5, seed)
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
	for name, sampling := range samplings {
		batches := func(seed uint64) *Batches {
			if got := sampling(seed).String(); got != name {
				t.Errorf("%s calls itself %q", name, got)
			}
			b, err := NewSampled(d, rows, sampling(seed), 5, nil)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		whole, other := batches(1), batches(2)
		if f := whole.Fingerprint(); (f == Fingerprint(d, rows)) != (name == "every spectrum") {
			t.Errorf("%s: fingerprint %s", name, f)
		}
		var steps [][]int
		same := true
		for step := range 30 {
			steps = append(steps, rowsOf(t, whole, step))
			same = same && slices.Equal(steps[step], rowsOf(t, other, step))
		}
		if same {
			t.Errorf("%s: two seeds give one order", name)
		}
		resumed := batches(1)
		for step := 13; step < 30; step++ {
			if got := rowsOf(t, resumed, step); !slices.Equal(got, steps[step]) {
				t.Errorf("%s, step %d: %v, was %v", name, step, got, steps[step])
			}
		}
	}
}
