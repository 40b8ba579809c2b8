package crossmatch

import (
	"cmp"
	"math"
	"slices"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/datasets/catalog/starname"
)

// value is what one row of a catalogue says of a quantity.
type value struct {
	source int
	row    int
	column string
	iron   bool // [Fe/H] in place of [M/H]
	number float64
	err    float64 // NaN where not known
	text   string  // of a spectral type
}

const (
	metals, iron = "[M/H]", "[Fe/H]"
	typeText     = "spec_type"
	typeNumber   = "spec_type_no"
)

// order is that of the labels in the table; others follow.
var order = []string{"Teff", "logg", metals, "E(B-V)", "Mass", "radvel", "vsini"}

// quantities are those any catalogue has, in the order of the table.
func (m *matcher) quantities() []string {
	var names []string
	for _, s := range m.sources {
		for _, l := range s.Labels {
			if name := labelName(l.Quantity); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return names
}

func labelName(quantity string) string {
	if quantity == iron {
		return metals
	}
	return quantity
}

// values are what the catalogues say of a quantity of a star, in their order;
// the first is the one to take.
func (m *matcher) values(s *star, quantity string) []value {
	var all []value
	for _, f := range s.found {
		for _, l := range m.sources[f.source].Labels {
			if labelName(l.Quantity) != quantity {
				continue
			}
			for _, row := range f.rows {
				if math.IsNaN(l.Values[row]) {
					continue
				}
				v := value{source: f.source, row: row, column: l.Column, iron: l.Quantity == iron, number: l.Values[row], err: math.NaN()}
				if l.Errors != nil {
					v.err = l.Errors[row]
				}
				all = append(all, v)
			}
		}
	}
	return all
}

// types are the spectral types of a star.
func (m *matcher) types(s *star) []value {
	var all []value
	for _, f := range s.found {
		t := m.sources[f.source].Types
		if t == nil {
			continue
		}
		for _, row := range f.rows {
			if text := t.Values[row]; text != "" {
				all = append(all, value{source: f.source, row: row, column: t.Column, number: source.TypeNumber(text), err: math.NaN(), text: text})
			}
		}
	}
	return all
}

// from names where a value is from.
func (m *matcher) from(v value) string {
	if v.iron {
		return m.sources[v.source].Name + " " + iron
	}
	return m.sources[v.source].Name
}

// errorName is the column of a label's error, as the paper's table has those it
// has.
func errorName(quantity string) string {
	switch quantity {
	case "logg", "Mass":
		return "s_" + quantity
	}
	return "e_" + quantity
}

// builder fills the columns of the table; those that stay empty are left out.
type builder struct {
	rows    int
	numbers map[string][]float64
	texts   map[string][]string
}

func (b *builder) number(name string, row int, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if b.numbers[name] == nil {
		b.numbers[name] = slices.Repeat([]float64{math.NaN()}, b.rows)
	}
	b.numbers[name][row] = v
}

func (b *builder) text(name string, row int, v string) {
	if v == "" {
		return
	}
	if b.texts[name] == nil {
		b.texts[name] = make([]string, b.rows)
	}
	b.texts[name][row] = v
}

// table is the labels of all spectra.
func (m *matcher) table() *catalog.Table {
	n := len(m.spectra)
	b := &builder{rows: n, numbers: map[string][]float64{}, texts: map[string][]string{}}
	t := &catalog.Table{IDs: make([]string, n), Stars: make([]string, n), Unique: make([]bool, n), Median: make([]float64, n)}
	for i := range m.spectra {
		s := &m.spectra[i]
		t.IDs[i], t.Median[i] = s.ID, s.Median
		b.text("object_header", i, s.object())
		b.number("airmass", i, s.Airmass)
		b.number("snr", i, s.SNR)
	}
	quantities := m.quantities()
	for _, s := range m.stars {
		t.Unique[m.best(s)] = true
		m.fill(b, t, s, quantities)
	}
	texts := []string{"target_name_fixed", "object_header", typeText, "source_" + typeText}
	numbers := []string{typeNumber, "s_ra", "s_dec"}
	for _, q := range quantities {
		texts = append(texts, "source_"+q)
		numbers = append(numbers, q, errorName(q))
	}
	for _, name := range texts {
		if b.texts[name] != nil {
			t.Texts = append(t.Texts, catalog.Text{Name: name, Values: b.texts[name]})
		}
	}
	for _, name := range append(numbers, "airmass", "snr") {
		if b.numbers[name] != nil {
			t.Columns = append(t.Columns, catalog.Column{Name: name, Unit: catalog.Unit(name), Values: b.numbers[name]})
		}
	}
	return t
}

// fill writes what is known of a star to the rows of its spectra.
func (m *matcher) fill(b *builder, t *catalog.Table, s *star, quantities []string) {
	name := m.target(s)
	ra, dec := m.where(s)
	types := m.types(s)
	for _, i := range s.spectra {
		t.Stars[i] = name
		b.text("target_name_fixed", i, s.key)
		b.number("s_ra", i, ra)
		b.number("s_dec", i, dec)
		if len(types) > 0 {
			b.text(typeText, i, types[0].text)
			b.text("source_"+typeText, i, m.from(types[0]))
			b.number(typeNumber, i, types[0].number)
		}
	}
	for _, q := range quantities {
		values := m.values(s, q)
		if len(values) == 0 {
			continue
		}
		v := values[0]
		for _, i := range s.spectra {
			b.number(q, i, v.number)
			b.number(errorName(q), i, v.err)
			b.text("source_"+q, i, m.from(v))
		}
	}
}

// target is one name for all spectra of a star: as the first spectrum has it,
// without the planet.
func (m *matcher) target(s *star) string {
	for _, i := range s.spectra {
		if name := m.spectra[i].object(); name != "" {
			if n := starname.Parse(name); n.Planet != "" || n.Key == starname.Sun {
				return n.Full()
			}
			return name
		}
	}
	return s.key
}

// where is a star's place of 2000.0: of the first catalogue that has it, else of a
// spectrum.
func (m *matcher) where(s *star) (ra, dec float64) {
	if s.key == starname.Sun {
		return math.NaN(), math.NaN()
	}
	for _, f := range s.found {
		if p := m.sources[f.source].Positions; p != nil && p[f.rows[0]].Known() {
			return p[f.rows[0]].At(2000)
		}
	}
	for _, i := range s.spectra {
		if p := m.spectra[i].Place; p.Known() {
			return p.At(2000)
		}
	}
	return math.NaN(), math.NaN()
}

// best is the spectrum of a star with the highest signal-to-noise ratio, of equals
// the first by dp_id.
func (m *matcher) best(s *star) int {
	return slices.MinFunc(s.spectra, func(a, b int) int {
		x, y := &m.spectra[a], &m.spectra[b]
		return cmp.Or(-cmp.Compare(x.SNR, y.SNR), cmp.Compare(x.ID, y.ID)) // NaN is below all
	})
}
