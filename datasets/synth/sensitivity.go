package synth

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// factor is one way in which spectra differ, named as its column in truth.csv.
type factor struct {
	name  string
	value func(t *Truth) *float64
	least float64 // physical lower bound
}

var factors = []factor{
	{"radvel", func(t *Truth) *float64 { return &t.RV }, math.Inf(-1)},
	{"Teff", func(t *Truth) *float64 { return &t.Teff }, 0},
	{"[M/H]", func(t *Truth) *float64 { return &t.MH }, math.Inf(-1)},
	{"E(B-V)", func(t *Truth) *float64 { return &t.EBV }, 0},
	{"logg", func(t *Truth) *float64 { return &t.LogG }, math.Inf(-1)},
	{"vsini", func(t *Truth) *float64 { return &t.VSini }, 0},
	{"Mass", func(t *Truth) *float64 { return &t.Mass }, 0},
	{"airmass", func(t *Truth) *float64 { return &t.Airmass }, 1},
	{"snr", func(t *Truth) *float64 { return &t.SNR }, 0},
	{"berv", func(t *Truth) *float64 { return &t.BERV }, math.Inf(-1)},
	{"water", func(t *Truth) *float64 { return &t.Water }, 0},
	{"gas_velocity", func(t *Truth) *float64 { return &t.Gas.Velocity }, math.Inf(-1)},
}

// Factors are the names of the factors, as Sensitivity takes them.
func Factors() []string {
	names := make([]string, len(factors))
	for i, f := range factors {
		names[i] = f.name
	}
	return names
}

// Sensitivity tells how much a factor shows in the spectra: the
// root-mean-square change of a noiseless spectrum, scaled to its median as the
// network sees it, when the factor alone moves by its standard deviation in
// the population, over the root-mean-square noise of a sample. Above 1 a
// single sample tells it from noise, on average.
//
// The standard deviation of a property that temperature already tells, such as
// log g on the main sequence, is the one that remains at a given temperature:
// what a factor of its own would have to explain. All of it is computed from
// at most 48 spectra spread over the survey, each of another star where there
// are as many. An unknown name is an error that lists the names.
func (s *Survey) Sensitivity(name string) (float64, error) {
	at := slices.IndexFunc(factors, func(f factor) bool { return f.name == name })
	if at < 0 {
		return 0, fmt.Errorf("synth: no factor %q: want one of %q", name, Factors())
	}
	f := factors[at]
	first := s.firstVisits()
	spread := s.spread(f, first)
	if spread == 0 {
		return 0, nil
	}
	b := s.scratch.Get().(*buffers)
	defer s.scratch.Put(b)
	const most = 48
	step := max(1, len(first)/most)
	var change, noise, n float64
	low := make([]float64, len(b.flux))
	for k := 0; k < len(first) && n < most; k += step {
		t := s.truth[first[k]]
		v := f.value(&t)
		centre := *v
		*v = max(f.least, centre-spread/2)
		s.scaled(&t, b, low)
		*v += spread
		s.scaled(&t, b, b.flux)
		sum := 0.0
		for i, x := range b.flux {
			sum += (x - low[i]) * (x - low[i])
		}
		change += sum / float64(len(low))
		noise += 1 / (s.truth[first[k]].SNR * s.truth[first[k]].SNR)
		n++
	}
	return math.Sqrt(change / noise), nil
}

// Visible are the factors whose sensitivity exceeds 1, the strongest first:
// those a method has to find. Its answer for a survey too small to tell a
// spread, below three stars, is empty.
func (s *Survey) Visible() []string {
	found := map[string]float64{}
	var names []string
	for _, f := range factors {
		if x, _ := s.Sensitivity(f.name); x > 1 {
			found[f.name] = x
			names = append(names, f.name)
		}
	}
	sort.Slice(names, func(i, j int) bool { return found[names[i]] > found[names[j]] })
	return names
}

// scaled is the noiseless flux of a truth over its median.
func (s *Survey) scaled(t *Truth, b *buffers, flux []float64) {
	s.clean(t, b)
	m := median(b.flux)
	for i, x := range b.flux {
		flux[i] = x / m
	}
}

// firstVisits are the spectra that are the first of their star.
func (s *Survey) firstVisits() (first []int) {
	for i := range s.truth {
		if s.truth[i].Visit == 0 {
			first = append(first, i)
		}
	}
	return first
}

// spread is the standard deviation of a factor over stars, for all but
// temperature the one at a given temperature: from the differences of
// neighbours in temperature (von Neumann 1941, Ann. Math. Stat. 12, 367).
func (s *Survey) spread(f factor, stars []int) float64 {
	if len(stars) < 3 {
		return 0
	}
	order := slices.Clone(stars)
	slices.SortStableFunc(order, func(i, j int) int {
		switch a, b := s.truth[i].Teff, s.truth[j].Teff; {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	})
	var sum, squares, steps float64
	for k, i := range order {
		x := *f.value(&s.truth[i])
		sum += x
		squares += x * x
		if k > 0 {
			d := x - *f.value(&s.truth[order[k-1]])
			steps += d * d
		}
	}
	n := float64(len(order))
	if f.name == "Teff" {
		return math.Sqrt((squares - sum*sum/n) / (n - 1))
	}
	return math.Sqrt(steps / (2 * (n - 1)))
}
