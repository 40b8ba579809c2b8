package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// Sampling says which rows an epoch has and in which order, as a function of a
// seed and the epoch alone: whoever goes on at a later step needs nothing else.
type Sampling struct {
	name  string
	size  int                   // rows of an epoch
	epoch func(epoch int) []int // positions among the rows dealt from
}

// String names the sampling, with the numbers that decide it.
func (s Sampling) String() string { return s.name }

// Len is the number of spectra of an epoch.
func (s Sampling) Len() int { return s.size }

const everySpectrum = "every spectrum"

// EverySpectrum deals each of n rows once an epoch, shuffled anew.
func EverySpectrum(n int, seed uint64) Sampling {
	return Sampling{everySpectrum, n, func(epoch int) []int {
		return rand.New(rand.NewPCG(seed, uint64(epoch))).Perm(n)
	}}
}

// OnePerStar deals one spectrum of each star an epoch: the paper's unique
// subset, with another of a star's spectra each time until all were used. A star
// of 1,000 visits then weighs as much as one of a single visit.
func OnePerStar(d Dataset, rows []int, seed uint64) Sampling {
	stars := visits(d, rows)
	orders := make([][]int, len(stars)) // in which a star's spectra take turns
	random := rand.New(rand.NewPCG(seed, 0x7475726e73))
	for k, spectra := range stars {
		orders[k] = random.Perm(len(spectra))
	}
	return Sampling{"one spectrum a star", len(stars), func(epoch int) []int {
		places := make([]int, len(stars))
		for to, k := range rand.New(rand.NewPCG(seed, uint64(epoch))).Perm(len(stars)) {
			places[to] = stars[k][orders[k][epoch%len(stars[k])]]
		}
		return places
	}}
}

// ByStar deals as many spectra an epoch as there are rows, drawn with
// replacement: a star with its number of visits to the given power as weight,
// then one of its spectra. With power 0 all stars are as likely, with 1 all
// spectra; 0.5 is between the two. A power that is not in 0..1 is an error.
func ByStar(d Dataset, rows []int, power float64, seed uint64) (Sampling, error) {
	if !(power >= 0 && power <= 1) {
		return Sampling{}, fmt.Errorf("sampling by star: power %g: want 0 to 1", power)
	}
	stars := visits(d, rows)
	upto := make([]float64, len(stars)) // weights of the stars up to this one
	total := 0.0
	for k, spectra := range stars {
		total += math.Pow(float64(len(spectra)), power)
		upto[k] = total
	}
	return Sampling{fmt.Sprintf("by star, power %g", power), len(rows), func(epoch int) []int {
		random := rand.New(rand.NewPCG(seed, uint64(epoch)))
		places := make([]int, len(rows))
		for to := range places {
			u := random.Float64() * total
			k := min(sort.Search(len(upto), func(k int) bool { return upto[k] > u }), len(stars)-1)
			places[to] = stars[k][random.IntN(len(stars[k]))]
		}
		return places
	}}, nil
}

// visits are the positions in rows of each star's spectra, in the order of the
// stars' names.
func visits(d Dataset, rows []int) [][]int {
	byStar := map[string][]int{}
	for place, row := range rows {
		byStar[d.Star(row)] = append(byStar[d.Star(row)], place)
	}
	names := make([]string, 0, len(byStar))
	for star := range byStar {
		names = append(names, star)
	}
	sort.Strings(names)
	stars := make([][]int, len(names))
	for k, star := range names {
		stars[k] = byStar[star]
	}
	return stars
}
