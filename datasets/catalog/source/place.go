package source

import (
	"fmt"
	"math"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/sky"
)

// placePlan is where positions come from.
type placePlan struct {
	ra, dec               column
	raScale, decScale     float64
	hours                 bool // right ascension is in hours, minutes, seconds
	pmra, pmdec, epoch    *column
	pmraScale, pmdecScale float64
	year                  float64 // where no column tells
}

func (p *placePlan) names() []string {
	names := []string{p.ra.name, p.dec.name}
	for _, c := range []*column{p.pmra, p.pmdec, p.epoch} {
		if c != nil {
			names = append(names, c.name)
		}
	}
	return names
}

const maxSpeed = 20000 // mas/yr, twice that of Barnard's star

// bindPlace finds the columns of the position, by UCD and by name.
func (p *plan) bindPlace(m Mapping, b *binder) error {
	pick := func(mapped string, ucd string, names ...string) (*column, error) {
		if mapped != "" {
			c, err := b.named(mapped)
			return &c, err
		}
		c, ok := b.byUCD(ucd)
		if !ok {
			c, ok = b.byName(names...)
		}
		if !ok {
			return nil, nil
		}
		return &c, nil
	}
	if (m.RA == "") != (m.Dec == "") {
		return fmt.Errorf("a mapping to one of ra and dec alone")
	}
	ra, err := pick(m.RA, "pos.eq.ra", "ra", "raicrs", "raj2000", "radeg", "alpha", "rightascension", "rad", "sra")
	if err != nil || ra == nil {
		return err
	}
	dec, err := pick(m.Dec, "pos.eq.dec", "dec", "de", "deicrs", "dej2000", "decj2000", "dedeg", "decdeg", "delta", "declination", "sdec")
	if err != nil || dec == nil {
		b.used[ra.index] = false
		return err
	}
	place := &placePlan{ra: *ra, dec: *dec, raScale: 1, decScale: 1, year: 2000}
	if place.hours = foldUnit(ra.unit) == "h:m:s" || foldUnit(ra.unit) == "h" || foldUnit(ra.unit) == "hourangle"; !place.hours {
		s, err := scaleTo(angle, ra.unit)
		if err != nil {
			return fmt.Errorf("ra from %q: %w", ra.name, err)
		}
		place.raScale = s.factor
	}
	s, err := scaleTo(angle, dec.unit)
	if err != nil {
		return fmt.Errorf("dec from %q: %w", dec.name, err)
	}
	place.decScale = s.factor
	if place.pmra, err = pick(m.PMRA, "pos.pm;pos.eq.ra", "pmra", "pmracosdec", "pmracosde", "pmalpha", "mura", "pmras"); err != nil {
		return err
	}
	if place.pmdec, err = pick(m.PMDec, "pos.pm;pos.eq.dec", "pmdec", "pmde", "pmdelta", "mudec", "mude"); err != nil {
		return err
	}
	for _, c := range []struct {
		column *column
		scale  *float64
	}{{place.pmra, &place.pmraScale}, {place.pmdec, &place.pmdecScale}} {
		if c.column == nil {
			continue
		}
		s, err := scaleTo(motion, c.column.unit)
		if err != nil {
			return fmt.Errorf("proper motion from %q: %w", c.column.name, err)
		}
		*c.scale = s.factor
	}
	if m.Epoch != 0 {
		place.year = m.Epoch
	} else if c, ok := b.byName("refepoch", "epoch", "epochyr", "ep"); ok {
		place.epoch = &c
	} else {
		p.notes = append(p.notes, "no column tells the epoch of the positions: 2000.0 is taken")
	}
	p.place = place
	return nil
}

// takePlace reads a position; one that cannot be read is counted and unknown.
func (p *plan) takePlace(number int, row []string) sky.Position {
	at := p.place
	none := sky.Position{RA: math.NaN(), Dec: math.NaN(), PMRA: math.NaN(), PMDec: math.NaN(), Epoch: at.year}
	text := func(c column) string { return strings.TrimSpace(row[c.index]) }
	if p.isMissing(text(at.ra)) || p.isMissing(text(at.dec)) {
		return none
	}
	out := none
	ra, err := sky.ParseRA(text(at.ra), at.hours)
	if err == nil {
		out.RA = ra * at.raScale
		out.Dec, err = sky.ParseDec(text(at.dec))
		out.Dec *= at.decScale
	}
	if err != nil {
		if p.badPlaces++; p.badPlaces == 1 {
			p.firstBadPlace = fmt.Sprintf("row %d: %v", number, err)
		}
		return none
	}
	if at.epoch != nil {
		year, ok := parseNumber(strings.TrimLeft(text(*at.epoch), "JB"))
		switch {
		case ok && year > 1700 && year < 2300:
			out.Epoch = year
		case ok && year > 2.3e6 && year < 2.6e6: // a Julian date
			out.Epoch = sky.JulianYear(year - 2400000.5)
		}
	}
	if at.pmra != nil && at.pmdec != nil {
		x, okX := parseNumber(text(*at.pmra))
		y, okY := parseNumber(text(*at.pmdec))
		if x, y = x*at.pmraScale, y*at.pmdecScale; okX && okY && math.Hypot(x, y) < maxSpeed {
			out.PMRA, out.PMDec = x, y
		}
	}
	return out
}
