package sky

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Index finds stars near a place. It sorts them by zones of declination and in
// a zone by right ascension (Gray, Nieto-Santisteban and Szalay 2006,
// arXiv cs/0701171). It may be used by several goroutines at once.
type Index struct {
	stars  []Position
	epoch  float64    // at which the stars are sorted
	still  [2]float64 // first and last epoch of the stars of unknown motion
	zones  []int32    // where each zone begins in sorted; one more than there are zones
	sorted []entry
	fast   []entry // those whose motion is not small, in no order of place
}

// entry is a star at the index's epoch.
type entry struct {
	ra, dec float64
	star    int32
	zone    int32
}

// Near is a star found near a place.
type Near struct {
	Star       int     // its number in the slice the index was made of
	Separation float64 // arcsec
}

const (
	zoneHeight = 30.0 / 3600 // deg
	slowMotion = 1000        // mas/yr: faster stars, a few hundred in the whole sky, are looked at one by one
)

// NewIndex sorts stars, whose places it takes at the given epoch (Julian year;
// best in the middle of those asked for). Stars without a place are left out.
// The slice is kept and must not change.
func NewIndex(stars []Position, epoch float64) *Index {
	x := &Index{stars: stars, epoch: epoch, still: [2]float64{math.Inf(1), math.Inf(-1)}}
	zones := int(math.Ceil(180/zoneHeight)) + 1
	for i, s := range stars {
		if !s.Known() {
			continue
		}
		if !s.Moves() {
			x.still[0], x.still[1] = min(x.still[0], s.Epoch), max(x.still[1], s.Epoch)
		}
		e := entry{star: int32(i)}
		e.ra, e.dec = s.At(epoch)
		e.zone = int32(zoneOf(e.dec))
		if s.Moves() && math.Hypot(s.PMRA, s.PMDec) > slowMotion {
			x.fast = append(x.fast, e)
		} else {
			x.sorted = append(x.sorted, e)
		}
	}
	slices.SortFunc(x.sorted, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.zone, b.zone), cmp.Compare(a.ra, b.ra), cmp.Compare(a.star, b.star))
	})
	x.zones = make([]int32, zones+1)
	at := 0
	for z := range x.zones {
		for at < len(x.sorted) && int(x.sorted[at].zone) < z {
			at++
		}
		x.zones[z] = int32(at)
	}
	return x
}

func zoneOf(dec float64) int { return int((dec + 90) / zoneHeight) }

// Near lists the stars within radius (arcsec) of a place at its epoch, the
// nearest first, each star moved to that epoch. A star of unknown motion is
// compared at its own epoch, to which the place is moved where its motion is
// known. A place that is not known or a radius that is not positive finds
// nothing.
func (x *Index) Near(place Position, radius float64) []Near {
	if !place.Known() || !(radius > 0) {
		return nil
	}
	var found []Near
	at := place.vector(place.Epoch)
	try := func(e entry) {
		if s := x.separation(x.stars[e.star], place, at); s <= radius {
			found = append(found, Near{int(e.star), s})
		}
	}
	x.scan(place, (radius+x.drift(place))/3600, try)
	for _, e := range x.fast {
		try(e)
	}
	slices.SortFunc(found, func(a, b Near) int {
		return cmp.Or(cmp.Compare(a.Separation, b.Separation), cmp.Compare(a.Star, b.Star))
	})
	return found
}

// Separation is the angle in arcsec between star number i and a place, as Near
// has it; NaN if either is not known.
func (x *Index) Separation(i int, place Position) float64 {
	if !place.Known() || !x.stars[i].Known() {
		return math.NaN()
	}
	return x.separation(x.stars[i], place, place.vector(place.Epoch))
}

func (x *Index) separation(star, place Position, at vector) float64 {
	if !star.Moves() && place.Moves() {
		return place.vector(star.Epoch).angle(unit(star.RA, star.Dec)) / mas / 1e3
	}
	return star.vector(place.Epoch).angle(at) / mas / 1e3
}

// drift is how far, in arcsec, a sorted star may be from where the index has it
// when it is compared with place.
func (x *Index) drift(place Position) float64 {
	d := slowMotion * math.Abs(place.Epoch-x.epoch)
	if place.Moves() && x.still[0] <= x.still[1] {
		years := max(math.Abs(place.Epoch-x.still[0]), math.Abs(place.Epoch-x.still[1]))
		d = max(d, math.Hypot(place.PMRA, place.PMDec)*years)
	}
	return d*1e-3 + 1e-6
}

// scan hands over the sorted stars in a box that holds the circle of the given
// radius in deg.
func (x *Index) scan(place Position, radius float64, try func(entry)) {
	ra, dec := place.At(place.Epoch)
	first := max(zoneOf(dec-radius), 0)
	last := min(zoneOf(dec+radius), len(x.zones)-2)
	width := 180.0
	if math.Abs(dec)+radius < 90 {
		width = math.Asin(min(1, math.Sin(radius*radian)/math.Cos(dec*radian)))/radian + 1e-9
	}
	for z := first; z <= last; z++ {
		zone := x.sorted[x.zones[z]:x.zones[z+1]]
		if 2*width >= 360 {
			between(zone, 0, 360, try)
			continue
		}
		between(zone, ra-width, ra+width, try)
		between(zone, ra-width+360, ra+width+360, try)
		between(zone, ra-width-360, ra+width-360, try)
	}
}

// between hands over the stars of a zone with right ascensions from low to
// high.
func between(zone []entry, low, high float64, try func(entry)) {
	if high < 0 || low > 360 {
		return
	}
	i := sort.Search(len(zone), func(i int) bool { return zone[i].ra >= low })
	for ; i < len(zone) && zone[i].ra <= high; i++ {
		try(zone[i])
	}
}
